"""Letters to people with an account, and to offices that name one: what signs in, invites, offers access, or warns."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition import tokens
from petition.accounts import admitting, asking, offering
from petition.accounts.models import AccessOffer, Account, Asking
from petition.accounts.telling import WayIn
from petition.chapters.models import Chapter
from petition.crypto import KeyRing
from petition.mail import mailboxes
from petition.mail.letters import Correspondent, Drop, Letter, Wait
from petition.mail.outbox import Email
from petition.web.addresses import outside
from petition.web.language import _


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
        editing = select(Chapter.name).where(Chapter.state.in_(account.chapters)).order_by(Chapter.state)
        facts = {
            "roles": sorted(account.roles),
            "chapters": list(session.scalars(editing)),
            "sign_in": outside("accounts.sign_in"),
        }
        return Letter("invitation", self.keys.open_address(account.address), facts)

    def accepted(self, session: Session, email: Email, now: datetime) -> None:
        """Nothing follows."""


@dataclass(frozen=True, slots=True)
class Warned:
    """Tells the owner of an account what has changed about the ways into it, and what to do if that was not them."""

    keys: KeyRing
    changed: WayIn

    def compose(self, session: Session, email: Email, now: datetime) -> Letter | Wait | Drop:
        """The news, also to somebody whose role was taken away meanwhile."""
        account = session.get_one(Account, email.subject_id)
        facts = {
            "said": self._said(),
            "at": email.made_at,
            "asked_for": self.changed is WayIn.FORGOTTEN,
            # By way of the door: there may be no session left that the page would open to.
            "sign_in": outside("accounts.sign_in", next=urlsplit(outside("accounts.account")).path),
        }
        return Letter("ways_in", self.keys.open_address(account.address), facts)

    def accepted(self, session: Session, email: Email, now: datetime) -> None:
        """Nothing follows."""

    def _said(self) -> str:
        return {
            WayIn.APP_SET_UP: _("An authenticator app was set up for your account."),
            WayIn.APP_REMOVED: _("The authenticator app of your account was removed."),
            WayIn.PASSKEY_ADDED: _("A passkey was added to your account."),
            WayIn.PASSKEY_REMOVED: _("A passkey of your account was removed."),
            WayIn.CODES_MADE: _("Ten new recovery codes were made for your account. Older ones are void."),
            WayIn.FORGOTTEN: _(
                "Whoever runs the server has removed every passkey, authenticator app and recovery code of your "
                "account, so that you can set up new ones."
            ),
        }[self.changed]


@dataclass(frozen=True, slots=True)
class OfferingAccess:
    """The link for a chapter's office. It goes to the address on file when it leaves, whoever has asked for it."""

    keys: KeyRing

    def compose(self, session: Session, email: Email, now: datetime) -> Letter | Wait | Drop:
        """The link, unless it was used, is too old, was asked for another office, or is one too many."""
        offer = session.get(AccessOffer, email.subject_id)
        chapter = offering.stands(session, offer, now) if offer is not None else None
        if offer is None or chapter is None:
            return Drop("it was used, its three days are over, or the office has moved")
        mailboxes.alone(session, offer.mailbox)  # two workers at once would count the same
        if offer.sent_at is None and not offering.may_write(session, offer.mailbox, now):
            return Drop("the office has as many as it may get within the day")
        offer.sent_at = offer.sent_at or now
        facts = {
            "chapter": chapter.name,
            "link": outside("chapters.access", token=offering.token(self.keys, offer)),
            "until": offer.until,
        }
        return Letter("access", self.keys.open_address(chapter.office), facts)

    def accepted(self, session: Session, email: Email, now: datetime) -> None:
        """Nothing follows: the three days run since it was asked for."""


def correspondents(keys: KeyRing) -> dict[str, Correspondent]:
    """Who composes which kind of e-mail."""
    warnings: dict[str, Correspondent] = {changed: Warned(keys, changed) for changed in WayIn}
    return {
        asking.LETTER: SigningIn(keys),
        admitting.LETTER: Inviting(keys),
        offering.LETTER: OfferingAccess(keys),
        **warnings,
    }
