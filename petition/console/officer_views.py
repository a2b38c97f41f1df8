"""A chapter's officers at its desk: who was asked to sign which revision, and what they answered."""

from collections.abc import Callable
from typing import Any, Final

from flask import make_response, redirect, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from petition import clock
from petition.accounts.models import Role
from petition.accounts.permission import current, needs
from petition.chapters import reading as chapters
from petition.console.desk import bp, chapter_readers, page
from petition.db import db
from petition.errors import NotFound
from petition.officers import naming, standing
from petition.officers.forms import OfficerAddressForm, OfficerForm
from petition.officers.models import Officer
from petition.officers.naming import Disowned, Named, StandsOtherwise, TooMany, TooOften
from petition.officers.standing import Stand
from petition.statements import reading
from petition.statements.models import Revision, Statement
from petition.web.form import SessionForm, keys, refuse_stale
from petition.web.language import _, moment

#: Editors of the chapter, and organizers; what they do here gives nobody access, so nobody is asked who they are anew.
writers: Final = needs(Role.ORGANIZER, Role.EDITOR)


def _statement(state: str, slug: str) -> Statement:
    """The chapter's own statement. Raises NotFound for another's."""
    session = db.session()
    own = (Statement.slug == slug, Statement.chapter_id == chapters.chapter(session, state).id)
    found = session.scalar(select(Statement).where(*own))
    if found is None:
        raise NotFound(slug)
    return found


def _officer(state: str, slug: str, number: int) -> Officer:
    """One officer under a text of the chapter's own. Raises NotFound."""
    officer = db.session().get(Officer, number)
    if officer is None or officer.removed_at is not None:
        raise NotFound("officer")
    if officer.revision.statement_id != _statement(state, slug).id:
        raise NotFound("officer")
    return officer


def _facts(officer: Officer) -> dict[str, Any]:
    return {
        "id": officer.id,
        "name": officer.name,
        "title": officer.title,
        "address": keys().open_address(officer.address) if officer.address is not None else "",
        "stand": standing.stand(officer),
        "asked_at": officer.asked_at,
        "signed_at": officer.signed_at,
        "declined_at": officer.declined_at,
    }


@bp.get("/chapters/<state:chapter>/statements/<slug>/officers")
@chapter_readers
def officers(chapter: str, slug: str) -> Response:
    """Who was asked to sign each revision, the newest first, and what they answered."""
    return _list(chapter, slug, OfficerForm(formdata=None))


def _list(state: str, slug: str, form: OfficerForm, status: int = 200) -> Response:
    session, statement = db.session(), _statement(state, slug)
    texts = sorted(reading.texts(session, statement), key=lambda text: text.id, reverse=True)
    said = page(
        "officers",
        chapter=statement.chapter,
        slug=slug,
        title=texts[0].title,
        texts=[_text(text) for text in texts],
        may_write=_may_write(state) and _takes(texts[0]),
        form=form,
    )
    return make_response(said, status)


def _text(text: Revision) -> dict[str, Any]:
    named = [_facts(officer) for officer in standing.named(db.session(), text.id)]
    return {"number": text.number, "language": text.language, "in_force": _takes(text), "officers": named}


def _may_write(state: str) -> bool:
    return current().holds((Role.ORGANIZER, Role.EDITOR), state)


def _takes(text: Revision) -> bool:
    """Whether officers can still be asked to sign it."""
    return text.statement.ended is None and standing.in_force(db.session(), text)


