"""A real house beside the model: what was done to both, what the post brought, and whether they still agree."""

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import ClassVar, Final, TypeVar

from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from petition import tokens
from petition.jobs import State
from petition.ledger import adding_up, counting
from petition.ledger.models import Arrival, Entry, Head, Opening, Tally, Tile
from petition.mail.mailboxes import Mailbox
from petition.mail.outbox import Email
from petition.packets import freezing
from petition.pages.figures import shown_names
from petition.review.models import Note
from petition.signatures.models import SIGNED, Change, Link, Signature, Word, WrongCodes
from petition.statements.models import Statement
from petition.statements.reading import published
from petition.text.addresses import canonical
from tests.arriving import Mail
from tests.ground import House
from tests.model import Model
from tests.slips import SAID, TELLING, Slip

START: Final = datetime(2030, 12, 30, 23, 40, tzinfo=UTC)  # days, and a year, end while we look on
SECOND: Final = timedelta(seconds=1)
#: Mailboxes, each with every way in which its address is typed.
TYPED: Final = {
    "ada": ("ada@patron.example", "Ada+petition@patron.example"),
    "books": ("adabooks@gmail.com", "a.da.books@googlemail.com"),
    "grace": ("grace@patron.example",),
}
ADDRESSES: Final = [(mailbox, address) for mailbox, typed in TYPED.items() for address in typed]
SLUGS: Final = ("ebooksforall", "letter")
NO_USER: Final = "No such user."
LISTED: Final = 5  # in one e-mail
_MADE: Final = (
    Note, Word, Opening, Entry, Tile, Head, Tally, Arrival, Change, Link, WrongCodes, Email, Mailbox, Signature
)  # fmt: skip

_FROM_ONE: Final = {
    "sqlite": "DELETE FROM sqlite_sequence WHERE name = '{}'",
    "postgresql": "ALTER SEQUENCE {}_id_seq RESTART",
}

K = TypeVar("K")


class Stopped:
    """A clock that stands still until it is told to go on."""

    moment = START

    def now(self) -> datetime:
        """The moment it shows."""
        return self.moment


stopped: Final = Stopped()


@dataclass
class Post:
    """Takes e-mails, or refuses them as it is told."""

    answers: list[Exception | None] = field(default_factory=list)
    taken: list[Mail] = field(default_factory=list)

    def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        """Take it, or raise the next answer."""
        mail = Mail.read(message.as_bytes())
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        self.taken.append(mail)


def mailbox_of(address: str) -> str:
    """Which of our mailboxes an address belongs to."""
    return next(mailbox for mailbox, typed in ADDRESSES if typed == address)


def words(number: int) -> str:
    """A word that stands nowhere else, for what the number-th person types."""
    return "Xq" + "".join("bcdfghjklm"[int(digit)] for digit in f"{number:03}") + "qu"


def as_bytes(secret: str | bytes) -> bytes:
    """What a file would hold of it."""
    return secret.encode() if isinstance(secret, str) else secret


