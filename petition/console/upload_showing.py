"""What the desk shows of an uploaded document: its pages, its tracked changes, and what was left out."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy.orm import Session

from petition import markdown
from petition.accounts.models import Account
from petition.console.upload_forms import kinds
from petition.drafts import accepting, facsimile, publishing, titles, uploading
from petition.drafts.models import Draft, Original
from petition.uploads import kinds as uploaded
from petition.uploads.blocks import CHARACTERS_BESIDE
from petition.uploads.wording import WARNINGS
from petition.web.language import _, day


def draft(found: Draft) -> dict[str, Any]:
    """The draft, as far as its original's page speaks of it."""
    return {
        "number": found.id,
        "chapter": found.chapter.state,
        "chapter_name": found.chapter.name,
        "title": found.title or _("Without a title"),
        "kind": kinds().get(found.kind, found.kind),
        "language": found.language,
        "html": markdown.html(publishing.text_of(found).removeprefix(f"# {found.title}")),
        "named": bool(found.title),
        "empty": not found.body.strip(),
        "version": found.version,
        "accepted_at": found.accepted_at,
        "facsimile": found.facsimile,
    }


def original(session: Session, found: Draft, agreed: Collection[int]) -> dict[str, Any] | None:
    """The original of a draft; None where it has none. `agreed` are the tracked changes that are ticked."""
    own = found.original
    if own is None:
        return None
    pages = facsimile.pages(session, own.id)
    return {
        "name": own.name,
        "size": max(1, round(own.size / 1024)),
        "made_at": own.made_at,
        "by": session.get_one(Account, own.account_id),
        "sha256": own.sha256,
        "pages": pages,
        "more_pages": max(0, (own.pages or 0) - len(pages)) if pages else 0,
        "drawn": own.kind in uploaded.DRAWN,
        "may_be_shown": facsimile.may_be_shown(session, own),
        "photographs": own.kind in uploading.PHOTOGRAPHS,
        "scan": own.scan,
        "as_read": _as_read(found, own),
        "warnings": [_warning(code, values) for code, values in own.warnings],
        "marks": [_mark(place, mark, agreed) for place, mark in enumerate(own.marks)],
        "as_one": accepting.to_agree(own.marks) == [accepting.ALL],
        "all_agreed": accepting.ALL in agreed,
    }


def _as_read(found: Draft, own: Original) -> Markup | None:
    """The text as it was read, where the draft says something else by now."""
    title, body = titles.split(own.markdown)
    same = own.scan or (title in ("", found.title) and markdown.canonical(body) == markdown.canonical(found.body))
    return None if same else markdown.html(own.markdown)


def _warning(code: str, values: dict[str, str]) -> str:
    return _(WARNINGS[code], **values)


def _mark(place: int, mark: list[str], agreed: Collection[int]) -> dict[str, Any]:
    kind, text, author, when, before, after = mark
    # What was cut in the middle of a word begins or ends with the next whole one.
    cut_before, cut_after = len(before) >= CHARACTERS_BESIDE, len(after) >= CHARACTERS_BESIDE
    words = {"inserted": _("Inserted"), "deleted": _("Deleted"), "moved": _("Moved here")}
    return {
        "place": place,
        "kind": kind,
        "words": words.get(kind, kind),
        "text": text,
        "before": "…" + before.partition(" ")[2] if cut_before else before,
        "after": after.rpartition(" ")[0] + " …" if cut_after else after,
        "author": author,
        "when": _when(when),
        "agreed": place in agreed,
    }


def _when(said: str) -> str:
    """The day of a change in words, or what the document says where that is no date."""
    try:
        return day(datetime.fromisoformat(said).date()) if said else ""
    except ValueError:
        return said
