"""Chapters' texts at the desk: each one's own page for its editors, and for organizers what waits to be listed."""

from typing import Any, Final

from flask import make_response, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import SelectField, TextAreaField
from wtforms.validators import ValidationError

from petition import clock
from petition.accounts.models import Account, Role
from petition.accounts.permission import current, needs
from petition.console.desk import bp, chapter_editors, chapter_readers, page, readers
from petition.db import db
from petition.errors import NotFound
from petition.ledger import counting
from petition.signatures.showing import ShownText
from petition.statements import ending, listing, reading
from petition.statements.models import TEXT, ChangeRequest, End, Revision, Statement
from petition.statements.reading import Published
from petition.web.form import SessionForm, refuse_stale
from petition.web.language import _
from petition.web.language import current as language

#: Organizers decide what the campaign lists; a chapter's editors are not asked there.
chapter_deciders = needs(Role.ORGANIZER)
PATH: Final = "/chapters/<state:chapter>/statements/<slug>"


class ChangesForm(SessionForm):
    """What a chapter is asked to change."""

    note = TextAreaField(filters=[lambda value: (value or "").strip()])

    def validate_note(self, field: Any) -> None:
        """Needed: without it nobody knows what to do."""
        if not field.data:
            raise ValidationError(_("Say what should be changed, and why."))
        if len(field.data) > listing.LONGEST_NOTE:
            raise ValidationError(_("Use no more than %(number)s characters.", number=listing.LONGEST_NOTE))


