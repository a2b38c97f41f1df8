"""A real house beside the model: what was done to both, what the post brought, and whether they still agree."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import ClassVar, Final, TypeVar

import json
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from petition import tokens
from petition.jobs import State
from petition.ledger.models import Entry, Head, Opening, Tally
from petition.mail.mailboxes import Mailbox
from petition.mail.outbox import Email
from petition.mail.refusals import PermanentRefusal
from petition.pages.figures import shown_names
from petition.signatures.models import SIGNED, Change, Link, Signature, WrongCodes
from petition.statements.models import Statement
from tests.arriving import Mail
from tests.ground import House
from tests.model import Model, Slip
from petition.text.addresses import canonical

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
TELLING: Final = {
    "Your signature is confirmed": "verified",
    "Your signature is withdrawn": "withdrawn",
    "Your signature counts again": "verified",
}
LISTED: Final = 5  # in one e-mail
_MADE: Final = (Opening, Entry, Head, Tally, Change, Link, WrongCodes, Email, Mailbox, Signature)

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
    """Takes e-mails, or refuses them as it is told; what was refused for good it keeps apart."""

    answers: list[Exception | None] = field(default_factory=list)
    taken: list[Mail] = field(default_factory=list)
    buried: list[Mail] = field(default_factory=list)

    def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        """Take it, or raise the next answer."""
        mail = Mail.read(message.as_bytes())
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, PermanentRefusal):
            self.buried.append(mail)
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

    @initialize()
    def begin(self) -> None:
        stopped.moment = START
        with self.house.writing() as session:
            for table in _MADE:
                session.execute(delete(table))
        self.model, self.post = Model(), Post()
        self.rows: dict[int, Slip] = {}
        self.typed: dict[Slip, list[str | bytes]] = {}
        # What came by e-mail: links and codes.
        self.confirming: dict[str, Slip] = {}
        self.codes: dict[str, Slip] = {}
        self.private: dict[str, Slip] = {}
        self.lifting: dict[str, str] = {}
        self.excused: set[str] = set()  # mailboxes that need not have heard of everything

    # --- Doing ------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return stopped.moment

    def tick(self) -> None:
        """No two acts happen at the very same moment."""
        stopped.moment += SECOND

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
        found = [(key, slip) for key, slip in among.items() if not status or slip.status in status]
        return found[pick % len(found)]

    # --- What the post brought --------------------------------------------------------------------

    def receive(self) -> None:
        """Read what came, and see that it was due."""
        for mail in self.post.buried:
            self.excused.add(mailbox_of(mail.to))
        for mail in self.post.taken:
            (email,) = self.house.rows(Email, Email.id == int(mail.message["Message-ID"][1:].partition(".")[0]))
            assert email.subject_id is not None
            slip = self.rows[email.subject_id]
            assert mailbox_of(mail.to) == slip.mailbox
            if mail.subject in TELLING:
                assert slip.status == TELLING[mail.subject]
                self._know(self.private, mail.link("/signature/").rpartition("/")[2], slip)
            else:
                self._is_asked(mail, email, slip)
        self.post.taken, self.post.buried = [], []

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
        return same and each.status in ("verified", "invalidated")

    def _know(self, kept: dict[str, Slip], token: str, slip: Slip) -> None:
        assert kept.setdefault(token, slip) is slip, "what opens one signature opens no other"

    # --- Agreeing ---------------------------------------------------------------------------------

    @invariant()
    def agree(self) -> None:
        """Rows, changes, ledgers, counts and shown names are what the model says."""
        with self.house.reading() as session:
            found = list(session.scalars(select(Signature).order_by(Signature.id)))
            stands = {row.id: (row.status, row.show_name, row.withhold, row.erased_at is not None) for row in found}
            assert stands == {
                number: (slip.status, slip.shown, slip.withheld, slip.erased)
                for number, slip in self.rows.items()
                if slip.status != "gone"
            }
            signed = Counter((row.statement_id, row.mailbox) for row in found if row.status in SIGNED)
            assert set(signed.values()) <= {1}
            kinds = session.execute(select(Change.kind, Change.signature_id).order_by(Change.id)).all()
            assert [(kind, self.rows[number]) for kind, number in kinds] == [turn[:2] for turn in self.model.turns]
            for statement in session.scalars(select(Statement)):
                self._agree_on(session, statement)

    def _agree_on(self, session: Session, statement: Statement) -> None:
        entries = session.scalars(select(Entry).where(Entry.statement_id == statement.id).order_by(Entry.seq)).all()
        leaves = [json.loads(entry.leaf) for entry in entries]
        ledger = self.model.ledger(statement.slug)
        assert [(leaf["kind"], leaf["seq"], leaf["of"]) for leaf in leaves] == ledger
        tallies = session.scalars(select(Tally).where(Tally.statement_id == statement.id, Tally.verified != 0))
        expected = self.model.tallies(statement.slug)
        assert {(tally.facet, tally.part): tally.verified for tally in tallies} == expected
        head = session.get(Head, statement.id)
        assert (head.size, head.verified) if head else (0, 0) == (len(ledger), expected.get(("all", ""), 0))
        mine = [slip for _, slip, _ in self.model.turns[: self.model.numbered] if slip.statement == statement.slug]
        shown = {slip.name for slip in mine if slip.shown and slip.status == "verified"}
        assert {each["name"] for each in shown_names(session, statement)} == shown

    def assert_forgotten(self) -> None:
        """What was erased stands in no table any more, nor do the salts that would prove it."""
        dump = self.house.dump()
        said = repr(dump)
        forgotten = self.forgotten()
        assert not [secret for secret in forgotten if (secret if isinstance(secret, str) else repr(secret)) in said]
        kept = [slip for kind, slip, _ in self.model.turns[: self.model.numbered] if kind == "verified"]
        assert len(dump["opening"]) == 3 * len([slip for slip in kept if not slip.erased])

    def forgotten(self) -> list[str | bytes]:
        """Everything that was typed on forms that are erased."""
        return [secret for slip, typed in self.typed.items() if slip.erased for secret in typed]

    def teardown(self) -> None:
        """In the end every e-mail that was owed is sent or given up, and what nobody confirmed is forgotten."""
        if not hasattr(self, "model"):
            return
        for _ in range(8):
            stopped.moment += timedelta(days=1)
            self.house.work(self.post)
            self.model.register()
            self.receive()
        self.agree()
        assert not self.house.emails(Email.state == State.WAITING)
        ever = {(slip.mailbox, slip.statement) for _, slip, _ in self.model.turns}
        heard = [slip for slip in self.model.slips if slip.status == "pending" and slip.mailbox not in self.excused]
        assert all(slip.asked_at for slip in heard if (slip.mailbox, slip.statement) not in ever)
        for _ in range(2):
            stopped.moment += timedelta(days=45)
            assert self.house.sweep() == self.model.sweep(self.now)
            self.house.work(self.post)
            self.receive()
        self.agree()
        self.assert_forgotten()
        standing = {slip.mailbox for slip in self.model.slips if slip.status in ("verified", "invalidated")}
        said = repr(self.house.dump())
        assert not [mailbox for mailbox in TYPED if mailbox not in standing and repr(self.hashed(mailbox)) in said]
