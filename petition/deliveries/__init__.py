"""Deliveries: a packet handed to a publisher's contact, what became of it, and what was answered."""
