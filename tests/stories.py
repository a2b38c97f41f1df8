"""Short stories that a house must come through: each brings one sort of fault to light at once.

A story calls the machine's own steps, so that it is told in the same words as what hypothesis finds.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from petition.signatures.models import Reason
from tests.agreement import TYPED
from tests.rules import Rules

Story = Callable[["Teller"], None]
ADA: Final = ("ada", TYPED["ada"][0])
ALIAS: Final = ("ada", TYPED["ada"][1])
GRACE: Final = ("grace", TYPED["grace"][0])


class Teller:
    """Takes a house through its steps, and sees after each that it agrees with the model."""

    def __init__(self, machine: type[Rules]) -> None:
        self._house = machine()

    def __getattr__(self, name: str) -> Callable[..., None]:
        def step(*given: Any, **named: Any) -> None:
            getattr(self._house, name)(*given, **named)
            self._house.agree()

        return step

    def sign(self, who: tuple[str, str], letter: bool = False) -> None:
        """A form is sent."""
        self._house.sign(who, letter, older=False, shown=True, door="act")
        self._house.agree()

    def later(self, **span: float) -> None:
        """Time passes."""
        self._house.let_time_pass(timedelta(**span))


def tell(machine: type[Rules], story: Story) -> None:
    """Tell a story to its end."""
    teller = Teller(machine)
    story(teller)
    teller.teardown()


def two_forms(house: Teller) -> None:
    house.sign(ADA)
    house.sign(ALIAS)
    house.sign(GRACE)
    house.work()
    house.confirm(1, "act")
    house.work()
    house.later(days=7)
    house.sweep()


def too_late(house: Teller) -> None:
    house.sign(ADA)
    house.work()
    house.later(days=2)
    house.sweep()
    house.work()
    house.later(days=2, hours=1)
    house.sweep()
    house.later(days=2, hours=23)
    house.confirm(0, "page")
    house.sweep()


def codes(house: Teller) -> None:
    house.sign(ADA)
    house.sign(GRACE)
    house.work()
    house.confirm_by_code(0, "grace", "act")
    house.confirm_by_code(1, None, "page")
    house.later(days=1)
    house.confirm_by_code(0, None, "act")


def guesses(house: Teller) -> None:
    house.sign(ADA)
    house.work()
    house.type_a_wrong_code("ada", 5)
    house.confirm_by_code(0, None, "act")


def taken_back(house: Teller) -> None:
    house.sign_and_confirm(ADA, False)
    house.withdraw(0, "page")
    house.work()
    house.undo(0)
    house.work()
    house.withdraw(0, "act")
    house.later(days=7)
    house.sweep()


def signed_anew(house: Teller) -> None:
    house.sign_and_confirm(ADA, False)
    house.withdraw(0, "act")
    house.sign_and_confirm(ALIAS, False)
    house.undo(0)


def undone_too_late(house: Teller) -> None:
    house.sign_and_confirm(ADA, True)
    house.withdraw(0, "act")
    house.later(days=7)
    house.undo(0)


def not_me(house: Teller) -> None:
    house.sign(ADA)
    house.work()
    house.say_not_me(0)
    house.sign(ALIAS)
    house.work()
    house.sign(GRACE)
    house.work()


def not_me_then_lifted(house: Teller) -> None:
    house.sign(ADA)
    house.work()
    house.say_not_me(0)
    house.lift_the_pause(0)
    house.sign_and_confirm(ADA, False)


def confirmed_then_not_me(house: Teller) -> None:
    house.sign_and_confirm(ADA, False)
    house.say_not_me(0)


def flood(house: Teller) -> None:
    for _ in range(5):
        house.sign(ADA)
        house.work()
        house.later(minutes=4)
        house.ask_for_the_email_again(0, 3)
        house.work()
        house.later(minutes=8)
    house.sign(ALIAS, True)
    house.work()


def held(house: Teller) -> None:
    house.sign_and_confirm(ADA, False)
    house.review(0, "hold")
    house.work()
    house.review(0, "refused")
    house.review(0, "release")
    house.work()
    house.review(0, "hold")
    house.withdraw(0, "act")
    house.work()
    house.undo(0)
    house.work()
    house.review(0, "invalidate", Reason.MACHINE)
    house.work()


def invalidated(house: Teller) -> None:
    house.sign_and_confirm(ADA, False)
    house.review(0, "invalidate", Reason.NAME)
    house.work()
    house.sign(ALIAS)
    house.work()
    house.review(0, "restore")
    house.work()
    house.review(0, "invalidate", Reason.DUPLICATE)
    house.review(0, "restore")
    house.work()


def invalidated_and_withdrawn(house: Teller) -> None:
    house.sign_and_confirm(ADA, False)
    house.review(0, "invalidate", Reason.NAME)
    house.withdraw(0, "page")
    house.work()
    house.undo(0)
    house.withdraw(0, "act")
    house.sign_and_confirm(ALIAS, False)
    house.later(days=7)
    house.sweep()
    house.sign_and_confirm(ALIAS, False)
    house.review(0, "restore")
    house.sign_and_confirm(ALIAS, False)


def refused(house: Teller) -> None:
    house.sign(ADA)
    house.work(["never"])
    house.later(days=14)
    house.sweep()


STORIES: Final[tuple[Story, ...]] = (
    two_forms, too_late, codes, guesses, taken_back, signed_anew, undone_too_late, not_me, not_me_then_lifted,
    confirmed_then_not_me, flood, held, invalidated, invalidated_and_withdrawn, refused,
)  # fmt: skip
