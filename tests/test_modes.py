"""Pages as people set their machines: forced colours, less motion, no fonts of ours."""

from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.everypage import Again
from tests.reading import Reader, reading

BORDERED = "input:is([type=text], [type=email]), select, .button, .stamp, .errors, .bad"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def forced(reader: Reader, name: str, scheme: Literal["light", "dark"]) -> Page:
    tab = reader.open(name)
    tab.emulate_media(forced_colors="active", color_scheme=scheme)
    return tab


@pytest.mark.parametrize("scheme", SCHEMES)
def test_with_forced_colours_every_control_and_stamp_keeps_its_border(
    reader: Reader, scheme: Literal["light", "dark"]
) -> None:
    """WCAG 1.4.11: 3 to 1 against the page."""
    for name in ("campaign", "errors-all", "did-you-mean", "sent-wrong", "confirm", "private", "withdraw"):
        tab = forced(reader, name, scheme)
        edges: dict[str, float] = tab.evaluate("which => measured.edges(which)", BORDERED)
        assert edges, name
        assert {what: ratio for what, ratio in edges.items() if ratio < 3} == {}, name


@pytest.mark.parametrize("scheme", SCHEMES)
def test_with_forced_colours_the_focus_is_seen(reader: Reader, scheme: Literal["light", "dark"]) -> None:
    tab = forced(reader, "did-you-mean", scheme)
    seen = 0
    while (focus := pressed(tab))["tag"] != "body":
        seen += 1
        assert focus["ring"] >= 2, focus
        assert focus["contrast"] >= 3, focus
    assert seen > 15


def pressed(tab: Page) -> dict[str, Any]:
    """What has the focus after one Tab."""
    tab.keyboard.press("Tab")
    found: dict[str, Any] = tab.evaluate("measured.focus()")
    return found


@pytest.mark.parametrize("scheme", SCHEMES)
def test_with_forced_colours_marks_differ_by_more_than_colour(
    reader: Reader, scheme: Literal["light", "dark"]
) -> None:
    for name, state in (("private-held", "held"), ("private-withdrawn", "gone"), ("private-invalidated", "gone")):
        tab = forced(reader, name, scheme)
        mark = tab.locator(f".status--{state}")
        assert mark.is_visible(), name
        assert mark.evaluate("mark => measured.mark(mark)") >= 3, name
    tab = forced(reader, "campaign", scheme)
    here, others = tab.locator(".masthead li a[aria-current]"), tab.locator(".masthead li a:not([aria-current])")
    colour = "each => getComputedStyle(each).borderBottomColor"
    assert here.first.evaluate(colour) not in {other.evaluate(colour) for other in others.all()}


def test_with_forced_colours_the_map_still_has_its_steps(reader: Reader) -> None:
    tab = forced(reader, "campaign", "light")
    fills = {tab.locator(f".tiles .t{step} rect").first.evaluate("r => getComputedStyle(r).fill") for step in range(6)}
    assert len(fills) == 6


def test_nothing_moves_for_those_who_asked_for_less(reader: Reader) -> None:
    for name in ("campaign", "errors-all", "private"):
        tab = reader.open(name)
        tab.emulate_media(reduced_motion="reduce")
        assert tab.evaluate("measured.moving()") == [], name
        tab.emulate_media(reduced_motion="no-preference")
        assert tab.evaluate("measured.moving()") != [], name  # the ruler is not blind
        assert max(tab.evaluate("measured.moving()")) <= 0.12, name


def test_pages_are_whole_before_any_font_has_come(browser: Browser, every_page: Again) -> None:
    with reading(browser, every_page.url, every_page.pages) as reader:
        reader.tab.context.route("**/*.woff2", lambda route: route.abort())
        for name in ("campaign", "errors-all", "private-long", "confirm-long"):
            reader.open(name)
            for width in (320, 375, 1280):
                reader.width(width)
                found = [said for what in ("sideways", "clipped", "overlapping") for said in reader.measured(what)]
                assert found == [], (name, width)
