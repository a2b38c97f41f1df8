"""Freezing a packet: one state of the ledger, read once; and filing the row that holds it."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from petition.crypto import KeyRing
from petition.db import advisory_lock
from petition.ledger import checkpoints, tiles
from petition.ledger.models import Head
from petition.packets import naming, nonces, reckoning, thawing
from petition.packets.contents import WORDING, PacketContents
from petition.packets.edition import edition
from petition.packets.models import Packet
from petition.packets.options import Options
from petition.statements.models import Statement
from petition.statements.reading import Published

_PLAIN: Final = Options()


def freeze(
    session: Session, published: Published, folder: Path, *, sample: bool, now: datetime,
    options: Options = _PLAIN, keys: KeyRing | None = None,
) -> tuple[Packet, PacketContents]:  # fmt: skip
    """What a packet of this moment says, read in one transaction; `file` gives it its copy number.

    The registrar must have entered every change before. Without keys nothing is said of mailboxes' domains. The
    roster is kept in that folder, which must stay until the packet is printed.

    Raises CannotBuild when there is no such copy for a supplement.
    """
    statement = published.statement
    head = session.get(Head, statement.id) or Head(
        size=0, verified=0, entered=0, withdrawn=0, invalidated=0, restored=0, as_of=now
    )
    root = tiles.root(session, statement.id, head.size).hex()
    packet = Packet(
        statement_id=statement.id,
        publisher_id=statement.addressee_id,
        copy=0,
        revision_id=published.revision.id,
        frozen_at=now,
        ledger_size=head.size,
        ledger_root=root,
        counts={**reckoning.reckon(session, published, head, options, keys, now), "wording": WORDING},
        template_version=edition(),
        sample=sample or bool(statement.campaign.sample_note),
        language=options.language,
        options=options.kept(),
        nonces=[],
    )
    contents = thawing.thaw(session, packet, folder)
    packet.counts = {**packet.counts, "digests": naming.digests(contents)}
    return packet, contents


def file(session: Session, packet: Packet, contents: PacketContents, keys: KeyRing, base_url: str) -> PacketContents:
    """Keep the packet's row as the next copy of its statement, and sign the ledger's state that it was made from.

    Returns the contents with copy number, checkpoint and the hashes of the nonces, if a sample can be drawn of it.
    """
    advisory_lock(session, f"packets {packet.statement_id}")
    newest = session.scalar(select(func.max(Packet.copy)).where(Packet.statement_id == packet.statement_id))
    statement = session.get_one(Statement, packet.statement_id)
    taken = checkpoints.take(
        session, keys, base_url, statement,
        size=packet.ledger_size, root=bytes.fromhex(packet.ledger_root), now=packet.frozen_at,
    )  # fmt: skip
    packet.copy, packet.checkpoint = (newest or 0) + 1, taken.note
    packet.nonces = nonces.hashes(keys, packet)
    session.add(packet)
    return replace(
        contents, copy=packet.copy, checkpoint=taken.note, nonces=tuple(packet.nonces),
        ask_until=nonces.last_day(packet.frozen_at) if packet.nonces else None,
    )  # fmt: skip


def unfile(session: Session, packet_id: int) -> None:
    """Take back the row of a packet that was not issued: nobody has its copy, and the next may have the number."""
    session.execute(delete(Packet).where(Packet.id == packet_id, Packet.issued_at.is_(None)))
