"""Planted faults: each breaks one rule of signing in one place. The machine must notice every one of them.

Whoever adds a rule to the model adds the fault here that would break it.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from sqlalchemy import ColumnElement, delete
from sqlalchemy.orm import Session

from petition.errors import AlreadySigned
from petition.ledger import forgetting, registering
from petition.mail import mailboxes, outbox
from petition.mail.outbox import Email
from petition.signatures import confirmation, disowning, ending, letters, withdrawal
from petition.signatures.models import Change, Signature, Status
from tests import stories
from tests.stories import Story

Plant = Callable[[pytest.MonkeyPatch], None]
_planted: Final[dict[str, tuple[Plant, Story]]] = {}
#: Each fault by its name, with a story in which it comes to light.
MUTANTS: Final[Mapping[str, tuple[Plant, Story]]] = _planted


def fault(story: Story) -> Callable[[Plant], Plant]:
    """Keep a fault under its name."""

    def keep(plant: Plant) -> Plant:
        _planted[plant.__name__] = plant, story
        return plant

    return keep


def nothing(*_given: Any, **_named: Any) -> None:
    """What an act does that was forgotten."""


# --- Confirming -----------------------------------------------------------------------------------


@fault(stories.two_forms)
def confirming_leaves_the_other_forms_waiting(patch: pytest.MonkeyPatch) -> None:
    confirm = confirmation.confirm

    def alone(session: Session, signature: Signature, **how: Any) -> confirmation.Outcome:
        others = [row.id for row in session.query(Signature).filter_by(status=Status.PENDING) if row is not signature]
        outcome = confirm(session, signature, **how)
        session.query(Signature).filter(Signature.id.in_(others)).update({"status": Status.PENDING})
        return outcome

    patch.setattr(confirmation, "confirm", alone)


@fault(stories.two_forms)
def confirming_is_entered_twice(patch: pytest.MonkeyPatch) -> None:
    confirm = confirmation.confirm

    def twice(session: Session, signature: Signature, **how: Any) -> confirmation.Outcome:
        outcome = confirm(session, signature, **how)
        if outcome is confirmation.Outcome.VERIFIED:
            ids = {"signature_id": signature.id, "statement_id": signature.statement_id}
            session.add(Change(**ids, kind="verified", method=how["method"], at=how["now"]))
        return outcome

    patch.setattr(confirmation, "confirm", twice)


@fault(stories.too_late)
def a_link_never_runs_out(patch: pytest.MonkeyPatch) -> None:
    standing = confirmation.standing

    def early(signature: Any, now: datetime) -> confirmation.Outcome | None:
        return standing(signature, datetime.min.replace(tzinfo=UTC))

    patch.setattr(confirmation, "standing", early)


@fault(stories.codes)
def a_code_lasts_two_days(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(confirmation, "CODE_LIFE", timedelta(days=2))


@fault(stories.guesses)
def codes_may_be_guessed_forever(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(confirmation, "TRIES", 1000)


@fault(stories.codes)
def the_code_of_another_mailbox_confirms(patch: pytest.MonkeyPatch) -> None:
    sent_code = confirmation._sent_code

    def anybodys(session: Session, keys: Any, mailbox: bytes, code: str, now: datetime) -> Signature | None:
        found = {row.mailbox for row in session.query(Signature)} - {None}
        tried = (sent_code(session, keys, each, code, now) for each in found if each is not None)
        return next((signature for signature in tried if signature is not None), None)

    patch.setattr(confirmation, "_sent_code", anybodys)


# --- Taking back ----------------------------------------------------------------------------------


@fault(stories.taken_back)
def withdrawing_is_not_entered(patch: pytest.MonkeyPatch) -> None:
    withdraw = withdrawal.withdraw

    def silent(session: Session, signature: Signature, now: datetime) -> bool:
        withdrawn = withdraw(session, signature, now)
        session.flush()
        session.execute(delete(Change).where(Change.kind == "withdrawn", Change.at == now))
        return withdrawn

    patch.setattr(withdrawal, "withdraw", silent)


@fault(stories.signed_anew)
def undoing_takes_a_second_place(patch: pytest.MonkeyPatch) -> None:
    undo = withdrawal.undo

    def anyway(session: Session, signature: Signature, now: datetime) -> bool:
        try:
            return undo(session, signature, now)
        except AlreadySigned:
            signature.slot = 2
            session.flush()
            return undo(session, signature, now)

    patch.setattr(withdrawal, "undo", anyway)


@fault(stories.undone_too_late)
def undoing_is_possible_for_eight_days(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(withdrawal, "UNDO", timedelta(days=8))


# --- Not me ---------------------------------------------------------------------------------------


@fault(stories.not_me)
def not_me_forgets_the_pause(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(mailboxes, "pause", nothing)


@fault(stories.not_me)
def the_pause_is_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(mailboxes, "paused_until", nothing)


@fault(stories.confirmed_then_not_me)
def not_me_takes_back_what_was_confirmed(patch: pytest.MonkeyPatch) -> None:
    disown = disowning.disown

    def whatever(session: Session, signature: Signature, now: datetime) -> bytes | None:
        if signature.status == Status.VERIFIED:
            signature.status = Status.EXPIRED
            session.flush()
        return disown(session, signature, now)

    patch.setattr(disowning, "disown", whatever)


@fault(stories.not_me_then_lifted)
def lifting_leaves_the_pause(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(mailboxes, "lift_pause", nothing)


@fault(stories.not_me)
def sqlite_gives_a_number_out_again(patch: pytest.MonkeyPatch) -> None:
    disown = disowning.disown

    def as_without_autoincrement(session: Session, signature: Signature, now: datetime) -> bytes | None:
        gone = disown(session, signature, now)
        session.connection().exec_driver_sql(
            "UPDATE sqlite_sequence SET seq = (SELECT coalesce(max(id), 0) FROM signature) WHERE name = 'signature'"
        )
        return gone

    patch.setattr(disowning, "disown", as_without_autoincrement)


# --- E-mail ---------------------------------------------------------------------------------------


@fault(stories.flood)
def ten_minutes_need_not_pass(patch: pytest.MonkeyPatch) -> None:
    may_write_at = mailboxes.may_write_at

    def of_no_statement(session: Session, email: Email, now: datetime) -> datetime:
        with session.no_autoflush:
            scope, email.scope = email.scope, -1
            earliest = may_write_at(session, email, now)
            email.scope = scope
        return earliest

    patch.setattr(mailboxes, "may_write_at", of_no_statement)


@fault(stories.flood)
def four_emails_a_day(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(mailboxes, "A_DAY", 4)


@fault(stories.flood)
def what_is_held_back_never_leaves(patch: pytest.MonkeyPatch) -> None:
    may_write_at = mailboxes.may_write_at

    def never(session: Session, email: Email, now: datetime) -> datetime:
        return may_write_at(session, email, now) + timedelta(days=30)

    patch.setattr(mailboxes, "may_write_at", never)


@fault(stories.too_late)
def a_reminder_makes_the_link_last_longer(patch: pytest.MonkeyPatch) -> None:
    accepted = letters.Asking.accepted

    def anew(self: letters.Asking, session: Session, email: Email, now: datetime) -> None:
        for number in email.about or []:
            session.get_one(Signature, number).expires_at = None
        session.flush()
        accepted(self, session, email, now)

    patch.setattr(letters.Asking, "accepted", anew)


@fault(stories.two_forms)
def some_that_wait_are_left_out(patch: pytest.MonkeyPatch) -> None:
    waiting = letters.Asking._waiting

    def few(self: letters.Asking, mailbox: bytes, now: datetime) -> ColumnElement[bool]:
        return waiting(self, mailbox, now) & (Signature.id % 2 == 0)

    patch.setattr(letters.Asking, "_waiting", few)


# --- The ledger, and ending -----------------------------------------------------------------------


@fault(stories.taken_back)
def the_registrar_counts_a_step_twice(patch: pytest.MonkeyPatch) -> None:
    advance = registering._advance

    def twice(session: Session, steps: Any) -> None:
        advance(session, steps)
        if back := {part: step for part, step in steps.items() if step < 0}:
            advance(session, back)  # type: ignore[arg-type]

    patch.setattr(registering, "_advance", twice)


@fault(stories.two_forms)
def erasing_keeps_the_city(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ending, "_ERASED", {field: None for field in ending._ERASED if field != "city"})


@fault(stories.taken_back)
def the_salts_are_kept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(forgetting, "forget", nothing)


@fault(stories.two_forms)
def what_was_replaced_is_kept(patch: pytest.MonkeyPatch) -> None:
    over = ending._over

    patch.setattr(ending, "_over", lambda now: over(now) & (Signature.status == Status.PENDING))


@fault(stories.refused)
def what_was_never_asked_about_is_kept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ending, "NEVER_ASKED", timedelta(days=1000))


@fault(stories.too_late)
def reminders_go_out_every_time(patch: pytest.MonkeyPatch) -> None:
    remind = ending.remind

    def again(session: Session, now: datetime) -> int:
        reminded = remind(session, now)
        for signature in session.query(Signature):
            signature.reminded_at = None
        return reminded

    patch.setattr(ending, "remind", again)


@fault(stories.too_late)
def mailboxes_are_kept_beside_old_emails(patch: pytest.MonkeyPatch) -> None:
    for name, instead in (("FORGET", timedelta(days=1000)), ("forget_mailboxes", nothing)):
        patch.setattr(outbox, name, instead)


@fault(stories.not_me)
def links_to_lift_a_pause_are_kept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ending, "LIFT", "nothing")

