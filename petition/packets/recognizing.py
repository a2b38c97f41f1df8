"""Recognizing a file of ours by its SHA-256: what it is a part of, and whether that is still the newest."""

import re
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from petition.packets.models import Packet, PacketFile
from petition.packets.options import Options

#: Spaces and dashes group the digits where we print them; a colon does so elsewhere.
_GROUPING: Final = re.compile(r"[\s:\u2010-\u2015-]+")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Issued:
    """A file that we have issued, with its packet, and the packet that has taken its place since, if one has.

    `also` are earlier packets that have the same file: copies of one state of the ledger share their evidence.
    """

    file: PacketFile
    packet: Packet
    also: tuple[Packet, ...]
    newer: Packet | None


def digits(typed: str) -> str | None:
    """A SHA-256 as somebody typed or pasted it, as 64 small digits; None when it is none."""
    joined = _GROUPING.sub("", typed).lower()
    return joined if _SHA256.fullmatch(joined) else None


def recognize(session: Session, sha256: str) -> Issued | None:
    """The issued file with this SHA-256, of its newest packet. None of what is not ours, a proof, or not issued."""
    known = select(PacketFile, Packet).join(Packet, Packet.id == PacketFile.packet_id)
    newest_first = known.where(PacketFile.sha256 == sha256, Packet.issued_at.is_not(None)).order_by(Packet.id.desc())
    found = session.execute(newest_first).all()
    if not found:
        return None
    file, packet = found[0]
    return Issued(file, packet, tuple(each for _file, each in found[1:]), superseded_by(session, packet))


def superseded_by(session: Session, packet: Packet, *which: ColumnElement[bool]) -> Packet | None:
    """The newest issued packet that whoever has this one should have instead, if there is one; `which` narrows it.

    It says as much of each signatory as this one does, of the same or a later state of the ledger. Whatever names
    fewer, or only those who came since, takes the place of nothing that names them.
    """
    after = select(Packet).where(
        Packet.statement_id == packet.statement_id,
        Packet.publisher_id == packet.publisher_id,
        Packet.language == packet.language,
        Packet.copy > packet.copy,
        Packet.ledger_size >= packet.ledger_size,
        Packet.issued_at.is_not(None),
        *which,
    )
    newest_first = session.scalars(after.order_by(Packet.copy.desc()))
    options = Options.read(packet.options)
    return next((each for each in newest_first if _stands_for(Options.read(each.options), options)), None)


def _stands_for(newer: Options, older: Options) -> bool:
    lists_as_many = newer.lists or not older.lists
    return newer.since is None and newer.redaction is older.redaction and lists_as_many


def files(session: Session, packet_id: int) -> list[PacketFile]:
    """The files of a packet, in the order in which they were made."""
    return list(session.scalars(select(PacketFile).where(PacketFile.packet_id == packet_id).order_by(PacketFile.id)))
