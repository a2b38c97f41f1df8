"""Recovering: what remains when app and passkey are lost. Ten codes on paper, or the operator's help."""

import secrets
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from petition import tokens
from petition.accounts import auditing, sessions, telling
from petition.accounts.models import Account, Passkey, RecoveryCode, Totp
from petition.accounts.telling import WayIn
from petition.crypto import KeyRing
from petition.tokens import CROCKFORD

CODES: Final = 10
_LENGTH: Final = 12  # characters, 60 bits


def make(session: Session, keys: KeyRing, account: Account, now: datetime) -> list[str]:
    """Ten new codes, to be shown this once; those made before are void."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = ["".join(secrets.choice(CROCKFORD) for _ in range(_LENGTH)) for _ in range(CODES)]
    session.add_all(RecoveryCode(account_id=account.id, hash=_hash(keys, account, code)) for code in codes)
    session.flush()
    telling.tell(session, account, WayIn.CODES_MADE, now)
    auditing.record(session, now, account, "recovery codes made", auditing.of(account))
    return ["-".join(code[start : start + 4] for start in range(0, _LENGTH, 4)) for code in codes]


def use(session: Session, keys: KeyRing, account: Account, typed: str, now: datetime) -> bool:
    """Whether the code is one of the account's that nobody has used; from now on somebody has."""
    unused = (
        RecoveryCode.account_id == account.id,
        RecoveryCode.hash == _hash(keys, account, tokens.as_typed(typed)),
        RecoveryCode.used_at.is_(None),
    )
    used = update(RecoveryCode).where(*unused).values(used_at=now).returning(RecoveryCode.account_id)
    return session.scalar(used) is not None


def left(session: Session, account: Account) -> int | None:
    """How many codes are unused; None when none were ever made."""
    made, used = session.execute(
        select(func.count(), func.count(RecoveryCode.used_at)).where(RecoveryCode.account_id == account.id)
    ).one()
    return made - used if made else None


def forget_second_factor(session: Session, now: datetime, who: Account | None, account: Account) -> None:
    """Delete passkeys, authenticator app and recovery codes, and end every session of the account."""
    for kind in (Passkey, Totp, RecoveryCode):
        session.execute(delete(kind).where(kind.account_id == account.id))
    account.wrong, account.wrong_since = 0, None
    sessions.end_all(session, account)
    telling.tell(session, account, WayIn.FORGOTTEN, now)
    auditing.record(session, now, who, "second factor forgotten", auditing.of(account))


def _hash(keys: KeyRing, account: Account, code: str) -> bytes:
    return keys.mac("links", b"recovery", str(account.id).encode(), code.encode("utf-8", "replace"))
