"""Whom a packet names: all of it that an erasure can reach, and how a later reading is held against the first."""

import hashlib
from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, not_, select
from sqlalchemy.orm import Session

from petition.institutions import showing
from petition.institutions.models import Institution
from petition.officers.models import Officer
from petition.packets import reckoning
from petition.packets.contents import Comment, InstitutionSigned, OfficerSigned, PacketContents
from petition.packets.entries import printed_of, words_of_lists
from petition.packets.models import Packet
from petition.packets.options import Redaction
from petition.packets.standing import stood
from petition.signatures import choosing
from petition.signatures.models import CommentState, Signature
from petition.web.language import ZONE


def in_roster(packet: Packet) -> ColumnElement[bool]:
    """Which signatures have a row in the packet's roster."""
    under = stood(packet.statement_id, packet.ledger_size)
    if "since" in packet.counts:
        under = and_(under, not_(stood(packet.statement_id, packet.counts["since"]["size"])))
    return under


def comments(session: Session, packet: Packet, redaction: Redaction) -> tuple[Comment, ...]:
    """The approved comments that the packet took, as far as they are known still."""
    chosen = packet.counts["comments"]
    if not chosen:
        return ()
    asked = (
        select(Signature)
        .where(
            Signature.statement_id == packet.statement_id, Signature.number.in_(chosen),
            Signature.comment_state == CommentState.APPROVED, Signature.comment.is_not(None),
            not_(choosing.is_left_out(packet.frozen_at)),
        )
        .order_by(Signature.number)
    )  # fmt: skip
    words = words_of_lists()
    told = []
    for each in session.scalars(asked):
        named = printed_of(each.name, each.city, each.state, each.country, False, redaction, words)
        told.append(Comment(each.number or 0, named.name, named.place, each.comment or ""))
    return tuple(told)


def officers(session: Session, packet: Packet) -> tuple[OfficerSigned, ...]:
    """The officers who had signed the text, in their order."""
    asked = select(Officer).where(reckoning.officers_signed(packet.revision_id, packet.frozen_at))
    return tuple(
        OfficerSigned(each.name, each.title, each.signed_at.astimezone(ZONE).date())
        for each in session.scalars(asked.order_by(Officer.place))
        if each.signed_at is not None
    )


def institutions(session: Session, packet: Packet) -> tuple[InstitutionSigned, ...]:
    """The institutions that stood by the statement, by name."""
    asked = select(Institution).where(reckoning.institutions_confirmed(packet.statement_id, packet.frozen_at))
    return tuple(
        InstitutionSigned(
            each.name or "", showing.place(each), each.officer or "", each.title or "", showing.grounds(each)
        )
        for each in session.scalars(asked.order_by(Institution.name, Institution.id))
    )


def digests(contents: PacketContents) -> dict[str, str]:
    """SHA-256 of what an erasure can reach, kept in the row to be held against a later thawing."""
    return {
        "roster": _digest(
            (group.code, entry.number, entry.name, entry.place, entry.day)
            for group in contents.roster for entry in group.entries
        ),
        "comments": _digest((one.number, one.name, one.place, one.text) for one in contents.comments),
        "officers": _digest((one.name, one.title, one.day) for one in contents.officers),
        "institutions": _digest((one.name, one.place, one.officer, one.title) for one in contents.institutions),
    }  # fmt: skip


def differences(packet: Packet, contents: PacketContents) -> list[str]:
    """Which parts are not what they were when the row was frozen: "roster", "comments" and so on."""
    kept = packet.counts.get("digests", {})
    return [part for part, found in digests(contents).items() if kept.get(part, found) != found]


def _digest(rows: Iterable[tuple[object, ...]]) -> str:
    found = hashlib.sha256()
    for row in rows:
        found.update("\x1f".join(map(str, row)).encode() + b"\x1e")
    return found.hexdigest()
