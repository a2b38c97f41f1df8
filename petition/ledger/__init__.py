"""The ledger: what a statement's signatures have come to, numbered, committed to, and counted."""
