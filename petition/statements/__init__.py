"""Statements: every text that can be signed, and each version of it that anyone ever saw."""
