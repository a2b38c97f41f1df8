"""Sessions: kept in the database, only for people who are signed in, known by the SHA-256 of their cookie."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from petition import tokens
from petition.accounts import auditing
from petition.accounts.models import Account, SignedIn

IDLE: Final = timedelta(hours=2)  # without a request, and it is over (ASVS 5.0, 7.3.1)
WHOLE: Final = timedelta(hours=12)  # however busy (ASVS 5.0, 7.3.2)
GLANCE: Final = timedelta(minutes=1)  # how exactly "last seen" is kept


def begin(
    session: Session, account: Account, now: datetime, *, how: str, device: str, second: bool = False
) -> str:
    """Begin a session and return its token, which is kept nowhere. `second`: the second factor was shown too."""
    token = secrets.token_urlsafe(32)
    session.add(
        SignedIn(
            account_id=account.id,
            fingerprint=tokens.fingerprint(token),
            how=how,
            device=device,
            made_at=now,
            seen_at=now,
            until=now + WHOLE,
            second_at=now if second else None,
        )
    )
    auditing.record(session, now, account, "signed in", auditing.of(account), how=how)
    return token


def find(session: Session, token: str, now: datetime) -> SignedIn | None:
    """The session of a cookie, while it lasts and its account holds a role."""
    found = session.scalar(
        select(SignedIn).where(
            SignedIn.fingerprint == tokens.fingerprint(token), SignedIn.until > now, SignedIn.seen_at > now - IDLE
        )
    )
    return found if found is not None and found.account.grants else None


def seen(session: Session, row: int, now: datetime) -> None:
    """Note that somebody was here just now."""
    found = session.get(SignedIn, row)
    if found is not None:
        found.seen_at = max(found.seen_at, now)


def step_up(session: Session, here: SignedIn, now: datetime) -> str:
    """The second factor was shown: a new token for the same session, and the old one opens nothing any more."""
    token = secrets.token_urlsafe(32)
    here.fingerprint, here.second_at, here.seen_at = tokens.fingerprint(token), now, now
    return token


def of(session: Session, account: Account, now: datetime) -> Sequence[SignedIn]:
    """The sessions of an account that still last, newest first."""
    lasting = (SignedIn.account_id == account.id, SignedIn.until > now, SignedIn.seen_at > now - IDLE)
    return session.scalars(select(SignedIn).where(*lasting).order_by(SignedIn.id.desc())).all()


def end(session: Session, account: Account, row: int, now: datetime) -> bool:
    """End one session of an account from another one, if it has one of that id."""
    mine = (SignedIn.id == row, SignedIn.account_id == account.id)
    if session.scalar(delete(SignedIn).where(*mine).returning(SignedIn.id)) is None:
        return False
    auditing.record(session, now, account, "session ended", auditing.of(account))
    return True


def sign_out(session: Session, here: SignedIn, now: datetime) -> None:
    """End a session from its own browser."""
    mine = here.account
    if session.scalar(delete(SignedIn).where(SignedIn.id == here.id).returning(SignedIn.id)) is not None:
        auditing.record(session, now, mine, "signed out", auditing.of(mine))


def end_others(session: Session, here: SignedIn, now: datetime) -> None:
    """End every session of an account but this one."""
    mine = here.account
    ended = _end_all(session, mine, keep=here.id)
    if ended:
        auditing.record(session, now, mine, "other sessions ended", auditing.of(mine), number=str(ended))


def end_all(session: Session, account: Account) -> None:
    """End every session of an account; whoever takes its access away records that."""
    _end_all(session, account, keep=0)


def _end_all(session: Session, account: Account, keep: int) -> int:
    others = (SignedIn.account_id == account.id, SignedIn.id != keep)
    return len(session.scalars(delete(SignedIn).where(*others).returning(SignedIn.id)).all())


def clear_old(session: Session, now: datetime) -> None:
    """Delete sessions that are over."""
    session.execute(delete(SignedIn).where(or_(SignedIn.until <= now, SignedIn.seen_at <= now - IDLE)))
