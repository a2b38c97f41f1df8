"""Sheets: signatures on paper, counted by hand where they were collected, and never added to any figure."""
