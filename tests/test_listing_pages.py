"""The roster's pages: as plain HTML would set them, extractable line by line, and made of little memory and file."""

import fcntl
import os
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator
from gettext import NullTranslations
from pathlib import Path

import pikepdf
import pydyf
import pytest
import weasyprint

from bench import people
from petition.errors import CannotBuild
from petition.packets import spooling
from petition.packets.contents import RosterEntry, RosterGroup
from petition.packets.rendering import SHEET, environment, packaged_fonts
from petition.paths import STATIC
from petition.pdf.document import Document, Limits, Listing, PressRefused, Progress, limits_for_rows
from petition.pdf.glyphs import show
from petition.pdf.grid import Heading, paginate
from petition.pdf.press import press
from petition.pdf.spool import Spool
from tests.test_packet_pages import DAY, NAMES, REORDERED, RIGHT_TO_LEFT, entry, group, require, require_fonts

STYLE = """@page roster { @top-right { content: "PET US" } @bottom-left { content: "Ledger" }
@bottom-center { content: "The ask" } @bottom-right { content: "Page " counter(page) " of " counter(pages, total) } }"""
HEAD = f'<!doctype html><html lang="en"><title>Roster</title><link rel="stylesheet" href="asset:{SHEET}">'
#: Points to the side and in height. Kerning with a space is left out word by word; and plain HTML moves a line by the
#: ascent of whatever face stands in, where ours stay on the grid.
NEAR = (0.5, 0.8)


def a_listing(groups: list[RosterGroup], folder: Path, spelled: dict[str, str] | None = None) -> Document:
    """The groups between a page before them and one behind."""

    class Packet:
        rows = 1

    sample = environment(NullTranslations()).get_template("packets/roster.html").render(packet=Packet())
    html = f"{HEAD}<style>{STYLE}</style><section id='before'><a href='#after'>Before</a></section>{sample}"
    html += "<section id='after' data-outline='After'>After</section>"
    _, parts = spooling.spooled(groups, folder)
    listing = Listing(parts, "Page {page} of {pages}", spelled or {})
    return Document(html, {SHEET: STATIC / SHEET, **packaged_fonts()}, archival=True, listing=listing)


def as_html(groups: list[RosterGroup], out: Path) -> None:
    """The same entries as elements of a page, set by WeasyPrint alone."""
    pages = list(paginate(groups))
    roster = (
        environment(NullTranslations())
        .get_template("papers/roster.html")
        .render(roster=pages, is_heading=lambda item: isinstance(item, Heading))
    )
    html = f"{HEAD}<style>{STYLE}</style><section>Before</section>{roster}<section>After</section>"
    document = Document(html, {SHEET: STATIC / SHEET, **packaged_fonts()})
    press(document, out, limits_for_rows(1000))


def words(pdf: Path, first: int, last: int) -> list[tuple[int, str, tuple[float, ...]]]:
    """Each word with its page and its corners in points."""
    require("pdftotext")
    command = ["pdftotext", "-bbox", "-f", str(first), "-l", str(last), str(pdf), "-"]
    html = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found, page = [], 0
    pattern = r'<page |<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)<'
    for one in re.finditer(pattern, html):
        if one[5] is None:
            page += 1
        else:
            found.append((page, one[5], tuple(float(one[corner]) for corner in range(1, 5))))
    return found


@pytest.fixture(scope="module")
def mixed() -> list[RosterGroup]:
    """Two pages of every script, with names of every length."""
    require_fonts("Noto Serif CJK JP", "Noto Naskh Arabic", "Noto Serif Hebrew", "Noto Serif Devanagari")
    long_names = ("Maximiliana Featherstonehaugh-Cholmondeley", "Wolfe" * 12, "Ana María de los Ángeles " * 6 + "Vidal")
    everyone = (*NAMES, *RIGHT_TO_LEFT, *REORDERED, *((name, "Tegucigalpa, Honduras") for name in long_names))
    abroad = [entry(1000 + n, name, place, n) for n, (name, place) in enumerate(everyone)]
    home = [entry(n, f"Ada T. Vernon-Avery {n}", "Omaha", n % 30) for n in range(1, 140)]
    return [group(home), group(abroad, "ZZ", "Outside the United States")]


