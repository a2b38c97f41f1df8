"""axe-core finds nothing on any page in any state, narrow and wide, light and dark; nor does a list of our own."""

import html
import itertools
import re
from typing import Any, Final, Literal

import pytest
from playwright.sync_api import Browser

from petition.translations import keeping
from tests.axe import RUN, TAGS, script
from tests.everypage import Again
from tests.reading import Reader, reading
from tests.witness import Page

Scheme = Literal["light", "dark"]
SCHEMES: Final[tuple[Scheme, ...]] = ("light", "dark")
View = tuple[int, Scheme]
#: The windows that axe looks through: on every page, and on those that have something new in them.
NARROW: Final[tuple[View, ...]] = ((375, "light"),)
VIEWS: Final[tuple[View, ...]] = ((1280, "light"), (1280, "dark"), *NARROW)
#: axe cannot tell what lies behind text where a line is drawn by a pseudo-element; the lines are ornaments. Nor can it
#: where a bar lies over whatever the page has come to; the bar hides it, and has a place of its own here.
NO_ORNAMENTS: Final = (
    ".catalogue::before, .catalogue::after, .card::before { display: none !important; }"
    ".thumb { position: static !important; }"
)
FIELDS: Final = frozenset({"input", "select", "textarea"})
#: What stands between two tags, or is read out in place of them; data-field is a name for scripts, and no word.
TEXTS: Final = re.compile(r'(?:>|aria-label="|title="|placeholder="|data-(?!field)\w+=")([^<>"]*\w[^<>"]*)')
#: What says that it is English: a language's name with what it does, a title.
OTHER_LANGUAGE: Final = re.compile(r'<(\w+)[^>]* lang="en"[^>]*>.*?</\1>', re.DOTALL)


@pytest.fixture(scope="module")
def axe() -> str:
    """axe-core as one script."""
    return script()


def begin(reader: Reader, scheme: Scheme, *left_out: str) -> None:
    """Let axe run: all rules in the light, but some; in the dark, where only colours differ, those about contrast."""
    rules = {"type": "tag", "values": TAGS} if scheme == "light" else {"type": "rule", "values": ["color-contrast"]}
    reader.tab.emulate_media(color_scheme=scheme)
    options: dict[str, Any] = {"runOnly": rules, "resultTypes": ["violations", "incomplete"], "preload": False}
    options["rules"] = {rule: {"enabled": False} for rule in left_out}
    reader.tab.evaluate(f"options => {{ window.found = ({RUN})(options); }}", options)


def findings(reader: Reader) -> list[str]:
    """What axe has found, as soon as it is done."""
    return [str(found) for found in reader.tab.evaluate("window.found")]


def test_axe_finds_nothing_on_any_page_in_any_state(browser: Browser, every_page: Again, axe: str) -> None:
    """Every page as on a phone; those that together hold every kind of element in every kind of place wide too.

    Wide, then narrowed: to load a page again would cost as much as axe does, and nothing but its width differs. In the
    dark only colours differ, and they are the same at every width: there the wide one alone is looked at.
    """
    found, telling = [], set(every_page.pages.telling())
    with reading(browser, every_page.url, every_page.pages) as reader:
        reader.tab.context.add_init_script(axe)
        for name in every_page.pages:
            views = VIEWS if name in telling else NARROW
            reader.width(views[0][0])
            reader.open(name)
            reader.style(NO_ORNAMENTS)
            for width, scheme in views:
                reader.width(width)
                begin(reader, scheme)
                found += [f"{name}, {width} px and {scheme}: {said}" for said in findings(reader)]
    assert found == []


def test_axe_finds_nothing_in_spanish(browser: Browser, every_page_in_spanish: Again, axe: str) -> None:
    """Names, roles and languages show at one width; colours and what stands where are the same in every language."""
    again = every_page_in_spanish
    found = []
    with reading(browser, again.url, again.pages, viewport={"width": 375, "height": 800}) as reader:
        reader.tab.context.add_init_script(axe)
        for name in again.pages.telling():
            reader.open(name)
            begin(reader, "light", "color-contrast")
            found += [f"{name}: {said}" for said in findings(reader)]
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


@pytest.mark.parametrize(("pages", "language"), [("every_page", "en"), ("every_page_in_spanish", "es")])
def test_every_page_has_a_title_of_its_own_one_heading_and_a_language(
    request: pytest.FixtureRequest, pages: str, language: str
) -> None:
    again: Again = request.getfixturevalue(pages)
    for name, kept in again.pages.items():
        source = kept.body.decode()
        page = Page(source)
        assert page.all("html", lang=language, dir="ltr"), name
        title = html.unescape(source.partition("<title>")[2].partition("</title>")[0])
        assert title.startswith("Error: ") is (kept.status in (422, 429, 503)), (name, title)
        levels = [int(tag[1]) for tag, _given in page.elements if re.fullmatch("h[1-6]", tag)]
        assert levels.count(1) == 1, name
        # What was refused stands ahead of the page's own heading.
        after = levels[levels.index(1) :]
        assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(after)), (name, levels)


# --- In Spanish ---------------------------------------------------------------------------------------


def test_a_refusal_in_spanish_has_the_focus_and_leads_to_its_fields(
    browser: Browser, every_page_in_spanish: Again
) -> None:
    again = every_page_in_spanish
    refused = {name: kept for name, kept in again.pages.items() if kept.status == 422}
    assert len(refused) >= 9
    with reading(browser, again.url, again.pages) as reader:
        for name, kept in refused.items():
            page = Page(kept.body.decode())
            ids = {given["id"] for tag, given in page.elements if tag in FIELDS and "id" in given}
            tab = reader.open(name)
            assert tab.evaluate("document.activeElement.id") == "errors", name
            leads = [link.get_attribute("href") or "" for link in tab.locator("#errors li a").all()]
            assert {lead.removeprefix("#") for lead in leads} <= ids, name
            assert leads or name == "errors-stale", name


def test_fields_have_their_purpose_in_either_language(every_page: Again, every_page_in_spanish: Again) -> None:
    for name, kept in every_page.pages.items():
        english, spanish = (
            [
                (given.get("id"), given.get("autocomplete"))
                for tag, given in page.elements
                if tag in FIELDS and given.get("type") != "hidden"
            ]
            for page in (Page(kept.body.decode()), Page(every_page_in_spanish.pages[name].body.decode()))
        )
        assert english == spanish, name


def test_no_page_in_spanish_is_left_in_english(every_page_in_spanish: Again) -> None:
    """Word by word, as text and in what is only read out, against the English of the catalogue."""
    catalogue = [message for message in keeping.read("es") if isinstance(message.id, str) and message.id]
    english = {message.id for message in catalogue} - {message.string for message in catalogue}
    for name, kept in every_page_in_spanish.pages.items():
        source = OTHER_LANGUAGE.sub("", kept.body.decode())
        texts = {" ".join(html.unescape(text).split()) for text in TEXTS.findall(source)}
        assert texts & english == set(), name
