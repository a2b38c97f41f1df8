"""The organizers' console: every feature's rows on one desk, and its acts as forms."""
