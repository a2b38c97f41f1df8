"""A copy printed once more, held against what was issued."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.packets import keeping
from petition.packets.edition import edition
from petition.packets.issuing import Made
from petition.packets.models import EVIDENCE, Packet, PacketFile

_AT_ONCE: Final = 1 << 20  # bytes
_CALLED: Final = {
    "roster": "in the roster",
    "comments": "among the comments",
    "officers": "among the officers",
    "institutions": "among the institutions",
}


#: Where each file is kept by its part, whether the files are sealed, and the edition of their pages.
Issued = tuple[Mapping[str, Path], bool, str]


def issued(session: Session, packet: Packet, data_dir: Path) -> Issued:
    """Where each issued file is kept, by its part, whether the files are sealed, and the edition of their pages."""
    rows = session.scalars(select(PacketFile).where(PacketFile.packet_id == packet.id))
    kept = {row.part: keeping.path_of(data_dir, row) for row in rows}
    return kept, packet.sealed_at is not None, packet.template_version


def compared(
    before: Issued, made: Sequence[Made], differing: Sequence[str]
) -> Iterator[str]:
    """What is to be said of the files beside those that were issued, a sentence each."""
    kept, sealed, version = before
    for part in differing:
        yield f"Something was erased or withheld {_CALLED[part]} since this copy was issued: it is not printed again."
    both = [one for one in made if one.part in kept]
    if not both or not all(kept[one.part].is_file() for one in both):
        yield "The issued files are not in their folder, so these cannot be held against them."
    elif {one.part for one in made} == set(kept) - {EVIDENCE} and all(
        _same(one.path, kept[one.part], sealed=sealed) for one in both
    ):
        yield "Every file is the same to the last byte as the one that was issued" + (
            "; the seal, which is never set twice, was put behind that." if sealed else "."
        )
    elif not differing:
        by = f"this copy was printed by edition {version} of the pages, and " if version != edition() else ""
        yield (
            f"The files differ from those that were issued, though nothing was erased: {by}fonts are taken as they are "
            "now, and so are the issuer, the hashtag and the site's address of a copy from before these were kept."
        )


def _same(made: Path, kept: Path, *, sealed: bool) -> bool:
    """Whether the issued file is the same; a seal stands behind what was printed, which it leaves as it is."""
    if not sealed and made.stat().st_size != kept.stat().st_size:
        return False
    with made.open("rb") as printed, kept.open("rb") as issued:
        while piece := printed.read(_AT_ONCE):
            if issued.read(len(piece)) != piece:
                return False
    return True