def test_a_listing_stands_where_plain_html_would_put_it(mixed: list[RosterGroup], tmp_path: Path) -> None:
    press(a_listing(mixed, tmp_path), tmp_path / "ours.pdf", limits_for_rows(200))
    as_html(mixed, tmp_path / "html.pdf")
    ours, html = words(tmp_path / "ours.pdf", 2, 3), words(tmp_path / "html.pdf", 2, 3)
    assert len(ours) > 800
    assert [page for page, *_ in ours].count(2) > 100
    by_text: dict[tuple[int, str], list[tuple[float, ...]]] = {}
    for page, text, corners in html:
        by_text.setdefault((page, text), []).append(corners)
    lost, apart = [], []
    for page, text, corners in ours:
        there = by_text.get((page, text), [])
        near = [other for other in there if all(abs(corners[n] - other[n]) < NEAR[n % 2] for n in range(4))]
        if not there:
            lost.append((page, text))
        elif not near:
            apart.append((page, text, corners, there[:2]))
    # What a reader is told of syllables, it takes for one word; plain HTML says them wrong.
    assert {text for _, text in lost} <= {name for name, _ in REORDERED}
    assert apart == []
    more = Counter((page, text) for page, text, _ in ours) - Counter((page, text) for page, text, _ in html)
    less = Counter((page, text) for page, text, _ in html) - Counter((page, text) for page, text, _ in ours)
    assert set(more) == set(lost)
    assert {letter for _, text in less for letter in text} <= {letter for name, _ in REORDERED for letter in name}


def test_pages_links_and_outline_count_on_through_a_listing(mixed: list[RosterGroup], tmp_path: Path) -> None:
    steps: list[Progress] = []
    report = press(a_listing(mixed, tmp_path), tmp_path / "out.pdf", limits_for_rows(200), steps.append)
    assert report.pages == 4
    assert [(step.done, step.total) for step in steps if step.step == "lay out" and step.done] == [(2, 2)]
    assert steps[-1].step == "write"
    text = subprocess.run(["pdftotext", str(tmp_path / "out.pdf"), "-"], capture_output=True, text=True, check=True)
    for number, page in enumerate(text.stdout.split("\f")[:-1], start=1):
        assert (f"Page {number} of 4" in page) == (number in (2, 3)), page
    with pikepdf.open(tmp_path / "out.pdf") as pdf:
        pages = [page.objgen for page in pdf.pages]
        with pdf.open_outline() as outline:
            roster, after = outline.root
            assert [roster.title, *(one.title for one in roster.children), after.title] == [
                "The roster, by state", "Nebraska", "Outside the United States", "After",
            ]  # fmt: skip
            there = [pages.index(one.destination[0].objgen) for one in (roster, *roster.children, after)]
        assert there == [1, 1, 2, 3]
        named = list(pdf.Root.Names.Dests.Names)
        where = {str(name): pages.index(there[0].objgen) for name, there in zip(named[::2], named[1::2], strict=True)}
        assert where == {"before": 0, "roster": 1, "after": 3}


# Text


def lines_of(pdf: Path) -> Iterator[str]:
    """The text's lines without the signs that mark directions, their letters in one form."""
    require("pdftotext")
    done = subprocess.run(["pdftotext", "-raw", str(pdf), "-"], capture_output=True, text=True, check=True)
    assert done.stderr == ""  # where it says what is wrong with the file
    marks = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u200e\u200f"))
    for line in done.stdout.splitlines():
        yield unicodedata.normalize("NFKC", line).translate(marks)


def test_every_line_of_a_listing_can_be_extracted_once_and_in_order(tmp_path: Path) -> None:
    require_fonts("Noto Serif CJK JP", "Noto Naskh Arabic", "Noto Serif Hebrew", "Noto Serif Devanagari")
    groups = people.groups(4_000)
    ligatures = [RosterEntry(5_000 + n, name, "Amman", DAY) for n, name in enumerate(("عبد الله", "لا إله", "الله"))]
    groups.append(RosterGroup("S50", "State 51", ligatures))
    # Shaped with a mark that is raised and moved.
    groups.append(RosterGroup("S51", "State 52", [RosterEntry(6_000, "अनन्या शर्मा", "Bhopal", DAY)]))
    press(a_listing(groups, tmp_path), tmp_path / "out.pdf", limits_for_rows(5_000))
    # Each line, in the order of the list; words from right to left stand in the order of the paper, not of reading.
    found = [sorted(line.split()) for line in lines_of(tmp_path / "out.pdf")]
    at, exceptions = 0, []
    for one in (one for each in groups for one in each.entries):
        day = f"{one.day.month}-{one.day.day:02d}"
        said = unicodedata.normalize("NFKC", f"{one.number} {one.name} {one.place} {day}")
        try:
            at = found.index(sorted(said.split()), at) + 1
        except ValueError:
            exceptions.append(one.name)
    # A ligature is one glyph for several letters, which readers turn round: plain HTML has the same.
    assert set(exceptions) <= {one.name for one in ligatures}
    numbers = [line[0] for line in map(str.split, lines_of(tmp_path / "out.pdf")) if line and line[0].isdigit()]
    assert [int(number) for number in numbers if number.isascii()] == [
        one.number for each in groups for one in each.entries
    ]


