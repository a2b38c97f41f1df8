"""Exporting: the verified signatures of a statement as a table, each column no further than its consent goes.

| column | holds | for whom |
|---|---|---|
| number, verified_on | the place in the ledger, and its day (UTC) | every verified signature |
| name, city | as typed; “Name withheld” and nothing where that was asked for | signing gives them to the addressee |
| state, country | as chosen | signing gives them to the addressee |
| relation, affiliation | as typed, if at all; nothing where the name is withheld | typed to be said to the addressee |
| comment | as typed, once a person has approved it; nothing where the name is withheld | the same |
| show_name | yes, if this site may name the signatory too | ticked in the form |
| email, language | for whoever asked for news of the petition, and for nobody else | ticked in the form |

ZIP codes are not exported: the notice says that they are neither published nor delivered.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import chain
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import xlsxwriter
from sqlalchemy import ColumnElement, String, and_, bindparam, case, func, literal_column, select, type_coerce
from sqlalchemy.orm import Session

from petition.crypto import KeyRing
from petition.signatures.models import CommentState, Signature, Status
from petition.statements.models import Statement
from petition.web.language import _

Cell = str | int
Line = Sequence[Any]  # of Cells
Page = Iterable[Line]  # to be gone through once, while the transaction is open that reads it
P = TypeVar("P", str, list[Line])

FOR_NEWS: Final = ("email", "language")
COLUMNS: Final = (
    "number", "verified_on", "name", "city", "state", "country", "relation", "affiliation", "comment", "show_name",
    *FOR_NEWS,
)  # fmt: skip
PAGE: Final = 5000  # lines, about half a megabyte
FIRST: Final = 100  # lines of the first page, for which somebody waits
#: A cell that begins so is a formula to a spreadsheet (owasp.org, CSV Injection); the full-width signs are too.
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_SKIPPED: Final = " \u00a0\ufeff\0"  # what a spreadsheet may pass over before a formula
#: In a page of CSV, a cell that might be one; but not one that begins with a line's end, as any line ends.
_SUSPECT: Final = re.compile(f'"(?:[{_SKIPPED}]*[=+@＝＋－＠\t\n-]|[{_SKIPPED}]+\r|\r(?!\n))')
#: One that begins so stands at a line's beginning, or after another; or, harmless, a line's last cell ends so.
_LINES_END: Final = '"\r\n'
_PERHAPS: Final = (f"\n{_LINES_END}", f",{_LINES_END}")
_FEW: Final = 50  # lines that are looked at one by one when one of them is suspect
_SHEET: Final = 1_048_576  # rows, the most that a sheet of Excel has


def columns(*, news: bool) -> tuple[str, ...]:
    """The names of the columns; with those for news or without."""
    return COLUMNS if news else tuple(name for name in COLUMNS if name not in FOR_NEWS)


def pages(session: Session, keys: KeyRing, statement: Statement, *, news: bool) -> Iterator[list[Line]]:
    """Every verified signature that is in the ledger, in the order of signing, some at a time."""
    table = Table(session, keys, statement.id, news=news)
    return paged(table, lambda: nullcontext(session), list)


def paged(
    table: "Table", opened: Callable[[], AbstractContextManager[Session]], shape: Callable[[Page], P]
) -> Iterator[P]:
    """Page after page, to the last, each read and brought into shape in what `opened` opens, and given on after it."""
    after: int | None = 0
    while after is not None:
        with opened() as session:
            lines, after = table.read(session, after)
            page = shape(lines)
        if page:
            yield page


class Table:
    """The verified signatures of one statement, read page by page; each in a transaction of its own, if need be."""

    def __init__(self, session: Session, keys: KeyRing, statement_id: int, *, news: bool) -> None:
        self._keys, self._news = keys, news
        which = (
            Signature.statement_id == bindparam("statement"),
            Signature.status == Status.VERIFIED,
            Signature.id > bindparam("after"),
        )
        self._statement = statement_id
        # Found in the index alone, and beside the rows, so that a row goes to the file as the database gave it.
        self._last = select(Signature.id).where(*which).order_by(Signature.id).limit(1).offset(bindparam("before"))
        self._page = (
            select(*_told(session, news=news))
            .where(*which, Signature.id <= bindparam("last"), Signature.number.is_not(None))
            .order_by(Signature.id)
        )

    def read(self, session: Session, after: int) -> tuple[Page, int | None]:
        """The lines of at most PAGE signatures by their ids, and after which id the next begins, if there is one."""
        connection = session.connection()
        at = {"statement": self._statement, "after": after}
        last = connection.scalar(self._last, {**at, "before": (PAGE if after else FIRST) - 1})
        # The driver's own rows, one by one: SQLAlchemy takes longer to wrap each, and Python to keep them all.
        cursor = connection.execute(self._page, {**at, "last": _END if last is None else last}).cursor
        assert cursor is not None  # it is a SELECT
        rows = cast("Iterator[Line]", iter(cast(Any, cursor)))
        return (map(self._with_address, rows) if self._news else rows), last

    def _with_address(self, row: Line) -> Line:
        return (*row[:-2], self._keys.open_address(row[-2]) if row[-2] else "", row[-1])


#: No id is larger: what follows is the last page.
_END: Final = 2**62
_EMPTY: Final = literal_column("''", String)


def _told(session: Session, *, news: bool) -> list[Any]:
    """The columns as their consent lets them be told, judged where they are read: a row in Python costs much more.

    An address comes sealed.
    """
    shown = Signature.withhold.is_(False)

    def said(column: Any) -> ColumnElement[Any]:
        return func.coalesce(column, _EMPTY)

    def given(column: Any, *also: ColumnElement[bool]) -> ColumnElement[Any]:
        return case((and_(shown, *also), said(column)), else_=_EMPTY)

    told: list[Any] = [
        Signature.number,
        _day(session, Signature.confirmed_at),
        case((shown, said(Signature.name)), else_=_("Name withheld")),
        given(Signature.city),
        said(Signature.state),
        said(Signature.country),
        given(Signature.relation),
        given(Signature.affiliation),
        given(Signature.comment, Signature.comment_state == CommentState.APPROVED),
        case((and_(shown, Signature.show_name), literal_column("'yes'")), else_=literal_column("'no'")),
    ]
    if news:
        asked = and_(Signature.updates, Signature.address.is_not(None))
        told += [case((asked, Signature.address)), case((asked, Signature.language), else_=_EMPTY)]
    return told


def _day(session: Session, moment: Any) -> ColumnElement[str]:
    """The day of a moment in UTC, as in 2026-11-22."""
    if session.get_bind().dialect.name == "sqlite":
        # Kept there as text, in UTC.
        return func.substr(type_coerce(moment, String), literal_column("1"), literal_column("10"))
    return func.to_char(func.timezone("UTC", moment), "YYYY-MM-DD")


def as_csv(table: Iterable[Page], names: tuple[str, ...]) -> Iterator[str]:
    """The table as CSV, page by page. No cell is a formula."""
    return chain((csv_head(names),), map(csv_lines, table))


def csv_head(names: tuple[str, ...]) -> str:
    """The line that names the columns, after a mark by which Excel knows it is Unicode."""
    return "\ufeff" + _written([names])


def csv_lines(page: Page) -> str:
    """A page of lines. Only where a cell is suspect is each looked at: that takes longer than all the rest."""
    text = _written(page)
    begins = text.startswith(_LINES_END)
    if not begins and not _SUSPECT.search(text) and not any(each in text for each in _PERHAPS):
        return text
    # Read back, for the page has been gone through. Its numbers are text now, and are quoted like text anyway.
    return _looked_through(list(csv.reader(io.StringIO(text, newline=""))))


def _looked_through(page: list[list[str]]) -> str:
    if len(page) <= _FEW:
        return _written([[plain(cell) for cell in line] for line in page])
    half = len(page) // 2
    return csv_lines(page[:half]) + csv_lines(page[half:])


def _written(lines: Page) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n", quoting=csv.QUOTE_ALL).writerows(lines)
    return buffer.getvalue()


def plain(cell: Cell) -> Cell:
    """The cell with an apostrophe before whatever a spreadsheet would take for a formula."""
    if isinstance(cell, str) and cell.lstrip(_SKIPPED).startswith(_FORMULAS):
        return f"'{cell}"
    return cell


def as_json(table: Iterable[Page], names: tuple[str, ...]) -> Iterator[str]:
    """The table as an array of objects, one to a line, page by page. Numbers are numbers; what is empty is null."""
    before = "["
    for page in table:
        told = ({name: cell if cell != "" else None for name, cell in zip(names, line, strict=True)} for line in page)
        yield before + "\n" + ",\n".join(map(_as_object, told))
        before = ","
    yield "\n]\n" if before == "," else "[]\n"


_as_object: Final = json.JSONEncoder(ensure_ascii=False).encode


def write_xlsx(table: Iterable[Page], names: tuple[str, ...], out: Path) -> None:
    """The table as an Excel file, row by row to the disk; on a further sheet where one is full."""
    # Beside the file, not in the machine's own folder: what a killed program leaves is taken away with it.
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "tmpdir": str(out.parent)
    }  # fmt: skip
    with xlsxwriter.Workbook(out, options) as book:
        sheet, row = None, _SHEET
        for cells in chain.from_iterable(table):
            if sheet is None or row == _SHEET:
                sheet, row = _sheet(book, names), 1
            for place, cell in enumerate(cells):
                write: Callable[..., Any] = sheet.write_number if isinstance(cell, int) else sheet.write_string
                write(row, place, cell)
            row += 1
        if sheet is None:
            _sheet(book, names)


def _sheet(book: Any, names: tuple[str, ...]) -> Any:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(names):
        sheet.write_string(0, place, name)
    return sheet
