"""Bringing a document to the desk, setting the text beside it, and accepting it."""

from collections.abc import Callable
from io import BytesIO
from typing import TypeVar

import structlog
from flask import current_app, make_response, redirect, send_file, url_for
from sqlalchemy import select
from sqlalchemy.orm import undefer
from werkzeug.wrappers import Response

from petition import clock, limits
from petition.accounts.models import Role
from petition.accounts.permission import away, current
from petition.chapters import reading as chapters
from petition.chapters.models import Chapter
from petition.config import Config
from petition.console import upload_showing
from petition.console.desk import bp, chapter_readers, chapter_writers, page
from petition.console.upload_forms import AcceptForm, BringForm, FilesForm, TypedForm, UploadForm, make_room
from petition.db import db
from petition.drafts import accepting, facsimile, uploading, writing
from petition.drafts.models import Draft, Original
from petition.drafts.uploading import Brought, Files
from petition.errors import NotFound
from petition.publishers.models import Publisher
from petition.uploads import drawing
from petition.uploads.document import UploadRefused
from petition.web.form import refuse_stale
from petition.web.language import _
from petition.web.language import current as language

log = structlog.get_logger("petition.uploads")
F = TypeVar("F", bound=FilesForm)


# --- A new draft ----------------------------------------------------------------------------------


@bp.get("/chapters/<state:chapter>/upload")
@chapter_writers
def upload(chapter: str) -> Response:
    """The form for a document that a new draft begins with."""
    form = UploadForm(_publishers(), formdata=None)
    form.language.data = language()
    return _upload_page(chapter, form)


def _publishers() -> dict[str, str]:
    """Everybody whom a text can be for: names by the words in addresses."""
    named = db.session().execute(select(Publisher.slug, Publisher.name).order_by(Publisher.id))
    return {each.slug: each.name for each in named}


def _upload_page(chapter: str, form: UploadForm, status: int = 200) -> Response:
    found = chapters.chapter(db.session(), chapter)
    return make_response(page("upload", chapter={"state": found.state, "name": found.name}, form=form), status)


@bp.post("/chapters/<state:chapter>/upload")
@chapter_writers
@limits.named("upload")
def take_upload(chapter: str) -> Response:
    """Read the document, and begin a draft with it."""
    form, brought = _brought(lambda **given: UploadForm(_publishers(), **given))
    if brought is None:
        return _upload_page(chapter, form, 422)
    session = db.session()
    addressee = session.scalars(select(Publisher).where(Publisher.slug == form.addressee.data)).one()
    draft = uploading.begin(
        session, clock.now(), current(), brought, chapter=chapters.chapter(session, chapter),
        kind=form.kind.data, language=form.language.data, addressee=addressee,
    )  # fmt: skip
    return _to_original(chapter, draft.id)


def _brought(make: Callable[..., F]) -> tuple[F, Brought | None]:
    """The form that was sent, and its document as read; or why it was not, in the form.

    Reading takes seconds, in which no transaction is open.
    """
    try:
        make_room()
    except UploadRefused as refused:
        form = make(formdata=None)
        form.refuse(refused)
        return form, None
    form = make()
    if not form.validate():
        return form, None
    try:
        return form, _read(form.files())
    except UploadRefused as refused:
        log.info("upload.refused", reason=refused.reason, because=refused.because)
        form.refuse(refused)
        return form, None


def _read(files: Files) -> Brought:
    config: Config = current_app.extensions["config"]
    with away(Role.ORGANIZER, Role.EDITOR):
        return uploading.read(files, drawing.program(config.libreoffice))


# --- The original of a draft ----------------------------------------------------------------------


def _draft(chapter: str, number: int, *, to_change: bool = False) -> Draft:
    """The chapter's draft of this number; nobody else changes it meanwhile if it is to change. Raises NotFound."""
    return writing.find(db.session(), chapter, number, to_change=to_change)


def _to_original(chapter: str, number: int) -> Response:
    return redirect(url_for("organize.original", chapter=chapter, number=number), 303)


@bp.get("/chapters/<state:chapter>/drafts/<row:number>/original")
@chapter_readers
def original(chapter: str, number: int) -> Response:
    """The pages of the original beside the text, its tracked changes, and what was left out."""
    return _compare(_draft(chapter, number))


def _compare(
    draft: Draft, status: int = 200, *,
    accept: AcceptForm | None = None, typed: TypedForm | None = None, bring: BringForm | None = None, why: str = "",
) -> Response:  # fmt: skip
    typing = typed is not None
    if typed is None:
        typed = TypedForm(formdata=None, title=draft.title, body=draft.body, version=draft.version)
    agreed = accept.agreed() if accept else ()
    if draft.accepted_at is not None and draft.original is not None:
        agreed = accepting.to_agree(draft.original.marks)
    said = page(
        "original",
        draft=upload_showing.draft(draft),
        original=upload_showing.original(db.session(), draft, agreed),
        may_write=current().holds((Role.ORGANIZER, Role.EDITOR), draft.chapter.state),
        accept=accept or AcceptForm(formdata=None, facsimile=draft.facsimile),
        typed_text=typed,
        typing=typing,
        bring=bring or BringForm(formdata=None),
        why=why,
    )
    return make_response(said, status)


