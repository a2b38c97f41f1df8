"""Planted faults: each breaks one rule of signing in one place. The machine must notice every one of them.

Whoever adds a rule to the model adds the fault here that would break it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from sqlalchemy import ColumnElement, false
from sqlalchemy.orm import Session

from petition.errors import AlreadySigned
from petition.ledger import forgetting, registering
from petition.mail import mailboxes, outbox
from petition.mail.outbox import Email
from petition.signatures import confirmation, disowning, ending, letters, links, signing, withdrawal
from petition.signatures.models import Change, Link, Signature, Status

Plant = Callable[[pytest.MonkeyPatch], None]
_planted: Final[dict[str, Plant]] = {}
MUTANTS: Final[Mapping[str, Plant]] = _planted


def fault(plant: Plant) -> Plant:
    """Keep the fault under its name."""
    _planted[plant.__name__] = plant
    return plant


def nothing(*_given: Any, **_named: Any) -> None:
    """What an act does that was forgotten."""


# --- Confirming -----------------------------------------------------------------------------------


@fault
def confirming_leaves_the_other_forms_waiting(patch: pytest.MonkeyPatch) -> None:
    def other_pending(signature: Signature, *, itself: bool = False) -> ColumnElement[bool]:
        return false()

    patch.setattr(confirmation, "_other_pending", other_pending)


@fault
def confirming_does_not_count_as_an_answer(patch: pytest.MonkeyPatch) -> None:
    confirm = confirmation.confirm

    def twice(session: Session, signature: Signature, *, method: str, now: datetime) -> confirmation.Outcome:
        outcome = confirm(session, signature, method=method, now=now)
        if outcome is confirmation.Outcome.VERIFIED:
            session.add(confirmation._change(signature, "verified", now, method=method))
        return outcome

    patch.setattr(confirmation, "confirm", twice)


@fault
def a_link_never_runs_out(patch: pytest.MonkeyPatch) -> None:
    standing = confirmation.standing

    def early(signature: Signature, now: datetime) -> confirmation.Outcome | None:
        return standing(signature, signature.signed_at)

    patch.setattr(confirmation, "standing", early)


@fault
def a_code_lasts_two_days(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(confirmation, "CODE_LIFE", timedelta(days=2))


@fault
def codes_may_be_guessed_forever(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(confirmation, "TRIES", 1000)


@fault
def the_code_of_another_mailbox_confirms(patch: pytest.MonkeyPatch) -> None:
    sent_code = confirmation._sent_code

    def anybodys(session: Session, keys: Any, mailbox: bytes, code: str, now: datetime) -> Signature | None:
        found = {row.mailbox for row in session.query(Signature)} - {None}
        tried = (sent_code(session, keys, each, code, now) for each in found if each is not None)
        return next((signature for signature in tried if signature is not None), None)

    patch.setattr(confirmation, "_sent_code", anybodys)


# --- Taking back ----------------------------------------------------------------------------------


@fault
def withdrawing_is_not_entered(patch: pytest.MonkeyPatch) -> None:
    withdraw = withdrawal.withdraw

    def silent(session: Session, signature: Signature, now: datetime) -> bool:
        withdrawn = withdraw(session, signature, now)
        for row in [row for row in session.new if isinstance(row, Change)]:
            session.expunge(row)
        return withdrawn

    patch.setattr(withdrawal, "withdraw", silent)


@fault
def undoing_takes_a_second_place(patch: pytest.MonkeyPatch) -> None:
    undo = withdrawal.undo

    def anyway(session: Session, signature: Signature, now: datetime) -> bool:
        try:
            return undo(session, signature, now)
        except AlreadySigned:
            signature.slot = 2
            return undo(session, signature, now)

    patch.setattr(withdrawal, "undo", anyway)


@fault
def undoing_is_possible_for_eight_days(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(withdrawal, "UNDO", timedelta(days=8))


# --- Not me ---------------------------------------------------------------------------------------


@fault
def not_me_forgets_the_pause(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(mailboxes, "pause", nothing)


@fault
def the_pause_is_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(mailboxes, "paused_until", nothing)


@fault
def not_me_takes_back_what_was_confirmed(patch: pytest.MonkeyPatch) -> None:
    disown = disowning.disown

    def whatever(session: Session, signature: Signature, now: datetime) -> bytes | None:
        if signature.status == Status.VERIFIED:
            signature.status = Status.EXPIRED
        return disown(session, signature, now)

    patch.setattr(disowning, "disown", whatever)


@fault
def lifting_leaves_the_pause(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(mailboxes, "lift_pause", nothing)


@fault
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


@fault
def ten_minutes_need_not_pass(patch: pytest.MonkeyPatch) -> None:
    may_write_at = mailboxes.may_write_at

    def of_no_statement(session: Session, email: Email, now: datetime) -> datetime:
        with session.no_autoflush:
            scope, email.scope = email.scope, -1
            earliest = may_write_at(session, email, now)
            email.scope = scope
        return earliest

    patch.setattr(mailboxes, "may_write_at", of_no_statement)


@fault
def four_emails_a_day(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(mailboxes, "A_DAY", 4)


@fault
def an_email_is_held_back_for_good(patch: pytest.MonkeyPatch) -> None:
    def never(session: Session, email: Email, now: datetime) -> datetime:
        return may_write_at(session, email, now) + timedelta(days=30 if email.scope == 2 else 0)

    may_write_at = mailboxes.may_write_at
    patch.setattr(mailboxes, "may_write_at", never)


@fault
def a_reminder_makes_the_link_last_longer(patch: pytest.MonkeyPatch) -> None:
    accepted = letters.Asking.accepted

    def anew(self: letters.Asking, session: Session, email: Email, now: datetime) -> None:
        for number in email.about or []:
            session.get_one(Signature, number).expires_at = None
        session.flush()
        accepted(self, session, email, now)

    patch.setattr(letters.Asking, "accepted", anew)


@fault
def some_that_wait_are_left_out(patch: pytest.MonkeyPatch) -> None:
    waiting = letters.Asking._waiting

    def few(self: letters.Asking, mailbox: bytes, now: datetime) -> ColumnElement[bool]:
        return waiting(self, mailbox, now) & (Signature.id % 2 == 0)

    patch.setattr(letters.Asking, "_waiting", few)


# --- The ledger -----------------------------------------------------------------------------------


@fault
def the_registrar_counts_a_step_twice(patch: pytest.MonkeyPatch) -> None:
    advance = registering._advance

    def twice(session: Session, steps: Any) -> None:
        advance(session, steps)
        advance(session, {part: step for part, step in steps.items() if step < 0})  # type: ignore[arg-type]

    patch.setattr(registering, "_advance", twice)


@fault
def invalidated_ones_still_count(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(registering._STEP, "invalidated", 0)  # type: ignore[arg-type]


# --- Ending ---------------------------------------------------------------------------------------


@fault
def erasing_keeps_the_city(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ending, "_ERASED", {field: None for field in ending._ERASED if field != "city"})


@fault
def the_salts_are_kept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(forgetting, "forget", nothing)


@fault
def what_was_replaced_is_kept(patch: pytest.MonkeyPatch) -> None:
    over = ending._over

    def pending(now: datetime) -> ColumnElement[bool]:
        return over(now) & (Signature.status == Status.PENDING)

    patch.setattr(ending, "_over", pending)


@fault
def what_was_never_asked_about_is_kept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ending, "NEVER_ASKED", timedelta(days=1000))


@fault
def reminders_go_out_every_time(patch: pytest.MonkeyPatch) -> None:
    to_remind = ending.remind

    def again(session: Session, now: datetime) -> int:
        reminded = to_remind(session, now)
        for signature in session.query(Signature):
            signature.reminded_at = None
        return reminded

    patch.setattr(ending, "remind", again)


@fault
def mailboxes_are_kept_beside_old_emails(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(outbox, "FORGET", timedelta(days=1000))
    patch.setattr(outbox, "forget_mailboxes", nothing)


@fault
def links_to_lift_a_pause_are_kept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ending, "LIFT", "nothing")


__all__ = ["MUTANTS", "Link", "links", "signing"]
