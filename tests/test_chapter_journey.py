"""A chapter's evening in a real browser: access, a document, a clause mended, published, listed, signed, printed."""

import re
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import axe, prepared
from tests.arriving import path_of
from tests.browsing import Watched
from tests.prepared import Served
from tests.printed import Needs, words
from tests.waiting import letter
from tests.written_documents import docx, paragraph

pytestmark = pytest.mark.one_database("sqlite", "what a browser does; each act runs on both databases elsewhere")

EDITOR: Final = "edith@ks.library.example"
OFFICER: Final = "kim@ks.library.example"
ORGANIZER: Final = "lister@library.example"
ATOM: Final = "{http://www.w3.org/2005/Atom}"
PRINTING: Final = 120_000  # milliseconds; the press may have to start first


def two_pages() -> bytes:
    """A resolution of about two pages as a word processor saves it, with one figure that is wrong."""
    waits = "Whereas branch number {} waits with its readers for a copy; "
    clauses = [
        paragraph("Resolution on waiting for ebooks", style="Titel"),
        *(paragraph(waits.format(number) * 6) for number in range(1, 9)),
        paragraph("Resolved, That publishers sell ebooks to libraries within 80 days."),
    ]
    return docx("".join(clauses))


def look(page: Page) -> None:
    """Nothing for axe to find on this page."""
    assert axe.findings(page) == [], page.url


def opened(browser: Browser, served: Served, **options: object) -> tuple[Watched, Page]:
    watched = Watched.open(browser, served.url, **options)
    watched.context.add_init_script(axe.script())
    return watched, watched.page()


def come_in(page: Page, served: Served, link: str) -> None:
    """Follow a link that signs in, and press its button."""
    page.goto(served.url + path_of(link))
    page.locator("main").get_by_role("button").first.click()


def get_access(page: Page, served: Served, state: str, editor: str) -> None:
    """Ask for access as anybody can; the office names its editor, who signs in by e-mail."""
    page.goto(f"{served.url}/chapters/{state}")
    page.get_by_role("button", name="Ask for access").click()
    offered = letter(served, f"office@{state}.chapter.example", "/chapters/access/")
    page.goto(served.url + path_of(offered.link("/chapters/access/")))
    page.get_by_label("E-mail").fill(editor)
    page.locator("main").get_by_role("button").first.click()
    page.goto(served.url + path_of(letter(served, editor, "/account/sign-in").link("/account/sign-in")))
    page.get_by_label("E-mail").fill(editor)
    page.locator("main").get_by_role("button").first.click()
    come_in(page, served, letter(served, editor, "/account/link/").link("/account/link/"))


def bring(page: Page, served: Served, file: Path) -> None:
    """Upload the document, mend its clause beside it, and accept it."""
    page.goto(f"{served.url}/organize/chapters/ks/")
    page.get_by_role("link", name="Bring a document").click()
    look(page)
    page.get_by_label("The document").set_input_files(file)
    page.get_by_label("Resolution").check()
    page.get_by_role("button", name="Read this document").click()
    expect(page.locator("main")).to_contain_text("within 80 days")
    look(page)
    page.get_by_text("Correct the text here").click()
    text = page.locator("textarea[name=body]")
    text.fill(text.input_value().replace("80 days", "8 days"))
    text.locator("xpath=ancestor::form").get_by_role("button").first.click()
    expect(page.locator("main")).to_contain_text("within 8 days")
    page.get_by_role("button", name="The text says what the document says").click()
    page.get_by_role("link", name="On to the draft").click()


def publish(page: Page) -> str:
    """Say how it was adopted and by whom it is signed, look once more, publish; returns the address to forward."""
    look(page)
    page.locator("[name=adopted_by]").fill("Executive board")
    page.locator("[name=adopted_on]").fill("2019-10-04")
    page.locator("[name=vote]").fill("11 to 0")
    officer = page.locator("input[name^=officer]")
    for place, typed in enumerate(("Kim Sample-Reyes", "President", OFFICER)):
        officer.nth(place).fill(typed)
    page.get_by_role("button", name="Save and go on to publishing").click()
    expect(page.get_by_role("heading", name="Look once more")).to_be_visible()
    look(page)
    page.get_by_label("I have looked at the figures").check()
    page.get_by_role("button", name="Publish").click()
    return page.locator(".address").inner_text()


