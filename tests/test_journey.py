"""The main job in a real browser: sign, confirm by e-mail, be counted, change one's mind, and change it back."""

import json
import re
import ssl
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from petition.config import Config
from tests import prepared
from tests.browsing import Watched, chromium
from tests.ground import SLUG
from tests.postmaster import free_port
from tests.prepared import Served
from tests.proxy import ending_tls

WITHIN = 30.0  # seconds on a busy machine; that it takes two is held in tests/test_serving.py


@pytest.fixture(scope="module")
def browser(needs: Callable[[str], str]) -> Iterator[Browser]:
    program = needs("chromium")
    with sync_playwright() as play, chromium(play, program) as opened:
        yield opened


@dataclass
class Journey:
    """One person at one browser, on a site at some address."""

    watched: Watched
    page: Page
    url: str
    name: str
    address: str

    @classmethod
    def begin(cls, browser: Browser, url: str, name: str, *, scripts: bool = True) -> "Journey":
        watched = Watched.open(
            browser, url, java_script_enabled=scripts, ignore_https_errors=True, locale="en-US"
        )
        address = f"{name.split()[0].lower()}@patron.example"
        return cls(watched, watched.page(), url, name, address)

    def count(self) -> int:
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        address = f"{self.url}/statements/{SLUG}/count.json"
        with urllib.request.urlopen(address, context=trusting if self.url.startswith("https") else None) as answer:
            return int(json.load(answer)["verified"])

    def counts(self, expected: int) -> None:
        """The count is soon as expected."""
        began = time.monotonic()
        while self.count() != expected:
            assert time.monotonic() - began < WITHIN, f"{self.count()} and not {expected}"
            time.sleep(0.05)

    def sign(self) -> None:
        page = self.page
        page.goto(self.url)
        expect(page.get_by_label("Name", exact=True)).to_be_visible()
        page.get_by_label("Name", exact=True).fill(self.name)
        page.get_by_label("E-mail", exact=True).fill(self.address)
        page.get_by_label("City or town").fill("Scottsbluff")
        page.get_by_label("ZIP").fill("69361")
        page.get_by_label("State", exact=True).select_option("NE")
        page.get_by_label("Librarian").check()
        page.locator("form.signing").get_by_role("button", name="Sign the petition").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Now look in your e-mail")
        assert self.address not in page.content()
        assert self.name not in page.content()

    def letter(self, subject: str) -> None:
        """Open the newest e-mail of that subject to this person, waiting until it has been sent."""
        deadline = time.monotonic() + 60
        found = self.page.get_by_role("link").filter(has_text=subject).filter(has_text=self.address)
        while True:
            self.page.goto(f"{self.url}/mailbox")
            if found.count():
                break
            assert time.monotonic() < deadline, f"no e-mail “{subject}” to {self.address}"
            time.sleep(0.2)
        found.first.click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(subject)

    def on_the_site(self, shown: bool) -> None:
        """Whether the name stands on the public page; it may be kept for two seconds."""
        deadline = time.monotonic() + WITHIN
        while True:
            self.page.goto(f"{self.url}/statements/{SLUG}")
            if (self.name in self.page.locator("main").inner_text()) is shown:
                return
            assert time.monotonic() < deadline, f"{self.name} shown: {not shown}"
            time.sleep(0.2)

    def own_page(self, subject: str = "Your signature is confirmed") -> None:
        self.letter(subject)
        self.page.get_by_role("link", name="Open the signatory’s own page").click()
        expect(self.page.locator(".catalogue")).to_contain_text(self.name)

    def change_of_mind(self, before: int) -> None:
        """Show, hide, leave out, withdraw, undo: each does at once what it says."""
        page = self.page
        self.own_page()
        expect(page.locator(".catalogue")).to_contain_text("Name not shown")
        private = page.url
        page.get_by_role("button", name="Show my name").click()
        expect(page.locator(".catalogue")).to_contain_text("Name shown")
        self.on_the_site(True)
        page.goto(private)
        page.get_by_role("button", name="Hide my name").click()
        expect(page.locator(".catalogue")).to_contain_text("Name not shown")
        self.on_the_site(False)
        page.goto(private)
        page.get_by_role("button", name="Leave it out").click()
        expect(page.locator(".catalogue")).to_contain_text("Your name is left out of later packets.")
        page.get_by_role("button", name="Include my name").click()
        expect(page.locator(".catalogue")).not_to_contain_text("Your name is left out")
        page.get_by_role("link", name="Withdraw").click()
        page.get_by_role("button", name="Withdraw my signature").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your signature is withdrawn.")
        self.counts(before)
        self.own_page("Your signature is withdrawn")
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your signature is in the ledger")
        self.counts(before + 1)

    def finish(self) -> None:
        """Clear the screen; going back shows no name."""
        self.page.get_by_role("link", name="Finish, clear this screen").click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text("This screen is clear.")
        assert self.name not in self.page.content()

    def nothing_to_complain_of(self) -> None:
        assert self.watched.complaints == []
        assert self.watched.strangers == set()
        assert self.watched.context.cookies() == []
        self.watched.context.close()


