"""Review: a person looks at a signature or a comment, and decides what becomes of it."""