def sign_as_officer(page: Page, served: Served) -> None:
    page.goto(served.url + path_of(letter(served, OFFICER, "/officer/").link("/officer/")))
    look(page)
    page.get_by_role("button", name="Sign this text").click()


def list_it(page: Page, served: Served) -> None:
    come_in(page, served, prepared.command(served.config, "organizer", ORGANIZER).split()[-1])
    page.goto(f"{served.url}/organize/texts")
    look(page)
    page.get_by_role("link", name="Resolution on waiting for ebooks").click()
    look(page)
    page.get_by_role("button", name="List it in the campaign").click()
    expect(page.get_by_text("In the campaign’s list")).to_be_visible()


def write_the_next(page: Page, served: Served, slug: str) -> None:
    page.goto(f"{served.url}/organize/chapters/ks/statements/{slug}")
    page.get_by_role("button", name="Write the next revision").click()
    page.get_by_label("What is new").fill("Says hours, not days.")
    body = page.locator("textarea[name=body]")
    body.fill(body.input_value().replace("8 days", "8 hours"))
    page.get_by_role("button", name="Save and go on to publishing").click()
    page.get_by_label("I have looked at the figures").check()
    page.get_by_role("button", name="Publish").click()


def test_a_new_editor_publishes_a_document_that_is_listed_signed_compared_fed_and_printed(
    browser: Browser, served: Served, needs: Needs, tmp_path: Path
) -> None:
    file = tmp_path / "resolution.docx"
    file.write_bytes(two_pages())
    watched, page = opened(browser, served)
    get_access(page, served, "ks", EDITOR)
    bring(page, served, file)
    address = publish(page)
    slug = address.rpartition("/")[2]
    assert re.fullmatch(r"ks-resolution-\d{4}", slug)
    assert "r.1" in letter(served, EDITOR, "/revisions/1").text

    patron, public = opened(browser, served, viewport={"width": 375, "height": 800})
    sign_as_officer(public, served)
    public.goto(address)
    look(public)
    expect(public.locator("main")).to_contain_text("Kim Sample-Reyes")
    expect(public.locator("main")).to_contain_text("Adopted Oct 4, 2019")
    organizer, desk = opened(browser, served)
    list_it(desk, served)
    write_the_next(page, served, slug)

    public.goto(f"{address}/revisions/2/compared/1")
    look(public)
    expect(public.locator("ins").last).to_contain_text("hours")
    expect(public.locator("del").last).to_contain_text("days")
    feed = ElementTree.fromstring(public.request.get(f"{served.url}/statements/feed.atom").text())
    links = [str(each.get("href")) for each in feed.iter(f"{ATOM}link")]
    assert any(f"/statements/{slug}/revisions/2" in each for each in links)
    public.goto(f"{served.url}/statements/?state=KS")
    look(public)
    expect(public.get_by_role("link", name="Resolution on waiting for ebooks")).to_be_visible()

    page.goto(f"{served.url}/organize/chapters/ks/statements/{slug}")
    with page.expect_download(timeout=PRINTING) as printed:
        page.get_by_role("button", name="Print as PDF").click(timeout=PRINTING)
    said = " ".join(words(needs, printed.value.path()).split())
    assert "within 8 hours" in said
    assert "Executive board" in said
    assert [each.complaints for each in (watched, patron, organizer)] == [[], [], []]
    assert watched.strangers | patron.strangers | organizer.strangers == set()


def test_a_second_chapters_editor_finds_none_of_it(browser: Browser, served: Served) -> None:
    watched, page = opened(browser, served)
    get_access(page, served, "md", "max@md.library.example")
    answers = [
        page.request.get(f"{served.url}/organize/chapters/ks/{path}").status
        for path in ("", "statements/ks-resolution-2026", "drafts/1", "upload", "originals/1")
    ]
    assert answers == [404] * 5
    assert watched.strangers == set()
