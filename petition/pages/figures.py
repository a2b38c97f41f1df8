"""Figures of a statement as pages show them: by state, for their size, and who chose to show their name."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, load_only

from petition.ledger import counting, rates
from petition.signatures import wording
from petition.signatures.models import SHOWN, Signature
from petition.statements.models import Statement
from petition.text.places import ELSEWHERE, PlaceKind, State, in_list_order
from petition.web.language import _, words
from petition.web.places import in_order

TOP: Final = 8
NEWEST: Final = 24


@dataclass(frozen=True, slots=True)
class StateFigure:
    """One state's verified signatures, and per 100,000 residents of the census of 2020."""

    code: str
    name: str
    verified: int
    rate: float | None
    tile: str  # the rate as its tile on the map says it
    line: str  # and as its line in a table does
    step: int  # 1 to 5 on the map, 0 for none
    x: int | None
    y: int | None


ByState = tuple[tuple[StateFigure, ...], rates.Classes, int]


def by_state(session: Session, statement: Statement) -> ByState:
    """Every state, district and territory, the map's classes, and how many signatures come from abroad."""
    return _by_state(frozenset(counting.by_state(session, statement).items()), words())


@lru_cache(maxsize=64)
def _by_state(verified: frozenset[tuple[str, int]], _words: Any) -> ByState:
    # Kept until the ledger has more: this and writing it out were half of what the page takes.
    counted = dict(verified)
    places = [state for state in in_list_order() if state.kind is not PlaceKind.ELSEWHERE]
    found = {state.code: _rate(counted.get(state.code, 0), state) for state in places}
    classes = rates.Classes.of(found[state.code] or 0.0 for state in places if state.on_map)
    figures = [
        StateFigure(
            code=state.code,
            name=_(state.name),
            verified=counted.get(state.code, 0),
            rate=found[state.code],
            tile=rates.rate_text(found[state.code], classes.decimals),
            line=rates.rate_text(found[state.code], max(classes.decimals, 1)),
            step=classes.shade(found[state.code]) if state.on_map else 0,
            x=state.column,
            y=state.row,
        )
        for state in places
    ]
    figures.sort(key=lambda figure: in_order(figure.name))
    return tuple(figures), classes, counted.get(ELSEWHERE, 0)


def _rate(verified: int, state: State) -> float | None:
    return verified / state.population * 100_000 if state.population else None


def top(figures: tuple[StateFigure, ...]) -> tuple[StateFigure, ...]:
    """Up to eight with the most for their size."""
    some = [figure for figure in figures if figure.verified and figure.rate]
    return tuple(sorted(some, key=lambda figure: figure.rate or 0, reverse=True)[:TOP])


def shown_names(session: Session, statement: Statement) -> list[dict[str, Any]]:
    """The newest of those who chose to show their name here."""
    found = session.scalars(_SHOWN, {"statement": statement.id})
    return [{"name": signature.name, "place": wording.state(signature)} for signature in found]


_SHOWN: Final = (
    select(Signature)
    .options(load_only(Signature.name, Signature.state, Signature.country))
    .where(
        Signature.statement_id == bindparam("statement"),
        SHOWN,
        Signature.number.is_not(None),
    )
    .order_by(Signature.number.desc())
    .limit(NEWEST)
)
