"""A copy printed once more, held against what was issued."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition import __version__
from petition.packets import keeping
from petition.packets.issuing import Made
from petition.packets.models import Packet, PacketFile

_CALLED = {
    "roster": "in the roster",
    "comments": "among the comments",
    "officers": "among the officers",
    "institutions": "among the institutions",
}


def issued(session: Session, packet: Packet) -> tuple[Mapping[str, str], bool, str]:
    """The SHA-256 of each file by its part, whether the files are sealed, and the version that printed them."""
    rows = session.execute(select(PacketFile.part, PacketFile.sha256).where(PacketFile.packet_id == packet.id))
    return {row.part: row.sha256 for row in rows}, packet.sealed_at is not None, packet.template_version


def compared(
    before: tuple[Mapping[str, str], bool, str], made: Sequence[Made], differing: Sequence[str]
) -> Iterator[str]:
    """What is to be said of the files beside those that were issued, a sentence each."""
    hashes, sealed, version = before
    for part in differing:
        yield f"Something was erased or withheld {_CALLED[part]} since this copy was issued: it is not printed again."
    if sealed:
        yield "The issued files carry a seal, which is never set twice; these do not."
    elif all(hashes.get(one.part) == keeping.digest(one.path) for one in made):
        yield "Every file is the same to the last byte as the one that was issued."
    elif not differing:
        printed = f"was printed by version {version}" if version != __version__[:20] else "was printed by other fonts"
        yield f"The files differ from those that were issued, though nothing was erased: this copy {printed}."
