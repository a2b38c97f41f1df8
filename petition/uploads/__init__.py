"""Uploaded documents: read in a child process that can reach nothing, and given back as Markdown. Knows no feature."""
