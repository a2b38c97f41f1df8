"""The second factor by a typed code: from the authenticator app (RFC 6238), or a recovery code from paper."""

import base64
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

import pyotp
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from petition.accounts import auditing, recovering, telling
from petition.accounts.models import Account, SignedIn, Totp
from petition.accounts.telling import WayIn
from petition.crypto import KeyRing

STEP: Final = 30  # seconds a code is shown
_LENGTH: Final = 20  # bytes (RFC 4226, section 4, R6)
#: A clock may run half a minute ahead or behind (RFC 6238, 5.2).
_AROUND: Final = (0, -1, 1)
#: Five tries at a million codes, three of which fit, then a pause that doubles until one fits: a thief who has the
#: mailbox for a year comes to some 1,900 tries, and succeeds once in 180 times.
TRIES: Final = 5
PAUSE: Final = timedelta(minutes=15)
LONGEST_PAUSE: Final = timedelta(hours=24)


class Shown(Enum):
    """What came of a typed code."""

    FITS = "fits"
    WRONG = "wrong"
    TOO_OFTEN = "too often"


def offered(keys: KeyRing, here: SignedIn) -> str:
    """The secret that a set-up page shows: the same throughout one session, and kept only once a code has proved it."""
    # Of the cookie's hash, which is as random as a secret has to be and never comes twice.
    raw = keys.mac("links", b"totp", str(here.account_id).encode(), here.fingerprint)
    return base64.b32encode(raw[:_LENGTH]).decode()


def set_up(session: Session, keys: KeyRing, account: Account, secret: str, typed: str, now: datetime) -> bool:
    """Keep the secret if the code is of it. A secret that was there before is replaced."""
    step = _step(secret, typed, now)
    if step is None:
        return False
    sealed = keys.seal(f"totp {account.id}", secret)
    session.merge(Totp(account_id=account.id, secret=sealed, made_at=now, last_step=step))
    session.flush()
    telling.tell(session, account, WayIn.APP_SET_UP, now)
    auditing.record(session, now, account, "authenticator app set up", auditing.of(account))
    return True


def take_down(session: Session, account: Account, now: datetime) -> None:
    """Forget the account's authenticator app, if it has one."""
    mine = Totp.account_id == account.id
    if session.scalar(delete(Totp).where(mine).returning(Totp.account_id)) is None:
        return
    telling.tell(session, account, WayIn.APP_REMOVED, now)
    auditing.record(session, now, account, "authenticator app removed", auditing.of(account))


def show(session: Session, keys: KeyRing, account: Account, typed: str, now: datetime) -> Shown:
    """Take a code of the app or a recovery code, each once. An answer to be kept: wrong ones are counted."""
    session.refresh(account, with_for_update=True)
    if paused_until(account) > now:
        return Shown.TOO_OFTEN
    how = _fitting(session, keys, account, typed, now)
    if how is None:
        account.wrong, account.wrong_since = account.wrong + 1, now
        if account.wrong % TRIES == 0:
            auditing.record(session, now, account, "second factor refused", auditing.of(account))
        return Shown.WRONG
    account.wrong, account.wrong_since = 0, None
    auditing.record(session, now, account, "second factor shown", auditing.of(account), how=how)
    return Shown.FITS


def paused_until(account: Account) -> datetime:
    """Until when no code is taken: after every fifth wrong one in a row, twice as long each time."""
    rounds, tried = divmod(account.wrong, TRIES)
    if account.wrong_since is None or tried or not rounds:
        return account.made_at
    return account.wrong_since + min(PAUSE * (1 << min(rounds - 1, 10)), LONGEST_PAUSE)


def _fitting(session: Session, keys: KeyRing, account: Account, typed: str, now: datetime) -> str | None:
    digits = "".join(typed.split())
    if digits.isascii() and digits.isdigit() and len(digits) == 6:
        return "app" if _app_code(session, keys, account, digits, now) else None
    return "recovery code" if recovering.use(session, keys, account, typed, now) else None


def _app_code(session: Session, keys: KeyRing, account: Account, digits: str, now: datetime) -> bool:
    kept = session.get(Totp, account.id)
    step = _step(keys.unseal(f"totp {account.id}", kept.secret), digits, now) if kept else None
    if step is None:
        return False
    newer = (Totp.account_id == account.id, Totp.last_step < step)
    return session.scalar(update(Totp).where(*newer).values(last_step=step).returning(Totp.account_id)) is not None


def _step(secret: str, typed: str, now: datetime) -> int | None:
    """The time step whose code was typed."""
    app, present = pyotp.TOTP(secret), int(now.timestamp()) // STEP
    digits = "".join(typed.split())
    fitting = [present + off for off in _AROUND if pyotp.utils.strings_equal(app.generate_otp(present + off), digits)]
    return fitting[0] if fitting else None
