"""The roster's entries in a file: what whoever sets, counts or exports them needs, and no database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from petition.packets.contents import RosterEntry, RosterGroup
from petition.pdf.document import Listed
from petition.pdf.spool import Section, Spool


@dataclass(frozen=True, slots=True)
class Spooled:
    """What one file of entries has in common: every character that occurs, and the first and last day."""

    path: Path
    characters: frozenset[str]
    days: tuple[date, date] | None


@dataclass(frozen=True, slots=True)
class SpooledEntries:
    """The entries of one group, read from the file each time."""

    spooled: Spooled
    section: Section

    def __len__(self) -> int:
        return self.section.count

    def __iter__(self) -> Iterator[RosterEntry]:
        for line in self.section:
            yield RosterEntry(*line)


def spooled(groups: Sequence[RosterGroup], folder: Path) -> tuple[Spooled, tuple[Listed, ...]]:
    """The groups' entries as one file: the one that they are read from, or a new one in that folder."""
    files = {id(group.entries.spooled) for group in groups if isinstance(group.entries, SpooledEntries)}
    if len(files) == 1 and all(isinstance(group.entries, SpooledEntries) for group in groups):
        return _as_they_are(groups)
    parts = []
    with Spool(folder / "roster") as spool:
        for group in groups:
            for entry in group.entries:
                spool.add(entry.number, entry.name, entry.place, entry.day, entry.comment)
            parts.append(Listed(group.code, group.name, spool.section()))
    return of(spool), tuple(parts)


def _as_they_are(groups: Sequence[RosterGroup]) -> tuple[Spooled, tuple[Listed, ...]]:
    entries = [(group, group.entries) for group in groups if isinstance(group.entries, SpooledEntries)]
    return entries[0][1].spooled, tuple(Listed(group.code, group.name, one.section) for group, one in entries)


def of(spool: Spool) -> Spooled:
    """What a file that is written has in common."""
    days = spool.days
    return Spooled(spool.path, frozenset(spool.characters), (min(days), max(days)) if days else None)
