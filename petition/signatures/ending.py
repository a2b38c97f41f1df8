"""Ending: what is not confirmed, or was withdrawn, is erased in its time; one reminder goes before."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, case, delete, exists, func, select, update
from sqlalchemy.orm import Session

from petition.campaigns.models import Campaign
from petition.mail import mailboxes, outbox
from petition.signatures import finding
from petition.signatures.confirmation import CODE_LIFE
from petition.signatures.links import LIFT
from petition.signatures.models import Change, Link, Signature, Status, WrongCodes
from petition.signatures.signing import LINK_LIFE, owe_letter
from petition.signatures.withdrawal import UNDO
from petition.statements.models import Statement

REMINDER_LETTER: Final = "reminder"
REMIND_AFTER: Final = timedelta(days=2)
#: A row whose e-mail never left (a refused address, a server down for long) waits no longer than this.
NEVER_ASKED: Final = LINK_LIFE + timedelta(days=7)
BATCH: Final = 500

_ERASED: Final[dict[str, None]] = dict.fromkeys(
    ("name", "city", "state", "country", "postal_code", "relation", "affiliation", "comment", "comment_state",
     "address")
)


def _to_remind(now: datetime) -> ColumnElement[bool]:
    return (
        (Signature.status == Status.PENDING)
        & (Signature.asked_at < now - REMIND_AFTER)
        & Signature.reminded_at.is_(None)
        & (Signature.expires_at > now)
    )


def _over(now: datetime) -> ColumnElement[bool]:
    never_asked = Signature.expires_at.is_(None) & (Signature.signed_at <= now - NEVER_ASKED)
    unconfirmed = (Signature.status == Status.PENDING) & ((Signature.expires_at <= now) | never_asked)
    replaced = (
        (Signature.status == Status.EXPIRED) & Signature.erased_at.is_(None) & (Signature.signed_at <= now - LINK_LIFE)
    )
    return unconfirmed | replaced


def _gone(now: datetime) -> ColumnElement[bool]:
    return (
        (Signature.withdrawn_at <= now - UNDO)
        & Signature.erased_at.is_(None)
        # The registrar still has to read the state off a row whose change has no number.
        & ~exists().where(Change.signature_id == Signature.id, Change.seq.is_(None))
    )


def due(session: Session, now: datetime) -> dict[str, int]:
    """How many are to be reminded, expired and erased at this moment."""
    wanted = {"reminded": _to_remind(now), "expired": _over(now), "erased": _gone(now)}
    return {what: session.scalar(select(func.count()).where(which)) or 0 for what, which in wanted.items()}


def remind(session: Session, now: datetime) -> int:
    """Owe one reminder to each signature that has waited two days; returns how many."""
    waiting = session.scalars(select(Signature).where(_to_remind(now)).limit(BATCH)).all()
    for signature in waiting:
        signature.reminded_at = now
        owe_letter(session.connection(), signature, now=now, kind=REMINDER_LETTER, priority=6)
    return len(waiting)


def expire(session: Session, now: datetime) -> int:
    """Erase what was typed on forms that nobody confirmed in time; bare rows stay, to be counted."""
    return len(_erase(session, _over(now), now, status=Status.EXPIRED))


def erase_withdrawn(session: Session, now: datetime) -> list[int]:
    """Erase the details of signatures whose withdrawal can no longer be undone; returns their ids."""
    return _erase(session, _gone(now), now)


def forget_barred(session: Session, now: datetime) -> int:
    """Forget the mailboxes kept of erased signatures once nothing can be signed or confirmed; returns how many."""
    over = select(Statement.id).join(Statement.campaign).where(Campaign.closes_at <= now - NEVER_ASKED)
    barred = select(Signature.id).where(
        Signature.status == Status.INVALIDATED,
        Signature.erased_at.is_not(None),
        Signature.mailbox.is_not(None),
        Signature.statement_id.in_(over),
    )
    forgotten = update(Signature).where(Signature.id.in_(barred.limit(BATCH))).values(mailbox=None)
    return len(session.scalars(forgotten.returning(Signature.id)).all())


def _erase(session: Session, which: ColumnElement[bool], now: datetime, **more: str) -> list[int]:
    # Locked as they are found: one of them may be confirmed, or its withdrawal undone, in this very moment.
    due = select(Signature.id, Signature.mailbox).where(which).limit(BATCH).with_for_update(skip_locked=True)
    found = session.execute(due).all()
    ids = [signature_id for signature_id, _ in found]
    if ids:
        # Of an invalidated signature the mailbox's hash stays, lest it sign again as if nothing had been found.
        mailbox = case((Signature.status == Status.INVALIDATED, Signature.mailbox), else_=None)
        erased = {**_ERASED, "mailbox": mailbox, "erased_at": now, "show_name": False, **more}
        session.execute(update(Signature).where(Signature.id.in_(ids)).values(**erased))
        finding.forget_words(session, ids)
        outbox.forget_mailboxes(session, {mailbox for _, mailbox in found if mailbox is not None}, now)
    return ids


def clear_old(session: Session, now: datetime) -> int:
    """Delete what is kept for a time only: finished e-mails, mailboxes, wrong codes of a past day."""
    tries = delete(WrongCodes).where(WrongCodes.since <= now - CODE_LIFE).returning(WrongCodes.mailbox)
    lifts = delete(Link).where(Link.purpose == LIFT, Link.made_at <= now - mailboxes.PAUSE - LINK_LIFE)
    session.execute(lifts)
    return (
        forget_barred(session, now)
        + outbox.clear_old(session, now, BATCH)
        + mailboxes.clear_old(session, now, BATCH)
        + len(session.scalars(tries).all())
    )
