"""Letters to signatories: which one is due to a mailbox is decided when it is written, not when it is asked for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from petition import tokens
from petition.crypto import KeyRing
from petition.jobs import State
from petition.mail import mailboxes
from petition.mail.letters import Correspondent, Drop, Letter, Wait
from petition.mail.outbox import Email
from petition.signatures import confirmation, ending, links, signing, withdrawal, wording
from petition.signatures.models import SIGNED, Signature, Status
from petition.signatures.signing import LINK_LIFE
from petition.web.addresses import outside

#: How many one e-mail lists. A patron has one or two; whoever floods a mailbox must not drown its owner.
LISTED: Final = 5


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks a mailbox to confirm what waits for it, or tells it that it has signed already."""

    keys: KeyRing
    reminder: bool = False

    def compose(self, session: Session, email: Email, now: datetime) -> Letter | Wait | Drop:
        """One e-mail for everything that waits at the mailbox, within its caps."""
        signature = session.get(Signature, email.subject_id)
        if signature is None or signature.mailbox is None or signature.address is None:
            return Drop("what was typed is erased")
        if mailboxes.paused_until(session, signature.mailbox, now) is not None:
            return Drop("the mailbox asked us to write no more")
        earliest = mailboxes.may_write_at(session, email, now)
        if earliest > now:
            return Wait(earliest)
        signed = self._signed(session, signature)
        if signed is not None:
            if signed.confirmed_at is not None and signed.confirmed_at >= email.made_at:
                return Drop("the mailbox has confirmed since")
            return self._signed_already(session, signed, signature, now)
        waiting = self._waiting(signature.mailbox, now)
        if session.scalar(select(Signature.id).where(waiting, Signature.id == signature.id)) is None:
            return Drop("it was confirmed or has expired")
        return self._please_confirm(session, signature, waiting, now)

    def accepted(self, session: Session, email: Email, now: datetime) -> None:
        """The seven days of the links and the day of the codes begin."""
        if not email.about:
            return
        listed = Signature.id.in_(email.about)
        session.execute(update(Signature).where(listed).values(asked_at=now))
        session.execute(
            update(Signature).where(listed, Signature.expires_at.is_(None)).values(expires_at=now + LINK_LIFE)
        )
        # The same mailbox need not hear twice of what this e-mail has just listed.
        session.execute(
            update(Email)
            .where(
                Email.id != email.id,
                Email.mailbox == email.mailbox,
                Email.asks,
                Email.state == State.WAITING,
                Email.leased_until.is_(None),
                Email.made_at <= email.composed_at,
                Email.subject_id.in_(email.about),
            )
            .values(state=State.DROPPED, ended_at=now, error="another e-mail listed it")
        )

    def _signed(self, session: Session, signature: Signature) -> Signature | None:
        return session.scalar(
            select(Signature).where(
                Signature.statement_id == signature.statement_id,
                Signature.mailbox == signature.mailbox,
                Signature.status.in_(SIGNED),
            )
        )

    def _waiting(self, mailbox: bytes, now: datetime) -> ColumnElement[bool]:
        signed = select(Signature.statement_id).where(Signature.mailbox == mailbox, Signature.status.in_(SIGNED))
        return (
            (Signature.mailbox == mailbox)
            & (Signature.status == Status.PENDING)
            & or_(Signature.expires_at.is_(None), Signature.expires_at > now)
            & Signature.statement_id.not_in(signed)
        )

    def _signed_already(self, session: Session, signed: Signature, asked: Signature, now: datetime) -> Letter:
        # To the address that was confirmed: what was typed now may only look like the same mailbox.
        confirmed = signed.address or asked.address
        assert confirmed is not None
        told = {**facts(signed), "page": page(session, self.keys, signed, now)}
        return Letter("already", self.keys.open_address(confirmed), told)

    def _please_confirm(
        self, session: Session, first: Signature, waiting: ColumnElement[bool], now: datetime
    ) -> Letter:
        assert first.address is not None
        assert first.mailbox is not None
        lift = links.to_mailbox(session, self.keys, links.LIFT, first.mailbox, now)
        others = select(Signature).where(waiting, Signature.id != first.id).order_by(Signature.id.desc())
        listed = [first, *session.scalars(others.limit(LISTED - 1))]
        listed.sort(key=lambda signature: signature.id)
        many = session.scalar(select(func.count()).select_from(Signature).where(waiting)) or 0
        items = [self._item(session, signature, now) for signature in listed]
        return Letter(
            "confirm" if len(items) == 1 else "waiting",
            self.keys.open_address(first.address),
            {
                "items": items,
                "item": items[0],
                "more": many - len(items),
                "reminder": self.reminder,
                "until": first.expires_at or now + LINK_LIFE,
                "lift": outside("signatures.lift", token=lift),
            },
            about=tuple(signature.id for signature in listed),
        )

    def _item(self, session: Session, signature: Signature, now: datetime) -> dict[str, Any]:
        token = links.to_signature(session, self.keys, links.CONFIRM, signature, now)
        return {
            **facts(signature),
            "confirm": outside("signatures.confirm", token=token),
            "code": tokens.written(tokens.code(self.keys, signature.id, signature.generation)),
        }


@dataclass(frozen=True, slots=True)
class Telling:
    """Tells a signatory what has become of a signature, with the link to its private page."""

    keys: KeyRing
    name: str
    status: str
    withdrawn: bool = False

    def compose(self, session: Session, email: Email, now: datetime) -> Letter | Wait | Drop:
        """The letter, unless the signature has moved on since it was owed."""
        signature = session.get(Signature, email.subject_id)
        if signature is None or signature.address is None:
            return Drop("its details are erased")
        # An invalidated one can be withdrawn as well, and stays invalidated.
        stands = self.withdrawn or signature.status == self.status
        if not stands or (signature.withdrawn_at is not None) != self.withdrawn:
            return Drop("it has changed again since")
        told = {"page": page(session, self.keys, signature, now), "undo_until": withdrawal.undo_until(signature)}
        return Letter(self.name, self.keys.open_address(signature.address), {**facts(signature), **told})

    def accepted(self, session: Session, email: Email, now: datetime) -> None:
        """Nothing follows from being told."""


def page(session: Session, keys: KeyRing, signature: Signature, now: datetime) -> str:
    """The full address of the signatory's private page."""
    return outside("signatures.signature", token=links.to_signature(session, keys, links.PAGE, signature, now))


def facts(signature: Signature) -> dict[str, Any]:
    """What every letter about a signature may say."""
    statement, revision = signature.statement, signature.revision
    return {
        "name": signature.name,
        "title": revision.title,
        "kind": statement.kind,
        "addressee": statement.addressee.name,
        "issuer": statement.issuer,
        "hashtag": statement.campaign.hashtag,
        "sample_note": statement.sample_note,
        "call_number": " ".join(statement.call_number(revision)),
        "sha256": revision.sha256,
        "text": outside("statements.statement", slug=statement.slug),
        "number": signature.number,
        "confirmed_at": signature.confirmed_at,
        "reason": wording.reason(signature.reason),
    }


def correspondents(keys: KeyRing) -> dict[str, Correspondent]:
    """Who composes which kind of e-mail."""
    return {
        signing.LETTER: Asking(keys),
        ending.REMINDER_LETTER: Asking(keys, reminder=True),
        confirmation.LETTER: Telling(keys, "confirmed", Status.VERIFIED),
        withdrawal.WITHDRAWN_LETTER: Telling(keys, "withdrawn", Status.WITHDRAWN, withdrawn=True),
        withdrawal.RESTORED_LETTER: Telling(keys, "restored", Status.VERIFIED),
    }
