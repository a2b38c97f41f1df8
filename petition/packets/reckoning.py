"""The figures of a packet, computed in the transaction that freezes it and kept in its row as plain values.

A packet is made now and then, so these may read a row for each signature where a page may not.
"""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, not_, select
from sqlalchemy.orm import Session

from petition.crypto import KeyRing
from petition.errors import CannotBuild
from petition.institutions.models import Institution, Stand
from petition.ledger import counting
from petition.ledger.models import DAY, Head
from petition.officers.models import Officer
from petition.packets import providers
from petition.packets.models import Packet, went_out
from petition.packets.options import Options, Redaction
from petition.packets.standing import stood
from petition.sheets import entering as sheets
from petition.signatures.models import CommentState, Signature, Status
from petition.statements import reading
from petition.statements.models import Revision, Statement
from petition.statements.reading import Published
from petition.web.addresses import outside

#: So many comments are printed at the most, in the order of the ledger: more is a file, not a document.
MOST_COMMENTS: Final = 2_000
_CHUNK: Final = 2_000


def reckon(
    session: Session, published: Published, head: Head, options: Options, keys: KeyRing | None, now: datetime
) -> dict[str, Any]:
    """Every figure of a packet that is made now; without keys those that need addresses are left out."""
    statement = published.statement
    standing = stood(statement.id, head.size)
    kept = {
        **_ledger(session, statement, head),
        "by_state": counting.by_state(session, statement),
        "by_revision": {str(of): number for of, number in counting.by_revision(session, statement).items()},
        "by_day": counting.by_part(session, statement, DAY),
        "by_network": {**counting.by_network(session, statement), "entered": head.entered},
        "paper": _paper(session, statement),
        "addressee": _addressee(published),
        "named": named(statement, published.revision),
        "notice": published.notice.id,
        "notices": _by_notice(session, standing),
        "officers": _number(session, Officer, officers_signed(published.revision.id, now)),
        "institutions": _number(session, Institution, institutions_confirmed(statement.id, now)),
        **_comments(session, standing, options),
    }
    if keys is not None:
        kept["by_mailbox"] = _by_mailbox(session, standing, keys, head.verified)
    if options.since is not None:
        kept["since"] = _since(session, statement, head, options.since)
    return {**kept, **_campaign(session, published)}


def officers_signed(revision_id: int, by: datetime) -> ColumnElement[bool]:
    """Which officers had signed that text by then, and stand there still."""
    return and_(
        Officer.revision_id == revision_id, Officer.signed_at <= by, Officer.removed_at.is_(None),
        Officer.declined_at.is_(None),
    )  # fmt: skip


def institutions_confirmed(statement_id: int, by: datetime) -> ColumnElement[bool]:
    """Which institutions stood by the statement then, as far as they are known by name still."""
    return and_(
        Institution.statement_id == statement_id, Institution.stand == Stand.CONFIRMED, Institution.settled_at <= by,
        Institution.name.is_not(None),
    )  # fmt: skip


def _by_notice(session: Session, standing: ColumnElement[bool]) -> dict[str, int]:
    seen = select(Signature.notice_id, func.count()).where(standing).group_by(Signature.notice_id)
    return {str(notice_id): number for notice_id, number in session.execute(seen)}


def _number(session: Session, of: type[Officer | Institution], which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(of).where(which)) or 0


def _ledger(session: Session, statement: Statement, head: Head) -> dict[str, Any]:
    of_statement = Signature.statement_id == statement.id
    counted = select(Signature.status, func.count()).where(of_statement).group_by(Signature.status)
    by_status = dict(iter(session.execute(counted)))
    mailboxes = session.scalar(
        select(func.count(Signature.mailbox.distinct())).where(of_statement, Signature.status == Status.VERIFIED)
    )
    # Whatever was held after it had been entered stands among the invalidated, with its reason.
    held = select(func.count()).where(of_statement, Signature.status == Status.HELD, Signature.number.is_(None))
    return {
        "verified": head.verified,
        "mailboxes": mailboxes or 0,
        "entered": head.entered,
        "withdrawn": head.withdrawn,
        "invalidated": head.invalidated,
        "restored": head.restored,
        "never_confirmed": by_status.get(Status.EXPIRED, 0),
        "held": session.scalar(held) or 0,
        "waiting": by_status.get(Status.PENDING, 0),
        "by_reason": counting.by_reason(session, statement),
    }


