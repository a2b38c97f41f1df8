"""Chapters: the association of each state, and the office that speaks for it."""
