"""What is read aloud of a packet: every passage once and in order, by a tree that holds all of them, nothing else."""

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from petition.packets.contents import RosterEntry
from petition.packets.rendering import render
from petition.pdf.structure import begin, numbered, said_as
from tests.pdfa.contents import drawn
from tests.test_packet_pages import (
    DAY,
    NAMES,
    REORDERED,
    RIGHT_TO_LEFT,
    contents,
    entry,
    group,
    require,
    require_fonts,
    signed,
)

NEBRASKANS = range(1, 141)  # more than a page of the roster takes
COMMENT = "Our wait list is long: eleven weeks for a book that came out in spring. " * 3
LONG = "Ana María de los Ángeles " * 6 + "Vidal"


@pytest.fixture(scope="module")
def packet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole packet of three states, the first of which goes on over pages."""
    require_fonts("Noto Serif CJK JP", "Noto Naskh Arabic", "Noto Serif Hebrew", "Noto Serif Devanagari")
    everyone = (*NAMES, *RIGHT_TO_LEFT, *REORDERED, (LONG, "Omaha"))
    abroad = [entry(900 + at, name, place) for at, (name, place) in enumerate(everyone)]
    home = [RosterEntry(at, f"Ada T. Vernon {at}", "Omaha", DAY, COMMENT if at == 7 else "") for at in NEBRASKANS]
    kansas = [entry(at, f"Cy {at}", "Salina") for at in range(400, 410)]
    groups = (group(home), group(kansas, "KS", "Kansas"), group(abroad, "ZZ", "Outside the United States"))
    said = contents(*groups, texts=(signed("<h2>Why</h2><p>We <em>ask</em>.</p><ul><li>One<li>Two</ul>"),))
    folder = tmp_path_factory.mktemp("structure")
    render(said, folder / "packet.pdf")
    # The reader of the tree goes through a page's content once for each passage on it: it is spared long tables.
    few = tuple(each for each in said.by_state if each.verified or each.code in ("AK", "WY"))
    render(replace(said, by_state=few), folder / "few.pdf")
    return folder / "packet.pdf"


def elements(node: Any, above: Any = None) -> Iterator[tuple[Any, Any]]:
    """Each structure element with the one above it, in the order of reading."""
    for kid in _kids(node):
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid, node
            yield from elements(kid, node)


def _kids(node: Any) -> list[Any]:
    kids = node.get("/K", [])
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


@pytest.fixture(scope="module")
def spoken(packet: Path) -> list[tuple[int, str, str]]:
    """As poppler reads the tree: depth, kind and text of each element that has text of its own."""
    require("pdfinfo")
    few = str(packet.with_name("few.pdf"))
    said = subprocess.run(["pdfinfo", "-struct-text", few], capture_output=True, text=True, check=True)
    assert said.stderr == ""
    found: list[tuple[int, str, str]] = []
    for line in said.stdout.splitlines():
        depth, text = len(line) - len(line.lstrip()), line.strip()
        if text.startswith('"'):
            depth, kind, before = found.pop()
            found.append((depth, kind, before + text[1:-1]))
        else:
            found.append((depth, text.split()[0], ""))
    return found


def test_every_marked_passage_is_in_the_tree_once_and_the_tree_holds_nothing_else(packet: Path) -> None:
    with pikepdf.open(packet) as pdf:
        root = pdf.Root.StructTreeRoot
        assert pdf.Root.MarkInfo.Marked
        numbers = list(root.ParentTree.Nums)
        by_key = {int(key): value for key, value in zip(numbers[::2], numbers[1::2], strict=True)}
        assert list(by_key) == sorted(by_key)
        pages = [page.obj for page in pdf.pages]
        held: Counter[tuple[int, int]] = Counter()
        owner: dict[tuple[int, int], tuple[int, int]] = {}
        for one, above in elements(root):
            assert one.P.objgen == above.objgen
            for kid in _kids(one):
                if isinstance(kid, int):
                    at = next(number for number, page in enumerate(pages) if page.objgen == one.Pg.objgen)
                    held[at, kid] += 1
                    owner[at, kid] = one.objgen
        seen = drawn(pdf)
        assert seen.unmarked == []
        for at, (page, shown) in enumerate(zip(pages, seen.pages, strict=True)):
            assert shown.faults == []
            assert int(page.StructParents) == at
            assert shown.marks == sorted(shown.marks) == list(range(len(by_key[at])))
            assert [one.objgen for one in by_key[at]] == [owner[at, mark] for mark in shown.marks]
        assert set(held.values()) == {1}
        assert len(held) == sum(len(shown.marks) for shown in seen.pages)
        links = {one.StructParent: one for page in pages for one in page.get("/Annots", ())}
        assert set(links) == set(by_key) - set(range(len(pages)))


def test_a_roster_is_read_in_order_state_by_state_between_what_stands_before_and_behind(
    spoken: list[tuple[int, str, str]],
) -> None:
    said = spoken
    heading = f"Nebraska {len(NEBRASKANS)} "
    begins = next(at for at, (_, kind, text) in enumerate(said) if kind == "H2" and text == heading)
    before = [text for _, kind, text in said[:begins]]
    assert any("Where the count comes from" in text for text in before)
    assert any("The record" in text for _, _, text in said[begins:])
    ends = next(at for at, (depth, _, _) in enumerate(said) if at > begins and depth < said[begins - 1][0])
    roster = said[begins:ends]
    assert [text for _, kind, text in roster if kind == "H2"] == [
        heading, "Kansas 10 ", "Outside the United States 15 ",
    ]  # fmt: skip
    assert {kind for _, kind, _ in roster} == {"H2", "P", "Sect"}
    aloud = "".join(text for _, kind, text in roster if kind == "P")
    home = "".join(f"{at} Ada T. Vernon {at} Omaha 9-11 {COMMENT if at == 7 else ''}" for at in NEBRASKANS)
    assert aloud.startswith(home + "400 Cy 400 Salina 9-11 401")
    for name, place in NAMES:
        assert f" {name} {place} 9-11 " in aloud
    assert f" {LONG} Omaha 9-11 " in aloud


def test_running_heads_feet_and_folios_are_not_read_aloud(packet: Path, spoken: list[tuple[int, str, str]]) -> None:
    aloud = "".join(text for *_, text in spoken)
    text = subprocess.run(["pdftotext", str(packet), "-"], capture_output=True, text=True, check=True).stdout
    for running in (r"Page \d+ of \d+", "Nebraska 1 – Nebraska", "SAMPLE"):
        assert re.search(running, text)
        assert not re.search(running, aloud)


def test_the_roster_costs_an_element_for_a_column_not_for_an_entry(packet: Path) -> None:
    with pikepdf.open(packet) as pdf:
        roster = next(one for one, _ in elements(pdf.Root.StructTreeRoot) if "/T" in one)
        assert str(roster.T) == "The roster, by state"
        assert len(list(elements(roster))) < 20


def test_what_is_said_otherwise_ends_its_passage_and_lets_it_go_on() -> None:
    content = f"q {begin('H2')}(a)Tj EMC {begin('P')}(b)Tj {said_as('क', '(c)Tj')} (d)Tj EMC"
    written, kinds = numbered(content)
    assert kinds == ["H2", "P", "", ""]
    assert (
        written.split()
        == (
            "q /H2<</MCID 0>>BDC (a)Tj EMC /P<</MCID 1>>BDC (b)Tj "
            "EMC /Span<</MCID 2/ActualText<feff0915>>>BDC (c)Tj EMC /P<</MCID 3>>BDC (d)Tj EMC"
        ).split()
    )
