"""Somebody without a mouse, and without any script of ours where a test says so."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page

from tests.browsing import Watched
from tests.prepared import Served
from tests.reading import MEASURING

MOST = 150  # stops of the Tab key: the queue of comments has 25 with three each, the menus, and then some


@dataclass
class Hands:
    """Somebody without a mouse. Whatever gets the focus must show it and must be in sight."""

    page: Page
    stops: list[dict[str, Any]] = field(default_factory=list)

    def look(self) -> dict[str, Any]:
        """Where the focus is."""
        found: dict[str, Any] = self.page.evaluate("measured.focus()")
        return found

    def press(self, key: str) -> dict[str, Any]:
        """Press a key, and see that the focus shows."""
        self.page.keyboard.press(key)
        found = self.look()
        self.stops.append(found)
        if found["tag"] not in ("body", "main"):
            assert found["ring"] >= 2, found
            assert found["contrast"] >= 3, found
            assert found["inside"], found
            assert found["uncovered"], found
        return found

    def to(self, words: str, key: str = "Tab") -> None:
        """Go on until the focus is on what is called so."""
        for _stop in range(MOST):
            if re.search(words, self.press(key)["element"]):
                return
        raise AssertionError(f"no stop is called {words}: {[stop['element'] for stop in self.stops]}")

    def to_field(self, name: str, key: str = "Tab") -> None:
        """Go on until the focus is in the field of that id."""
        for _stop in range(MOST):
            if self.press(key)["id"] == name:
                return
        raise AssertionError(f"no stop is #{name}: {[stop['element'] for stop in self.stops]}")

    def type(self, words: str) -> None:
        """Type as on a keyboard."""
        self.page.keyboard.type(words)

    def enter(self) -> None:
        """Press Enter and wait for the page that follows."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def heading(self) -> str:
        """What page this is."""
        return self.page.get_by_role("heading", level=1).inner_text()


@contextlib.contextmanager
def hands_on(browser: Browser, served: Served, **options: Any) -> Iterator[Hands]:
    """Hands on a fresh browser. Our ruler is no script of the page and works without them too."""
    watched = Watched.open(browser, served.url, reduced_motion="reduce", **options)
    page = watched.page()
    page.on("domcontentloaded", lambda loaded: loaded.evaluate(MEASURING.read_text()))
    page.goto(served.url)
    try:
        yield Hands(page)
    finally:
        watched.context.close()
