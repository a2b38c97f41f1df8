"""Planted faults of review, beside those of `mutants.py`: a decision that is forgotten, or that can be got round."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from petition.ledger import registering
from petition.mail.outbox import Email
from petition.review import forgetting
from petition.signatures import changes, ending, letters, withdrawal
from petition.signatures.models import Reason, Signature, Status
from tests import stories
from tests.mutants import fault, nothing


@fault(stories.held)
def holding_leaves_it_in_the_count(patch: pytest.MonkeyPatch) -> None:
    take_out = changes.take_out

    def but_held(session: Session, signature: Signature, now: datetime, **how: Any) -> None:
        if how.get("reason") != Reason.HELD:
            take_out(session, signature, now, **how)

    patch.setattr(changes, "take_out", but_held)


@fault(stories.held)
def releasing_is_not_entered(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(changes, "put_in", nothing)


@fault(stories.held)
def a_held_one_is_taken_out_twice(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(changes, "COUNTED", ("verified", "restored", "invalidated"))


@fault(stories.held)
def the_ledger_is_not_told_the_reason(patch: pytest.MonkeyPatch) -> None:
    take_out = changes.take_out

    def as_before(session: Session, signature: Signature, now: datetime, **how: Any) -> None:
        last = changes._last(session, signature)
        if last is not None and last.kind != how["kind"]:
            take_out(session, signature, now, **how)

    patch.setattr(changes, "take_out", as_before)


@fault(stories.held)
def undoing_gets_round_a_reviewer(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(withdrawal, "_before", lambda _signature: Status.VERIFIED)


@fault(stories.invalidated_and_withdrawn)
def what_is_invalidated_cannot_be_withdrawn(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(withdrawal, "SIGNED", (Status.VERIFIED, Status.HELD))


@fault(stories.invalidated_and_withdrawn)
def withdrawing_lets_an_invalidated_mailbox_sign_anew(patch: pytest.MonkeyPatch) -> None:
    withdraw = withdrawal.withdraw

    def free(session: Session, signature: Signature, now: datetime) -> bool:
        withdrawn = withdraw(session, signature, now)
        signature.status = Status.WITHDRAWN
        return withdrawn

    patch.setattr(withdrawal, "withdraw", free)


@fault(stories.invalidated_and_withdrawn)
def erasing_lets_an_invalidated_mailbox_sign_anew(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ending, "case", lambda *_whens, else_: else_)


@fault(stories.invalidated_and_withdrawn)
def what_reviewers_noted_is_kept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(forgetting, "forget", nothing)


@fault(stories.invalidated)
def a_letter_says_what_is_over(patch: pytest.MonkeyPatch) -> None:
    compose = letters.Telling.compose

    def anyway(self: letters.Telling, session: Session, email: Email, now: datetime) -> Any:
        now_so = replace(self, status=session.get_one(Signature, email.subject_id).status)
        return compose(now_so, session, email, now)

    patch.setattr(letters.Telling, "compose", anyway)


@fault(stories.invalidated)
def invalidated_ones_still_count(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(registering._STEP, "invalidated", 0)  # type: ignore[arg-type]
