"""Everything a packet says, as plain frozen values: the same contents always make the same packet.

Whoever freezes a packet fills these in from one checkpoint of the ledger; nothing here asks the database, and
every figure on a page comes from here or is a sum of what stands here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Protocol

from petition.packets.counts import Counts, Mailboxes, Networks, OnPaper, StateCount, WeekCount
from petition.packets.options import Options

Day = date  # a packet has a date of its own


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom the packet goes: the name as addressed, and the lines of the postal address below it."""

    name: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignedText:
    """One revision of the text, as sanitised HTML, and how many verified signatures stand under it."""

    number: int
    language: str
    sha256: str
    html: str
    verified: int
    published_on: date
    title: str = ""  # empty: the packet's


#: How a notice says, in each language, that whoever signs may be asked once whether they did.
_MAY_ASK: Final = {"en": "may ask once whether you signed", "es": "que le preguntemos una vez si firmó"}


@dataclass(frozen=True, slots=True)
class SeenNotice:
    """One revision of the notice above the button, and how many verified signatures were given below it."""

    number: int
    language: str
    sha256: str
    text: str
    verified: int

    @property
    def says_we_may_ask(self) -> bool:
        """Whether it is known to say so: a notice in other words makes us say less, never more."""
        return self.language in _MAY_ASK and _MAY_ASK[self.language] in " ".join(self.text.split())


@dataclass(frozen=True, slots=True)
class OfficerSigned:
    """An officer of the issuer who signed the text from a mailbox of their own."""

    name: str
    title: str
    day: date


@dataclass(frozen=True, slots=True)
class InstitutionSigned:
    """An institution that stands by the text: counted apart, never among the signatures."""

    name: str
    place: str
    officer: str
    title: str
    grounds: str


@dataclass(frozen=True, slots=True)
class Comment:
    """What a signatory wrote, approved to be printed by somebody who read it."""

    number: int
    name: str
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Since:
    """What a supplement adds to: then + added - gone = verified now; `gone` are numbers that no longer count."""

    copy: int
    as_of: datetime
    then: int
    added: int
    gone: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """Another statement of the campaign, with its own count of the same moment. Counts are never added."""

    call_number: tuple[str, ...]
    title: str
    issuer: str
    verified: int


@dataclass(frozen=True, slots=True)
class CampaignCount:
    """A campaign's statements, and in how many different mailboxes all their signatures were confirmed."""

    name: str
    mailboxes: int
    statements: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class SealFacts:
    """What the seal page says of the seal that is put on the file after it is printed.

    `fingerprint` is the SHA-256 of the sealing certificate; `known` whether readers can trace it to an authority.
    `ledger_key` is that under which checkpoints are read, as verifiers are given it.
    """

    sealer: str
    fingerprint: str
    known: bool
    ledger_key: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceFacts:
    """The file that opens the ledger's commitments, delivered beside the packet: its name and SHA-256."""

    name: str
    sha256: str
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """One verified signature: its ledger number, and the name, place and day as they are to be printed."""

    number: int
    name: str
    place: str
    day: date
    comment: str = ""  # what the signatory wrote, where it is to stand below the entry


class Entries(Protocol):
    """Entries in their order, counted. They may be read from disk each time, so nobody makes a list of them."""

    def __len__(self) -> int:
        """How many there are."""

    def __iter__(self) -> Iterator[RosterEntry]:
        """All of them, from the first."""


@dataclass(frozen=True, slots=True)
class RosterGroup:
    """The entries of one state, in the order in which they are to stand."""

    code: str
    name: str
    entries: Entries


#: Raised when the pages come to say something else. A copy that is printed again has the words that it was issued with.
WORDING: Final = 2


@dataclass(frozen=True, slots=True)
class PacketContents:
    """A whole packet. `texts` are newest first; `kind_words` is what the cover calls it ("A petition")."""

    call_number: tuple[str, ...]
    copy: int
    sample: bool
    title: str
    ask: str
    kind_words: str
    addressee: Addressee
    issuer: str
    date: date
    texts: tuple[SignedText, ...]
    count: Counts
    by_state: tuple[StateCount, ...]
    ledger_size: int
    ledger_root_hex: str
    notice_text: str
    notice_sha256: str
    verify_url: str
    roster: Sequence[RosterGroup]
    checkpoint: str = ""  # the signed note, to the letter
    notices: tuple[SeenNotice, ...] = ()  # the most seen first; empty: it was made before they were counted
    nonces: tuple[str, ...] = ()  # SHA-256 of each, in hexadecimal
    annex: tuple[bytes, ...] = ()  # PNGs of the pages that the issuer handed in with its text
    options: Options = field(default_factory=Options)
    growth: tuple[WeekCount, ...] = ()
    by_mailbox: Mailboxes | None = None
    by_network: Networks | None = None  # None: it was made before networks were counted
    officers: tuple[OfficerSigned, ...] = ()
    institutions: tuple[InstitutionSigned, ...] = ()
    # None: it was made before their numbers were kept, and those that are named are counted.
    officers_counted: int | None = None
    institutions_counted: int | None = None
    paper: tuple[OnPaper, ...] | None = None  # None: it was made before signatures on paper were noted
    comments: tuple[Comment, ...] = ()
    comments_approved: int = 0  # there may be more than are printed
    since: Since | None = None
    campaign: CampaignCount | None = None
    seal: SealFacts | None = None
    evidence: EvidenceFacts | None = None
    ask_until: Day | None = None  # the last day on which the recipient can ask for a sample audit
    wording: int = WORDING

    def __post_init__(self) -> None:
        if not self.texts:
            raise ValueError("a packet needs the text that was signed")

    @property
    def signed_texts(self) -> tuple[SignedText, ...]:
        """Those of the texts under which verified signatures stand."""
        return tuple(text for text in self.texts if text.verified)

    @property
    def unsigned(self) -> SignedText | None:
        """The text in force, where no verified signature stands under it; None for packets of the earlier wording."""
        return self.texts[0] if self.wording > 1 and not self.texts[0].verified else None

    @property
    def signed_title(self) -> str:
        """By which title to say what was signed: the packet's, unless only texts of other titles were signed."""
        most_first = sorted(self.signed_texts, key=lambda text: -text.verified)
        titles = [text.title or self.title for text in most_first]
        return self.title if self.title in titles or not titles or self.wording == 1 else titles[0]

    @property
    def signed_by_one_title(self) -> bool:
        """Whether every text that was signed has the same title, so that all signatures stand under it."""
        return self.wording == 1 or len({text.title or self.title for text in self.signed_texts}) < 2

    @property
    def institutions_number(self) -> int:
        """How many institutions stood by the text, whether or not this packet names them."""
        return len(self.institutions) if self.institutions_counted is None else self.institutions_counted

    @property
    def all_told_we_may_ask(self) -> bool:
        """Whether every signatory who counts was told so above the button, as far as the packet's row can say."""
        return all(notice.says_we_may_ask for notice in self.notices)

    @property
    def rows(self) -> int:
        """How many entries the roster has."""
        return sum(len(group.entries) for group in self.roster)

    @property
    def site(self) -> str:
        """The address of our pages, without a path."""
        return "/".join(self.verify_url.split("/")[:3])

    @property
    def proof(self) -> bool:
        """Whether this is only for reading before a packet is made."""
        return self.options.proof
