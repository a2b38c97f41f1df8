"""Uploading: a document that a chapter brings is read, kept apart, and becomes the text of a draft."""

import hashlib
import io
import struct
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Final

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, undefer

from petition.accounts import auditing
from petition.accounts.models import Account
from petition.chapters.models import Chapter
from petition.db import advisory_lock
from petition.drafts import titles
from petition.drafts.models import Draft, Original, PageImage
from petition.publishers.models import Publisher
from petition.statements.models import Submission
from petition.uploads import drawing, kinds, reading
from petition.uploads.document import LIMITS, MEGABYTE, Document, UploadRefused, warning

log = structlog.get_logger("petition.uploads")

#: Pictures of one original together, however many times pages were added.
_PICTURES_IN_ALL: Final = 4 * LIMITS.file_bytes
_SECONDS_IN_ALL: Final = 19
_LEAST_SECONDS: Final = 3
_ARCHIVE: Final = "zip"
#: Kinds of originals to which pages may be added.
PHOTOGRAPHS: Final = ("jpg", "png", _ARCHIVE)
#: Two photographs with one name stay two files.
_SAME_NAME: Final = "{place:02} {name}"

#: As long as the form of a draft takes (console/draft_forms.py): what is brought must be open to corrections.
LONGEST_TEXT: Final = 30_000

Files = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Brought:
    """What was brought, as read, before anything of it is kept: the document, its bytes, and images of its pages."""

    document: Document
    data: bytes
    images: tuple[bytes, ...]

    @property
    def photographs(self) -> bool:
        """Whether these are photographs of pages."""
        return self.document.kind in PHOTOGRAPHS


def read(files: Files, drawer: Path | None = None) -> Brought:
    """Read one document, or photographs of pages, by name and data. It takes seconds. Raises UploadRefused.

    `drawer` is the program that draws the pages of word processors' files; without one they have no pictures.
    """
    if all(kinds.shows_pages(reading.shown(name)) for name, _ in files):
        return _photographed(files)
    if len(files) != 1:
        raise UploadRefused("several")
    ((name, data),) = files
    began = time.monotonic()
    document = _text_of(name, data)
    if drawer is not None and document.kind in kinds.DRAWN:
        return _drawn(document, data, drawer, _SECONDS_IN_ALL - (time.monotonic() - began))
    if document.kind != kinds.PDF:
        return Brought(document, data, ())
    left = max(_LEAST_SECONDS, _SECONDS_IN_ALL - int(time.monotonic() - began))
    return Brought(document, data, reading.pages(data, replace(LIMITS, wall_seconds=min(left, LIMITS.wall_seconds))))


def _drawn(document: Document, data: bytes, drawer: Path, seconds: float) -> Brought:
    try:
        drawn = drawing.draw(data, document.kind, drawer, seconds)
    except drawing.NotDrawn as failed:
        log.warning("upload.not_drawn", because=str(failed))
        return Brought(replace(document, warnings=(*document.warnings, warning("undrawn"))), data, ())
    return Brought(replace(document, pages=drawn.pages), data, drawn.images)


def _text_of(name: str, data: bytes) -> Document:
    too_long = UploadRefused("long", most=f"{LONGEST_TEXT:,}")
    try:
        document = reading.read(data, name)
    except UploadRefused as refused:
        # The readers take more than a draft does, and would name their own limit.
        raise too_long if refused.reason == "long" else refused from None
    if len(document.markdown) > LONGEST_TEXT:
        raise too_long
    return document


def _photographed(files: Files) -> Brought:
    images = reading.pictures([(reading.shown(name), data) for name, data in files])
    name, kind, data = _as_one([(reading.shown(name), data) for name, data in files])
    return Brought(Document(name, kind, "", pages=len(images), scan=True), data, images)


def _as_one(files: Files) -> tuple[str, str, bytes]:
    """Name, kind and bytes under which photographs are kept: as they came, or several in an archive."""
    (first, data), *more = files
    if not more:
        return first, kinds.suffix_of(first)[1:].replace("jpeg", "jpg"), data
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for place, (name, each) in enumerate(files, 1):
            archive.writestr(zipfile.ZipInfo(_SAME_NAME.format(place=place, name=name)), each)
    return f"{PurePosixPath(first).stem}.{_ARCHIVE}", _ARCHIVE, out.getvalue()


def begin(
    session: Session, now: datetime, who: Account, brought: Brought, *,
    chapter: Chapter, kind: str, language: str, addressee: Publisher,
) -> Draft:  # fmt: skip
    """A new draft of the chapter's from what was brought."""
    draft = Draft(
        chapter=chapter, account=who, kind=kind, language=language, addressee=addressee,
        original=_keep(session, now, who, chapter, brought), made_at=now, changed_at=now,
    )  # fmt: skip
    draft.title, draft.body = titles.split(brought.document.markdown)
    session.add(draft)
    session.flush()
    _record(session, now, who, "document uploaded", draft)
    return draft


