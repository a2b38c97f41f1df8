"""Signatures at the desk: looked for, listed a page at a time by key, and one with everything that became of it."""

from collections.abc import Sequence
from typing import Any, Final

from flask import redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from petition import tokens
from petition.console import wording
from petition.console.desk import ROWS, bp, deciders, page, published, readers
from petition.console.forms import AddressForm, HoldForm, InvalidateForm, NoteForm, SearchForm
from petition.db import db
from petition.errors import NotFound
from petition.mail.outbox import Email
from petition.review.history import history
from petition.signatures import finding
from petition.signatures.finding import Sought
from petition.signatures.models import Change, Signature
from petition.statements.reading import Published
from petition.text.places import STATES
from petition.web.addresses import before
from petition.web.form import keys

#: What a handle in the address of a list is for: nobody reads the mailbox off it.
_MAILBOX: Final = "mailbox of"
_NOBODY: Final = "nobody"


@bp.get("/statements/<slug>/signatures")
@readers
def signatures(slug: str) -> str:
    """The signatures that are looked for, the newest first."""
    return _list(published(slug), AddressForm(formdata=None))


@bp.post("/statements/<slug>/signatures/by-address")
@deciders
def by_address(slug: str) -> Response | tuple[str, int]:
    """Look for an address: it is hashed at once, and the list's own address holds a sealed number instead."""
    at, form = published(slug), AddressForm()
    if not form.validate():
        return _list(at, form), 422
    of_mailbox = (Signature.mailbox == keys().mailbox(form.email.mailbox), Signature.statement_id == at.statement.id)
    newest = db.session().scalar(select(Signature.id).where(*of_mailbox).order_by(Signature.id.desc()).limit(1))
    handle = tokens.handle(keys(), _MAILBOX, newest) if newest is not None else _NOBODY
    return redirect(url_for("organize.signatures", slug=slug, address=handle), 303)


def _list(at: Published, address: AddressForm) -> str:
    session, asked = db.session(), request.args
    handle = asked.get("address", "")
    sought = Sought(
        typed=asked.get("q", "")[:200],
        state=asked.get("state", "") if asked.get("state") in STATES else "",
        status=asked.get("status", "") if asked.get("status") in finding.STATUSES else "",
        mailbox=_mailbox(session, handle) if handle else None,
    )
    nobody = bool(handle) and sought.mailbox is None
    found = finding.Page((), None) if nobody else finding.page(session, at.statement, sought, before(asked), ROWS)
    search = SearchForm(wording.statuses(), formdata=None)
    search.q.data, search.state.data, search.status.data = sought.typed, sought.state, sought.status
    return page(
        "signatures",
        at,
        search=search,
        address=address,
        by_address=bool(handle),
        found=found.signatures,
        older=_again(found.next) if found.next else None,
        newest=_again(None) if before(asked) else None,
    )


def _again(key: int | None) -> str:
    asked = {name: request.args.get(name) for name in ("q", "state", "status", "address")}
    kept: dict[str, Any] = {name: value for name, value in asked.items() if value}
    return url_for("organize.signatures", slug=(request.view_args or {})["slug"], before=key, **kept)


def _mailbox(session: Session, handle: str) -> bytes | None:
    if handle == _NOBODY:
        return None
    try:
        row = tokens.open_handle(keys(), _MAILBOX, handle)
    except NotFound:
        return None
    return session.scalar(select(Signature.mailbox).where(Signature.id == row))


@bp.get("/signatures/<row:number>")
@readers
def signature(number: int) -> str:
    """One signature: what was typed, what became of it, and what can be decided."""
    return show(find(number))


def find(number: int) -> Signature:
    """The signature of this row. Raises NotFound."""
    found = db.session().get(Signature, number)
    if found is None:
        raise NotFound(number)
    return found


def show(signature: Signature, refused: NoteForm | None = None, act: str = "", lost: bool = False) -> str:
    """The page of one signature; with the form of an act that was refused, or that somebody else came before."""
    session, at = db.session(), published(signature.statement.slug)
    blank = {"hold": HoldForm(formdata=None), "invalidate": InvalidateForm(formdata=None)}
    notes = dict.fromkeys(("release", "restore", "withdraw"), NoteForm(formdata=None))
    return page(
        "signature",
        at,
        signature=signature,
        call_number=signature.statement.call_number(signature.revision),
        changes=_changes(session, signature),
        emails=_emails(session, signature),
        decisions=history(session, signature),
        forms={**blank, **notes, **({act: refused} if refused else {})},
        refused=act,
        lost=lost,
    )


def _changes(session: Session, signature: Signature) -> Sequence[Change]:
    return session.scalars(select(Change).where(Change.signature_id == signature.id).order_by(Change.id)).all()


def _emails(session: Session, signature: Signature) -> list[Email]:
    """The e-mails to its mailbox that are its own or listed it. Those of erased signatures are nobody's any more."""
    if signature.mailbox is None:
        return []
    to_it = session.scalars(select(Email).where(Email.mailbox == signature.mailbox).order_by(Email.id))
    return [email for email in to_it if email.subject_id == signature.id or signature.id in (email.about or ())]
