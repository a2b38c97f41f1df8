"""Naming the officers of a chapter under a revision of its text; those with an address are asked to sign it.

Afterwards one may be named in addition, another's address mended, one asked again, and one who has not signed removed.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petition import tokens
from petition.accounts import auditing
from petition.accounts.models import Account
from petition.crypto import KeyRing
from petition.db import advisory_lock
from petition.errors import Refusal
from petition.jobs import State
from petition.mail import mailboxes, outbox
from petition.mail.outbox import Email
from petition.officers import signing, standing
from petition.officers.models import Officer
from petition.officers.standing import Stand
from petition.statements.models import Revision

LETTER: Final = "officer"
EVERY: Final = mailboxes.EVERY  # one e-mail in this time to one officer
A_DAY: Final = mailboxes.A_DAY  # and so many in 24 hours, however often the address is mended
MOST: Final = 20  # officers under one revision: a board, not a roster


class TooOften(Refusal):
    """The officer has had as many e-mails as they may for now. `until` says when the next one may go."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__(until.isoformat())


class StandsOtherwise(Refusal):
    """The officer has answered, or the text is not the one in force: this cannot be done to them now."""


class Disowned(Refusal):
    """Whoever reads this address has said that they are not the officer."""


class TooMany(Refusal):
    """No more officers fit under one revision."""


@dataclass(frozen=True, slots=True)
class Named:
    """An officer as an editor typed them. Without an address they are named and not asked."""

    name: str
    title: str
    address: str = field(default="", repr=False)
    canonical: str = field(default="", repr=False)
    language: str = "en"


def name(session: Session, keys: KeyRing, revision: Revision, officers: Iterable[Named], now: datetime) -> None:
    """Put these officers under the revision, in this order, and owe each with an address the e-mail that asks."""
    for place, named in enumerate(officers, start=1):
        _add(session, keys, revision, named, place, now)


def name_one_more(
    session: Session, keys: KeyRing, revision: Revision, named: Named, who: Account, now: datetime
) -> Officer:
    """Put one more officer under the revision, after the others. Raises TooMany, StandsOtherwise."""
    advisory_lock(session, f"officers {revision.id}")
    _refuse_old(session, revision)
    last = session.scalar(select(func.max(Officer.place)).where(Officer.revision_id == revision.id)) or 0
    if len(standing.named(session, revision.id)) >= MOST:
        raise TooMany(revision.id)
    officer = _add(session, keys, revision, named, last + 1, now)
    auditing.record(session, now, who, "officer named", signing.subject(officer), **signing.under(officer))
    return officer


def ask_again(session: Session, officer: Officer, who: Account, now: datetime) -> None:
    """Send the officer the same link once more. Raises TooOften, StandsOtherwise, UnknownLink."""
    signing.alone(session, officer)
    _refuse_old(session, officer.revision)
    if standing.stand(officer) not in (Stand.ASKED, Stand.WAITING):
        raise StandsOtherwise(officer.id)
    _refuse_too_often(session, officer, now, every=EVERY)
    _owe(session, officer, now)
    auditing.record(session, now, who, "officer asked again", signing.subject(officer), **signing.under(officer))


def mend_address(
    session: Session, keys: KeyRing, officer: Officer, who: Account, now: datetime,
    *, address: str, canonical: str,
) -> None:  # fmt: skip
    """Ask the officer at another address, by a new link; the old one opens nothing any more.

    Raises TooOften, StandsOtherwise, Disowned, UnknownLink.
    """
    signing.alone(session, officer)
    _refuse_old(session, officer.revision)
    stand, mailbox = standing.stand(officer), keys.mailbox(canonical)
    if stand in (Stand.SIGNED, Stand.DECLINED):
        raise StandsOtherwise(officer.id)
    if stand is Stand.DISOWNED and mailbox == officer.mailbox:
        raise Disowned(officer.id)
    # At once, since a slip is seen at once: only the day's number holds.
    _refuse_too_often(session, officer, now, every=timedelta(0))
    officer.address, officer.mailbox = keys.seal_address(address), mailbox
    officer.nonce = secrets.token_bytes(16)
    officer.fingerprint = tokens.fingerprint(tokens.link(keys, LETTER, officer.nonce))
    officer.made_at, officer.asked_at, officer.declined_at = now, None, None
    session.flush()
    _owe(session, officer, now)
    auditing.record(session, now, who, "officer’s address changed", signing.subject(officer), **signing.under(officer))


def remove(session: Session, officer: Officer, who: Account, now: datetime) -> None:
    """Take a name off that has not signed; its address is erased at once. Raises StandsOtherwise, UnknownLink."""
    signing.alone(session, officer)
    if officer.signed_at is not None:
        raise StandsOtherwise(officer.id)
    if standing.stand(officer) is not Stand.DISOWNED:  # whose keyed hash stays for its time
        officer.mailbox = None
    officer.removed_at, officer.address = now, None
    signing.shut_link(officer)
    session.flush()
    auditing.record(session, now, who, "officer removed", signing.subject(officer), **signing.under(officer))


def _add(session: Session, keys: KeyRing, revision: Revision, named: Named, place: int, now: datetime) -> Officer:
    nonce = secrets.token_bytes(16)
    officer = Officer(
        revision=revision,
        place=place,
        name=named.name,
        title=named.title,
        language=named.language,
        address=keys.seal_address(named.address) if named.address else None,
        mailbox=keys.mailbox(named.canonical) if named.address else None,
        nonce=nonce,
        fingerprint=tokens.fingerprint(tokens.link(keys, LETTER, nonce)),
        made_at=now,
    )
    session.add(officer)
    session.flush()
    if officer.mailbox is not None:
        _owe(session, officer, now)
    return officer


def _owe(session: Session, officer: Officer, now: datetime) -> None:
    outbox.owe(
        session.connection(), LETTER, now=now, language=officer.language,
        subject_id=officer.id, mailbox=officer.mailbox, scope=officer.revision.statement_id, asks=True,
    )  # fmt: skip


def _refuse_old(session: Session, revision: Revision) -> None:
    """Nobody is asked to sign what the chapter does not say any more."""
    if revision.statement.ended is not None or not standing.in_force(session, revision):
        raise StandsOtherwise(revision.id)


def _refuse_too_often(session: Session, officer: Officer, now: datetime, *, every: timedelta) -> None:
    asked = (Email.kind == LETTER, Email.subject_id == officer.id, Email.state != State.DROPPED)
    moments = list(session.scalars(select(Email.made_at).where(*asked, Email.made_at > now - timedelta(days=1))))
    moments.sort()
    if moments and moments[-1] > now - every:
        raise TooOften(moments[-1] + every)
    if len(moments) >= A_DAY:
        raise TooOften(moments[-A_DAY] + timedelta(days=1))
