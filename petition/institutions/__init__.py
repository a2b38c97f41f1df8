"""Institutions: libraries and other bodies that stand by a text, named with their officer and counted apart."""