@bp.get("/chapters/<state:chapter>/drafts/<row:number>/original/pages/<int(max=999):page_number>.png")
@chapter_readers
def original_page(chapter: str, number: int, page_number: int) -> Response:
    """The image of one page, for those who compare."""
    png = facsimile.image(db.session(), _draft(chapter, number).original_id, page_number)
    if png is None:
        raise NotFound("page", page_number)
    response = make_response(png)
    response.headers["Content-Type"] = "image/png"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/chapters/<state:chapter>/drafts/<row:number>/original/file")
@chapter_readers
def original_file(chapter: str, number: int) -> Response:
    """The file as it was brought, to be kept and never shown."""
    return _file(chapter, _draft(chapter, number).original_id)


@bp.get("/chapters/<state:chapter>/originals/<row:number>")
@chapter_readers
def kept_original(chapter: str, number: int) -> Response:
    """The file that a published text of the chapter was read from."""
    return _file(chapter, number)


def _file(chapter: str, number: int | None) -> Response:
    own = select(Original).join(Chapter, Original.chapter_id == Chapter.id)
    own = own.where(Original.id == number, Chapter.state == chapter).options(undefer(Original.data))
    found = db.session().scalar(own)
    if found is None:
        raise NotFound("original", number)
    answer = send_file(
        BytesIO(found.data), "application/octet-stream", as_attachment=True, download_name=found.name, etag=False
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/chapters/<state:chapter>/drafts/<row:number>/original")
@chapter_writers
@limits.named("upload")
def replace_original(chapter: str, number: int) -> Response:
    """Another document in the place of the draft's, or its first."""
    _draft(chapter, number)
    form, brought = _brought(BringForm)
    draft = _draft(chapter, number, to_change=brought is not None)
    if brought is None:
        return _compare(draft, 422, bring=form)
    uploading.bring(db.session(), clock.now(), current(), draft, brought, keep_text=form.keep_text.data)
    return _to_original(chapter, number)


@bp.post("/chapters/<state:chapter>/drafts/<row:number>/original/pages")
@chapter_writers
@limits.named("upload")
def add_pages(chapter: str, number: int) -> Response:
    """More photographs behind those that are there."""
    _draft(chapter, number)
    form, brought = _brought(BringForm)
    draft = _draft(chapter, number, to_change=brought is not None)
    if brought is None:
        return _compare(draft, 422, bring=form)
    if draft.original is None or draft.original.kind not in uploading.PHOTOGRAPHS:
        raise NotFound("photographs", number)
    try:
        uploading.add_pages(db.session(), clock.now(), current(), draft, brought)
    except UploadRefused as refused:
        form.refuse(refused)
        return _compare(draft, 422, bring=form)
    return _to_original(chapter, number)


@bp.post("/chapters/<state:chapter>/drafts/<row:number>/original/text")
@chapter_writers
def type_text(chapter: str, number: int) -> Response:
    """Keep the text that was typed beside the pages."""
    form, draft = TypedForm(), _draft(chapter, number, to_change=True)
    if not form.validate():
        return _compare(draft, 422, typed=form)
    try:
        accepting.type_text(draft, clock.now(), current(), form.title.data, form.body.data, form.seen)
    except accepting.ChangedMeanwhile:
        return _compare(draft, 422, typed=form, why=_overtaken())
    return _to_original(chapter, number)


def _overtaken() -> str:
    return _("Somebody has changed this draft since you opened the page. Look at it again before you send it.")


@bp.post("/chapters/<state:chapter>/drafts/<row:number>/original/accept")
@chapter_writers
def accept_original(chapter: str, number: int) -> Response:
    """The text says what the original says, and each tracked change is agreed to."""
    form, session = AcceptForm(), db.session()
    refuse_stale(form)
    draft = _draft(chapter, number, to_change=True)
    if draft.original is None:
        raise NotFound("original", number)
    try:
        accepting.accept(session, clock.now(), current(), draft, form.agreed(), form.seen)
    except accepting.ChangedMeanwhile:
        return _compare(draft, 422, accept=form, why=_overtaken())
    except accepting.NoText:
        return _compare(draft, 422, accept=form, why=_("Type the text first; then accept it."))
    except accepting.NotAgreed:
        return _compare(
            draft, 422, accept=form, why=_("Tick each tracked change that you agree to. All must be agreed to.")
        )
    accepting.show_pages(
        draft, has_images=facsimile.may_be_shown(session, draft.original), chosen=form.facsimile.data
    )
    return _to_original(chapter, number)
