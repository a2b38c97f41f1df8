"""One engine sets one roster, in a process of its own: `python -m bench.rosters ENGINE ROWS FOLDER`.

It prints what that took as JSON: CPU of this process and of its children, from rows in memory to pages written, the
largest memory of each, the file's size. ReportLab's canvas and typst draw the grid that ours has, without its shaping
(ReportLab has none) and without what the press checks.
"""

import gc
import json
import resource
import sys
from collections.abc import Callable, Iterator
from gettext import NullTranslations
from pathlib import Path
from typing import Any, Final

import click
import typst as typst_engine
from fontTools.ttLib import TTFont
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont as Embedded
from reportlab.pdfgen.canvas import Canvas

from bench import people
from petition.packets import spooling
from petition.packets.contents import RosterGroup
from petition.packets.rendering import SHEET, environment, packaged_fonts
from petition.paths import FONTS, STATIC
from petition.pdf.coverage import uncovered
from petition.pdf.document import Document, Listing, limits_for_rows
from petition.pdf.grid import Remark, Row, paginate
from petition.pdf.press import press

_WIDTH, _HEIGHT, _MARGIN, _TOP, _STEP = 612.0, 792.0, 54.0, 74.0, 261.0
_FACES: Final = {"Roman": "source-serif-4-latin-400-normal", "Italic": "source-serif-4-latin-400-italic"}


def ours(groups: list[RosterGroup], folder: Path) -> Path:
    """Through the press: what `petition packet build` does with the roster, on the smallest page that can hold it."""
    fonts = packaged_fonts()
    spooled, parts = spooling.spooled(groups, folder)
    assert not uncovered(spooled.characters, tuple(fonts.values()))

    class Packet:
        rows = 1

    sample = environment(NullTranslations()).get_template("packets/roster.html").render(packet=Packet())
    style = '@page roster { @bottom-right { content: "Page" } }'
    html = f'<html lang="en"><link rel="stylesheet" href="asset:{SHEET}"><style>{style}</style>{sample}'
    listing = Listing(groups=parts, page_of_pages="Page {page} of {pages}")
    document = Document(html, {SHEET: STATIC / SHEET, **fonts}, archival=True, listing=listing)
    out = folder / "ours.pdf"
    press(document, out, limits_for_rows(sum(len(group.entries) for group in groups)))
    return out


def reportlab(groups: list[RosterGroup], folder: Path) -> Path:
    """ReportLab's canvas, with the same faces embedded. Text outside them is drawn as boxes."""
    for name, file in _FACES.items():
        pdfmetrics.registerFont(Embedded(name, str(_as_truetype(file, folder))))
    out = folder / "reportlab.pdf"
    canvas = Canvas(str(out), pagesize=(_WIDTH, _HEIGHT), pageCompression=1)
    for number, (guide, page) in enumerate(_grid(groups), start=1):
        canvas.setFont("Roman", 8)
        canvas.drawString(_MARGIN, _HEIGHT - 40, guide)
        canvas.drawRightString(_WIDTH - _MARGIN, 30, f"Page {number}")
        for item, x, y in page:
            if isinstance(item, Row):
                canvas.setFont("Roman", 7.75)
                canvas.drawRightString(x + 30, y, str(item.number))
                canvas.drawRightString(x + 243, y, f"{item.day.month}-{item.day.day:02d}")
                canvas.setFont("Roman", 8.25)
                for line in item.names:
                    canvas.drawString(x + 38, y - (line.slot - item.slot) * 10.5, line.text)
                canvas.setFont("Italic", 8.25)
                for line in item.places:
                    canvas.drawRightString(x + 216, y - (line.slot - item.slot) * 10.5, line.text)
            elif isinstance(item, Remark):
                canvas.setFont("Italic", 8.25)
                canvas.drawString(x + 38, y, item.text)
            else:
                canvas.setFont("Roman", 11.5)
                canvas.drawString(x, y, item.name)
        canvas.showPage()
    canvas.save()
    return out


