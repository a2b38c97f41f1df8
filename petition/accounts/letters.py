"""Letters to people with an account: the link and code that sign them in, and the invitation."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from petition import tokens
from petition.accounts import admitting, asking
from petition.accounts.models import Account, Asking
from petition.crypto import KeyRing
from petition.mail.letters import Correspondent, Drop, Letter, Wait
from petition.mail.outbox import Email
from petition.web.addresses import outside


@dataclass(frozen=True, slots=True)
class SigningIn:
    """The e-mail that signs in. Whether anybody gets one is decided here, where nobody who asked can watch."""

    keys: KeyRing

    def compose(self, session: Session, email: Email, now: datetime) -> Letter | Wait | Drop:
        """Link and code for the account of the mailbox, if it has one."""
        wish = session.get(Asking, email.subject_id)
        if wish is None or wish.until <= now or wish.used_at is not None:
            return Drop("its quarter of an hour is over")
        account = admitting.known(session, wish.mailbox)
        if account is None:
            return Drop("nobody has an account with this address")
        if wish.sent_at is None and not asking.may_write(session, wish.mailbox, now):
            return Drop("the mailbox has as many as it may get within the hour")
        wish.account_id, wish.sent_at = account.id, wish.sent_at or now
        facts = {
            "link": outside("accounts.link", token=asking.token(self.keys, wish)),
            "code": tokens.written(asking.code(self.keys, wish)),
            "until": wish.until,
        }
        return Letter("sign_in", self.keys.open_address(account.address), facts)

    def accepted(self, session: Session, email: Email, now: datetime) -> None:
        """Nothing follows: the quarter of an hour runs since it was asked for."""


@dataclass(frozen=True, slots=True)
class Inviting:
    """Tells somebody that they have a role here, and where to sign in. It holds no secret."""

    keys: KeyRing

    def compose(self, session: Session, email: Email, now: datetime) -> Letter | Wait | Drop:
        """The invitation, unless the role was taken away meanwhile."""
        account = session.get(Account, email.subject_id)
        if account is None or not account.grants:
            return Drop("it was taken back")
        facts = {"roles": sorted(account.roles), "sign_in": outside("accounts.sign_in")}
        return Letter("invitation", self.keys.open_address(account.address), facts)

    def accepted(self, session: Session, email: Email, now: datetime) -> None:
        """Nothing follows."""


def correspondents(keys: KeyRing) -> dict[str, Correspondent]:
    """Who composes which kind of e-mail."""
    return {asking.LETTER: SigningIn(keys), admitting.LETTER: Inviting(keys)}
