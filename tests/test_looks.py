"""What holds a page together, as far as a ruler can tell: on the screen side by side, on paper, and on the cover."""

import io
import subprocess
from typing import Final

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from petition.packets import title
from tests.everypage import Again
from tests.reading import Reader, reading

CLOSE: Final = 56  # pixels: the air between two sections of the side, and a little
INCH: Final = 72  # points

BETWEEN: Final = """([above, below]) => document.querySelector(below).getBoundingClientRect().top
  - document.querySelector(above).getBoundingClientRect().bottom"""
#: The texts of what is shown in more than one line.
WRAPPED: Final = """chosen => [...document.querySelectorAll(chosen)].filter(each => {
  const range = document.createRange(); range.selectNodeContents(each);
  const tops = [...range.getClientRects()].map(box => box.top);
  return Math.max(...tops) - Math.min(...tops) > 10; }).map(each => each.textContent)"""


def between(tab: Page, above: str, below: str) -> float:
    """The pixels between the foot of one part and the head of another."""
    return float(tab.evaluate(BETWEEN, [above, below]))


@pytest.mark.parametrize("pages", ["every_page", "every_page_in_spanish"])
def test_the_desk_of_a_wide_campaign_page_has_no_loose_white(
    browser: Browser, request: pytest.FixtureRequest, pages: str
) -> None:
    again: Again = request.getfixturevalue(pages)
    with reading(browser, again.url, again.pages, viewport={"width": 1280, "height": 800}) as reader:
        tab = reader.open("campaign")
        assert 0 < between(tab, ".tally", "#sign") < CLOSE
        assert 0 < between(tab, ".opening header", ".text") < CLOSE
        ends = [between(tab, part, ".opening + .parted") for part in (".recorded", "#sign")]
        assert max(ends) - min(ends) < 300
        assert tab.evaluate(WRAPPED, ".pair label, .choices .tick span, .revisions span") == []
        reader.width(375)
        assert tab.evaluate(WRAPPED, ".pair label, .choices .tick span, .thumb .button") == []


def test_a_short_page_fills_the_window(reader: Reader) -> None:
    reader.width(1280)
    for name in ("missing", "expired", "statements-empty"):
        foot = reader.open(name).evaluate("document.querySelector('.colophon').getBoundingClientRect().bottom")
        assert foot == pytest.approx(800, abs=1), name


def printed(reader: Reader, name: str) -> list[str]:
    """The text of each sheet of paper that a page is printed on."""
    paper = reader.open(name).pdf(prefer_css_page_size=True)
    with pikepdf.open(io.BytesIO(paper)) as document:
        assert {tuple(map(float, page.mediabox)) for page in document.pages} == {(0, 0, 8.5 * INCH, 11 * INCH)}
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=paper, capture_output=True, check=True).stdout
    return text.decode().split("\f")[:-1]


def test_paper_shows_what_can_be_read_and_nothing_to_press(reader: Reader) -> None:
    campaign = printed(reader, "campaign")
    whole = "\n".join(campaign)
    assert "New ebooks belong" in campaign[0]
    assert "Wyoming" in whole  # the table is open
    for gone in ("Sign the petition", "Contents", "Skip to", "All states as a table"):
        assert gone not in whole
    assert len(campaign) <= 5
    (card,) = printed(reader, "private")
    assert "SAMPLE" in card
    assert "Withdraw my signature" not in card
    (confirmed,) = printed(reader, "confirmed-number")
    assert "Share the text" not in confirmed


words = st.text(alphabet="abcdefghiklmnoprstuMW", min_size=1, max_size=12)


@given(st.lists(words, min_size=1, max_size=6).map(" ".join))
def test_a_title_loses_no_word_takes_no_line_too_many_and_leaves_no_word_over(said: str) -> None:
    lines = title.lines(said)
    assert " ".join(lines) == said
    assert len(lines) <= len(_filled(said))
    if len(lines) > 1:
        assert max(map(_width, lines)) <= max(map(_width, _filled(said)))


def _filled(said: str) -> list[str]:
    """The title as a press sets it that fills each line before it begins the next."""
    lines = [""]
    for word in said.split():
        longer = f"{lines[-1]} {word}".strip()
        if _width(longer) > title.ROOM and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _width(line: str) -> float:
    return title.width(line, title.SIZE)


def test_the_title_of_the_campaign_is_set_in_lines_of_sense() -> None:
    assert title.lines("New ebooks belong in libraries from the first day") == [
        "New ebooks",
        "belong in libraries",
        "from the first day",
    ]
    assert title.lines("電子書籍を図書館に") == ["電子書籍を図書館に"]
    assert title.lines("") == [""]
