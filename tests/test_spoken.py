"""What a screen reader is given: names, roles, states and descriptions, as the browser computes them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page

from tests.everypage import Again
from tests.reading import Reader, reading

SILENT: Final = frozenset("InlineTextBox StaticText LabelText Legend generic none paragraph LineBreak".split())


@dataclass(frozen=True)
class Spoken:
    """One thing that is announced."""

    role: str
    name: str
    description: str = ""
    value: str = ""
    states: dict[str, Any] = field(default_factory=dict)

    @property
    def line(self) -> str:
        """In one line, as a speech viewer writes it."""
        said = [self.role, self.name, *(state for state in ("required", "invalid") if self.states.get(state))]
        return ", ".join([*said, *([self.description] if self.description else [])])


def spoken(tab: Page) -> Iterator[Spoken]:
    """The whole page in reading order."""
    session = tab.context.new_cdp_session(tab)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    by_id = {node["nodeId"]: node for node in nodes}
    waiting = [nodes[0]["nodeId"]]
    while waiting:
        node = by_id[waiting.pop()]
        waiting += [child for child in reversed(node.get("childIds", [])) if child in by_id]
        role = node["role"]["value"]
        if not node["ignored"] and role not in SILENT:
            yield _read(node, role)


def _read(node: dict[str, Any], role: str) -> Spoken:
    states = {given["name"]: given["value"].get("value") for given in node.get("properties", [])}
    if states.get("invalid") == "false":
        states["invalid"] = False
    name, description, value = (
        " ".join(str(node.get(part, {}).get("value", "")).split()) for part in ("name", "description", "value")
    )
    return Spoken(role, name, description, value, states)


def form(reader: Reader, name: str) -> list[str]:
    """The fields of a page's sign form with their groups, line by line."""
    roles = ("textbox", "combobox", "radio", "checkbox", "group", "DisclosureTriangle", "button")
    return [each.line for each in spoken(reader.open(name)) if each.role in roles and each.name]


def test_the_sign_form_is_said_well(reader: Reader) -> None:
    assert form(reader, "campaign-empty") == [
        "textbox, Name, required, As you want it to read in the letter to the publisher.",
        "textbox, E-mail, required, To confirm your signature. Never published, never given to the publisher.",
        "textbox, City or town, required",
        "textbox, ZIP (optional)",
        "combobox, State",  # needed as well, but Chromium's tree keeps that of a list to itself
        "group, I sign as a (optional)",
        "radio, Reader",
        "radio, Librarian",
        "radio, Author",
        "radio, Other",
        "DisclosureTriangle, Add your library or a comment (optional)",
        "checkbox, Show my name and state on this site",
        "checkbox, Send me news of this petition, a few e-mails in all",
        "button, Sign the petition",
        "DisclosureTriangle, Call number and check sum",
    ]


def test_what_is_needed_is_said_before_the_first_field(reader: Reader) -> None:
    for name in ("campaign-empty", "errors-one", "did-you-mean"):
        tab = reader.open(name)
        first = tab.locator("form.signing p").first
        assert first.inner_text() == "Name, e-mail, town and state are needed. The rest is optional.", name
        assert tab.locator("form.signing [required]").evaluate_all("all => all.map(each => each.id)") == [
            "name", "email", "city", "state",
        ]  # fmt: skip


def test_a_refused_form_says_what_is_wrong_with_each_field(reader: Reader) -> None:
    said = form(reader, "errors-all")
    for line in (
        "textbox, Name, required, invalid, Type your name. As you want it to read in the letter to the publisher.",
        "textbox, City or town, required, invalid, Type your city or town.",
        "combobox, State, invalid, Choose a state, or “Outside the United States”.",
        "group, I sign as a (optional), Choose one of the four, or none.",
    ):
        assert line in said
    assert [line for line in said if line.startswith("textbox, Library")] == [
        "textbox, Library or organization (optional)"
    ]
    (asked,) = (line for line in form(reader, "did-you-mean") if line.startswith("textbox, E-mail"))
    assert asked == (
        "textbox, E-mail, required, invalid, Did you mean ada@gmail.com? "
        "If what you typed is right, press Sign again."
    )
    (code,) = (line for line in form(reader, "sent-wrong") if line.startswith("textbox"))
    assert code.startswith(
        "textbox, The code from the e-mail, required, invalid, That code does not fit. "
        "Check it against the newest e-mail. 4 tries are left."
    )


