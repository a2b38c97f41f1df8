"""Freezing a packet: one state of the ledger, read once, as plain values for the page writer."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from petition import __version__
from petition.crypto import KeyRing
from petition.db import advisory_lock
from petition.drafts import facsimile
from petition.ledger import checkpoints, counting, tiles
from petition.ledger.models import Head
from petition.packets import nonces
from petition.packets.contents import (
    Addressee,
    Counts,
    PacketContents,
    Removed,
    RosterEntry,
    RosterGroup,
    SignedText,
    StateCount,
)
from petition.packets.models import Packet
from petition.signatures import wording
from petition.signatures.models import Reason, Signature, Status
from petition.statements import clauses, reading
from petition.statements.models import Revision, Statement
from petition.statements.reading import Published
from petition.text.places import ELSEWHERE, PlaceKind, State, in_list_order
from petition.web.addresses import outside
from petition.web.language import ZONE, _
from petition.web.places import in_order


def freeze(session: Session, published: Published, *, sample: bool, now: datetime) -> tuple[Packet, PacketContents]:
    """What a packet of this moment says, read in one transaction; `file` gives it its copy number.

    The registrar must have entered every change before.
    """
    statement = published.statement
    head = session.get(Head, statement.id) or Head(
        size=0, verified=0, entered=0, withdrawn=0, invalidated=0, restored=0, as_of=now
    )
    root = tiles.root(session, statement.id, head.size).hex()
    counts = _counts(session, statement, head)
    packet = Packet(
        statement_id=statement.id,
        publisher_id=statement.addressee_id,
        copy=0,
        revision_id=published.revision.id,
        frozen_at=now,
        ledger_size=head.size,
        ledger_root=root,
        counts=counts,
        template_version=__version__[:20],
        sample=sample,
    )
    return packet, _contents(session, published, packet, _count(counts, now))


def file(session: Session, packet: Packet, contents: PacketContents, keys: KeyRing, base_url: str) -> PacketContents:
    """Keep the packet's row as the next copy of its statement, and sign the ledger's state that it was made from.

    Returns the contents with copy number, checkpoint and the hashes of the nonces.
    """
    advisory_lock(session, f"packets {packet.statement_id}")
    newest = session.scalar(select(func.max(Packet.copy)).where(Packet.statement_id == packet.statement_id))
    statement = session.get_one(Statement, packet.statement_id)
    taken = checkpoints.take(
        session, keys, base_url, statement,
        size=packet.ledger_size, root=bytes.fromhex(packet.ledger_root), now=packet.frozen_at,
    )  # fmt: skip
    packet.copy, packet.checkpoint = (newest or 0) + 1, taken.note
    packet.nonces = nonces.hashes(keys, checkpoints.origin(base_url, statement.slug), packet.copy)
    session.add(packet)
    return replace(contents, copy=packet.copy, checkpoint=taken.note, nonces=tuple(packet.nonces))


def unfile(session: Session, contents: PacketContents, packet_id: int) -> None:
    """Take back the row of a packet that could not be printed: nobody has its copy."""
    session.execute(delete(Packet).where(Packet.id == packet_id, Packet.copy == contents.copy))


def _counts(session: Session, statement: Statement, head: Head) -> dict[str, Any]:
    # A packet is made now and then; these may count rows where a page may not.
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


def _count(kept: dict[str, Any], as_of: datetime) -> Counts:
    """The counts of a packet's row, the reasons in words and in one order for all packets."""
    numbers = {**kept}
    by_reason = numbers.pop("by_reason")
    removed = tuple(
        Removed(wording.reason_counted(reason), by_reason[reason]) for reason in Reason if reason in by_reason
    )
    return Counts(**numbers, removed=removed, as_of=as_of)


def _kind_words(kind: str) -> str:
    return {
        "petition": _("A petition"),
        "letter": _("A letter"),
        "resolution": _("A resolution"),
        "notice": _("A notice"),
    }[kind]


