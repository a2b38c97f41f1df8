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
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC
from pathlib import Path
from typing import Any, Final

import xlsxwriter
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from petition.crypto import KeyRing
from petition.signatures.models import CommentState, Signature, Status
from petition.statements.models import Statement
from petition.web.language import _

Cell = str | int
Line = tuple[Cell, ...]

FOR_NEWS: Final = ("email", "language")
COLUMNS: Final = (
    "number", "verified_on", "name", "city", "state", "country", "relation", "affiliation", "comment", "show_name",
    *FOR_NEWS,
)  # fmt: skip
PAGE: Final = 1000
#: A cell that begins so is a formula to a spreadsheet (owasp.org, CSV Injection); the full-width signs are too.
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_SHEET: Final = 1_048_576  # rows, the most that a sheet of Excel has
_READ: Final = (
    Signature.id, Signature.number, Signature.confirmed_at, Signature.name, Signature.city, Signature.state,
    Signature.country, Signature.relation, Signature.affiliation, Signature.comment, Signature.comment_state,
    Signature.show_name, Signature.withhold, Signature.updates, Signature.address, Signature.language,
)  # fmt: skip


def columns(*, news: bool) -> tuple[str, ...]:
    """The names of the columns; with those for news or without."""
    return COLUMNS if news else tuple(name for name in COLUMNS if name not in FOR_NEWS)


def lines(session: Session, keys: KeyRing, statement: Statement, *, news: bool) -> Iterator[Line]:
    """Every verified signature that is in the ledger, in the order of signing."""
    after = 0
    while page := read(session, statement.id, after):
        yield from (line(row, keys, news=news) for row in page)
        after = page[-1].id


def read(session: Session, statement_id: int, after: int) -> list[Row[Any]]:
    """The next PAGE of them by id, for whoever reads each page in a transaction of its own."""
    return list(
        session.execute(
            select(*_READ)
            .where(
                Signature.statement_id == statement_id,
                Signature.status == Status.VERIFIED,
                Signature.id > after,
                Signature.number.is_not(None),
            )
            .order_by(Signature.id)
            .limit(PAGE)
        )
    )


def line(row: Row[Any], keys: KeyRing, *, news: bool) -> Line:
    """One signature as its consent lets it be told."""
    shown = not row.withhold
    told: Line = (
        row.number,
        row.confirmed_at.astimezone(UTC).date().isoformat(),
        (row.name or "") if shown else _("Name withheld"),
        (shown and row.city) or "",
        row.state or "",
        row.country or "",
        (shown and row.relation) or "",
        (shown and row.affiliation) or "",
        (shown and row.comment_state == CommentState.APPROVED and row.comment) or "",
        "yes" if row.show_name and shown else "no",
    )
    if not news:
        return told
    return (*told, *((keys.open_address(row.address), row.language) if row.updates and row.address else ("", "")))


def as_csv(table: Iterable[Line], names: tuple[str, ...]) -> Iterator[str]:
    """The table as CSV, piece by piece, with a mark by which Excel knows it is Unicode. No cell is a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(names)
    yield "\ufeff"
    for number, cells in enumerate(table):
        writer.writerow([plain(cell) for cell in cells])
        if number % PAGE == PAGE - 1:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    taken = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return taken


def plain(cell: Cell) -> Cell:
    """The cell with an apostrophe before whatever a spreadsheet would take for a formula."""
    if isinstance(cell, str) and cell.lstrip(" \u00a0\ufeff\0").startswith(_FORMULAS):
        return f"'{cell}"
    return cell


def as_json(table: Iterable[Line], names: tuple[str, ...]) -> Iterator[str]:
    """The table as an array of objects, one to a line. Numbers are numbers; what is empty is null."""
    between = "[\n"
    for cells in table:
        told = {name: None if cell == "" else cell for name, cell in zip(names, cells, strict=True)}
        yield between + json.dumps(told, ensure_ascii=False)
        between = ",\n"
    yield "\n]\n" if between.startswith(",") else "[]\n"


def write_xlsx(table: Iterable[Line], names: tuple[str, ...], out: Path) -> None:
    """The table as an Excel file, row by row to the disk; on a further sheet where one is full."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet, row = None, _SHEET
        for cells in table:
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
