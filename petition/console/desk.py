"""The desk: who may sit at it, and what every page of a statement begins with."""

from typing import Any, Final

from flask import Blueprint, render_template, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petition.accounts.models import Role
from petition.accounts.permission import current, may, needs
from petition.console import log_facts, log_wording, wording
from petition.db import db
from petition.signatures import wording as places
from petition.signatures.models import Signature
from petition.signatures.showing import ShownText
from petition.statements import reading
from petition.statements.models import Statement
from petition.statements.reading import Published
from petition.web.form import SessionForm
from petition.web.language import current as language

bp = Blueprint("organize", __name__, url_prefix="/organize")

#: Nobody needs to know by how many more it is more; and no page counts further.
MOST_COUNTED: Final = 100_000
ROWS: Final = 25  # on one page of a list

#: Organizers see all and decide; auditors read all and change nothing.
readers = needs(Role.ORGANIZER, Role.AUDITOR)
deciders = needs(Role.ORGANIZER)
#: An editor reads and writes what belongs to the chapter in the page's address, if it is its own.
chapter_readers = needs(Role.ORGANIZER, Role.AUDITOR, Role.EDITOR)
chapter_writers = needs(Role.ORGANIZER, Role.EDITOR)
#: What goes out of the house, or lets somebody in, asks again whoever signed in long ago.
chapter_editors = needs(Role.ORGANIZER, Role.EDITOR, fresh=True)


def published(slug: str) -> Published:
    """The statement at hand, in the language of whoever sits here. Raises NotFound."""
    return reading.published(db.session(), slug, language())


def page(template: str, at: Published | None = None, **facts: Any) -> str:
    """One page of the console; with `at`, one of that statement's. `press` is the token of its buttons."""
    return render_template(
        f"console/{template}.html",
        who=current(),
        decides=may(Role.ORGANIZER),
        edits=not may(Role.ORGANIZER, Role.AUDITOR),  # a chapter's editor, who sees that chapter's pages alone
        here=(request.endpoint or "").removeprefix("organize."),
        statement=ShownText.of(at) if at else None,
        press=SessionForm(formdata=None),
        words=wording,
        log_words=log_wording,
        log_fact=log_facts.fact,
        places=places,
        **facts,
    )


def counted(session: Session, statement: Statement, status: str) -> int:
    """How many signatures stand so, read off an index and no further than MOST_COUNTED + 1."""
    which = (Signature.statement_id == statement.id, Signature.status == status)
    some = select(Signature.id).where(*which).limit(MOST_COUNTED + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0
