"""The main job by keyboard alone: Tab, Shift+Tab, Space, Enter and arrows, with scripts and without."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.keys import MOST, Hands, hands_on
from tests.prepared import Served
from tests.reading import Reader


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def hands(request: pytest.FixtureRequest, browser: Browser, served: Served) -> Iterator[Hands]:
    """Hands on a browser with scripts, and on one without."""
    with hands_on(browser, served, java_script_enabled=request.param) as hands:
        yield hands


def letter(hands: Hands, served: Served, address: str, subject: str) -> None:
    """Open the newest e-mail of that subject in the sample's mailbox, by keyboard."""
    line = hands.page.get_by_role("link").filter(has_text=subject).filter(has_text=address)
    for _try in range(100):
        hands.page.goto(f"{served.url}/mailbox")
        if line.count():
            break
        hands.page.wait_for_timeout(100)
    hands.to(f"{subject} to {address}")
    hands.enter()


def test_sign_confirm_withdraw_and_undo(hands: Hands, served: Served, request: pytest.FixtureRequest) -> None:
    name = "Kim" if "with scripts" in request.node.callspec.id else "Lee"
    address = f"{name.lower()}@patron.example"
    hands.to("Skip to the content")
    hands.page.keyboard.press("Enter")
    hands.to_field("name")
    hands.type(f"{name} Sample-Roy")
    hands.to_field("email")
    hands.type(address)
    hands.to_field("city")
    hands.type("Scottsbluff")
    hands.to_field("postal_code")
    hands.to_field("state")
    hands.type("Nebr")
    expect(hands.page.locator("#state")).to_have_value("NE")
    hands.to_field("relation")
    hands.press("Space")
    hands.press("ArrowDown")
    expect(hands.page.get_by_label("Librarian")).to_be_checked()
    hands.to("summary.*Add your library")
    hands.page.keyboard.press("Enter")
    hands.to_field("affiliation")
    hands.type("Sample Public Library")
    hands.to_field("comment")
    hands.press("Tab")  # a text area lets go
    hands.press("Space")
    expect(hands.page.get_by_label("Show my name and state")).to_be_checked()
    hands.press("Space")
    hands.to("button.*Sign the petition")
    hands.enter()
    assert hands.heading() == "Now look in your e-mail"
    waiting = hands.page.url

    letter(hands, served, address, "Please confirm your signature")
    code = hands.page.locator(".codeword").inner_text()
    hands.page.goto(waiting)
    hands.to_field("code")
    hands.type(code)
    hands.enter()
    assert hands.heading() in ("Confirmed.", "Your signature is in the ledger.")

    letter(hands, served, address, "Your signature is confirmed")
    hands.to("signatory’s own page")
    hands.enter()
    assert hands.heading() == "Your signature is in the ledger"
    hands.to("Show my name")
    hands.enter()
    expect(hands.page.locator(".catalogue")).to_contain_text("Name shown")
    hands.to("a.*Withdraw")
    hands.enter()
    hands.to("button.*Withdraw my signature")
    hands.enter()
    assert hands.heading() == "Your signature is withdrawn."
    hands.to("button.*Undo")
    hands.enter()
    assert hands.heading() == "Your signature is in the ledger"
    hands.to("Finish, clear this screen")
    hands.enter()
    assert hands.heading() == "This screen is clear."


def test_a_refusal_leads_to_the_fields(hands: Hands, served: Served, request: pytest.FixtureRequest) -> None:
    """With scripts the summary has the focus; without, it is the first stop of the content."""
    hands.to_field("name")
    hands.enter()
    assert hands.page.title().startswith("Error: ")
    if "without" in request.node.callspec.id:
        assert hands.look()["tag"] == "body"
        hands.to("Skip to the content")
        hands.page.keyboard.press("Enter")
    else:
        assert hands.look()["id"] == "errors"
        assert hands.look()["ring"] >= 2
    wrong = ["name", "email", "city", "state"]
    assert [hands.press("Tab")["tag"] for _each in wrong] == ["a"] * 4
    assert hands.look()["element"].startswith("a “State: Choose a state")
    hands.press("Shift+Tab")
    hands.press("Enter")
    assert hands.look()["id"] == "city"
    hands.type("Lincoln")
    assert hands.press("Shift+Tab")["id"] == "email"
    hands.type("kim@gmial.com")
    assert hands.press("Shift+Tab")["id"] == "name"
    hands.type("Kim Sample-Roy")
    hands.to_field("state")
    hands.type("Nebr")
    hands.to("button.*Sign the petition")
    hands.enter()
    expect(hands.page.locator("#errors")).to_contain_text("Did you mean kim@gmail.com?")
    hands.to_field("email")
    assert hands.press("Tab")["element"].startswith("button")
    hands.enter()
    assert hands.heading() == "Now look in your e-mail"
    hands.to_field("code")
    hands.type("K7MQ-42XD")
    hands.enter()
    assert hands.page.title() == "Error: Now look in your e-mail"
    if "without" not in request.node.callspec.id:
        assert hands.look()["id"] == "errors"
    hands.to("a .Code: That code does not fit")
    hands.press("Enter")
    assert hands.look()["id"] == "code"


# --- Every page ---------------------------------------------------------------------------------------


def all_stops(hands: Hands) -> list[dict[str, Any]]:
    """Tab from the top of the page until the focus leaves it."""
    hands.page.locator(".wordmark").focus()
    stops = [hands.press("Shift+Tab")]
    for _stop in range(MOST):
        stop = hands.press("Tab")
        # After the last stop the focus is with the browser, or at the first stop again.
        if stop["tag"] == "body" or stop["element"] == stops[0]["element"]:
            return stops
        stops.append(stop)
    raise AssertionError(f"the focus is caught: {[stop['element'] for stop in stops]}")


@pytest.mark.parametrize("width", [375, 1280])
def test_tab_reaches_everything_in_the_order_of_the_page_and_is_never_caught(reader: Reader, width: int) -> None:
    reader.width(width)
    some = ("campaign", "did-you-mean", "publishers", "sent", "private")
    for name in reader.pages.telling() if width == 375 else some:
        hands = Hands(reader.open(name))
        stops = all_stops(hands)
        assert stops[0]["element"].startswith("a.skip"), name
        reachable: list[str] = reader.measured("stops")
        assert [stop["element"] for stop in stops] == reachable, name


def test_focus_follows_the_reading_order_within_a_column(reader: Reader) -> None:
    """On a phone there is one column, so no stop lies above the one before it."""
    reader.width(375)
    for name in ("campaign", "errors-all", "sent", "confirm", "private", "statements", "publishers"):
        stops = [stop for stop in all_stops(Hands(reader.open(name))) if not stop["element"].startswith("a.skip")]
        places = [stop["top"] for stop in stops if stop["element"] != "a.button “Sign”"]
        assert all(later > earlier - 24 for earlier, later in itertools.pairwise(places)), (name, places)


def test_what_is_folded_away_opens_and_closes_by_key(reader: Reader) -> None:
    tab = reader.open("campaign")
    for summary in tab.locator("summary").all():
        folded = summary.locator("xpath=..")
        summary.focus()
        for key, state in (("Enter", True), ("Space", False)):
            tab.keyboard.press(key)
            assert folded.evaluate("each => each.open") is state
