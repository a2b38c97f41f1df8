"""The main job by keyboard alone, in Spanish, without JavaScript: from the campaign's page to an undone withdrawal."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from petition.translations import keeping
from tests.keys import Hands, hands_on
from tests.prepared import Served

ADDRESS = "sol@patron.example"
SPANISH = {
    (message.id, message.context): message.string
    for message in keeping.read("es")
    if isinstance(message.id, str) and message.id and message.string != message.id
}
#: Whole sentences and labels in English, two words and more, that have no business on a Spanish page.
ENGLISH = [words for words, _context in SPANISH if " " in words and "%" not in words]


def spanish(words: str) -> str:
    """What the catalogue has for these English words; asserts that it is not the same."""
    return str(SPANISH[words, None])


class SpanishHands(Hands):
    """Hands of somebody who reads Spanish: every page that they come to is checked."""

    def enter(self) -> None:
        """Follow, and read."""
        super().enter()
        self.read()

    def read(self) -> None:
        """Asserts that the page is Spanish from title to foot."""
        assert self.page.locator("html").get_attribute("lang") == "es"
        seen = f"{self.page.title()}\n{self.page.locator('body').inner_text()}"
        # What says that it is English is meant to be: the way to the other language.
        for meant in self.page.locator("[lang=en]").all_inner_texts():
            seen = seen.replace(meant, "")
        assert [words for words in ENGLISH if re.search(rf"(?<!\w){re.escape(words)}(?!\w)", seen)] == []

    def to_words(self, words: str) -> None:
        """Go on until the focus is on what the catalogue calls so."""
        self.to(re.escape(spanish(words)))

    def press_on(self, words: str) -> None:
        """Go there, and press Enter."""
        self.to_words(words)
        self.enter()

    def open_letter(self, subject: str, mailbox: str) -> None:
        """Follow the link to the sample's mailbox, and open the e-mail of that subject as soon as it is there."""
        self.press_on(mailbox)
        line = self.page.get_by_role("link").filter(has_text=spanish(subject)).filter(has_text=ADDRESS)
        for _try in range(100):
            if line.count():
                break
            self.page.wait_for_timeout(100)
            self.page.reload()  # the browser's own key for it, F5, is not for a page to hear
        self.to(f"{re.escape(spanish(subject))}.*{ADDRESS}")
        self.enter()


@pytest.fixture
def hands(browser: Browser, served: Served) -> Iterator[SpanishHands]:
    """A browser set to Spanish, with scripts turned off."""
    with hands_on(browser, served, java_script_enabled=False, locale="es-US") as opened:
        yield SpanishHands(opened.page)


def test_sign_confirm_withdraw_and_undo_in_spanish(hands: SpanishHands) -> None:
    hands.read()
    hands.to_words("Skip to the content")
    hands.page.keyboard.press("Enter")
    hands.to_field("name")
    hands.enter()  # with nothing in it: Enter sends what the keys are in
    assert hands.page.title().startswith("Error: ")
    hands.to(re.escape(spanish("Type your name.")))
    hands.page.keyboard.press("Enter")
    assert hands.look()["id"] == "name"
    hands.type("Sol Muestra")
    hands.to_field("email")
    hands.type(ADDRESS)
    hands.to_field("city")
    hands.type("Mayagüez")
    hands.to_field("state")
    hands.type("Puerto R")
    hands.press_on("Sign the petition")
    assert hands.heading() == spanish("Now look in your e-mail")

    hands.open_letter("Please confirm your signature", "Open the mailbox of this sample")
    code = hands.page.locator(".codeword").inner_text()
    for _page in ("mailbox", "sent"):
        hands.page.go_back()  # Alt and Left, which belong to the browser too
    assert hands.heading() == spanish("Now look in your e-mail")
    hands.to_field("code")
    hands.type(code)
    hands.enter()
    assert hands.heading() in (spanish("Confirmed."), spanish("Your signature is in the ledger."))

    hands.open_letter("Your signature is confirmed", "Mailbox of this sample")
    hands.press_on("Open the signatory’s own page")
    assert hands.heading() == spanish("Your signature is in the ledger")
    hands.press_on("Withdraw")
    hands.to(f"button.*{re.escape(spanish('Withdraw my signature'))}")
    hands.enter()
    assert hands.heading() == spanish("Your signature is withdrawn.")
    hands.press_on("Undo, count my signature again")
    assert hands.heading() == spanish("Your signature is in the ledger")
    hands.press_on("Finish, clear this screen")
    assert hands.heading() == spanish("This screen is clear.")
