"""What was asked for when a packet was asked for: how it is cut into files, and how much of each name it says."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Final, Self


class Roster(StrEnum):
    """Where the roster stands."""

    INSIDE = "inside"  # in the one file, with everything else
    WHOLE = "whole"  # one volume beside the brief
    STATE = "state"  # a volume for each state
    CHAPTER = "chapter"  # a volume for each chapter's state, and one for all that have no chapter
    NONE = "none"


class Redaction(StrEnum):
    """How much of a signatory the recipient is told."""

    NAMES = "names"  # names and places
    INITIALS = "initials"  # initials and state
    COUNTS = "counts"  # nothing of any one signatory


#: What a roster may be cut into beside a brief.
VOLUMES: Final = (Roster.WHOLE, Roster.STATE, Roster.CHAPTER)


@dataclass(frozen=True, slots=True)
class Options:
    """One way to make a packet. `since` is the copy that a supplement adds to; a proof is not filed."""

    roster: Roster = Roster.INSIDE
    redaction: Redaction = Redaction.NAMES
    since: int | None = None
    proof: bool = False
    language: str = "en"

    def __post_init__(self) -> None:
        if self.since is not None and self.since < 1:
            raise ValueError("copies are counted from 1")

    @property
    def lists(self) -> bool:
        """Whether any signatory is listed."""
        return self.roster is not Roster.NONE and self.redaction is not Redaction.COUNTS

    @property
    def names_signatories(self) -> bool:
        """Whether signatories are listed by their names: only then can an entry be held against somebody."""
        return self.lists and self.redaction is Redaction.NAMES

    @property
    def in_volumes(self) -> bool:
        """Whether there is a brief with volumes beside it."""
        return self.roster in VOLUMES and self.redaction is not Redaction.COUNTS

    def kept(self) -> dict[str, Any]:
        """As it is kept in the packet's row."""
        return {name: str(value) if isinstance(value, StrEnum) else value for name, value in asdict(self).items()}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """What `kept` made. A row that was made before there were options has none. Raises ValueError."""
        known = {name: kept[name] for name in cls.__slots__ if name in kept}
        read = cls(**known)
        return replace(read, roster=Roster(read.roster), redaction=Redaction(read.redaction))
