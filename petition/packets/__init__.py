"""Packets: a statement's ledger at one moment, frozen and set in type for one addressee."""
