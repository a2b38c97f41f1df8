"""Writing in a real browser without JavaScript: from the desk to a published page, a slip found on the way."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests import prepared
from tests.arriving import path_of
from tests.browsing import Watched
from tests.prepared import Served

pytestmark = pytest.mark.one_database("sqlite", "what a browser does with the forms; the acts run on both elsewhere")
DESK = "/organize/chapters/ne/"


def test_a_letter_is_written_on_the_national_text_looked_at_once_more_and_published(
    browser: Browser, served: Served
) -> None:
    link = prepared.command(served.config, "organizer", "writer@library.example").split()[-1]
    watched = Watched.open(browser, served.url, java_script_enabled=False, viewport={"width": 375, "height": 800})
    page = watched.page()
    page.goto(served.url + path_of(link))
    page.locator("main").get_by_role("button").first.click()
    page.goto(served.url + DESK)
    page.get_by_role("link", name="Write a text").click()
    page.get_by_label("Letter").check()
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("On whose behalf do you speak?").fill("the 640 members of our association")
    page.get_by_label("Which figures of your own").fill("Our readers made 2,133,687 million checkouts.")
    page.get_by_role("button", name="Save and go on to publishing").click()
    expect(page.locator("#effect-why")).to_contain_text("Answer this")
    page.get_by_label("What do the terms do").fill("A town of 900 shares one copy with Omaha.")
    page.get_by_role("button", name="Save and go on to publishing").click()
    expect(page.get_by_text("One figure may be a slip")).to_be_visible()
    page.get_by_role("link", name="Back to the draft").click()
    page.get_by_label("Which figures of your own").fill("Our readers made 2,133,687 checkouts.")
    page.get_by_role("button", name="Save and preview").click()
    expect(page.locator("#preview")).to_contain_text("made 2,133,687 checkouts.")
    page.get_by_role("button", name="Save and go on to publishing").click()
    expect(page.get_by_text("may be a slip")).to_have_count(0)
    page.get_by_label("I have looked at the figures").check()
    page.get_by_role("button", name="Publish").click()
    address = page.locator(".address").inner_text()
    assert re.fullmatch(rf"{served.url}/statements/ne-letter-\d{{4}}", address)
    page.goto(address)
    expect(page.locator("main")).to_contain_text("We write on behalf of the 640 members of our association.")
    assert [said for said in watched.complaints if "422" not in said] == []  # it was refused once, as it had to be
    assert watched.strangers == set()
