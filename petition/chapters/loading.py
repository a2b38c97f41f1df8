"""Loading chapters from `chapters.toml`: one entry for each state, named by its two letters."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.chapters import office
from petition.chapters.models import Chapter
from petition.content import BadContent, settle
from petition.crypto import KeyRing
from petition.text.places import STATES
from petition.web.address_field import canonical, well_formed

FILE: Final = "chapters.toml"
LONGEST_NAME: Final = 160


def load(session: Session, keys: KeyRing, data: Mapping[str, Any]) -> Iterator[str]:
    """Bring the database to what the file says; yields one line for each thing that changed.

    An address that an organizer has written since stays until the file names another one. A chapter that the file
    no longer has is kept: people and statements belong to it.
    """
    kept = {chapter.state: chapter for chapter in session.scalars(select(Chapter))}
    for state, entry in data.items():
        values = _checked(state, entry)
        chapter, new = kept.get(state), state not in kept
        mailbox = keys.mailbox(values["canonical"])
        if chapter is None:
            sealed = keys.seal_address(values["office"])
            chapter = Chapter(state=state, office=sealed, office_mailbox=mailbox, filed_mailbox=mailbox)
            session.add(chapter)
        changed = settle(chapter, {"name": values["name"]})
        if chapter.filed_mailbox != mailbox:
            chapter.filed_mailbox = mailbox
            changed += ["office"] if _moved(chapter, keys, values) else []
        if new or changed:
            yield f"chapter {state}: " + ("new" if new else f"changed {', '.join(changed)}")
    session.flush()


def _moved(chapter: Chapter, keys: KeyRing, values: Mapping[str, str]) -> bool:
    return office.move(chapter, keys, address=values["office"], canonical=values["canonical"])


def _checked(state: str, entry: Any) -> dict[str, str]:
    """The entry's name, its office and the office's canonical address. Raises BadContent naming file and entry."""
    if state not in STATES or not STATES[state].on_map:
        raise BadContent(f"{FILE}: [{state}] is none of the fifty states and DC.")
    if not isinstance(entry, Mapping):
        raise BadContent(f"{FILE}: [{state}] has to be a table with `name` and `office`.")
    said: dict[str, str] = {}
    for key in ("name", "office"):
        value = entry.get(key)
        if not isinstance(value, str) or not value.strip():
            raise BadContent(f"{FILE}: [{state}] has no `{key}`.")
        said[key] = value.strip()
    if len(said["name"]) > LONGEST_NAME:
        raise BadContent(f"{FILE}: [{state}] has a `name` of more than {LONGEST_NAME} characters.")
    try:
        parts = well_formed(said["office"])
    except ValueError as fault:
        raise BadContent(f"{FILE}: [{state}] `office`: {fault}") from None
    return {**said, "canonical": canonical(parts)}
