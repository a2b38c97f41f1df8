"""Chapters at the desk: the list for the whole house; and each one's own desk, for its editors too."""

from typing import Any

from flask import make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from petition import clock, limits
from petition.accounts import admitting, auditing, offering
from petition.accounts.forms import InviteEditorForm, OfficeForm
from petition.accounts.models import Account, Role
from petition.accounts.permission import current, needs
from petition.chapters import office
from petition.chapters import reading as chapters
from petition.chapters.linking import own_address
from petition.chapters.models import Chapter
from petition.console import draft_showing
from petition.console.desk import bp, chapter_editors, chapter_readers, deciders, page, readers
from petition.db import db
from petition.errors import NotFound
from petition.ledger import counting
from petition.signatures.showing import ShownText
from petition.statements import reading
from petition.web.form import SessionForm, keys, refuse_stale
from petition.web.language import current as language
from petition.web.places import in_order, state_name


@bp.get("/chapters/")
@readers
def chapters_index() -> str:
    """Every chapter: its count, how many edit for it, and the address of its office."""
    session = db.session()
    petition = reading.petition(session, language())
    verified = counting.by_state(session, petition.statement) if petition else {}
    editors = admitting.editors_by_chapter(session)
    listed = [
        {**_office(each), "verified": verified.get(each.state, 0), "editors": editors.get(each.state, 0)}
        for each in chapters.listed(session)
    ]
    count = counting.count(session, petition.statement, clock.now()) if petition else None
    return page(
        "chapters", listed=sorted(listed, key=lambda each: in_order(state_name(each["state"]))), figures=count
    )


def _office(chapter: Chapter) -> dict[str, Any]:
    address = keys().open_address(chapter.office)
    # RFC 2606 gives .example to nobody: an address that was never filled in.
    return {"state": chapter.state, "name": chapter.name, "office": address, "sample": address.endswith(".example")}


@bp.get("/chapters/<state:chapter>/")
@chapter_readers
def chapter(chapter: str) -> Response:
    """A chapter's desk."""
    return _desk(chapter, InviteEditorForm(), OfficeForm(formdata=None))


def _desk(state: str, form: InviteEditorForm, office_form: OfficeForm, status: int = 200) -> Response:
    session, found = db.session(), chapters.chapter(db.session(), state)
    petition = reading.petition(session, language())
    filed = _office(found)
    if request.endpoint != "organize.move_office":
        office_form.office.data = filed["office"]
    own = reading.of_chapter(session, found.id, language())
    said = page(
        "chapter",
        chapter=filed,
        address=own_address(state),
        title=ShownText.of(petition).title if petition else "",
        figures=counting.of_state(session, petition.statement, state, clock.now()) if petition else None,
        statements=[ShownText.of(each) for each in own],
        going_on={each.statement.slug for each in own if each.statement.ended is None},
        drafts=draft_showing.unpublished(found),
        people=[_person(account) for account in admitting.editors(session, state)],
        may_write=current().holds((Role.ORGANIZER, Role.EDITOR), state),
        form=form,
        office_form=office_form,
    )
    return make_response(said, status)


def _person(account: Account) -> dict[str, Any]:
    address = keys().open_address(account.address)
    return {"id": account.id, "name": account.name, "address": address, "since": account.made_at}


@bp.post("/chapters/<state:chapter>/editors")
@chapter_editors
@limits.named("access")
def invite_editor(chapter: str) -> Response:
    """Make an address an editor of this chapter, and tell its owner by e-mail."""
    form = InviteEditorForm()
    if not form.validate():
        return _desk(chapter, form, OfficeForm(formdata=None), 422)
    session, now = db.session(), clock.now()
    chapters.chapter(session, chapter)
    account = admitting.admit(
        session, keys(), now, current(), Role.EDITOR,
        address=form.email.data, canonical=form.email.mailbox, language=language(), chapter=chapter,
    )  # fmt: skip
    admitting.invite(session, account, now)
    return redirect(url_for("organize.chapter", chapter=chapter), 303)


@bp.post("/chapters/<state:chapter>/editors/<row:number>/dismiss")
@chapter_editors
def dismiss_editor(chapter: str, number: int) -> Response:
    """Take the chapter away from one of its editors, who is signed out everywhere."""
    refuse_stale(SessionForm())
    account = db.session().get(Account, number)
    if account is None or chapter not in account.chapters:
        raise NotFound("editor")
    leaving = account.id == current().id
    admitting.dismiss(db.session(), clock.now(), current(), account, Role.EDITOR, chapter)
    return redirect(url_for("accounts.sign_in") if leaving else url_for("organize.chapter", chapter=chapter), 303)


@bp.post("/chapters/<state:chapter>/office")
@needs(Role.ORGANIZER, fresh=True)
def move_office(chapter: str) -> Response:
    """Change the address of the chapter's office; links that went to the old one open nothing any more."""
    form = OfficeForm()
    if not form.validate():
        return _desk(chapter, InviteEditorForm(formdata=None), form, 422)
    session, now = db.session(), clock.now()
    found = chapters.chapter(session, chapter)
    if office.move(found, keys(), address=form.office.data, canonical=form.office.mailbox):
        auditing.record(session, now, current(), "office moved", f"chapter {chapter}")
    return redirect(url_for("organize.chapter", chapter=chapter), 303)


@bp.post("/chapters/<state:chapter>/access")
@deciders
def offer_access(chapter: str) -> Response:
    """Send the office its link, as anybody can from the chapter's page."""
    refuse_stale(SessionForm())
    session, now = db.session(), clock.now()
    offering.offer(session, keys(), chapters.chapter(session, chapter), now, language=language())
    auditing.record(session, now, current(), "access offered", f"chapter {chapter}")
    return redirect(url_for("organize.chapter", chapter=chapter), 303)
