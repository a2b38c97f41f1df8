"""How far somebody has come in signing in: with organizers a second factor stands between door and desk."""

from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.accounts.asking import TERMINAL
from petition.accounts.models import Account, Passkey, Role, SignedIn, Totp

FRESH: Final = timedelta(minutes=15)


class Standing(Enum):
    """What is left to do before anything else is open."""

    WHOLE = "whole"
    SECOND_DUE = "second due"  # show the second factor
    SETUP_DUE = "setup due"  # there is none yet, and an organizer needs one


def of(session: Session, here: SignedIn, *, demo: bool) -> Standing:
    """How far this session has come. The command line's link is enough on a sample site."""
    if here.second_at is not None or (demo and here.how == TERMINAL):
        return Standing.WHOLE
    organizes = Role.ORGANIZER in here.account.roles
    if has_app(session, here.account) or (organizes and has_second(session, here.account)):
        return Standing.SECOND_DUE
    return Standing.SETUP_DUE if organizes else Standing.WHOLE


def is_fresh(here: SignedIn, now: datetime, *, demo: bool) -> bool:
    """Whether its owner has shown who they are just now (ASVS 5.0, 7.5.1)."""
    return (demo and here.how == TERMINAL) or (here.second_at or here.made_at) > now - FRESH


def has_app(session: Session, account: Account) -> bool:
    """Whether the account has an authenticator app: then it is asked for, whatever the role."""
    return session.get(Totp, account.id) is not None


def has_second(session: Session, account: Account) -> bool:
    """Whether the account has any second factor that can be asked for."""
    passkey = select(Passkey.id).where(Passkey.account_id == account.id).limit(1)
    return has_app(session, account) or session.scalar(passkey) is not None
