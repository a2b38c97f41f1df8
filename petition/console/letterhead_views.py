"""The letterhead at a chapter's desk: shown, uploaded, removed."""

from typing import Any, Final

from flask import make_response, redirect, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from petition import clock, limits
from petition.accounts import auditing
from petition.accounts.models import Role
from petition.accounts.permission import current
from petition.chapters import letterhead
from petition.chapters import reading as chapters
from petition.console.desk import bp, chapter_editors, chapter_readers, page
from petition.console.forms import LetterheadForm
from petition.db import db
from petition.errors import NotFound
from petition.uploads import reading as uploads
from petition.uploads.document import LETTERHEADS, UploadRefused, refusing
from petition.web.form import SessionForm, refuse_stale
from petition.web.language import _

PATH: Final = "/letterhead"
#: Of the whole form: the picture, and half a megabyte more, so that one slightly too large is told so in a sentence.
FORM_SIZE: Final = LETTERHEADS.file_bytes + 512 * 1024


@bp.get("/chapters/<state:chapter>/letterhead")
@chapter_readers
def letterhead_form(chapter: str) -> Response:
    """The chapter's letterhead as it is, and the form that brings another."""
    return _page(chapter, LetterheadForm(formdata=None))


def _page(state: str, form: LetterheadForm, status: int = 200) -> Response:
    session, found = db.session(), chapters.chapter(db.session(), state)
    said = page(
        "letterhead",
        chapter={"state": state, "name": found.name},
        letterhead=letterhead.of(session, found),
        may_write=current().holds((Role.ORGANIZER, Role.EDITOR), state),
        most=LETTERHEADS.file_bytes // (1024 * 1024),
        form=form,
    )
    return make_response(said, status)


@bp.post("/chapters/<state:chapter>/letterhead")
@chapter_editors
@limits.named("access")
def keep_letterhead(chapter: str) -> Response:
    """Draw the uploaded picture anew and print it at the head of this chapter's paper from now on."""
    request.max_content_length = FORM_SIZE
    try:
        sent = request.files.get("picture")
    except RequestEntityTooLarge:
        large = refusing("picture_large", most=str(LETTERHEADS.file_bytes // (1024 * 1024)))
        return _refused(chapter, LetterheadForm(formdata=None), _(large.sentence, **large.values))
    form = LetterheadForm()
    if not form.validate():
        return _page(chapter, form, 422)
    data = sent.stream.read() if sent is not None else b""
    # Nobody who signs waits in the writers' queue until a picture is drawn.
    db.session.remove()
    try:
        picture = uploads.letterhead(data)
    except UploadRefused as refused:
        return _refused(chapter, form, _(refused.saying.sentence, **refused.saying.values))
    session, now = db.session(), clock.now()
    kept = letterhead.keep(session, chapters.chapter(session, chapter), picture, now)
    auditing.record(session, now, current(), "letterhead kept", f"chapter {chapter}", sha256=kept.sha256)
    return redirect(url_for("organize.letterhead_form", chapter=chapter), 303)


def _refused(chapter: str, form: LetterheadForm, sentence: str) -> Response:
    form.picture.errors = [sentence]
    return _page(chapter, form, 422)


@bp.post("/chapters/<state:chapter>/letterhead/remove")
@chapter_editors
def remove_letterhead(chapter: str) -> Response:
    """Set the chapter's name in type again."""
    refuse_stale(SessionForm())
    session, now = db.session(), clock.now()
    if letterhead.remove(session, chapters.chapter(session, chapter)):
        auditing.record(session, now, current(), "letterhead removed", f"chapter {chapter}")
    return redirect(url_for("organize.letterhead_form", chapter=chapter), 303)


@bp.get("/chapters/<state:chapter>/letterhead.png")
@chapter_readers
def letterhead_picture(chapter: str) -> Response:
    """The picture, for the desk alone."""
    session = db.session()
    kept = letterhead.of(session, chapters.chapter(session, chapter))
    if kept is None:
        raise NotFound(chapter)
    answer = make_response(kept.png)
    headers: dict[str, Any] = {"Content-Type": "image/png", "Cache-Control": "private, no-cache"}
    answer.headers.update(headers)
    answer.set_etag(kept.sha256)
    return answer.make_conditional(request)
