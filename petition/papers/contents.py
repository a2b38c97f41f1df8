"""Everything that a paper says, as plain frozen values: the same contents always make the same paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from petition.packets.contents import Addressee, RosterGroup


@dataclass(frozen=True, slots=True)
class Head:
    """The picture at the head of the paper: a PNG of our own drawing, and its sides in pixels."""

    png: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class SignedOfficer:
    """An officer who has signed this very text from their own mailbox, and on which day."""

    name: str
    title: str
    on: date


@dataclass(frozen=True, slots=True)
class Adoption:
    """How the issuer took the text on; what was not said is empty."""

    by: str
    on: date | None
    vote: str

    @property
    def said(self) -> bool:
        """Whether anything was."""
        return bool(self.by or self.on)


@dataclass(frozen=True, slots=True)
class Ending:
    """A text that its issuer stands by no more: `how` is superseded or retracted."""

    how: str
    on: date
    because: str
    successor: str  # the call number of what took its place; empty for none
    successor_url: str


@dataclass(frozen=True, slots=True)
class CoSigner:
    """An institution that was confirmed, and who spoke for it."""

    name: str
    place: str
    officer: str
    title: str
    grounds: str  # what was seen of it


@dataclass(frozen=True, slots=True)
class Signatures:
    """Who stands under this very text as of one moment; the roster is left out where it is too long."""

    verified: int
    others: int  # under other revisions and languages of the same statement
    as_of: datetime
    roster: Sequence[RosterGroup]
    listed: bool = True


@dataclass(frozen=True, slots=True)
class StatementPaper:
    """A whole statement. `signatures` is None for a text that takes none and has none."""

    kind: str
    kind_words: str
    call_number: tuple[str, ...]
    number: int
    language: str
    title: str
    ask: str
    html: str
    sha256: str
    permalink: str
    issuer: str
    place: str  # the chapter's state; empty for the nation
    head: Head | None
    addressee: Addressee
    published_on: date
    printed_at: datetime
    adoption: Adoption
    officers: tuple[SignedOfficer, ...]
    signatures: Signatures | None
    institutions: tuple[CoSigner, ...]
    sample: bool
    newest: int  # the number of the revision in force in this language
    ending: Ending | None

    @property
    def rows(self) -> int:
        """How many entries the roster has."""
        return sum(len(group.entries) for group in self.signatures.roster) if self.signatures else 0


@dataclass(frozen=True, slots=True)
class Clipping:
    """One page for the newspaper of a state. Every sentence on it follows from these figures."""

    state: str
    language: str
    chapter: str
    own: bool  # whether the text is the chapter's own, or the petition's, since the chapter has none
    kind_words: str
    text_language: str
    title: str
    lines: tuple[str, ...]
    addressee: str
    text_url: str
    petition_language: str
    petition: str
    petition_addressee: str
    verified: int
    nation: int
    as_of: datetime
    population: int
    address: str
    method_url: str
    sample: bool
