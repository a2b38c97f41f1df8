"""Freezing a statement's paper: text, adoption, officers and signatures of one moment, read in one transaction."""

from datetime import datetime
from typing import Final

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from petition.chapters.models import Letterhead
from petition.errors import CannotBuild
from petition.institutions import showing as institutions
from petition.institutions.models import Institution, Stand
from petition.ledger import counting
from petition.officers.models import Officer
from petition.packets.contents import Addressee
from petition.packets.entries import short_roster
from petition.papers.contents import (
    Adoption,
    CoSigner,
    Ending,
    Head,
    Signatures,
    SignedOfficer,
    StatementPaper,
)
from petition.signatures.models import Signature, Status
from petition.signatures.showing import kind_words
from petition.statements import clauses, reading
from petition.statements.models import TEXT, Revision, Statement
from petition.text.places import STATES
from petition.web.addresses import outside
from petition.web.language import ZONE, _
from petition.web.places import in_order


class LedgerMoves(CannotBuild):
    """Somebody's change waits for the registrar, for a moment: count and names would differ."""


#: Any number of names, as a command may print.
ALL: Final = 10_000_000


def freeze(session: Session, revision: Revision, *, sample: bool, most: int, now: datetime) -> StatementPaper:
    """What the paper of this revision says now, with a roster of at most so many names.

    Raises LedgerMoves while somebody's change of this statement waits for the registrar.
    """
    statement = revision.statement
    return StatementPaper(
        kind=statement.kind,
        kind_words=kind_words(statement.kind),
        call_number=statement.call_number(revision),
        number=revision.number,
        language=revision.language,
        title=revision.title,
        ask=revision.ask,
        html=str(clauses.html(revision)),
        sha256=revision.sha256,
        permalink=outside("statements.revision", slug=statement.slug, number=revision.number),
        issuer=statement.issuer,
        place=_state(statement.place) if statement.chapter_id is not None else "",
        head=_head(session, statement),
        addressee=_addressee(statement),
        published_on=revision.published_at.astimezone(ZONE).date(),
        printed_at=now,
        adoption=_adoption(session, revision),
        officers=_officers(session, revision),
        signatures=_signatures(session, revision, most, now),
        institutions=_institutions(session, revision),
        sample=sample or bool(statement.campaign.sample_note),
        newest=_newest(session, revision),
        ending=_ending(session, statement),
    )


def _head(session: Session, statement: Statement) -> Head | None:
    kept = session.get(Letterhead, statement.chapter_id) if statement.chapter_id is not None else None
    return Head(kept.png, kept.width, kept.height) if kept is not None else None


def _addressee(statement: Statement) -> Addressee:
    addressee = statement.addressee
    return Addressee(addressee.name, tuple(line for line in addressee.address_lines if line != addressee.name))


def _adoption(session: Session, revision: Revision) -> Adoption:
    handed_in = reading.submission(session, revision.id)
    if handed_in is None:
        return Adoption("", None, "")
    return Adoption(handed_in.adopted_by, handed_in.adopted_on, handed_in.vote)


def _officers(session: Session, revision: Revision) -> tuple[SignedOfficer, ...]:
    signed = (
        select(Officer)
        .where(
            Officer.revision_id == revision.id,
            Officer.signed_at.is_not(None),
            Officer.declined_at.is_(None),
            Officer.removed_at.is_(None),
        )
        .order_by(Officer.place)
    )
    return tuple(
        SignedOfficer(each.name, each.title, each.signed_at.astimezone(ZONE).date())
        for each in session.scalars(signed)
        if each.signed_at is not None
    )


def _institutions(session: Session, revision: Revision) -> tuple[CoSigner, ...]:
    confirmed = select(Institution).where(
        Institution.revision_id == revision.id, Institution.stand == Stand.CONFIRMED, Institution.name.is_not(None)
    )
    found = [
        CoSigner(
            each.name or "",
            institutions.place(each),
            each.officer or "",
            each.title or "",
            institutions.grounds(each),
        )
        for each in session.scalars(confirmed)
    ]
    return tuple(sorted(found, key=lambda each: in_order(each.name)))


def _state(code: str | None) -> str:
    return _(STATES[code].name) if code and code in STATES else ""


def _newest(session: Session, revision: Revision) -> int:
    same = (
        Revision.statement_id == revision.statement_id,
        Revision.role == TEXT,
        Revision.language == revision.language,
    )
    return session.scalar(select(func.max(Revision.number)).where(*same)) or revision.number


def _ending(session: Session, statement: Statement) -> Ending | None:
    if statement.ended is None or statement.ended_at is None:
        return None
    call, address = "", ""
    if statement.successor_id is not None:
        successor = session.get_one(Statement, statement.successor_id)
        text = reading.texts(session, successor)[0]
        call = " ".join(successor.call_number(text))
        address = outside("statements.statement", slug=successor.slug)
    on = statement.ended_at.astimezone(ZONE).date()
    return Ending(statement.ended, on, statement.ended_because or "", call, address)


# --- Signatures -----------------------------------------------------------------------------------


def _signatures(session: Session, revision: Revision, most: int, now: datetime) -> Signatures | None:
    statement = revision.statement
    count = counting.count(session, statement, now)
    if not counting.settled(session, statement):
        raise LedgerMoves(_("The ledger is being written at this moment. Try again in a minute."))
    if not statement.takes_signatures and not count.size:
        return None
    verified = counting.by_revision(session, statement).get(revision.id, 0)
    listed = verified <= most
    standing = and_(Signature.revision_id == revision.id, Signature.status == Status.VERIFIED)
    names = short_roster(session, standing, now) if listed and verified else ()
    return Signatures(verified, count.verified - verified, count.as_of, names, listed)
