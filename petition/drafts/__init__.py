"""Drafts: what a chapter writes or uploads before it publishes, and the originals that it brought."""