@pytest.mark.parametrize("name", ["errors-all", "errors-stale", "too-many", "busy", "sent-wrong", "confirm-code-wrong"])
def test_a_refusal_is_an_alert_with_a_name_ahead_of_everything_else_on_the_page(reader: Reader, name: str) -> None:
    page = list(spoken(reader.open(name)))
    main = next(place for place, each in enumerate(page) if each.role == "main")
    alert = page[main + 1]
    assert alert.role == "alert"
    assert alert.name
    assert page[main + 2].role == "heading"
    assert page[main + 2].name == alert.name


def test_every_field_names_its_purpose_to_the_browser(reader: Reader) -> None:
    """WCAG 1.3.5: what is about the person has its token, so that it can be filled in or shown as a picture."""
    tab = reader.open("campaign-empty")
    tokens = {
        field.get_attribute("id"): field.get_attribute("autocomplete")
        for field in tab.locator("form.signing :is(input:not([type=hidden]), select)[id]").all()
    }
    del tokens["relation"]
    assert tokens == {
        "name": "name",
        "email": "email",
        "city": "address-level2",
        "postal_code": "postal-code",
        "state": "address-level1",
        "country": "country",
        "affiliation": "organization",
    }
    for name in ("sent", "confirm-code"):
        assert reader.open(name).locator("#code").get_attribute("autocomplete") == "one-time-code"


def test_the_count_and_the_map_are_read_sensibly(reader: Reader) -> None:
    tab = reader.open("campaign")
    assert tab.locator(".tally").inner_text().split("\n")[0].upper() == "VERIFIED"
    page = list(spoken(tab))
    (bar,) = (each for each in page if each.role == "progressbar")
    assert bar.name == "405 of 1,000"
    (picture,) = (each for each in page if each.role == "image")
    assert picture.name == (
        "Verified signatures per 100,000 residents, by state. The same figures are in the table below."
    )
    tab.get_by_text("All states as a table").click()
    page = list(spoken(tab))
    table = next(place for place, each in enumerate(page) if each.role == "table" and "Outside" in each.name)
    heads = [each.name for each in page[table:] if each.role == "columnheader"][:3]
    assert heads == ["State", "Verified", "Per 100,000"]
    states = [each.name for each in page[table:] if each.role == "rowheader"]
    assert {"Wyoming", "District of Columbia", "Puerto Rico", "Armed Forces Europe"} <= set(states)
    assert tab.locator("svg.tiles text.ab").count() <= len(states)


def test_what_is_struck_out_is_not_said(reader: Reader) -> None:
    """A line through a word is seen and not heard: “Verified” must not be read from a withdrawn signature."""
    for name in ("private-withdrawn", "private-invalidated"):
        tab = reader.open(name)
        assert tab.locator(".status--gone").get_attribute("aria-hidden") == "true"
        assert tab.locator("h1").inner_text() in ("Your signature is withdrawn", "Your signature does not count")


@pytest.fixture(scope="module")
def said(browser: Browser, every_page: Again) -> dict[str, list[Spoken]]:
    """Every page from top to bottom."""
    with reading(browser, every_page.url, every_page.pages) as reader:
        return {name: list(spoken(reader.open(name))) for name in every_page.pages}


def test_live_regions_are_few_and_quiet(every_page: Again, said: dict[str, list[Spoken]]) -> None:
    """Only a refusal interrupts; nothing speaks by itself on a page at rest.

    A draft that somebody else has saved meanwhile is a refusal too: what was typed is in the form and not kept. The
    other pages that are answered with 409 say so in their heading, and have no form.
    """
    for name, kept in every_page.pages.items():
        live = [each for each in said[name] if each.states.get("live") not in (None, "off")]
        loud = [each for each in live if each.states["live"] == "assertive"]
        refused = kept.status in (422, 429, 503) or name == "draft-conflict"
        assert len(loud) == (1 if refused else 0), name
        assert len(live) <= 2, name


def test_landmarks_and_links_have_names_of_their_own(said: dict[str, list[Spoken]]) -> None:
    for name, page in said.items():
        for role in ("navigation", "complementary", "region", "article"):
            names = [each.name for each in page if each.role == role]
            assert all(names), (name, role)
            assert len(set(names)) == len(names), (name, role, names)
        for each in page:
            assert each.name or each.role not in ("link", "button", "textbox", "combobox", "radio", "checkbox"), name


def test_what_is_in_another_language_says_so(reader: Reader) -> None:
    tab = reader.open("campaign")
    assert tab.locator(".prose.text").get_attribute("lang") == "en"
    for link in tab.locator("a[hreflang]").all():
        assert link.get_attribute("lang") == link.get_attribute("hreflang")
    for name in tab.locator(".names .name").all():
        assert name.evaluate("each => each.localName") == "bdi"
