"""Figures of a statement as pages show them: by state, for their size, and who chose to show their name."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.ledger import counting
from petition.signatures import wording
from petition.signatures.models import Signature, Status
from petition.statements.models import Statement
from petition.text.places import ELSEWHERE, PlaceKind, State, in_list_order
from petition.web.language import _, in_order

TOP: Final = 8
SHOWN: Final = 24
STEPS: Final = 5


@dataclass(frozen=True, slots=True)
class StateFigure:
    """One state's verified signatures, and per 100,000 residents of the census of 2020."""

    code: str
    name: str
    verified: int
    rate: float | None
    step: int  # 1 to 5 on the map, 0 for none
    x: int | None
    y: int | None


def by_state(session: Session, statement: Statement) -> tuple[list[StateFigure], int]:
    """Every state, district and territory, and how many signatures come from outside the United States."""
    counted = counting.by_state(session, statement)
    places = [state for state in in_list_order() if state.kind is not PlaceKind.ELSEWHERE]
    rates = {state.code: _rate(counted.get(state.code, 0), state) for state in places}
    ranked = sorted({rate for state in places if state.on_map and (rate := rates[state.code])})
    figures = [
        StateFigure(
            code=state.code,
            name=_(state.name),
            verified=counted.get(state.code, 0),
            rate=rates[state.code],
            step=_step(rates[state.code], ranked),
            x=state.column,
            y=state.row,
        )
        for state in places
    ]
    figures.sort(key=lambda figure: in_order(figure.name))
    return figures, counted.get(ELSEWHERE, 0)


def _rate(verified: int, state: State) -> float | None:
    return verified / state.population * 100_000 if state.population else None


def _step(rate: float | None, ranked: list[float]) -> int:
    if not rate:
        return 0
    return 1 + STEPS * ranked.index(rate) // len(ranked) if rate in ranked else 0


def top(figures: list[StateFigure]) -> list[StateFigure]:
    """Up to eight with the most for their size."""
    some = [figure for figure in figures if figure.verified and figure.rate]
    return sorted(some, key=lambda figure: figure.rate or 0, reverse=True)[:TOP]


def shown_names(session: Session, statement: Statement) -> list[dict[str, Any]]:
    """The newest of those who chose to show their name here."""
    found = session.scalars(
        select(Signature)
        .where(
            Signature.statement_id == statement.id,
            Signature.status == Status.VERIFIED,
            Signature.show_name,
            Signature.number.is_not(None),
        )
        .order_by(Signature.number.desc())
        .limit(SHOWN)
    )
    return [{"name": signature.name, "place": wording.state(signature)} for signature in found]
