"""What may happen to a house: people sign, confirm, take back; reviewers decide; the worker works; time passes.

Most acts are called directly, some through their pages. The clock stands still between acts, so that the
very second at which a right ends can be tried.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from petition.errors import AlreadySigned, NotFound
from petition.ledger.models import Opening
from petition.mail.refusals import PermanentRefusal, TemporaryRefusal
from petition.review import comments, holding, invalidating, restoring, withdrawing
from petition.review.deciding import StandsOtherwise
from petition.review.invalidating import REASONS
from petition.signatures import choosing, confirmation, links, signing, withdrawal
from petition.signatures.models import SIGNED, Reason, Signature
from petition.signatures.signing import Typed
from petition.statements.models import NOTICE, TEXT, Revision, Statement
from petition.text.addresses import canonical
from tests import slips
from tests.agreement import ADDRESSES, NO_USER, SECOND, TYPED, Held, as_bytes, stopped, words
from tests.slips import Slip

SPANS: Final = [timedelta(minutes=1), timedelta(minutes=4), timedelta(hours=5), *map(timedelta, (1, 2, 5))]
picks = st.integers(0, 11)
#: What a reviewer may decide; looked up when it is decided, since a planted fault may stand there.
DECISIONS: Final[dict[str, Callable[[Session, datetime, Signature, Reason, str], None]]] = {
    "hold": lambda session, now, it, _, note: holding.hold(session, now, it, note, None),
    "release": lambda session, now, it, _, note: holding.release(session, now, it, note, None),
    "invalidate": lambda session, now, it, why, note: invalidating.invalidate(session, now, it, why, note, None),
    "restore": lambda session, now, it, _, note: restoring.restore(session, now, it, note, None),
    "withdraw": lambda session, now, it, _, note: withdrawing.withdraw(session, now, it, note, None),
    "approved": lambda session, now, it, _, _note: comments.approve(session, now, it, None),
    "refused": lambda session, now, it, _, _note: comments.disapprove(session, now, it, None),
}
doors = st.sampled_from(["act", "act", "act", "page"])


class Rules(Held):
    """What may happen, in any order."""

    @initialize(settled=st.lists(st.tuples(st.sampled_from(ADDRESSES), st.booleans()), max_size=1))
    def begin(self, settled: list[tuple[tuple[str, str], bool]]) -> None:
        """Some have signed before we look."""
        for who, letter in settled:
            self.sign_and_confirm(who, letter)

    @rule(who=st.sampled_from(ADDRESSES), letter=st.booleans())
    def sign_and_confirm(self, who: tuple[str, str], letter: bool) -> None:
        """The usual way of it, in one step, for all that can follow."""
        self.sign(who, letter, older=False, shown=True, door="act")
        self.work()
        newest = [token for token, slip in self.confirming.items() if slip is self.model.slips[-1]]
        if newest:
            self.confirm(list(self.confirming).index(newest[0]), "act")
            self.work()

    # --- What people do ---------------------------------------------------------------------------

    @rule(who=st.sampled_from(ADDRESSES), letter=st.booleans(), older=st.booleans(), shown=st.booleans(), door=doors)
    def sign(self, who: tuple[str, str], letter: bool, older: bool, shown: bool, door: str) -> None:
        mailbox, address = who
        slug, mark = ("letter" if letter else "ebooksforall"), words(len(self.typed))
        typed = {"name": f"Ada {mark}a", "city": f"Port {mark}b", "state": "NE" if letter else "VT",
                 "affiliation": f"{mark}c", "comment": f"{mark}d"}  # fmt: skip
        with self.acting() as session:
            texts = self._revisions(session, slug, TEXT)
            revision = texts[0] if older and door == "act" else texts[-1]
            number = revision.id
            if door == "act":
                local, domain = address.split("@")
                given = Typed(address=address, mailbox=canonical(local, domain), show_name=shown, **typed)
                seen = f"{texts[-1].sha256}.{self._revisions(session, slug, NOTICE)[-1].sha256}"
                made = signing.sign(
                    session.connection(), self.house.keys, slug, seen, given, language="en", now=self.now
                )
                # As if they had signed before the newest text came.
                session.execute(update(Signature).where(Signature.id == made.id).values(revision_id=number))
        if door == "page":
            more = {"show_name": "1"} if shown else {}
            assert self.house.sign(None, slug, email=address, **typed, **more).status_code == 303
        with self.house.reading() as session:
            row = session.scalars(select(Signature).order_by(Signature.id.desc()).limit(1)).one()
        slip = Slip(slug, number, mailbox, typed["name"], typed["state"], shown, self.now)
        assert row.id not in self.rows, "a row's number is given out once"
        assert row.address is not None
        self.rows[row.id] = slip
        self.typed[slip] = [said for said in typed.values() if mark in said] + [row.address]
        self.model.slips.append(slip)
        if self.model.is_paused(mailbox, self.now):
            self.excused.add(slip)

    def _revisions(self, session: Session, slug: str, role: str) -> list[Revision]:
        which = (Statement.slug == slug, Revision.role == role, Revision.language == "en")
        return list(session.scalars(select(Revision).join(Statement).where(*which).order_by(Revision.number)))

    @precondition(lambda self: self.confirming)
    @rule(pick=picks, door=doors)
    def confirm(self, pick: int, door: str) -> None:
        token, slip = self.picked(self.confirming, pick)
        if door == "page":
            outcome = {303: "done", 404: "gone", 410: "expired"}[self.press("confirm", f"/confirm/{token}")]
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
        code, slip = self.picked(self.codes, pick)
        self._type_code(whose or slip.mailbox, code, slip, door)

    @precondition(lambda self: self.rows)
    @rule(mailbox=st.sampled_from([*TYPED]), times=st.sampled_from([1, 1, 5]))
    def type_a_wrong_code(self, mailbox: str, times: int) -> None:
        for _ in range(times):
            self._type_code(mailbox, "0000-000U", None, "act")

    def _type_code(self, mailbox: str, code: str, slip: Slip | None, door: str) -> None:
        address = TYPED[mailbox][-1]
        if door == "page":
            answer = self.press("code", "/confirm", email=address, code=code)
            outcome = {303: "done", 422: "wrong"}[answer]
        else:
            with self.acting() as session:
                hashed = self.hashed(mailbox)
                result = confirmation.confirm_by_code(session, self.house.keys, hashed, code, self.now)
            outcome = result[1].value if isinstance(result, tuple) else "wrong"
        expected = self.model.confirm_by_code(mailbox, slip, self.now)
        assert outcome == expected or (outcome == "done" and expected in ("verified", "already"))

    @precondition(lambda self: self.rows)
    @rule(pick=picks, times=st.integers(1, 3))
    def ask_for_the_email_again(self, pick: int, times: int) -> None:
        number, _ = self.picked(self.rows, pick)
        for _each in range(times):
            with self.acting() as session:
                signature = session.get(Signature, number)
                if signature is not None and signature.mailbox is not None:
                    signing.owe_letter_again(session, signature, now=self.now)

    @precondition(lambda self: self.confirming)
    @rule(pick=picks)
    def say_not_me(self, pick: int) -> None:
        token, slip = self.picked(self.confirming, pick)
        pressed = self.press("confirm", f"/confirm/{token}/not-me")
        assert pressed == (404 if slip.status == "gone" else 303)
        if self.model.disown(slip, self.now):
            self.excused |= {each for each in self.model.slips if each.mailbox == slip.mailbox}
            self.assert_forgotten()

    @precondition(lambda self: self.lifting and self.model.paused)
    @rule(pick=picks)
    def lift_the_pause(self, pick: int) -> None:
        token, mailbox = self.picked(self.lifting, pick)
        pressed = self.press("lift", f"/lift/{token}")
        assert pressed == 303 or (pressed == 404 and not self.model.is_paused(mailbox, self.now))
        if pressed == 303:
            self.model.lift(mailbox, self.now)

    @precondition(lambda self: self.private)
    @rule(pick=picks, door=doors)
    def withdraw(self, pick: int, door: str) -> None:
        token, slip = self.picked(self.private, pick)
        if door == "page":
            assert self.press("private", f"/signature/{token}/withdraw") == 303
            self.model.withdraw(slip, self.now)
            return
        with self.acting() as session:
            withdrawn = withdrawal.withdraw(session, links.open_signature(session, links.PAGE, token), self.now)
        assert withdrawn == self.model.withdraw(slip, self.now)

    @precondition(lambda self: any(slip.stands == "withdrawn" for slip in self.private.values()))
    @rule(pick=picks)
    def undo(self, pick: int) -> None:
        token, slip = self.picked(self.private, pick, "withdrawn")
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
        token, slip = self.picked(self.private, pick)
        with self.acting() as session:
            signature = links.open_signature(session, links.PAGE, token)
            choosing.choose_shown(signature, shown)
            choosing.choose_withheld(signature, withheld)
        slip.shown, slip.withheld = shown, withheld

    @precondition(lambda self: self.model.turns)
    @rule(pick=picks, decision=st.sampled_from([*DECISIONS]), reason=st.sampled_from(REASONS))
    def review(self, pick: int, decision: str, reason: Reason = Reason.OTHER) -> None:
        """A reviewer decides about what was confirmed, and makes a note that names somebody."""
        number, slip = self.picked(self.rows, pick, *SIGNED, "withdrawn")
        note = f"Ask {words(len(self.typed[slip]))}{number}e"
        with self.acting() as session:
            signature = session.get_one(Signature, number)
            try:
                DECISIONS[decision](session, self.now, signature, reason, note)
                decided = True
            except StandsOtherwise:
                decided = False
        assert decided == self.model.review(slip, decision, reason, self.now)
        self.typed[slip].append(note)

    # --- What time and the worker do --------------------------------------------------------------

    @precondition(lambda self: self.rows)
    @rule(span=st.sampled_from(SPANS))
    def let_time_pass(self, span: timedelta) -> None:
        stopped.moment += span

    @precondition(lambda self: self.rows)
    @rule(pick=picks, early=st.integers(0, 2))
    def wait_until_something_ends(self, pick: int, early: int) -> None:
        """The next act comes at the very second, or just before or after."""
        ends = sorted({end for end in self._ends() if end > self.now})
        if ends:
            stopped.moment = max(self.now, ends[pick % len(ends)] - early * SECOND)

    def _ends(self) -> Iterator[datetime]:
        for slip in self.model.slips:
            yield slip.signed_at + slips.NEVER_ASKED
            if slip.asked_at and slip.expires_at:
                yield from (slip.expires_at, slip.asked_at + slips.CODE_LIFE, slip.asked_at + slips.REMIND_AFTER)
            if slip.withdrawn_at:
                yield slip.withdrawn_at + slips.UNDO
        yield from self.model.paused.values()
        yield from (since + slips.DAY for since, _ in self.model.wrong.values())
        for _, _, at in self.model.asked:
            yield from (at + slips.APART, at + slips.DAY)

    @precondition(lambda self: self.model.numbered < len(self.model.turns))
    @rule()
    def register(self) -> None:
        self.tick()
        self.house.register()
        self.model.register()

    @precondition(lambda self: self.rows)
    @rule(answers=st.lists(st.sampled_from(["", "later", "never"]), max_size=2))
    def work(self, answers: Iterable[str] = ()) -> None:
        self.tick()
        said = {"later": TemporaryRefusal("Busy."), "never": PermanentRefusal(NO_USER, "recipient")}
        self.post.answers = [said[answer] for answer in answers if answer]
        self.house.work(self.post)
        self.post.answers = []
        self.model.register()
        self.receive()
        self.agree_in_public()

    @precondition(lambda self: any(slip.asked_at is None for slip in self.rows.values()))
    @rule()
    def lose_what_was_handed_out(self) -> None:
        self.tick()
        self.house.dispatch()

    def salts(self) -> set[bytes]:
        """Every salt that still opens something."""
        return {salt for row in self.house.rows(Opening) for salt in (row.name, row.place, row.mailbox)}

    @precondition(lambda self: self.rows)
    @rule()
    def sweep(self) -> None:
        self.tick()
        before = self.salts()
        assert self.house.sweep() == self.model.sweep(self.now)
        self.assert_forgotten()
        if self.house.config.sqlite:
            left = b"".join(path.read_bytes() for path in self.house.config.data_dir.glob("petition.db*"))
            gone = before - self.salts()
            assert not [salt for salt in gone if salt in left]
            assert not [secret for secret in self.forgotten() if as_bytes(secret) in left]