def typst(groups: list[RosterGroup], folder: Path) -> Path:
    """Typst, with every text placed where ours stands. It shapes every script with the machine's fonts."""
    for file in _FACES.values():
        _as_truetype(file, folder)
    source = folder / "roster.typ"
    with source.open("w", encoding="utf-8") as written:
        written.write(
            "#set page(width: 612pt, height: 792pt, margin: 0pt)\n"
            '#set text(font: ("Source Serif 4", "Noto Serif CJK JP", "Noto Naskh Arabic", "Noto Serif"))\n'
            "#set text(size: 8.25pt)\n"
            "#let l(x, y, b) = place(dx: x * 1pt, dy: y * 1pt, b)\n"
            "#let r(x, y, b) = place(dx: x * 1pt, dy: y * 1pt, box(width: 0pt, align(right, box(b))))\n"
        )
        for number, (guide, page) in enumerate(_grid(groups), start=1):
            if number > 1:
                written.write("#pagebreak()\n")
            written.write(f"#l(54, 40, {_quoted(guide)})#r(558, 760, {_quoted(f'Page {number}')})\n")
            for item, x, y in page:
                down = _HEIGHT - y
                if isinstance(item, Row):
                    first = f"#r({x + 30}, {down}, {_quoted(str(item.number))})"
                    names = "".join(
                        f"#l({x + 38}, {down + (line.slot - item.slot) * 10.5}, {_quoted(line.text)})"
                        for line in item.names
                    )
                    places = "".join(
                        f"#r({x + 216}, {down + (line.slot - item.slot) * 10.5}, emph({_quoted(line.text)}))"
                        for line in item.places
                    )
                    day = _quoted(f"{item.day.month}-{item.day.day:02d}")
                    written.write(f"{first}{names}{places}#r({x + 243}, {down}, {day})\n")
                elif isinstance(item, Remark):
                    written.write(f"#l({x + 38}, {down}, emph({_quoted(item.text)}))\n")
                else:
                    written.write(f"#l({x}, {down}, {_quoted(item.name)})\n")
    out = folder / "typst.pdf"
    typst_engine.compile(str(source), output=str(out), font_paths=[str(folder)])
    return out


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _grid(groups: list[RosterGroup]) -> Iterator[tuple[str, list[tuple[Any, float, float]]]]:
    """Each page's head and items with their places: the rivals get our grid, and do not have to make one."""
    for page in paginate(groups):
        placed = []
        for column, items in enumerate(page.columns):
            for item in items:
                top = _TOP + item.slot * 10.5 + item.slot // 5 * 3.0 + 8.0
                placed.append((item, _MARGIN + column * _STEP, _HEIGHT - top))
        yield f"{page.first.group} {page.first.number} – {page.last.group} {page.last.number}", placed


def _as_truetype(name: str, folder: Path) -> Path:
    """The face that we ship as a file which others can read."""
    path = folder / f"{name}.ttf"
    with TTFont(FONTS / f"{name}.woff2") as font:
        font.flavor = None
        font.save(path)
    return path


ENGINES: Final[dict[str, Callable[[list[RosterGroup], Path], Path]]] = {
    "ours": ours,
    "reportlab": reportlab,
    "typst": typst,
}


def _cpu() -> float:
    taken = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in taken)


def main() -> None:
    """Make the rows, have the engine set them, and say what that took."""
    engine, rows, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    groups = people.groups(rows)
    # Rows that were made before are nothing that an engine's collections should walk through.
    gc.collect()
    gc.freeze()
    before = _cpu()
    out = ENGINES[engine](groups, folder)
    taken = _cpu() - before
    peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    click.echo(
        json.dumps(
            {
                "engine": engine,
                "rows": rows,
                "cpu_seconds": round(taken, 2),
                "rows_per_cpu_second": round(rows / taken),
                "own_mb": round(peaks[0]),
                "child_mb": round(peaks[1]),
                "bytes": out.stat().st_size,
            }
        )
    )


if __name__ == "__main__":
    main()
