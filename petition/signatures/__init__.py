"""Signatures: from a form that was sent to a name that is verified, and back again on request."""