class EndForm(SessionForm):
    """How and why a text ends: everybody reads the reason."""

    how = SelectField(validate_choice=False)
    successor = SelectField(validate_choice=False)
    because = TextAreaField(filters=[lambda value: (value or "").strip()])

    def __init__(self, others: list[Statement], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.how.choices = [("", _("Choose")), (End.RETRACTED, _("Retracted")), (End.SUPERSEDED, _("Superseded"))]
        named = [(each.slug, reading.published(db.session(), each.slug, language()).revision.title) for each in others]
        self.successor.choices = [("", _("None")), *named]
        self._slugs = {each.slug: each for each in others}

    @property
    def follows(self) -> Statement | None:
        """The text that follows this one, if one was chosen."""
        return self._slugs.get(self.successor.data or "")

    def validate_how(self, field: Any) -> None:
        """One of the two."""
        if field.data not in list(End):
            raise ValidationError(_("Choose whether the text is retracted or superseded."))

    def validate_successor(self, field: Any) -> None:
        """Needed where one text follows another."""
        if self.how.data == End.SUPERSEDED and self.follows is None:
            raise ValidationError(_("Choose the text that follows this one. Publish it first, if it is not there."))

    def validate_because(self, field: Any) -> None:
        """Needed: whoever signed the text is owed the reason."""
        if not field.data:
            raise ValidationError(_("Say why. Everybody who opens the page reads it."))
        if len(field.data) > ending.LONGEST_REASON:
            raise ValidationError(_("Use no more than %(number)s characters.", number=ending.LONGEST_REASON))


def own(chapter: str, slug: str) -> Published:
    """A statement of this chapter. Raises NotFound for any other, also for one that is another chapter's."""
    found = reading.published(db.session(), slug, language())
    if found.statement.chapter is None or found.statement.chapter.state != chapter:
        raise NotFound(slug)
    return found


# --- One text's page ------------------------------------------------------------------------------


@bp.get(PATH)
@chapter_readers
def own_statement(chapter: str, slug: str) -> Response:
    """One text of a chapter: how it stands, who signed which revision, what organizers asked, and its end."""
    return _page(own(chapter, slug))


def _page(
    at: Published, changes: ChangesForm | None = None, end: EndForm | None = None, status: int = 200
) -> Response:
    session, statement = db.session(), at.statement
    assert statement.chapter is not None
    state = statement.chapter.state
    signed = counting.by_revision(session, statement)
    said = page(
        "own_statement",
        chapter={"state": state, "name": statement.chapter.name},
        text=ShownText.of(at),
        row=statement,
        figures=counting.count(session, statement, clock.now()),
        revisions=[_revision(each, signed.get(each.id, 0)) for each in reading.texts(session, statement)],
        asked=[_asked(each) for each in listing.asked(session, statement)],
        may_write=current().holds((Role.ORGANIZER, Role.EDITOR), state),
        changes=changes or ChangesForm(formdata=None),
        end=end or EndForm(ending.successors(session, statement), formdata=None),
        successor=session.get(Statement, statement.successor_id) if statement.successor_id else None,
    )
    return make_response(said, status)


def _revision(text: Revision, verified: int) -> dict[str, Any]:
    submission = reading.submission(db.session(), text.id)
    return {
        "text": text,
        "verified": verified,
        "note": submission.note if submission else "",
        "original": submission.original_id if submission else None,
    }


def _asked(request: ChangeRequest) -> dict[str, Any]:
    session = db.session()
    return {
        "note": request.note,
        "at": request.made_at,
        "number": request.revision.number,
        "by": session.get_one(Account, request.account_id),
        "answered": listing.is_answered(session, request),
    }


@bp.post(f"{PATH}/signing")
@chapter_editors
def open_to_signatures(chapter: str, slug: str) -> Response:
    """Let patrons and institutions sign the text, or let them no more."""
    refuse_stale(SessionForm())
    statement = own(chapter, slug).statement
    listing.let_sign(db.session(), statement, current(), clock.now(), may=bool(request.form.get("open")))
    return redirect(url_for("organize.own_statement", chapter=chapter, slug=slug), 303)


@bp.post(f"{PATH}/end")
@chapter_editors
def end_statement(chapter: str, slug: str) -> Response:
    """Retract the text, or say what superseded it."""
    at = own(chapter, slug)
    form = EndForm(ending.successors(db.session(), at.statement))
    if not form.validate():
        return _page(at, end=form, status=422)
    try:
        how = End(form.how.data)
        follows = form.follows if how is End.SUPERSEDED else None
        ending.end(db.session(), at.statement, how, form.because.data, follows, current(), clock.now())
    except ending.EndedAlready:
        return _page(own(chapter, slug), status=409)
    return redirect(url_for("organize.own_statement", chapter=chapter, slug=slug), 303)


# --- What organizers decide -----------------------------------------------------------------------


@bp.get("/texts")
@readers
def texts() -> str:
    """What chapters have published: what waits to be listed first."""
    session = db.session()
    every = [each for each in reading.every(session, language()) if each.statement.chapter is not None]
    waits = {statement.id for statement in listing.waiting(session)}
    return page(
        "texts",
        waiting=[_listed(each) for each in every if each.statement.id in waits],
        others=[_listed(each) for each in every if each.statement.id not in waits],
    )


def _listed(at: Published) -> dict[str, Any]:
    session = db.session()
    open_requests = [each for each in listing.asked(session, at.statement) if not listing.is_answered(session, each)]
    newest = select(Revision.published_at).where(Revision.statement_id == at.statement.id, Revision.role == TEXT)
    return {
        "text": ShownText.of(at),
        "row": at.statement,
        "published_at": session.scalar(newest.order_by(Revision.id.desc()).limit(1)),
        "asked": bool(open_requests),
    }


@bp.post(f"{PATH}/list")
@chapter_deciders
def list_statement(chapter: str, slug: str) -> Response:
    """Take the text into the campaign's list, or out of it again."""
    refuse_stale(SessionForm())
    session, statement = db.session(), own(chapter, slug).statement
    decide = listing.enlist if request.form.get("listed") else listing.take_off
    decide(session, statement, current(), clock.now())
    return redirect(url_for("organize.own_statement", chapter=chapter, slug=slug), 303)


@bp.post(f"{PATH}/changes")
@chapter_deciders
def ask_for_changes(chapter: str, slug: str) -> Response:
    """Ask the chapter to change its text."""
    at, form = own(chapter, slug), ChangesForm()
    if not form.validate():
        return _page(at, form, status=422)
    listing.ask_for_changes(db.session(), at.revision, current(), form.note.data, clock.now())
    return redirect(url_for("organize.own_statement", chapter=chapter, slug=slug), 303)