def _contents(session: Session, published: Published, packet: Packet, count: Counts) -> PacketContents:
    statement, revision = published.statement, published.revision
    return PacketContents(
        call_number=published.call_number,
        copy=packet.copy,
        sample=packet.sample or bool(statement.campaign.sample_note),
        title=revision.title,
        ask=revision.ask,
        kind_words=_kind_words(statement.kind),
        addressee=Addressee(statement.addressee.name, _lines(published)),
        issuer=statement.issuer,
        date=packet.frozen_at.astimezone(ZONE).date(),
        texts=_texts(session, statement, revision),
        count=count,
        by_state=_by_state(session, statement),
        ledger_size=packet.ledger_size,
        ledger_root_hex=packet.ledger_root,
        notice_text=published.notice.body.strip(),
        notice_sha256=published.notice.sha256,
        verify_url=outside("statements.statement", slug=statement.slug),
        roster=roster(session, Signature.statement_id == statement.id),
        annex=tuple(facsimile.images_of_revision(session, revision.id)),
    )


def _listed() -> list[State]:
    """All places, by their names in the packet's language; what is outside the country comes last."""
    return sorted(in_list_order(), key=lambda state: (state.kind is PlaceKind.ELSEWHERE, in_order(_(state.name))))


def _lines(published: Published) -> tuple[str, ...]:
    addressee = published.statement.addressee
    return tuple(line for line in addressee.address_lines if line != addressee.name)


def _texts(session: Session, statement: Statement, current: Revision) -> tuple[SignedText, ...]:
    verified = counting.by_revision(session, statement)
    # The text in force leads, signed or not; of the others only those that somebody signed.
    texts = [text for text in reading.texts(session, statement) if text.id == current.id or verified.get(text.id)]
    texts.sort(key=lambda text: (text.id != current.id, -text.number))
    return tuple(
        SignedText(
            number=text.number,
            language=text.language,
            sha256=text.sha256,
            html=str(clauses.html(text)),
            verified=verified.get(text.id, 0),
            published_on=text.published_at.astimezone(ZONE).date(),
        )
        for text in texts
    )


def _by_state(session: Session, statement: Statement) -> tuple[StateCount, ...]:
    counted = counting.by_state(session, statement)
    return tuple(
        StateCount(
            code=state.code,
            name=_(state.name),
            verified=counted.get(state.code, 0),
            population=state.population,
            column=state.column,
            row=state.row,
        )
        for state in _listed()
        if counted.get(state.code) or state.on_map or state.kind is PlaceKind.ELSEWHERE
    )


def roster(session: Session, under: ColumnElement[bool]) -> tuple[RosterGroup, ...]:
    """Whoever stands under a statement, or under one text, as they are named to the addressee: by state."""
    rows = session.execute(
        select(
            Signature.state, Signature.number, Signature.name, Signature.city, Signature.country,
            Signature.withhold, Signature.confirmed_at,
        )
        .where(under, Signature.status == Status.VERIFIED, Signature.number.is_not(None))
        .order_by(Signature.number)
    )  # fmt: skip
    by_state: dict[str, list[RosterEntry]] = {}
    for state, number, name, city, country, withheld, confirmed_at in rows:
        assert number is not None
        assert confirmed_at is not None
        place = "" if withheld else city or ""
        if state == ELSEWHERE:
            place = ", ".join(filter(None, (place, wording.country(country))))
        entry = RosterEntry(
            number=number,
            name=_("Name withheld") if withheld else name or "",
            place=place,
            # The ledger's day: a reader can hold the roster against the leaves.
            day=confirmed_at.astimezone(UTC).date(),
        )
        by_state.setdefault(state or "", []).append(entry)
    return tuple(
        RosterGroup(state.code, _(state.name), tuple(by_state[state.code]))
        for state in _listed()
        if state.code in by_state
    )
