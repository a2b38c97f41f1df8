"""Letters to institutions: the one that asks whether it is they, and those that say how they stand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from petition import tokens
from petition.crypto import KeyRing
from petition.institutions import answering, cosigning, showing
from petition.institutions.answering import COSIGNED, News
from petition.institutions.cosigning import LIFE
from petition.institutions.models import Institution, Stand
from petition.jobs import State
from petition.mail import mailboxes
from petition.mail.letters import Correspondent, Drop, Letter, Wait
from petition.mail.outbox import Email
from petition.signatures import links
from petition.web.addresses import outside
from petition.web.language import _, day, moment

#: How many one e-mail lists, as with persons: whoever floods a mailbox must not drown its owner.
LISTED: Final = 5


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks a mailbox whether the institution signs, or tells it that it has done so already."""

    keys: KeyRing

    def compose(self, session: Session, email: Email, now: datetime) -> Letter | Wait | Drop:
        """One e-mail for everything that waits at the mailbox under one statement, within its caps."""
        first = session.get(Institution, email.subject_id)
        if first is None or first.mailbox is None or first.address is None or first.stand != Stand.PENDING:
            return Drop("it was answered, or is erased")
        if mailboxes.paused_until(session, first.mailbox, now) is not None:
            return Drop("the mailbox asked us to write no more")
        earliest = mailboxes.may_write_at(session, email, now)
        if earliest > now:
            return Wait(earliest)
        stands = session.scalar(select(Institution).where(_same(first), Institution.stand.in_(COSIGNED)).limit(1))
        if stands is not None and stands.address is not None:
            told = facts(self.keys, stands)
            line, said = already(told["name"], stands.answered_at)
            told |= {"line": line, "said": said}
            return Letter("institution_news", self.keys.open_address(stands.address), told)
        return self._please_answer(session, first, first.mailbox, first.address, now)

    def _please_answer(
        self, session: Session, first: Institution, mailbox: bytes, address: bytes, now: datetime
    ) -> Letter:
        in_time = or_(Institution.asked_at.is_(None), Institution.asked_at > now - LIFE)
        pending = (_same(first), Institution.stand == Stand.PENDING, in_time, Institution.id != first.id)
        newest = select(Institution).where(*pending).order_by(Institution.id.desc()).limit(LISTED - 1)
        waiting = sorted([first, *session.scalars(newest)], key=lambda each: each.id)
        lift = links.to_mailbox(session, self.keys, links.LIFT, mailbox, now)
        told = {
            **facts(self.keys, first),
            "items": [facts(self.keys, each) for each in waiting],
            "until": now + LIFE,
            "lift": outside("signatures.lift", token=lift),
        }
        about = tuple(each.id for each in waiting)
        return Letter("institution", self.keys.open_address(address), told, about)

    def accepted(self, session: Session, email: Email, now: datetime) -> None:
        """The seven days of the links begin; what the e-mail listed needs none of its own."""
        about = email.about or []
        unasked = (Institution.id.in_(about), Institution.asked_at.is_(None))
        session.execute(update(Institution).where(*unasked).values(asked_at=now))
        waiting = (Email.kind == cosigning.LETTER, Email.state == State.WAITING, Email.leased_until.is_(None))
        listed = (Email.subject_id.in_(about), Email.id != email.id)
        dropped = {"state": State.DROPPED, "ended_at": now, "error": "another e-mail listed it"}
        session.execute(update(Email).where(*waiting, *listed).values(**dropped))


def _same(institution: Institution) -> ColumnElement[bool]:
    return (Institution.statement_id == institution.statement_id) & (Institution.mailbox == institution.mailbox)


@dataclass(frozen=True, slots=True)
class Telling:
    """Tells an institution how it stands, with the link to its own page."""

    keys: KeyRing
    news: News
    stand: Stand

    def compose(self, session: Session, email: Email, now: datetime) -> Letter | Wait | Drop:
        """The news, while it is true."""
        institution = session.get(Institution, email.subject_id)
        if institution is None or institution.address is None:
            return Drop("its details are erased")
        if institution.stand != self.stand:
            return Drop("it has changed again since")
        told = facts(self.keys, institution)
        until = answering.undo_until(institution)
        line, said = news(self.stand, institution.name or "", institution.note or "", until)
        told |= {"line": line, "said": said}
        return Letter("institution_news", self.keys.open_address(institution.address), told)

    def accepted(self, session: Session, email: Email, now: datetime) -> None:
        """Nothing follows from being told."""


def already(name: str, answered_at: datetime | None) -> tuple[str, str]:
    """Subject and sentence for a mailbox that has co-signed before."""
    when = day(answered_at) if answered_at is not None else ""
    said = _("This address signed on %(day)s for %(name)s. Nothing has changed; it counts once.", day=when, name=name)
    return _("Your institution has signed already"), said


def news(stand: Stand, name: str, reason: str, until: datetime | None) -> tuple[str, str]:
    """Subject and sentence for how an institution stands now."""
    match stand:
        case Stand.CONFIRMED:
            said = _("%(name)s stands on the page of this text, with your name and office.", name=name)
            return _("Your institution’s signature is confirmed"), said
        case Stand.REFUSED:
            said = _("%(name)s is not counted under this text. The reason:", name=name)
            wrong = _("If that is wrong, answer this e-mail.")
            return _("Your institution’s signature does not count"), f"{said} {reason} {wrong}"
        case Stand.WITHDRAWN:
            when = moment(until) if until is not None else ""
            said = _("%(name)s is off the page of this text. You can undo this until %(time)s.", name=name, time=when)
            return _("Your institution’s signature is withdrawn"), said
    said = _(
        "You have answered for %(name)s. Your mailbox does not lie in a domain that is the institution’s own alone, so "
        "an organizer finds out first. You need do nothing; we write to you either way.",
        name=name,
    )
    return _("Your institution’s signature will be looked at"), said


def facts(keys: KeyRing, institution: Institution) -> dict[str, Any]:
    """What every letter about an institution may say."""
    statement, revision = institution.statement, institution.revision
    number = {"slug": statement.slug, "number": revision.number, "lang": revision.language}
    return {
        "name": institution.name,
        "place": showing.place(institution),
        "officer": institution.officer,
        "office": institution.title,
        "title": revision.title,
        "issuer": statement.issuer,
        "addressee": statement.addressee.name,
        "sample_note": statement.sample_note,
        "call_number": " ".join(statement.call_number(revision)),
        "sha256": revision.sha256,
        "text": outside("statements.revision", **number),
        "page": outside("institutions.institution", token=tokens.link(keys, cosigning.LINK, institution.nonce)),
    }


def correspondents(keys: KeyRing) -> dict[str, Correspondent]:
    """Who composes which kind of e-mail."""
    return {
        cosigning.LETTER: Asking(keys),
        News.CONFIRMED: Telling(keys, News.CONFIRMED, Stand.CONFIRMED),
        News.WAITS: Telling(keys, News.WAITS, Stand.ANSWERED),
        News.REFUSED: Telling(keys, News.REFUSED, Stand.REFUSED),
        News.WITHDRAWN: Telling(keys, News.WITHDRAWN, Stand.WITHDRAWN),
    }
