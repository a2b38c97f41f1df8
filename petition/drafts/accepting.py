"""Accepting: an editor has set the text beside its original, agrees to each tracked change, and says so."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from petition.accounts import auditing
from petition.accounts.models import Account
from petition.drafts.models import Draft
from petition.errors import Refusal
from petition.markdown import canonical

#: So many changes are agreed to one by one; nobody ticks more with their mind on it, so more are agreed to as one.
ONE_BY_ONE: Final = 40
ALL: Final = -1


class ChangedMeanwhile(Refusal):
    """The draft is no longer what the page showed."""


class NotAgreed(Refusal):
    """Some tracked changes were not agreed to. `missing` has their places."""

    def __init__(self, missing: Sequence[int]) -> None:
        self.missing = missing
        super().__init__(str(missing))


class NoText(Refusal):
    """There is nothing to compare with the original yet."""


def to_agree(marks: Sequence[object]) -> list[int]:
    """What has to be agreed to: the place of each tracked change, or ALL of them as one."""
    return list(range(len(marks))) if len(marks) <= ONE_BY_ONE else [ALL]


def accept(session: Session, now: datetime, who: Account, draft: Draft, agreed: Collection[int], seen: int) -> None:
    """Accept the text as its original's. `seen` is the version that was looked at.

    Raises ChangedMeanwhile, NoText, NotAgreed.
    """
    assert draft.original is not None
    if draft.version != seen:
        raise ChangedMeanwhile(draft.id)
    if not draft.body.strip():
        raise NoText(draft.id)
    missing = [place for place in to_agree(draft.original.marks) if place not in agreed]
    if missing:
        raise NotAgreed(missing)
    if draft.accepted_at is not None:
        return
    draft.accepted_at = now
    session.flush()
    auditing.record(session, now, who, "document accepted", f"draft {draft.id}",
                    chapter=draft.chapter.state, sha256=draft.original.sha256)  # fmt: skip


def show_pages(draft: Draft, *, has_images: bool, chosen: bool) -> None:
    """Whether the original's pages are published with the text; only where there are images that may be."""
    draft.facsimile = chosen and has_images


def type_text(draft: Draft, now: datetime, who: Account, title: str, body: str, seen: int) -> None:
    """Write the text beside the pages of the original. Raises ChangedMeanwhile."""
    if draft.version != seen:
        raise ChangedMeanwhile(draft.id)
    draft.title, draft.body, draft.local = title.strip(), canonical(body), None
    draft.account, draft.changed_at, draft.accepted_at = who, now, None
    draft.version += 1