class Held(RuleBasedStateMachine):
    """A house that is held to the model. `Rules` says what may happen to it; a subclass of that, which house it is."""

    house: ClassVar[House]

    def __init__(self) -> None:
        super().__init__()
        stopped.moment = START
        with self.house.writing() as session:
            for table in _MADE:
                session.execute(delete(table))
            for table in (Signature, Email):
                session.execute(text(_FROM_ONE[session.get_bind().dialect.name].format(table.__tablename__)))
            self.statements = {statement.id: statement.slug for statement in session.scalars(select(Statement))}
        self.model, self.post, self.touched = Model(), Post(), True
        self.rows: dict[int, Slip] = {}
        self.typed: dict[Slip, list[str | bytes]] = {}
        # What came by e-mail: links and codes.
        self.confirming: dict[str, Slip] = {}
        self.codes: dict[str, Slip] = {}
        self.private: dict[str, Slip] = {}
        self.lifting: dict[str, str] = {}
        self.excused: set[Slip] = set()  # of which their mailbox need not have heard

    # --- Doing ------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return stopped.moment

    def tick(self) -> None:
        """No two acts happen at the very same moment."""
        stopped.moment += SECOND
        self.touched = True

    @contextmanager
    def acting(self) -> Iterator[Session]:
        """One act, called directly."""
        self.tick()
        with self.house.writing() as session:
            yield session

    def press(self, purpose: str, path: str, **typed: str) -> int:
        """One act through its page: the form to `path` is sent; returns the status."""
        self.tick()
        token = tokens.form(self.house.keys, purpose, self.now)
        return self.house.client().post(path, data={"csrf_token": token, **typed}).status_code

    def hashed(self, mailbox: str) -> bytes:
        """The hash by which the house knows a mailbox."""
        local, domain = TYPED[mailbox][0].split("@")
        return self.house.mailbox(canonical(local, domain))

    def picked(self, among: Mapping[K, Slip], pick: int, *status: str) -> tuple[K, Slip]:
        """One of them, or one of those that stand so."""
        found = [(key, slip) for key, slip in among.items() if not status or slip.stands in status]
        return found[pick % len(found)]

    # --- What the post brought --------------------------------------------------------------------

    def receive(self) -> None:
        """Read what came, and see that it was due."""
        for dead in self.house.emails(Email.state == State.DEAD):
            assert dead.error == NO_USER or dead.until - timedelta(hours=1) <= self.now, "given up too early"
            if dead.subject_id in self.rows:
                self.excused.add(self.rows[dead.subject_id])
        for mail in self.post.taken:
            (email,) = self.house.rows(Email, Email.id == int(mail.message["Message-ID"][1:].partition(".")[0]))
            assert email.subject_id is not None
            slip = self.rows[email.subject_id]
            assert mailbox_of(mail.to) == slip.mailbox
            if mail.subject in TELLING:
                assert slip.stands == TELLING[mail.subject]
                self._know(self.private, mail.link("/signature/").rpartition("/")[2], slip)
            else:
                self._is_asked(mail, email, slip)
        self.post.taken = []

    def _is_asked(self, mail: Mail, email: Email, slip: Slip) -> None:
        assert self.model.may_ask(slip.mailbox, slip.statement, self.now), "beyond the caps, or in a pause"
        waiting = self.model.waiting(slip.mailbox, self.now)
        listed = [self.rows[number] for number in email.about or []]
        if not listed:
            (signed,) = [each for each in self.model.slips if self._signed_instead(each, slip)]
            self._know(self.private, mail.link("/signature/").rpartition("/")[2], signed)
        else:
            assert slip in listed
            assert set(listed) <= set(waiting)
            assert len(listed) == min(LISTED, len(waiting))
            opening = [link.rpartition("/")[2] for link in mail.links if "/confirm/" in link]
            for token, code, each in zip(opening, mail.codes, listed, strict=True):
                assert each.name in mail.text
                self._know(self.confirming, token, each)
                self._know(self.codes, code, each)
            if len(listed) == 1:
                self.lifting[mail.link("/lift/").rpartition("/")[2]] = slip.mailbox
        self.model.ask(slip.mailbox, slip.statement, listed, self.now)

    def _signed_instead(self, each: Slip, slip: Slip) -> bool:
        same = (each.mailbox, each.statement) == (slip.mailbox, slip.statement)
        return same and each.status in SIGNED

    def _know(self, kept: dict[str, Slip], token: str, slip: Slip) -> None:
        assert kept.setdefault(token, slip) is slip, "what opens one signature opens no other"

    # --- Agreeing ---------------------------------------------------------------------------------

    @invariant()
    def agree(self) -> None:
        """Rows, changes, ledgers and counts are what the model says."""
        if not self.touched:
            return
        self.touched = False
        with self.house.reading() as session:
            columns = ("id", "erased_at", "statement_id", "mailbox", *(column for column, _ in SAID))
            found = session.execute(select(*(getattr(Signature, name) for name in columns))).all()
            rows = {row.id: [row.erased_at is not None, *(getattr(row, column) for column, _ in SAID)] for row in found}
            assert rows == {
                number: [slip.erased, *(getattr(slip, name) for _, name in SAID)]
                for number, slip in self.rows.items()
                if slip.status != "gone"
            }
            signed = Counter((row.statement_id, row.mailbox) for row in found if row.status in SIGNED)
            assert set(signed.values()) <= {1}
            changes = session.execute(select(Change.kind, Change.signature_id).order_by(Change.id))
            turns = [(turn.kind, turn.slip) for turn in self.model.turns]
            assert [(kind, self.rows[number]) for kind, number in changes] == turns
            entries = session.execute(select(Entry.statement_id, Entry.leaf).order_by(Entry.seq)).all()
            tallies = session.execute(select(Tally.statement_id, Tally.facet, Tally.part, Tally.verified)).all()
            heads = {head.statement_id: (head.size, head.verified) for head in session.scalars(select(Head))}
        for number, slug in self.statements.items():
            ledger, expected = self.model.ledger(slug), self.model.tallies(slug)
            leaves = [json.loads(leaf) for statement, leaf in entries if statement == number]
            assert [(leaf["kind"], leaf["seq"], leaf["of"], leaf["reason"]) for leaf in leaves] == ledger
            assert {(facet, part): count for of, facet, part, count in tallies if of == number and count} == expected
            assert heads.get(number, (0, 0)) == (len(ledger), expected.get(("all", ""), 0))

    def agree_in_public(self) -> None:
        """What the site shows of each statement is what the model says."""
        with self.house.reading() as session:
            for statement in session.scalars(select(Statement)):
                mine = [turn.slip for turn in self.model.turns if turn.slip.statement == statement.slug]
                shown = {slip.name for slip in mine if slip.shown and slip.status == "verified"}
                assert {each["name"] for each in shown_names(session, statement)} == shown
        slug = SLUGS[len(self.rows) % 2]
        assert self.house.count(slug) == self.model.tallies(slug).get(("all", ""), 0)

    def agree_in_print(self) -> None:
        """What a packet says of each statement is what the model says, and every ledger adds up."""
        with tempfile.TemporaryDirectory() as folder, self.house.reading() as session:
            assert list(adding_up.faults(session)) == []
            for slug in SLUGS:
                shown = published(session, slug, "en")
                _, packet = freezing.freeze(session, shown, Path(folder), sample=True, now=self.now)
                printed = [entry.number for group in packet.roster for entry in group.entries]
                assert sorted(printed) == self.model.roster(slug)
                assert packet.count.held == 0, "what was entered before it was held is among the invalidated"
                assert counting.by_reason(session, shown.statement) == self.model.reasons(slug)

    def assert_forgotten(self, *mailboxes: str) -> None:
        """What was erased stands in no table any more, nor do the salts that would prove it, nor these mailboxes."""
        dump = self.house.dump()
        said = repr(dump)
        hashes = [self.hashed(mailbox) for mailbox in mailboxes]
        for secret in [*self.forgotten(), *hashes]:
            assert (secret if isinstance(secret, str) else repr(secret)) not in said
        entered = [turn for turn in self.model.turns[: self.model.numbered] if turn.kind == "verified"]
        assert len(dump["opening"]) == len([turn for turn in entered if not turn.slip.erased])

    def forgotten(self) -> list[str | bytes]:
        """Everything that was typed on forms that are erased."""
        return [secret for slip, typed in self.typed.items() if slip.erased for secret in typed]

    def teardown(self) -> None:
        """In the end every e-mail that was owed is sent or given up, and what nobody stands by is forgotten."""
        if not self.rows or sys.exc_info()[0] is not None:
            return
        for _ in range(9):
            self._a_day_later()
            if not self.house.emails(Email.state == State.WAITING):
                break
        assert not self.house.emails(Email.state == State.WAITING)
        ever = {(turn.slip.mailbox, turn.slip.statement) for turn in self.model.turns}
        heard = [slip for slip in self.model.slips if slip.status == "pending" and slip not in self.excused]
        assert all(slip.asked_at for slip in heard if (slip.mailbox, slip.statement) not in ever)
        for _ in range(2):
            stopped.moment += timedelta(days=44)
            assert self.house.sweep() == self.model.sweep(self.now)
            self._a_day_later()
        self.touched = True
        self.agree()
        self.agree_in_print()
        standing = {slip.mailbox for slip in self.model.slips if slip.status in SIGNED}
        self.assert_forgotten(*(mailbox for mailbox in TYPED if mailbox not in standing))

    def _a_day_later(self) -> None:
        stopped.moment += timedelta(days=1)
        self.house.work(self.post)
        self.model.register()
        self.receive()