@bp.post("/chapters/<state:chapter>/statements/<slug>/officers")
@writers
def name_officer(chapter: str, slug: str) -> Response:
    """Name one more officer under the newest text, and ask them to sign it."""
    form, session, statement = OfficerForm(), db.session(), _statement(chapter, slug)
    if not form.validate():
        return _list(chapter, slug, form, 422)
    newest = max(reading.texts(session, statement), key=lambda text: text.id)
    named = Named(form.name.data, form.title.data, form.email.data, form.email.mailbox, form.language.data)
    try:
        naming.name_one_more(session, keys(), newest, named, current(), clock.now())
    except TooMany:
        form.form_errors.append(_("No more than %(number)s officers fit under one text.", number=naming.MOST))
        return _list(chapter, slug, form, 422)
    except StandsOtherwise:
        form.form_errors.append(_("This text was superseded or retracted: nobody can sign it now."))
        return _list(chapter, slug, form, 409)
    return redirect(url_for("organize.officers", chapter=chapter, slug=slug), 303)


@bp.get("/chapters/<state:chapter>/statements/<slug>/officers/<row:number>")
@chapter_readers
def officer(chapter: str, slug: str, number: int) -> Response:
    """One officer, and what can be done about their answer."""
    return _one(chapter, slug, _officer(chapter, slug, number), OfficerAddressForm(formdata=None))


def _one(state: str, slug: str, found: Officer, form: OfficerAddressForm, status: int = 200) -> Response:
    said = page(
        "officer",
        chapter=found.revision.statement.chapter,
        slug=slug,
        revision=found.revision,
        officer=_facts(found),
        until=standing.open_until(found),
        may_write=_may_write(state) and found.signed_at is None,
        may_ask=_takes(found.revision) and standing.stand(found) is not Stand.DECLINED,
        form=form,
    )
    return make_response(said, status)


@bp.post("/chapters/<state:chapter>/statements/<slug>/officers/<row:number>")
@writers
def mend_officer(chapter: str, slug: str, number: int) -> Response:
    """Put in another address: a new link goes there, and the old one opens nothing any more."""
    form, found = OfficerAddressForm(), _officer(chapter, slug, number)
    if not form.validate():
        return _one(chapter, slug, found, form, 422)
    given = {"address": form.email.data, "canonical": form.email.mailbox}
    return _done(
        chapter, slug, found, form,
        lambda: naming.mend_address(db.session(), keys(), found, current(), clock.now(), **given),
    )  # fmt: skip


@bp.post("/chapters/<state:chapter>/statements/<slug>/officers/<row:number>/ask")
@writers
def ask_officer(chapter: str, slug: str, number: int) -> Response:
    """Send the e-mail once more, to an officer who has not answered."""
    refuse_stale(SessionForm())
    found = _officer(chapter, slug, number)
    return _done(
        chapter, slug, found, OfficerAddressForm(formdata=None),
        lambda: naming.ask_again(db.session(), found, current(), clock.now()),
    )  # fmt: skip


@bp.post("/chapters/<state:chapter>/statements/<slug>/officers/<row:number>/remove")
@writers
def remove_officer(chapter: str, slug: str, number: int) -> Response:
    """Take a name off that has not signed."""
    refuse_stale(SessionForm())
    found = _officer(chapter, slug, number)
    return _done(
        chapter, slug, found, OfficerAddressForm(formdata=None),
        lambda: naming.remove(db.session(), found, current(), clock.now()),
        then=url_for("organize.officers", chapter=chapter, slug=slug),
    )  # fmt: skip


def _done(
    state: str, slug: str, found: Officer, form: OfficerAddressForm, act: Callable[[], None], then: str = ""
) -> Response:
    """Do it, or say on the officer's page why not now."""
    try:
        act()
    except TooOften as refusal:
        until = moment(refusal.until)
        said = _("One officer gets an e-mail in ten minutes and three a day. The next can go at %(time)s.", time=until)
        form.form_errors.append(said)
        return _one(state, slug, found, form, 422)
    except Disowned:
        form.email.errors = [_("Whoever reads this address has said that they are somebody else. Type another one.")]
        return _one(state, slug, found, form, 422)
    except StandsOtherwise:
        form.form_errors.append(_("The officer has answered since, or the text is not in force any more. Look again."))
        return _one(state, slug, found, form, 409)
    return redirect(then or url_for("organize.officer", chapter=state, slug=slug, number=found.id), 303)
