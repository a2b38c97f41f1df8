"""Signing: what was typed becomes a pending row and an e-mail owed. Nothing is looked up.

Whoever signs learns nothing about who signed before, and nobody can sign first for somebody else:
every form sent is a row of its own, and only the mailbox decides which one counts.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import ColumnElement, Connection, Table, bindparam, insert, or_, select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.dml import ReturningInsert

from petition.campaigns.models import Campaign
from petition.crypto import KeyRing
from petition.db import Moment
from petition.errors import Closed, Refusal, TextChanged
from petition.jobs import State
from petition.mail import outbox
from petition.mail.outbox import Email
from petition.signatures.models import Signature
from petition.statements.models import NOTICE, TEXT, Revision, Statement
from petition.statements.reading import published

LETTER: Final = "signing"
LINK_LIFE: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form brought, in canonical form. `mailbox` is the canonical address, only ever hashed."""

    name: str
    address: str = field(repr=False)
    mailbox: str = field(repr=False)
    city: str
    state: str
    country: str | None = None
    postal_code: str | None = None
    relation: str | None = None
    affiliation: str | None = None
    comment: str | None = None
    show_name: bool = False
    updates: bool = False


class Pending(NamedTuple):
    """What the signing transaction knows of the row it has made."""

    id: int
    statement_id: int
    mailbox: bytes
    language: str


def _in_force(revision: type[Revision], role: str) -> ColumnElement[bool]:
    newer = aliased(Revision)
    same = (newer.statement_id == revision.statement_id) & (newer.language == revision.language)
    found = select(newer.id).where(same, newer.role == role, newer.number > revision.number)
    return (revision.role == role) & ~found.exists()


def _statement() -> ReturningInsert[tuple[int, int, bytes | None, str]]:
    """One statement that keeps a signature if its text and notice are in force and its campaign is open."""
    table, text, notice = cast(Table, Signature.__table__), aliased(Revision), aliased(Revision)
    row = table.c
    kept = [row[name] for name in (*KEPT_AS_TYPED, "address", "mailbox", "language", "signed_at")]
    given = select(
        Statement.id, text.id, notice.id, *(bindparam(f"given_{column.name}", type_=column.type) for column in kept)
    )
    found = (
        given.join(Campaign, Statement.campaign_id == Campaign.id)
        .join(text, text.statement_id == Statement.id)
        .join(notice, notice.statement_id == Statement.id)
        .where(
            Statement.slug == bindparam("slug"),
            Statement.takes_signatures,
            Statement.ended.is_(None),
            Campaign.opens_at <= bindparam("now", type_=Moment()),
            or_(Campaign.closes_at.is_(None), Campaign.closes_at > bindparam("now", type_=Moment())),
            text.sha256 == bindparam("text"),
            _in_force(text, TEXT),
            notice.sha256 == bindparam("notice"),
            _in_force(notice, NOTICE),
        )
        .limit(1)
    )
    into = [row.statement_id, row.revision_id, row.notice_id, *kept]
    return insert(table).from_select(into, found).returning(row.id, row.statement_id, row.mailbox, row.language)


KEPT_AS_TYPED: Final = (
    "name", "city", "state", "country", "postal_code", "relation", "affiliation", "comment", "show_name", "updates"
)  # fmt: skip
_KEEP: Final = _statement()


def sign(
    connection: Connection, keys: KeyRing, slug: str, shown: str, typed: Typed, *, language: str, now: datetime
) -> Pending:
    """Keep one pending signature under the text and notice that were shown, and owe it an e-mail.

    `shown` is what the form was bound to (`Published.shown`). Raises NotFound, Closed or TextChanged.
    """
    text, _dot, notice = shown.partition(".")
    given: dict[str, Any] = {f"given_{name}": getattr(typed, name) for name in KEPT_AS_TYPED}
    given |= {
        "given_address": keys.seal_address(typed.address),
        "given_mailbox": keys.mailbox(typed.mailbox),
        "given_language": language,
        "given_signed_at": now,
    }
    given |= {"slug": slug, "text": text, "notice": notice, "now": now}
    kept = connection.execute(_KEEP, given).first()
    if kept is None:
        raise _refusal(Session(connection), slug, language, now)
    signature = Pending._make(kept)
    owe_letter(connection, signature, now=now)
    return signature


def _refusal(session: Session, slug: str, language: str, now: datetime) -> Refusal:
    """Why nothing could be kept. Raises NotFound when there is no such statement."""
    statement = published(session, slug, language).statement
    return TextChanged(slug) if statement.open_at(now) else Closed(slug)


def owe_letter(
    connection: Connection, signature: Signature | Pending, *, now: datetime, kind: str = LETTER, priority: int = 1
) -> None:
    """Owe the signature's mailbox whatever e-mail turns out to be due when its turn comes."""
    outbox.owe(
        connection,
        kind,
        now=now,
        language=signature.language,
        subject_id=signature.id,
        mailbox=signature.mailbox,
        scope=signature.statement_id,
        asks=True,
        priority=priority,
    )


def owe_letter_again(session: Session, signature: Signature, *, now: datetime) -> None:
    """Owe the e-mail once more, unless one is waiting already: asking twice does not make two."""
    waiting = select(Email.id).where(
        Email.mailbox == signature.mailbox, Email.subject_id == signature.id, Email.state == State.WAITING
    )
    if session.scalar(waiting.limit(1)) is None:
        owe_letter(session.connection(), signature, now=now)
