"""Changing the address of record of a chapter's office."""

from petition.chapters.models import Chapter
from petition.crypto import KeyRing


def move(chapter: Chapter, keys: KeyRing, *, address: str, canonical: str) -> bool:
    """Let the office's e-mail go to this address from now on. False when it does already, letter for letter."""
    if keys.open_address(chapter.office) == address:
        return False
    chapter.office, chapter.office_mailbox = keys.seal_address(address), keys.mailbox(canonical)
    return True