def confirm_by_link(journey: Journey) -> None:
    journey.page.get_by_role("link", name="Open the mailbox of this sample").click()
    journey.letter("Please confirm your signature")
    journey.page.get_by_role("link", name="Open the page that asks for confirmation").click()
    expect(journey.page.locator("main")).to_contain_text(journey.name)
    expect(journey.page.locator("main")).to_contain_text("Scottsbluff, Nebraska")
    journey.page.get_by_role("button", name="Yes, confirm my signature").click()


def confirm_by_code(journey: Journey) -> None:
    waiting = journey.page.url
    journey.letter("Please confirm your signature")
    code = journey.page.locator(".codeword").inner_text()
    journey.page.goto(waiting)
    journey.page.get_by_label("The code from the e-mail").fill(code.lower().replace("-", " "))
    journey.page.get_by_role("button", name="Confirm").click()


def travel(journey: Journey, confirm: Callable[[Journey], None] = confirm_by_link) -> None:
    before = journey.count()
    journey.sign()
    assert journey.count() == before
    confirm(journey)
    journey.counts(before + 1)
    expect(journey.page.get_by_role("heading", level=1)).to_have_text(re.compile("^(Confirmed|Your signature is in)"))
    assert journey.name not in journey.page.content()
    journey.change_of_mind(before)
    journey.finish()
    journey.nothing_to_complain_of()


def sent(config: Config, expected: int) -> list[str]:
    """All e-mails, once so many have been sent: the last one goes out a moment after the page that tells of it."""
    deadline = time.monotonic() + 20
    while True:
        files = sorted((config.data_dir / "mail").glob("*.eml"))
        if len(files) == expected:
            return [file.read_text() for file in files]
        assert len(files) < expected, f"{len(files)} e-mails and not {expected}"
        assert time.monotonic() < deadline, f"{len(files)} e-mails and not {expected} after 20 seconds"
        time.sleep(0.05)


def test_a_patron_signs_confirms_is_counted_withdraws_and_undoes(browser: Browser, served: Served) -> None:
    travel(Journey.begin(browser, served.url, "Ada Sample-Okafor"))


def test_the_whole_journey_needs_no_script(browser: Browser, served: Served) -> None:
    travel(Journey.begin(browser, served.url, "Bo Sample-Itō", scripts=False), confirm_by_code)


def test_the_whole_journey_over_https_behind_a_proxy(browser: Browser, config: Config, tmp_path: Path) -> None:
    """With Redis by two web processes, each of which may answer any step."""
    outside = free_port()
    secure = replace(prepared.with_free_port(config), base_url=f"https://127.0.0.1:{outside}")
    processes = ["--processes", "2"] if config.redis_url else []
    with (
        prepared.serving(secure, *processes, PETITION_TRUSTED_PROXIES="1") as running,
        ending_tls(outside, secure.port, tmp_path),
    ):
        journey = Journey.begin(browser, secure.base_url, "Cleo Sample-Νίκη")
        answer = journey.page.goto(secure.base_url)
        assert answer is not None
        assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
        assert "set-cookie" not in answer.headers
        travel(journey)
        letters = sent(secure, 4)
        assert not [letter for letter in letters if "http://" in letter.replace("=\n", "")]
        log = running.log.read_text()
        for told in (journey.address, "Cleo", "Traceback"):
            assert told not in log


def test_a_mistake_is_mended_on_the_spot_in_the_browser(browser: Browser, served: Served) -> None:
    """The first field that is wrong is named at the top, focused, and nothing that was typed is lost."""
    journey = Journey.begin(browser, served.url, "Dan Sample-Moe")
    page = journey.page
    page.goto(journey.url)
    page.get_by_label("Name", exact=True).fill(journey.name)
    page.get_by_label("E-mail", exact=True).fill("dan@gmial.com")
    page.get_by_label("State", exact=True).select_option("ZZ")
    page.get_by_label("Country").select_option("JP")
    page.get_by_label(re.compile("Show my name")).check()
    page.locator("form.signing").get_by_role("button", name="Sign the petition").click()
    expect(page.locator("[data-errors]")).to_be_focused()
    expect(page.locator("#email-why")).to_contain_text("Did you mean dan@gmail.com?")
    expect(page.locator("#city-why")).to_have_text("Type your city or town.")
    expect(page.get_by_label("Name", exact=True)).to_have_value(journey.name)
    expect(page.get_by_label("Country")).to_have_value("JP")
    expect(page.get_by_label(re.compile("Show my name"))).to_be_checked()
    page.get_by_label("City or town").fill("京都市")
    page.get_by_role("button", name="Use dan@gmail.com").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Now look in your e-mail")
    assert [said for said in journey.watched.complaints if "422" not in said] == []
    journey.watched.context.close()
