"""Admitting people to the house, giving them a role and taking it away. Each is recorded."""

from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petition.accounts import auditing, sessions
from petition.accounts.models import Account, Grant, Role
from petition.crypto import KeyRing
from petition.db import advisory_lock
from petition.errors import Refusal
from petition.mail import outbox
from petition.web.language import DEFAULT

LETTER: Final = "invitation"


class LastOrganizer(Refusal):
    """Nobody would be left who can decide anything."""


def known(session: Session, mailbox: bytes) -> Account | None:
    """The account of a mailbox that may sign in: one without any role may not."""
    account = session.scalar(select(Account).where(Account.mailbox == mailbox))
    return account if account is not None and account.grants else None


def admit(
    session: Session, keys: KeyRing, now: datetime, who: Account | None, role: Role,
    *, address: str, canonical: str, language: str = DEFAULT, chapter: str | None = None, by: str = "",
) -> Account:  # fmt: skip
    """Give the role to the account of this address, which is made if it is new.

    An editor's is for the chapter of one state. `by` says who gave it where nobody was signed in.
    """
    advisory_lock(session, "roles")
    mailbox = keys.mailbox(canonical)
    account = session.scalar(select(Account).where(Account.mailbox == mailbox))
    made = account is None
    if account is None:
        account = Account(address=keys.seal_address(address), mailbox=mailbox, language=language, made_at=now)
        session.add(account)
        session.flush()
    if _held(account, role, chapter):
        return account
    account.grants.append(Grant(role=role, chapter=chapter, made_at=now))
    session.flush()
    said = {"by": by} if by else {}
    if made:
        auditing.record(session, now, who, "account made", auditing.of(account), **said)
    auditing.record(session, now, who, "role given", auditing.of(account), **_what(role, chapter), **said)
    return account


def _held(account: Account, role: Role, chapter: str | None) -> list[Grant]:
    return [grant for grant in account.grants if grant.role == role and grant.chapter == chapter]


def _what(role: Role, chapter: str | None) -> dict[str, str]:
    return {"role": role, **({"chapter": chapter} if chapter else {})}


def rename(session: Session, account: Account, name: str, now: datetime) -> None:
    """Change what the others call somebody; that it was changed is recorded, the name is not."""
    account.name = name
    auditing.record(session, now, account, "account renamed", auditing.of(account))


def invite(session: Session, account: Account, now: datetime) -> None:
    """Owe somebody who was admitted the e-mail that says so."""
    outbox.owe(
        session.connection(), LETTER, now=now, language=account.language, subject_id=account.id, mailbox=account.mailbox
    )


def everybody(session: Session) -> list[Account]:
    """Every account that holds a role, oldest first."""
    holding = select(Account).where(Account.grants.any()).order_by(Account.id)
    return list(session.scalars(holding))


def editors(session: Session, chapter: str) -> list[Account]:
    """Every account that edits for the chapter of this state, oldest first."""
    editing = Account.grants.any((Grant.role == Role.EDITOR) & (Grant.chapter == chapter))
    return list(session.scalars(select(Account).where(editing).order_by(Account.id)))


def editors_by_chapter(session: Session) -> dict[str, int]:
    """How many accounts edit for each chapter, by its state; those with any."""
    editing = select(Grant.chapter, func.count()).where(Grant.role == Role.EDITOR).group_by(Grant.chapter)
    return {chapter: number for chapter, number in session.execute(editing) if chapter}


def dismiss(
    session: Session, now: datetime, who: Account | None, account: Account, role: Role, chapter: str | None = None
) -> None:
    """Take a role away and end every session of the account. Raises LastOrganizer."""
    advisory_lock(session, "roles")
    session.refresh(account, ["grants"])
    held = _held(account, role, chapter)
    if not held:
        return
    if role is Role.ORGANIZER and _organizers(session) == 1:
        raise LastOrganizer(account.id)
    for grant in held:
        session.delete(grant)
    session.flush()
    session.refresh(account, ["grants"])
    sessions.end_all(session, account)
    auditing.record(session, now, who, "role taken", auditing.of(account), **_what(role, chapter))


def _organizers(session: Session) -> int:
    organizing = select(func.count(Grant.account_id.distinct())).where(Grant.role == Role.ORGANIZER)
    return session.scalar(organizing) or 0
