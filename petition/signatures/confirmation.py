"""Confirmation: the mailbox stands by a signature, by its link or by its typed code. Never by a GET."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final, cast

from sqlalchemy import Connection, Integer, LargeBinary, String, Table, bindparam, case, insert, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from petition import tokens
from petition.crypto import KeyRing
from petition.db import Key, Moment, advisory_lock
from petition.errors import Refusal
from petition.mail import mailboxes, outbox
from petition.signatures import links
from petition.signatures.links import Opened
from petition.signatures.models import STANDS, Change, Signature, Status, WrongCodes

LETTER: Final = "confirmed"
CODE_LIFE: Final = timedelta(hours=24)
#: Five tries at a code of 40 bits in a day: a guess succeeds once in 600 million years of trying.
TRIES: Final = 5


class Expired(Refusal):
    """The seven days of the link are over, or another signature of the mailbox took its place."""


class Outcome(Enum):
    """What confirming came to."""

    VERIFIED = "verified"
    ALREADY = "already"


def standing(signature: Signature | Opened, now: datetime) -> Outcome | None:
    """None while the signature waits to be confirmed. Raises Expired when it no longer can be."""
    if signature.status in (Status.VERIFIED, Status.HELD, Status.INVALIDATED, Status.WITHDRAWN):
        return Outcome.ALREADY
    if signature.status == Status.EXPIRED or (signature.expires_at is not None and signature.expires_at <= now):
        raise Expired(signature.id)
    return None


def confirm(session: Session, signature: Signature, *, method: str, now: datetime) -> Outcome:
    """Turn a pending signature into a verified one; once, however often it is asked. Raises Expired."""
    links.look_again(session, signature)
    outcome = _settle(session.connection(), signature, method, now)
    session.expire(signature, ["status", "confirmed_at", "method"])
    return outcome


def confirm_by_link(connection: Connection, token: str, now: datetime) -> tuple[Opened, Outcome]:
    """Confirm the signature that a link opens, on a bare connection. Raises UnknownLink or Expired."""
    opened = links.opened(connection, links.CONFIRM, token)
    if opened.mailbox is not None:
        mailboxes.alone(connection, opened.mailbox)
    # What has become of it since is for the update to find: it takes none but those that wait.
    return opened, _settle(connection, opened, "link", now)


def _settle(connection: Connection, signature: Signature | Opened, method: str, now: datetime) -> Outcome:
    already = standing(signature, now)
    if already is not None:
        return already
    assert signature.mailbox is not None
    facts = {"row": signature.id, "box": signature.mailbox, "under": signature.statement_id}
    settled = connection.execute(_SETTLE, {**facts, "now": now, "by": method}).all()
    if not settled:
        return Outcome.ALREADY  # somebody else was there since; what they did for the mailbox stands
    mailboxes.answered(connection, signature.mailbox, now)
    if (signature.id, Status.VERIFIED) not in settled:
        return Outcome.ALREADY
    change = {"kind": "verified", "method": method, "at": now}
    ids = {"signature_id": signature.id, "statement_id": signature.statement_id}
    connection.execute(_CHANGE, {**change, **ids})
    outbox.owe(
        connection, LETTER, now=now, language=signature.language, subject_id=signature.id,
        mailbox=signature.mailbox, priority=2,
    )  # fmt: skip
    return Outcome.VERIFIED


def _settling() -> ReturningUpdate[tuple[int, str]]:
    """Every row of a mailbox that waits under one statement: this one is verified, the others expire.

    So does this one where the mailbox has signed by another. One statement, since nothing may come between. It does
    nothing once this row waits no more: it may have been disowned or settled since it was looked up.
    """
    table = cast(Table, Signature.__table__)
    other, itself = table.alias(), table.alias()
    row, box, under = table.c, bindparam("box", type_=LargeBinary()), bindparam("under", type_=Integer())
    same = (other.c.statement_id == under) & (other.c.mailbox == box) & (other.c.slot == row.slot)
    signed = select(other.c.id).where(same, STANDS).exists()
    this_row = bindparam("row", type_=Key)
    this = (row.id == this_row) & ~signed
    waits = select(itself.c.id).where(itself.c.id == this_row, itself.c.status == Status.PENDING).exists()
    # Put so that no index but the mailbox's fits: SQLite knows no sizes, and would walk through all that wait.
    pending = (row.statement_id + 0 == under) & (row.status + "" == Status.PENDING)
    return (
        update(table)
        .where(row.mailbox == box, pending, waits)
        .values(
            status=case((this, Status.VERIFIED), else_=Status.EXPIRED),
            confirmed_at=case((this, bindparam("now", type_=Moment()))),
            method=case((this, bindparam("by", type_=String(12)))),
        )
        .returning(row.id, row.status)
    )


_SETTLE: Final = _settling()
_CHANGE: Final = insert(cast(Table, Change.__table__)).inline()


@dataclass(frozen=True, slots=True)
class WrongCode:
    """No signature waits for this code. `left` tries remain for the mailbox today."""

    left: int


def confirm_by_code(
    session: Session, keys: KeyRing, mailbox: bytes, typed: str, now: datetime
) -> tuple[Signature, Outcome] | WrongCode:
    """Confirm whichever signature of the mailbox was sent this code within 24 hours.

    A wrong code is counted for the mailbox whether we know it or not, so the answer tells nothing.
    """
    advisory_lock(session, f"codes {mailbox.hex()}")
    wrong = session.get(WrongCodes, mailbox)
    if wrong is not None and wrong.since <= now - CODE_LIFE:
        session.delete(wrong)
        session.flush()
        wrong = None
    if wrong is not None and wrong.count >= TRIES:
        return WrongCode(0)
    signature = _sent_code(session, keys, mailbox, tokens.as_typed(typed), now)
    if signature is None:
        return _count_wrong(session, wrong, mailbox, now)
    try:
        return signature, confirm(session, signature, method="code", now=now)
    except Expired:
        return _count_wrong(session, wrong, mailbox, now)


def _sent_code(session: Session, keys: KeyRing, mailbox: bytes, code: str, now: datetime) -> Signature | None:
    asked = session.scalars(
        select(Signature)
        .where(
            Signature.mailbox == mailbox,
            Signature.asked_at > now - CODE_LIFE,
            or_(Signature.status == Status.PENDING, Signature.status == Status.VERIFIED),
        )
        .order_by(Signature.id.desc())
    ).all()
    found = None
    for signature in asked:
        expected = tokens.code(keys, signature.id, signature.generation)
        if hmac.compare_digest(expected.encode(), code.encode("utf-8", "replace")):
            found = signature
    return found


def _count_wrong(session: Session, wrong: WrongCodes | None, mailbox: bytes, now: datetime) -> WrongCode:
    if wrong is None:
        wrong = WrongCodes(mailbox=mailbox, since=now, count=0)
        session.merge(wrong)
        session.flush()
        wrong = session.get_one(WrongCodes, mailbox)
    wrong.count += 1
    return WrongCode(TRIES - wrong.count)
