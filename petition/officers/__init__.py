"""Officers: who signs a chapter's adopted text for it, each from their own mailbox."""
