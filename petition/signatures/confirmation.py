"""Confirmation: the mailbox stands by a signature, by its link or by its typed code. Never by a GET."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from sqlalchemy import Connection, or_, select
from sqlalchemy.orm import Session

from petition import tokens
from petition.crypto import KeyRing
from petition.db import advisory_lock
from petition.errors import Refusal
from petition.signatures import links, settling
from petition.signatures.links import Opened
from petition.signatures.models import Signature, Status, WrongCodes

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


def confirm(
    session: Session, signature: Signature, *, method: str, now: datetime, network: bytes | None = None
) -> Outcome:
    """Turn a pending signature into a verified one; once, however often it is asked. Raises Expired.

    `network` is the keyed mark of where its signatory confirms from, where that is to be counted.
    """
    links.look_again(session, signature)
    outcome = _settle(session.connection(), signature, method, network, now)
    session.expire(signature, ["status", "confirmed_at", "method"])
    return outcome


def confirm_by_link(
    connection: Connection, keys: KeyRing, token: str, now: datetime, network: str | None = None
) -> tuple[Opened, Outcome]:
    """Confirm the signature that a link opens, on a bare connection, from a network if it is known.

    Raises UnknownLink or Expired.
    """
    opened = links.opened_alone(connection, links.CONFIRM, token)
    # What has become of it since is for the update to find: it takes none but those that wait.
    return opened, _settle(connection, opened, "link", _mark(keys, opened, network), now)


def _mark(keys: KeyRing, signature: Signature | Opened, network: str | None) -> bytes | None:
    return None if network is None else keys.network(signature.statement_id, network)


def _settle(
    connection: Connection, signature: Signature | Opened, method: str, network: bytes | None, now: datetime
) -> Outcome:
    already = standing(signature, now)
    if already is not None:
        return already
    assert signature.mailbox is not None
    settled = settling.settle(
        connection, signature.id, signature.mailbox, signature.statement_id,
        language=signature.language, method=method, letter=LETTER, network=network, now=now,
    )  # fmt: skip
    # None: somebody else was there since, and what they did for the mailbox stands.
    return Outcome.VERIFIED if (signature.id, Status.VERIFIED) in settled else Outcome.ALREADY


@dataclass(frozen=True, slots=True)
class WrongCode:
    """No signature waits for this code. `left` tries remain for the mailbox today."""

    left: int


def confirm_by_code(
    session: Session, keys: KeyRing, mailbox: bytes, typed: str, now: datetime, network: str | None = None
) -> tuple[Signature, Outcome] | WrongCode:
    """Confirm whichever signature of the mailbox was sent this code within 24 hours, from a network if it is known.

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
        mark = _mark(keys, signature, network)
        return signature, confirm(session, signature, method="code", now=now, network=mark)
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
