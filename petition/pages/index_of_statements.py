"""The index of the statements that the campaign lists: filtered, searched, a page at a time, and on a map by state."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from petition import clock
from petition.db import db
from petition.ledger import counting, rates
from petition.ledger.counting import Count
from petition.pages.statements import KEPT, bp
from petition.signatures.showing import ShownText, kind_words
from petition.statements import finding, wording
from petition.statements.finding import Listed, Sought
from petition.statements.models import KINDS
from petition.text.places import STATES
from petition.web.headers import counted
from petition.web.keeping import kept
from petition.web.language import _, asked, current, ngettext, number
from petition.web.places import in_order, state_name

ROWS: Final = 25  # on one page
MOST_SIGNED: Final = "signatures"


@bp.get("/statements/")
@kept(KEPT)
def index() -> Response:
    """The statements that are looked for, and all of them when nothing is asked."""
    session, now, order = db.session(), clock.now(), request.args.get("order", "")
    every = finding.listed(session, current())
    sought = _sought(every)
    anywhere = finding.fitting(session, every, replace(sought, state=""))
    found = finding.fitting(session, anywhere, Sought(state=sought.state))
    counts = counting.counts(session, [each.statement for each in found], now)
    if order == MOST_SIGNED:
        found.sort(key=lambda each: counts[each.statement.id].verified, reverse=True)  # else as they were adopted
    pages = _Pages(sought, MOST_SIGNED if order == MOST_SIGNED else "", len(found), _page_number())
    page = render_template(
        "statements/index.html",
        statements=[_row(each, counts[each.statement.id]) for each in pages.of(found)],
        found=_found(found),
        of_template=sum(each.of_template for each in found),
        sought=sought,
        narrowed=sought != Sought(),
        several=len(every) > 1,
        choices=_choices(every, sought),
        tiles=_tiles(anywhere, sought),
        pages=pages,
        as_of=now,
        asked_language=asked(),
    )
    return counted(make_response(page))


def _sought(every: Iterable[Listed]) -> Sought:
    """What the address asks for. What names nothing that there is, is as if it were not asked."""
    args = request.args
    kind, state, publisher = args.get("kind", ""), args.get("state", "").upper(), args.get("publisher", "")
    return Sought(
        typed=args.get("q", "").strip()[: finding.LONGEST],
        kind=kind if kind in KINDS else "",
        state=state if state in STATES else "",
        publisher=publisher if publisher in {each.statement.addressee.slug for each in every} else "",
    )


def _page_number() -> int:
    typed = request.args.get("page", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1


@dataclass(frozen=True, slots=True)
class _Pages:
    """Where on the list a page is, and the addresses of the others."""

    sought: Sought
    order: str
    total: int
    asked: int

    @property
    def number(self) -> int:
        """Which page it is, from 1; the last for any number above it."""
        return max(1, min(self.asked, -(-self.total // ROWS)))

    @property
    def first(self) -> int:
        """The place of its first row in the list, from 1."""
        return (self.number - 1) * ROWS + 1

    @property
    def last(self) -> int:
        """The place of its last row."""
        return min(self.total, self.number * ROWS)

    @property
    def several(self) -> bool:
        """Whether there is more than one page."""
        return self.total > ROWS

    def of(self, found: list[Listed]) -> list[Listed]:
        """Its rows."""
        return found[self.first - 1 : self.last]

    def to(self, page: int = 1, **changed: str) -> str:
        """The address of another page, another order, or another state."""
        sought = self.sought
        values: dict[str, Any] = {"q": sought.typed, "kind": sought.kind, "publisher": sought.publisher}
        values |= {"state": sought.state, "order": self.order}
        values |= {"page": str(page) if page > 1 else ""} | changed
        return url_for("statements.index", **{name: value for name, value in values.items() if value})


def _row(each: Listed, count: Count) -> dict[str, Any]:
    statement, of_revision = each.statement, ShownText.of_revision(each.statement, each.revision)
    return {
        **of_revision.facts(),
        "adoption": wording.adoption(each.submission),
        "ended_words": wording.ended(statement),
        "changed_at": each.revision.published_at if each.revision.number > 1 else None,
        "takes_signatures": statement.takes_signatures,
        "first_published_at": each.first_published_at,
        "verified": count.verified,
        "as_of": count.as_of,
    }


def _found(found: list[Listed]) -> str:
    """24 statements from 19 chapters and the national association."""
    if not found:
        return ""
    chapters = {each.statement.chapter_id for each in found}
    own, national = len(chapters - {None}), None in chapters
    statements = ngettext("One statement", "%(num)s statements", len(found))
    of_chapters = ngettext("one chapter", "%(num)s chapters", own)
    if not own:
        return _("%(statements)s from the national association", statements=statements)
    if not national:
        return _("%(statements)s from %(chapters)s", statements=statements, chapters=of_chapters)
    return _(
        "%(statements)s from %(chapters)s and the national association", statements=statements, chapters=of_chapters
    )


def _choices(every: list[Listed], sought: Sought) -> dict[str, list[tuple[str, str]]]:
    """What the lists of the form hold: whatever the campaign's list has, and what was chosen."""
    states = {each.statement.place for each in every if each.statement.place in STATES} | {sought.state} - {""}
    addressees = {each.statement.addressee.slug: each.statement.addressee.name for each in every}
    by_name = sorted(((code, state_name(code)) for code in states), key=lambda pair: in_order(pair[1]))
    return {
        "kind": [("", _("All kinds")), *((kind, kind_words(kind)) for kind in KINDS)],
        "state": [("", _("All states")), *by_name],
        "publisher": [("", _("All publishers")), *sorted(addressees.items(), key=lambda pair: in_order(pair[1]))],
    }


@dataclass(frozen=True, slots=True)
class _Tile:
    """A state on the map, with how many statements of its chapter the list has."""

    code: str
    x: int
    y: int
    step: int
    tile: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class _Tiles:
    """The map: its tiles, and the classes of its key."""

    tiles: tuple[_Tile, ...]
    classes: rates.Classes

    def __bool__(self) -> bool:
        """Whether any state has a statement: a map without any says nothing."""
        return any(tile.step for tile in self.tiles)


def _tiles(anywhere: list[Listed], sought: Sought) -> _Tiles:
    of_state = Counter(each.statement.place for each in anywhere if each.statement.chapter_id is not None)
    on_map = [state for state in STATES.values() if state.on_map]
    classes = rates.Classes.of(float(of_state[state.code]) for state in on_map)
    tiles = tuple(
        _Tile(
            code=state.code,
            x=state.column or 0,
            y=state.row or 0,
            step=classes.shade(float(of_state[state.code])),
            tile=number(of_state[state.code]),
            words=f"{_(state.name)}: {ngettext('One statement', '%(num)s statements', of_state[state.code])}",
            chosen=state.code == sought.state,
        )
        for state in on_map
    )
    # Statements are counted in whole numbers, whatever the classes were made for.
    return _Tiles(tiles, replace(classes, decimals=0))
