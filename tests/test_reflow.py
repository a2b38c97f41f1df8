"""Every page fits: enlarged four times, with text spaced out, printed, in words 40 % longer, right to left."""

from collections.abc import Iterable

import pytest
from playwright.sync_api import Browser

from tests.everypage import Again
from tests.reading import Reader, reading

ENLARGED = 320  # CSS pixels left of a window 1280 wide at 400 %, as WCAG 1.4.10 counts
#: WCAG 1.4.12, all four at once.
SPACED = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-block-end: 2em !important; }
"""
OPEN = "document.querySelectorAll('details').forEach(each => { each.open = true; })"


FITS = ("sideways", "clipped", "overlapping", "tiles")


def faults(reader: Reader, where: str, widths: Iterable[int], *rulers: str) -> list[str]:
    """What the rulers find at these widths."""
    found = []
    for width in widths:
        reader.width(width)
        for ruler in rulers:
            found += [f"{where} at {width} px: {said}" for said in reader.measured(ruler)]
    return found


@pytest.fixture(scope="module")
def measured(browser: Browser, every_page: Again) -> dict[str, list[str]]:
    """Every page opened once, whatever is folded away in it too, and measured as it is; some of them spaced out.

    Those together hold every kind of element in every kind of place.
    """
    found: dict[str, list[str]] = {"fits": [], "targets": [], "spaced": []}
    telling = set(every_page.pages.telling())
    with reading(browser, every_page.url, every_page.pages) as reader:
        for name in every_page.pages:
            reader.open(name).evaluate(OPEN)
            found["fits"] += faults(reader, name, (ENLARGED, 375, 1280), *FITS)
            found["targets"] += faults(reader, name, (375, 1280), "small")
            if name in telling:
                reader.style(SPACED)
                found["spaced"] += faults(reader, name, (ENLARGED, 1280), *FITS)
    return found


def test_nothing_scrolls_sideways_or_overlaps_when_enlarged_four_times(measured: dict[str, list[str]]) -> None:
    assert measured["fits"] == []


def test_what_is_pressed_is_large_enough(measured: dict[str, list[str]]) -> None:
    """48 px high for controls, and 24 px for links that do not stand in a sentence (WCAG 2.5.8 asks 24)."""
    assert measured["targets"] == []


def test_text_may_be_spaced_out(measured: dict[str, list[str]]) -> None:
    assert measured["spaced"] == []


def test_words_may_be_longer_and_run_from_right_to_left(
    browser: Browser, every_page_in_nobodys_words: Again
) -> None:
    found = []
    again = every_page_in_nobodys_words
    with reading(browser, again.url, again.pages) as reader:
        for name in again.pages.telling():
            tab = reader.open(name)
            assert tab.evaluate("getComputedStyle(document.body).direction") == "rtl", name
            tab.evaluate(OPEN)
            found += faults(reader, name, (375, 1280), *FITS)
            assert "⟦" in tab.locator("footer").inner_text(), name
    assert found == []


def test_the_rulers_would_find_something(reader: Reader) -> None:
    """The tests above are not blind: each ruler sees the fault that it is for."""
    reader.open("campaign")
    reader.width(375)
    assert [reader.measured(what) for what in ("sideways", "clipped", "overlapping", "tiles", "small")] == [[]] * 5
    for rules, what in (
        ("h1 { width: 40rem; }", "sideways"),
        (".ask { height: 1rem; overflow: hidden; }", "clipped"),
        (".ask { margin-block-start: -2rem; }", "overlapping"),
        (".tiles .ab { letter-spacing: 2em; }", "tiles"),
        (".button { min-height: 2rem !important; padding: 0; }", "small"),
    ):
        reader.style(rules)
        assert reader.measured(what), rules


# --- Printed ------------------------------------------------------------------------------------------


def test_a_printed_page_is_text_and_nothing_to_press(reader: Reader) -> None:
    for name in ("campaign", "campaign-empty", "publishers", "your-data", "private", "revision", "sent"):
        tab = reader.open(name)
        reader.width(700)
        tab.emulate_media(media="print", color_scheme="dark")
        pressed = "form, nav, button, input, summary, .thumb, .skip, .actions, .finish, .sample"
        assert [each.evaluate("measured.named") for each in tab.locator(pressed).all() if each.is_visible()] == [], name
        assert tab.locator("h1").is_visible(), name
        assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)", name
        colours: set[str] = set(tab.evaluate("measured.inks()"))
        # Ink, ink of notes, the red of a stamp, and white on the darkest tiles of the map.
        ours = {"rgb(0, 0, 0)", "rgb(51, 51, 51)", "rgb(142, 20, 18)"}
        assert colours <= ours, name


def test_printed_tables_are_open(reader: Reader) -> None:
    tab = reader.open("campaign")
    tab.emulate_media(media="print")
    table = tab.locator("details table")
    assert table.get_by_text("Wyoming").is_visible()
    assert tab.locator(".whole .hash").first.is_visible()