@pytest.mark.parametrize(
    ("glyphs", "operators"),
    [
        ("(ab)", "(ab)Tj"),
        (r"(a\)b)", r"(a\)b)Tj"),
        ("(a)-7(b)", "[(a)-7(b)]TJ"),
        ("2.09(a)", "[2.09(a)]TJ"),
        ("(a)-2", "[(a)-2]TJ"),
        ("-2", "[-2]TJ"),
    ],
)
def test_a_move_beside_a_string_is_shown_by_the_operator_that_takes_moves(glyphs: str, operators: str) -> None:
    assert show("", glyphs) == operators


def test_comments_stand_below_their_entries_whole(tmp_path: Path) -> None:
    comment = "Our wait list is long: eleven weeks for a book that came out in spring. " * 4
    groups = [group([RosterEntry(n, f"Ada {n}", "Omaha", DAY, comment if n % 7 == 0 else "") for n in range(1, 200)])]
    press(a_listing(groups, tmp_path), tmp_path / "out.pdf", limits_for_rows(200))
    text = " ".join(lines_of(tmp_path / "out.pdf"))
    text = re.sub(r"\x0c?(PET US|Ledger|The ask|Page \d of \d|Nebraska \d+ – Nebraska \d+) ?", "", text)
    assert text.count(comment.strip()) == len(range(7, 200, 7))
    assert f"Ada 14 Omaha 9-11 {comment.strip()} 15 Ada 15" in text


# Bounds


def test_the_press_sets_a_listing_without_the_features_and_their_libraries(tmp_path: Path) -> None:
    code = (
        "import sys; from petition.pdf import archival, child, grid, innards, listing, spool; "
        "print([name for name in sys.modules if name.split('.')[0] in ('flask', 'sqlalchemy', 'werkzeug')"
        " or name.startswith('petition.') and name.split('.')[1] not in ('pdf', 'paths', 'errors')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_private_parts_are_used_with_the_version_they_were_written_for() -> None:
    assert weasyprint.__version__.split(".")[0] == "70"
    assert pydyf.__version__.split(".")[:2] == ["0", "13"]


def test_a_listing_that_finds_no_room_is_one_sentence_and_leaves_nothing(
    mixed: list[RosterGroup], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    limits = Limits(cpu_seconds=60, wall_seconds=600, memory_bytes=2**31, file_bytes=4_000, pages=50)
    with pytest.raises(PressRefused, match="larger than is allowed") as refused:
        press(a_listing(mixed, tmp_path), tmp_path / "out.pdf", limits)
    assert refused.value.kind == "size"
    few = Limits(cpu_seconds=60, wall_seconds=600, memory_bytes=2**31, file_bytes=10**8, pages=3)
    with pytest.raises(PressRefused, match="more than 3 pages"):
        press(a_listing(mixed, tmp_path), tmp_path / "out.pdf", few)
    assert not (tmp_path / "out.pdf").exists()
    assert [path.name for path in (tmp_path / "temporary").iterdir() if path.suffix != ".lock"] == []


def test_what_a_killed_build_has_left_goes_with_the_next(
    mixed: list[RosterGroup], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    of_the_dead, of_the_living = (temporary / f"petition-press-{name}" for name in ("dead", "living"))
    for folder in (of_the_dead, of_the_living):
        folder.mkdir()
        (folder / "drawn").write_bytes(b"names")
    (tmp_path / ".out.pdf.0123abcd.part").write_bytes(b"%PDF")
    at_work = os.open(of_the_living, os.O_RDONLY)
    fcntl.flock(at_work, fcntl.LOCK_EX)
    press(a_listing(mixed[:1], tmp_path), tmp_path / "out.pdf", limits_for_rows(200))
    os.close(at_work)
    assert not of_the_dead.exists()
    assert of_the_living.exists()
    assert [path.name for path in tmp_path.glob(".*.part")] == []


@pytest.mark.parametrize("entries_added", [1, 20_000])
def test_a_disk_without_room_for_the_roster_is_one_sentence(entries_added: int) -> None:
    def keep() -> None:
        with Spool(Path("/dev/full")) as spool:
            for number in range(entries_added):
                spool.add(number, "Ada Sample-Okafor", "Omaha", DAY)

    with pytest.raises(CannotBuild, match="The disk is full: the roster could not be kept in /dev"):
        keep()


def test_what_would_part_lines_of_a_spool_stands_in_none(tmp_path: Path) -> None:
    with Spool(tmp_path / "spool") as spool:
        spool.add(1, "Ada\tB", "Oma\nha", DAY, "one\r\ntwo\u2028three")
        first = spool.section()
        spool.add(2, "Cy", "", DAY)
        second = spool.section()
    assert [tuple(line) for line in first] == [(1, "Ada B", "Oma ha", DAY, "one  two\u2028three")]
    assert [line.name for line in (*second, *second)] == ["Cy", "Cy"]
    assert len(first) == len(second) == 1
    assert spool.days == {DAY}
    assert "\u2028" in spool.characters
