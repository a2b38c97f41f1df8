"""A house held to the model: whatever people, the worker and time do, in whatever order, both must agree.

The machine does to a real house what hypothesis thinks of, and the same to `Model`; after each step it
compares. Most acts are called directly, some through their pages; the clock stands still between steps, so
that the very second at which a right ends can be tried.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any, ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from petition import tokens
from petition.db import Row
from petition.errors import AlreadySigned, NotFound
from petition.jobs import State
from petition.ledger.models import Entry, Head, Opening, Tally
from petition.mail import mailboxes
from petition.mail.mailboxes import Mailbox
from petition.mail.outbox import Email
from petition.mail.refusals import PermanentRefusal, TemporaryRefusal
from petition.pages.figures import shown_names
from petition.signatures import choosing, confirmation, disowning, links, signing, withdrawal
from petition.signatures.models import Change, Link, Signature, WrongCodes
from petition.signatures.signing import Typed
from petition.statements.models import NOTICE, TEXT, Revision, Statement
from petition.statements.reading import Published
from petition.text.addresses import canonical
from tests import model
from tests.arriving import Mail
from tests.ground import House
from tests.model import Model, Slip

START: Final = datetime(2030, 12, 30, 23, 40, tzinfo=UTC)  # days, and a year, end while we look on
SECOND: Final = timedelta(seconds=1)
SPANS: Final = [timedelta(minutes=1), timedelta(minutes=4), timedelta(hours=5), *map(timedelta, (1, 2, 5))]
#: Mailboxes, each with every way in which its address is typed.
TYPED: Final = {
    "ada": ("ada@patron.example", "Ada+petition@patron.example"),
    "books": ("adabooks@gmail.com", "a.da.books@googlemail.com"),
    "grace": ("grace@patron.example",),
}
ADDRESSES: Final = [(mailbox, address) for mailbox, typed in TYPED.items() for address in typed]
TELLING: Final = {
    "Your signature is confirmed": "verified",
    "Your signature is withdrawn": "withdrawn",
    "Your signature counts again": "verified",
}
LISTED: Final = 5  # in one e-mail
_MADE: Final = (Opening, Entry, Head, Tally, Change, Link, WrongCodes, Email, Mailbox, Signature)

picks = st.integers(0, 11)
doors = st.sampled_from(["act", "act", "page"])


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

    answers: list[Exception] = field(default_factory=list)
    taken: list[Mail] = field(default_factory=list)
    buried: list[Mail] = field(default_factory=list)

    def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        mail = Mail.read(message.as_bytes())
        assert mail.to == recipient
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, PermanentRefusal):
            self.buried.append(mail)
        if answer is not None:
            raise answer
        self.taken.append(mail)


def mailbox_of(address: str) -> str:
    """Which of our mailboxes an address belongs to."""
    return next(mailbox for mailbox, typed in ADDRESSES if typed == address)


def word(number: int) -> str:
    """A word that stands nowhere else, for the number-th form."""
    return "Xq" + "".join("bcdfghjklm"[int(digit)] for digit in f"{number:03}") + "qu"


class Rules(RuleBasedStateMachine):
    """What may happen, in any order. A subclass names the house it happens in."""

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
        self.confirming: dict[str, Slip] = {}
        self.codes: dict[str, Slip] = {}
        self.private: dict[str, Slip] = {}
        self.lifting: dict[str, str] = {}
        self.excused: set[str] = set()  # mailboxes that need not have heard of everything

    # --- What people do ---------------------------------------------------------------------------

    @rule(who=st.sampled_from(ADDRESSES), letter=st.booleans(), older=st.booleans(), shown=st.booleans(), door=doors)
    def sign(self, who: tuple[str, str], letter: bool, older: bool, shown: bool, door: str) -> None:
        mailbox, address = who
        slug, mark = ("letter" if letter else "ebooksforall"), word(len(self.typed))
        typed = {"name": f"Ada {mark}a", "city": f"Port {mark}b", "state": "NE" if letter else "VT",
                 "affiliation": f"{mark}c", "comment": f"{mark}d"}  # fmt: skip
        with self.acting() as session:
            texts = self._revisions(session, slug, TEXT)
            revision = texts[0] if older and door == "act" else texts[-1]
            if door == "act":
                local, domain = address.split("@")
                given = Typed(address=address, mailbox=canonical(local, domain), show_name=shown, **typed)
                statement = session.get_one(Statement, revision.statement_id)
                published = Published(statement, revision, self._revisions(session, slug, NOTICE)[-1])
                signing.sign(session, self.house.keys, published, given, language="en", now=self.now)
        if door == "page":
            more = {"show_name": "1"} if shown else {}
            assert self.house.sign(None, slug, email=address, **typed, **more).status_code == 303
        with self.house.reading() as session:
            row = session.scalars(select(Signature).order_by(Signature.id.desc()).limit(1)).one()
        slip = Slip(slug, revision.id, mailbox, typed["name"], typed["state"], shown, self.now)
        assert row.id not in self.rows, "a row's number is given out once"
        assert row.address is not None
        self.rows[row.id] = slip
        self.typed[slip] = [*typed.values(), row.address]
        self.model.slips.append(slip)
        if self.model.is_paused(mailbox, self.now):
            self.excused.add(mailbox)

    def _revisions(self, session: Session, slug: str, role: str) -> list[Revision]:
        which = (Statement.slug == slug, Revision.role == role, Revision.language == "en")
        return list(session.scalars(select(Revision).join(Statement).where(*which).order_by(Revision.number)))

    @precondition(lambda self: self.confirming)
    @rule(pick=picks, door=doors)
    def confirm(self, pick: int, door: str) -> None:
        token, slip = self._picked(self.confirming, pick)
        if door == "page":
            self._tick()
            outcome = {303: "done", 404: "gone", 410: "expired"}[self._press("confirm", f"/confirm/{token}")]
        else:
            outcome = self._confirm(token)
        expected = "gone" if slip.status == "gone" else self.model.confirm(slip, self.now)
        assert outcome == expected or (outcome == "done" and expected in ("verified", "already"))

    def _confirm(self, token: str) -> str:
        with self.acting() as session:
            try:
                signature = links.open_signature(session, links.CONFIRM, token)
                return confirmation.confirm(session, signature, method="link", now=self.now).value
            except confirmation.Expired:
                return "expired"
            except links.UnknownLink:
                return "gone"

    @precondition(lambda self: self.codes)
    @rule(pick=picks, whose=st.sampled_from([None, None, None, *TYPED]), door=doors)
    def confirm_by_code(self, pick: int, whose: str | None, door: str) -> None:
        code, slip = self._picked(self.codes, pick)
        self._type_code(whose or slip.mailbox, code, slip, door)

    @rule(mailbox=st.sampled_from([*TYPED]), times=st.integers(1, 6))
    def type_a_wrong_code(self, mailbox: str, times: int) -> None:
        for _ in range(times):
            self._type_code(mailbox, "0000-000U", None, "act")

    def _type_code(self, mailbox: str, code: str, slip: Slip | None, door: str) -> None:
        address = TYPED[mailbox][-1]
        if door == "page":
            self._tick()
            answer = self._press("code", "/confirm", email=address, code=code)
            outcome = {303: "done", 422: "wrong"}[answer]
        else:
            with self.acting() as session:
                hashed = self._hash(mailbox)
                result = confirmation.confirm_by_code(session, self.house.keys, hashed, code, self.now)
            outcome = result[1].value if isinstance(result, tuple) else "wrong"
        expected = self.model.confirm_by_code(mailbox, slip, self.now)
        assert outcome == expected or (outcome == "done" and expected in ("verified", "already"))

    @precondition(lambda self: self.rows)
    @rule(pick=picks, times=st.integers(1, 3))
    def ask_for_the_email_again(self, pick: int, times: int) -> None:
        number, _ = self._picked(self.rows, pick)
        for _each in range(times):
            with self.acting() as session:
                signature = session.get(Signature, number)
                if signature is not None and signature.mailbox is not None:
                    signing.owe_letter_again(session, signature, now=self.now)

    @precondition(lambda self: self.confirming)
    @rule(pick=picks)
    def say_not_me(self, pick: int) -> None:
        token, slip = self._picked(self.confirming, pick)
        self._tick()
        pressed = self._press("confirm", f"/confirm/{token}/not-me")
        assert pressed == (404 if slip.status == "gone" else 303)
        if self.model.disown(slip, self.now):
            self.excused.add(slip.mailbox)
            self._assert_forgotten()

    @precondition(lambda self: self.lifting)
    @rule(pick=picks)
    def lift_the_pause(self, pick: int) -> None:
        token, mailbox = self._picked(self.lifting, pick)
        self._tick()
        pressed = self._press("lift", f"/lift/{token}")
        assert pressed == 303 or (pressed == 404 and not self.model.is_paused(mailbox, self.now))
        if pressed == 303:
            self.model.lift(mailbox, self.now)

    @precondition(lambda self: self.private)
    @rule(pick=picks, door=doors)
    def withdraw(self, pick: int, door: str) -> None:
        token, slip = self._picked(self.private, pick)
        if door == "page":
            self._tick()
            assert self._press("private", f"/signature/{token}/withdraw") == 303
            self.model.withdraw(slip, self.now)
            return
        with self.acting() as session:
            withdrawn = withdrawal.withdraw(session, links.open_signature(session, links.PAGE, token), self.now)
        assert withdrawn == self.model.withdraw(slip, self.now)

    @precondition(lambda self: any(slip.status == "withdrawn" for slip in self.private.values()))
    @rule(pick=picks)
    def undo(self, pick: int) -> None:
        token, slip = self._picked(self._those(self.private, "withdrawn"), pick)
        with self.acting() as session:
            try:
                undone = withdrawal.undo(session, links.open_signature(session, links.PAGE, token), self.now)
                outcome = "restored" if undone else "stands"
            except AlreadySigned:
                outcome = "signed anew"
            except NotFound:
                outcome = "nothing to undo"
        assert outcome == self.model.undo(slip, self.now)

    @precondition(lambda self: self.private)
    @rule(pick=picks, shown=st.booleans(), withheld=st.booleans())
    def choose(self, pick: int, shown: bool, withheld: bool) -> None:
        token, slip = self._picked(self.private, pick)
        with self.acting() as session:
            signature = links.open_signature(session, links.PAGE, token)
            choosing.choose_shown(signature, shown)
            choosing.choose_withheld(signature, withheld)
        slip.shown, slip.withheld = shown, withheld

    @precondition(lambda self: any(slip.status in ("verified", "invalidated") for slip in self.rows.values()))
    @rule(pick=picks)
    def review(self, pick: int) -> None:
        """As review will do it: the status, the reason, and the change that the registrar enters."""
        number, slip = self._picked(self._those(self.rows, "verified", "invalidated"), pick)
        kind = "invalidated" if slip.status == "verified" else "restored"
        with self.acting() as session:
            signature = session.get_one(Signature, number)
            signature.status = "invalidated" if kind == "invalidated" else "verified"
            change = Change(signature_id=number, statement_id=signature.statement_id, kind=kind, reason="A reason.")
            change.at = self.now
            session.add(change)
        self.model.review(slip, self.now)

    # --- What time and the worker do --------------------------------------------------------------

    @rule(span=st.sampled_from(SPANS))
    def let_time_pass(self, span: timedelta) -> None:
        stopped.moment += span

    @rule(pick=picks, early=st.integers(0, 2))
    def wait_until_something_ends(self, pick: int, early: int) -> None:
        """The next act comes at the very second, or just before or after."""
        ends = sorted({end for end in self._ends() if end > self.now})
        if ends:
            stopped.moment = max(self.now, ends[pick % len(ends)] - early * SECOND)

    def _ends(self) -> Iterator[datetime]:
        for slip in self.model.slips:
            yield slip.signed_at + model.NEVER_ASKED
            if slip.asked_at and slip.expires_at:
                yield from (slip.expires_at, slip.asked_at + model.CODE_LIFE, slip.asked_at + model.REMIND_AFTER)
            if slip.withdrawn_at:
                yield slip.withdrawn_at + model.UNDO
        yield from self.model.paused.values()
        yield from (since + model.DAY for since, _ in self.model.wrong.values())
        for _, _, at in self.model.asked:
            yield from (at + model.APART, at + model.DAY)

    @rule()
    def register(self) -> None:
        self._tick()
        self.house.register()
        self.model.register()

    @rule(answers=st.lists(st.sampled_from(["", "later", "never"]), max_size=2))
    def work(self, answers: Iterable[str] = ()) -> None:
        self._tick()
        said = {"later": TemporaryRefusal("Busy."), "never": PermanentRefusal("No such user.", "recipient")}
        self.post.answers = [said[answer] for answer in answers if answer]
        self.house.work(self.post)
        self.post.answers = []
        self.model.register()
        self._receive()
        for slug in ("ebooksforall", "letter"):
            assert self.house.count(slug) == self.model.tallies(slug).get(("all", ""), 0)

    @rule()
    def lose_what_was_handed_out(self) -> None:
        self._tick()
        self.house.dispatch()

    @rule()
    def sweep(self) -> None:
        self._tick()
        before = {opening.salt for opening in self.house.rows(Opening)}
        assert self.house.sweep() == self.model.sweep(self.now)
        self._assert_forgotten()
        if self.house.config.sqlite:
            left = b"".join(path.read_bytes() for path in self.house.config.data_dir.glob("petition.db*"))
            gone = before - {opening.salt for opening in self.house.rows(Opening)}
            assert not [salt for salt in gone if salt in left]
            assert not [each for each in self._forgotten() if (each if isinstance(each, bytes) else each.encode()) in left]