def bring(
    session: Session, now: datetime, who: Account, draft: Draft, brought: Brought, *, keep_text: bool = False
) -> None:
    """Put another document in the place of the draft's, or a first one; its text becomes the draft's unless that stays.

    What was agreed to before is open again. A scan has no text to give, so the draft keeps its own.
    """
    forget(session, draft)
    draft.original = _keep(session, now, who, draft.chapter, brought)
    if not (keep_text or brought.document.scan):
        title, draft.body = titles.split(brought.document.markdown)
        draft.title = title or draft.title
        draft.local = None
    _changed(draft, who, now)
    _record(session, now, who, "document replaced", draft)


def add_pages(session: Session, now: datetime, who: Account, draft: Draft, brought: Brought) -> None:
    """More photographs behind those that the draft has. Raises UploadRefused."""
    advisory_lock(session, f"pages of draft {draft.id}")
    assert draft.original_id is not None
    whole = select(Original).where(Original.id == draft.original_id).options(undefer(Original.data))
    original = session.scalars(whole.execution_options(populate_existing=True)).one()
    files = [*_files(original.kind, original.name, original.data)]
    files += _files(brought.document.kind, brought.document.name, brought.data)
    if len(files) > LIMITS.pictures:
        raise UploadRefused("many_pictures", most=str(LIMITS.pictures))
    if sum(len(data) for _, data in files) > _PICTURES_IN_ALL:
        raise UploadRefused("large_in_all", most=str(_PICTURES_IN_ALL // MEGABYTE))
    original.name, original.kind, original.data = _as_one(files)
    original.size, original.sha256 = len(original.data), hashlib.sha256(original.data).hexdigest()
    original.pages = len(files)
    _keep_images(session, original, brought.images)
    _changed(draft, who, now)
    _record(session, now, who, "document replaced", draft)


def _files(kind: str, name: str, data: bytes) -> Files:
    if kind != _ARCHIVE:
        return [(name, data)]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:  # of our own making
        return [(info.filename.partition(" ")[2], archive.read(info)) for info in archive.infolist()]


def forget(session: Session, draft: Draft) -> None:
    """Delete the draft's original and its page images, unless a published text was read from it."""
    gone, draft.original_id, draft.accepted_at, draft.facsimile = draft.original_id, None, None, False
    draft.original = None
    session.flush()
    if gone is not None:
        clear_unnamed(session, gone)


def clear_unnamed(session: Session, *which: int) -> int:
    """Delete originals that neither a draft nor a published text names, of these or of all; returns how many."""
    drafts = select(Draft.original_id).where(Draft.original_id.is_not(None))
    shown = select(Submission.original_id).where(Submission.original_id.is_not(None))
    unnamed = select(Original.id).where(Original.id.not_in(drafts), Original.id.not_in(shown))
    ids = session.scalars(unnamed.where(Original.id.in_(which)) if which else unnamed).all()
    if ids:
        session.execute(delete(PageImage).where(PageImage.original_id.in_(ids)))
        session.execute(delete(Original).where(Original.id.in_(ids)))
    return len(ids)


# --- What is kept ---------------------------------------------------------------------------------


def _keep(session: Session, now: datetime, who: Account, chapter: Chapter, brought: Brought) -> Original:
    document = brought.document
    original = Original(
        chapter_id=chapter.id,
        account_id=who.id,
        name=document.name,
        kind=document.kind,
        size=len(brought.data),
        sha256=hashlib.sha256(brought.data).hexdigest(),
        data=brought.data,
        markdown=document.markdown,
        marks=[[m.kind, m.text, m.author, m.when, m.before, m.after] for m in document.marks],
        warnings=[[saying.code, dict(saying.values)] for saying in document.warnings],
        pages=document.pages,
        scan=document.scan,
        made_at=now,
    )
    session.add(original)
    session.flush()
    _keep_images(session, original, brought.images)
    return original


def _keep_images(session: Session, original: Original, images: Sequence[bytes]) -> None:
    last = session.scalar(select(func.max(PageImage.number)).where(PageImage.original_id == original.id)) or 0
    for number, png in enumerate(images, last + 1):
        width, height = struct.unpack(">II", png[16:24])  # where every PNG has them
        session.add(PageImage(original_id=original.id, number=number, png=png, width=width, height=height))
    session.flush()


def _changed(draft: Draft, who: Account, now: datetime) -> None:
    draft.accepted_at = None
    draft.account, draft.changed_at = who, now
    draft.version += 1


def _record(session: Session, now: datetime, who: Account, act: str, draft: Draft) -> None:
    assert draft.original is not None
    session.flush()
    auditing.record(session, now, who, act, f"draft {draft.id}",
                    chapter=draft.chapter.state, sha256=draft.original.sha256)  # fmt: skip
