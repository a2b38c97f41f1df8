"""axe-core finds nothing on any page in any state, narrow and wide, light and dark; nor does a list of our own."""

import html
import importlib.util
import itertools
import re
from pathlib import Path
from typing import Any, Final, Literal

import pytest
from playwright.sync_api import Browser

from tests.everypage import Again
from tests.prepared import miss
from tests.reading import Reader, reading
from tests.witness import Page

TAGS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice")
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
#: axe cannot tell what lies behind text where a line is drawn by a pseudo-element; the lines are ornaments.
NO_ORNAMENTS: Final = ".catalogue::before, .catalogue::after, .card::before { display: none !important; }"
#: `incomplete` are the places at which axe could not decide; the map's letters are measured below.
RUN: Final = """options => axe.run(document, options).then(result => [
  ...result.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 160)}`)),
  ...result.incomplete.flatMap(rule => rule.nodes.filter(node => !node.html.startsWith("<text"))
    .map(node => `undecided ${rule.id}: ${node.html.slice(0, 160)}`)),
])"""


@pytest.fixture(scope="module")
def axe() -> str:
    """axe-core as one script."""
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        miss("axe-playwright-python is not installed")
    return Path(found.origin).with_name("axe.min.js").read_text()


def begin(reader: Reader, scheme: Literal["light", "dark"]) -> None:
    """Let axe run: all rules in the light; in the dark, where only colours differ, those about contrast."""
    rules = {"type": "tag", "values": TAGS} if scheme == "light" else {"type": "rule", "values": ["color-contrast"]}
    reader.tab.emulate_media(color_scheme=scheme)
    options: dict[str, Any] = {"runOnly": rules, "resultTypes": ["violations", "incomplete"], "preload": False}
    reader.tab.evaluate(f"options => {{ window.found = ({RUN})(options); }}", options)


def findings(reader: Reader) -> list[str]:
    """What axe has found, as soon as it is done."""
    return [str(found) for found in reader.tab.evaluate("window.found")]


def test_axe_finds_nothing_on_any_page_in_any_state(browser: Browser, every_page: Again, axe: str) -> None:
    """A narrow and a wide window side by side, since each may have a processor to itself."""
    found = []
    with (
        reading(browser, every_page.url, every_page.pages, viewport={"width": 375, "height": 800}) as narrow,
        reading(browser, every_page.url, every_page.pages, viewport={"width": 1280, "height": 800}) as wide,
    ):
        for reader in (narrow, wide):
            reader.tab.context.add_init_script(axe)
        for name in every_page.pages:
            for reader in (narrow, wide):
                reader.open(name)
                reader.style(NO_ORNAMENTS)
            for scheme in SCHEMES:
                begin(narrow, scheme)
                begin(wide, scheme)
                found += [f"{name}, narrow and {scheme}: {said}" for said in findings(narrow)]
                found += [f"{name}, wide and {scheme}: {said}" for said in findings(wide)]
    assert found == []


def test_axe_would_find_something(reader: Reader, axe: str) -> None:
    """The test above is not blind: the same call sees a label taken away and a colour faded."""
    reader.tab.context.add_init_script(axe)
    reader.open("campaign-empty")
    begin(reader, "light")
    assert findings(reader) == []
    reader.tab.evaluate("document.querySelector('label[for=name]').remove()")
    reader.style(".ask { color: #999; }")
    begin(reader, "light")
    rules = {said.partition(":")[0] for said in findings(reader)}
    assert rules == {"label", "label-title-only", "color-contrast"}


def test_the_letters_of_the_map_stand_out_from_their_tiles(reader: Reader) -> None:
    """WCAG 1.4.3: 4.5 to 1 in each of the five steps and in the empty tile, which shows the page through."""
    tab = reader.open("campaign")
    for scheme in SCHEMES:
        for forced in ("none", "active"):
            tab.emulate_media(color_scheme=scheme, forced_colors=forced)
            ratios: dict[str, float] = tab.evaluate("measured.tileContrast()")
            assert set(ratios) == {"t0", "t1", "t2", "t3", "t4", "t5"}
            assert {step: ratio for step, ratio in ratios.items() if ratio < 4.5} == {}, (scheme, forced)


def test_every_page_has_a_title_of_its_own_one_heading_and_a_language(every_page: Again) -> None:
    for name, kept in every_page.pages.items():
        source = kept.body.decode()
        page = Page(source)
        assert page.all("html", lang="en", dir="ltr"), name
        title = html.unescape(source.partition("<title>")[2].partition("</title>")[0])
        assert title.startswith("Error: ") is (kept.status in (422, 429, 503)), (name, title)
        levels = [int(tag[1]) for tag, _given in page.elements if re.fullmatch("h[1-6]", tag)]
        assert levels.count(1) == 1, name
        # What was refused stands ahead of the page's own heading.
        after = levels[levels.index(1) :]
        assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(after)), (name, levels)