def _paper(session: Session, statement: Statement) -> list[list[Any]]:
    counts = sheets.standing(session, statement.id)
    return [[each.number, each.collected_by, each.counted_on.isoformat()] for each in counts]


def _addressee(published: Published) -> list[str]:
    addressee = published.statement.addressee
    return [addressee.name, *(line for line in addressee.address_lines if line != addressee.name)]


def named(statement: Statement, revision: Revision) -> dict[str, Any]:
    """What the statement and its campaign are called now, and where; all of it may be changed later."""
    return {
        "call_number": list(statement.call_number(revision)),
        "issuer": statement.issuer,
        "kind": statement.kind,
        "campaign": statement.campaign.hashtag,
        "verify_url": outside("statements.statement", slug=statement.slug),
    }


def _by_mailbox(session: Session, standing: ColumnElement[bool], keys: KeyRing, verified: int) -> dict[str, Any]:
    asked = select(Signature.address).where(standing, Signature.address.is_not(None))
    sealed = session.connection().execute(asked.execution_options(yield_per=_CHUNK)).scalars()
    domains = providers.by_domain(keys.open_addresses(one for one in sealed if one is not None))
    return {**providers.summed(domains), "unread": verified - domains.total()}


def _comments(session: Session, standing: ColumnElement[bool], options: Options) -> dict[str, Any]:
    if options.redaction is Redaction.COUNTS:
        return {"comments": [], "comments_approved": 0}
    approved = (
        standing, Signature.comment_state == CommentState.APPROVED, Signature.comment.is_not(None),
        Signature.withhold.is_(False),
    )  # fmt: skip
    numbers = select(Signature.number).where(*approved).order_by(Signature.number).limit(MOST_COMMENTS)
    return {
        "comments": list(session.scalars(numbers)),
        "comments_approved": session.scalar(select(func.count()).select_from(Signature).where(*approved)) or 0,
    }


def _since(session: Session, statement: Statement, head: Head, copy: int) -> dict[str, Any]:
    base = session.scalar(select(Packet).where(Packet.statement_id == statement.id, Packet.copy == copy, went_out()))
    if base is None:
        raise CannotBuild(f"There is no copy {copy} of this statement’s packets to add to.")
    now, then = stood(statement.id, head.size), stood(statement.id, base.ledger_size)
    gone = session.scalars(select(Signature.number).where(and_(then, not_(now))).order_by(Signature.number))
    left = list(gone)
    return {
        "copy": copy,
        "size": base.ledger_size,
        "as_of": base.frozen_at.astimezone(UTC).isoformat(),
        "then": base.counts["verified"],
        "added": head.verified - base.counts["verified"] + len(left),
        "gone": left,
    }


def _campaign(session: Session, published: Published) -> dict[str, Any]:
    """Other statements that the campaign lists, for the packet of its own petition alone."""
    own = published.statement
    if own.kind != "petition":
        return {}
    others = [
        each for each in reading.listed(session, published.revision.language)
        if each.statement.campaign_id == own.campaign_id and each.statement.id != own.id
    ]  # fmt: skip
    if not others:
        return {}
    return {"campaign": _campaign_count(session, own, others)}


def _campaign_count(session: Session, own: Statement, others: list[Published]) -> dict[str, Any]:
    ids = [own.id, *(each.statement.id for each in others)]
    mailboxes = session.scalar(
        select(func.count(Signature.mailbox.distinct())).where(
            Signature.statement_id.in_(ids), Signature.status == Status.VERIFIED, Signature.number.is_not(None)
        )
    )
    verified = dict(session.execute(select(Head.statement_id, Head.verified).where(Head.statement_id.in_(ids))).all())
    return {
        "mailboxes": mailboxes or 0,
        "statements": [_beside(each, verified.get(each.statement.id, 0)) for each in others],
    }


def _beside(published: Published, verified: int) -> list[Any]:
    return [published.revision.id, verified, list(published.call_number), published.statement.issuer]


def as_moment(kept: str) -> datetime:
    """A moment as `_since` kept it."""
    return datetime.fromisoformat(kept)
