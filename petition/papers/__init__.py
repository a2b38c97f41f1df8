"""Papers: a chapter's statement on its own letterhead, and one page for the newspaper of its state."""
