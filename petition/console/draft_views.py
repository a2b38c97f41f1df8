"""Writing at a chapter's desk: a text is begun, saved and discarded; only its chapter sees it."""

from typing import Any

from flask import Response as FlaskResponse
from flask import make_response, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from petition import clock
from petition.accounts.models import Role
from petition.accounts.permission import current, may
from petition.chapters import reading as chapters
from petition.console import draft_showing, draft_wording
from petition.console.desk import bp, chapter_readers, chapter_writers, page
from petition.console.draft_forms import (
    MOST_OFFICERS,
    NATIONAL,
    BeginForm,
    DraftForm,
    VersionForm,
    of_officer,
    version_of,
)
from petition.console.draft_showing import ShownDraft
from petition.db import db, reading
from petition.drafts import writing
from petition.drafts.models import Draft
from petition.drafts.writing import NoTemplate, Overtaken
from petition.publishers.models import Publisher
from petition.statements.local_parts import PARTS
from petition.web.form import TOKEN_FIELD, SessionForm, keys, refuse_stale
from petition.web.language import _
from petition.web.language import current as language
from petition.web.problems import Problem, keeps_form

#: What a button of the form does besides saving.
PREVIEW, FREE, LOOK = "preview", "free", "look"


@bp.get("/chapters/<state:chapter>/drafts/new")
@chapter_writers
def new_draft(chapter: str) -> Response:
    """What to write, and how to begin."""
    return _new(chapter, BeginForm(formdata=None, language=language()))


def _new(chapter: str, form: BeginForm, status: int = 200) -> Response:
    found = chapters.chapter(db.session(), chapter)
    return make_response(page("draft_new", chapter=found, form=form), status)


@bp.post("/chapters/<state:chapter>/drafts/")
@chapter_writers
def begin_draft(chapter: str) -> Response:
    """Begin a text: blank, or from the national one."""
    form = BeginForm()
    if not form.validate():
        return _new(chapter, form, 422)
    session, now = db.session(), clock.now()
    try:
        draft = writing.begin(
            session, chapters.chapter(session, chapter), current(), now=now,
            kind=form.kind.data, language=form.language.data, national=form.start.data == NATIONAL,
        )  # fmt: skip
    except NoTemplate:
        form.start.errors = [_("There is no national text of this kind in this language. Begin with a blank page.")]
        return _new(chapter, form, 422)
    return redirect(_at(draft), 303)


@bp.post("/chapters/<state:chapter>/statements/<slug>/next")
@chapter_writers
def begin_revision(chapter: str, slug: str) -> Response:
    """Begin the next revision of one of the chapter's statements, or go on with it."""
    refuse_stale(SessionForm())
    session, found = db.session(), chapters.chapter(db.session(), chapter)
    draft = writing.begin_next(session, keys(), found, current(), slug, language=language(), now=clock.now())
    return redirect(_at(draft), 303)


def _at(draft: Draft, **more: Any) -> str:
    return url_for("organize.draft", chapter=draft.chapter.state, number=draft.id, **more)


@bp.get("/chapters/<state:chapter>/drafts/<row:number>")
@chapter_readers
def draft(chapter: str, number: int) -> Response:
    """One draft: the form, and below it the text as it will look."""
    found = writing.find(db.session(), chapter, number)
    return draft_page(found, form_of(found))


def form_of(draft: Draft) -> DraftForm:
    """The form as it holds the draft."""
    return DraftForm(draft, _publishers(), formdata=None, data=draft_showing.typed(draft))


def _publishers() -> list[Publisher]:
    return list(db.session().scalars(select(Publisher).order_by(Publisher.place)))


def draft_page(draft: Draft, form: DraftForm, status: int = 200, **facts: Any) -> FlaskResponse:
    """The page of a draft, with the form as it stands."""
    statement, wrong = draft.statement, _wrong(form)
    shown = page(
        "draft",
        draft=ShownDraft.of(draft),
        labels=draft_wording.labels(),
        local=draft_showing.local_parts(draft),
        office=draft.addressee.address_lines,
        sample_note=draft_showing.sample_note(draft),
        text=draft_showing.as_published(draft),
        published=statement.slug if statement else "",
        form=form,
        wrong={**{name: form[name] for name in wrong}, TOKEN_FIELD: form.csrf_token} if form.errors or wrong else {},
        wrong_words=wrong,
        more_officers=any(form[name].data or form[name].errors for name in _hidden_officers()),
        most_officers=MOST_OFFICERS,
        may_write=may(Role.ORGANIZER, Role.EDITOR),
        **facts,
    )
    return make_response(shown, status)


def _wrong(form: DraftForm) -> dict[str, str]:
    """The label of each field with which something is wrong, and of the token."""
    labels = draft_wording.labels()
    for place in range(1, MOST_OFFICERS + 1):
        words = (_("Officer %(number)s, name"), _("Officer %(number)s, title"), _("Officer %(number)s, e-mail"))
        labels |= dict(zip(of_officer(place), (each % {"number": place} for each in words), strict=True))
    return {name: words for name, words in labels.items() if form[name].errors}


def _hidden_officers() -> list[str]:
    return [name for place in range(3, MOST_OFFICERS + 1) for name in of_officer(place)]


@bp.post("/chapters/<state:chapter>/drafts/<row:number>")
@chapter_writers
def save_draft(chapter: str, number: int) -> Response:
    """Keep what was typed. Who was overtaken keeps it in the form, with what the other saved beside it."""
    session = db.session()
    found = writing.find(session, chapter, number, to_change=True)
    form, then = DraftForm(found, _publishers()), request.form.get("then", PREVIEW)
    if not form.validate():
        return draft_page(found, form, 422)
    freed = writing.freed(found, form.local()) if then == FREE and found.local is not None else None
    written = form.written(found, freed)
    try:
        writing.save(
            session, keys(), found, current(), version_of(form.version.data), written,
            form.officers(written.language), clock.now(),
        )  # fmt: skip
    except Overtaken:
        return _overtaken(found, form)
    if then == LOOK:
        return redirect(url_for("organize.look_once_more", chapter=chapter, number=number), 303)
    return redirect(_at(found, _anchor="body" if then == FREE else "preview"), 303)


def _overtaken(draft: Draft, form: DraftForm) -> Response:
    form.version.data = str(draft.version)
    mine = []
    if draft.local is None and "body" not in request.form:
        # They have made it free text meanwhile: what was typed into its local parts has no field any more.
        words = draft_wording.labels()
        mine = [(words[part], form[part].data) for part in PARTS if form[part].data]
        form.body.data = draft.body
    return draft_page(draft, form, 409, theirs=draft_showing.differences(draft, form), mine=mine)


def _typed_again(problem: Problem) -> FlaskResponse:
    """The form with everything typed in it, under the problem that kept it from being saved."""
    given = request.view_args or {}
    with reading() as session:
        found = writing.find(session, given["chapter"], given["number"])
        return draft_page(found, DraftForm(found, _publishers()), problem.status, problem=problem)


keeps_form("organize.save_draft", _typed_again)


@bp.post("/chapters/<state:chapter>/drafts/<row:number>/discard")
@chapter_writers
def discard_draft(chapter: str, number: int) -> Response:
    """Let go of a draft, unless somebody has saved it since it was shown."""
    form = VersionForm()
    refuse_stale(form)
    session = db.session()
    found = writing.find(session, chapter, number, to_change=True)
    try:
        writing.discard(session, found, current(), form.number, clock.now())
    except Overtaken:
        return draft_page(found, form_of(found), 409, kept=True)
    return redirect(url_for("organize.chapter", chapter=chapter), 303)
