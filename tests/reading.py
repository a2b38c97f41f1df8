"""Somebody who reads every kept page in a real browser, with a ruler in hand."""

import contextlib
import fcntl
import os
import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, sync_playwright

from petition.config import Config
from tests import prepared, pseudo
from tests.browsing import PATIENCE, chromium
from tests.everypage import Again, Collected, collect, served_again
from tests.ground import House

MEASURING: Final = Path(__file__).with_name("measuring.js")


@dataclass(frozen=True)
class Reader:
    """A browser's tab on the kept pages, which never move by themselves."""

    pages: Collected
    url: str
    tab: Page

    def open(self, name: str) -> Page:
        """Load a page and wait for its fonts: a ruler laid on before would measure other letters."""
        self.tab.goto(self.url + self.pages[name].path)
        self.tab.evaluate("document.fonts.ready.then(() => true)")
        return self.tab

    def style(self, rules: str) -> None:
        """Lay a style sheet over the open page. Our policy forbids inline styles, so it is built, not written."""
        self.tab.evaluate(
            "rules => { const sheet = new CSSStyleSheet(); sheet.replaceSync(rules);"
            " document.adoptedStyleSheets = [sheet]; }",
            rules,
        )

    def width(self, pixels: int) -> None:
        """Make the window that wide."""
        self.tab.set_viewport_size({"width": pixels, "height": 800})

    def measured(self, what: str) -> list[str]:
        """What tests/measuring.js finds."""
        return [str(found) for found in self.tab.evaluate(f"measured.{what}()")]


@contextlib.contextmanager
def reading(browser: Browser, url: str, pages: Collected, **options: Any) -> Iterator[Reader]:
    """A reader in a context of its own."""
    context = browser.new_context(reduced_motion="reduce", **options)
    context.set_default_timeout(PATIENCE)
    context.add_init_script(path=MEASURING)
    try:
        yield Reader(pages, url, context.new_page())
    finally:
        context.close()


@pytest.fixture(scope="module")
def browser(needs: Callable[[str], str]) -> Iterator[Browser]:
    """The system's Chromium."""
    program = needs("chromium")
    with sync_playwright() as play, chromium(play, program) as opened:
        yield opened


@contextlib.contextmanager
def _collected(
    ready: Config,
    folders: pytest.TempPathFactory,
    name: str,
    language: contextlib.AbstractContextManager[None],
    reader: type[FlaskClient] = FlaskClient,
) -> Iterator[Again]:
    """The pages as the first process that asks for them has collected them; the others of the run wait for it."""
    found = _of_the_run(folders) / f"collected-{name}"
    with found.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not found.exists():
            collecting = folders.mktemp(name)
            house = House.open(prepared.copied(ready, collecting / "var"))
            house.app.test_client_class = reader
            with language:
                pages = collect(house)
            house.close()
            (collecting / "pages").write_bytes(pickle.dumps(pages))
            collecting.rename(found)
    there = replace(ready, key_file=found / "var" / "keys.json", database_url=f"sqlite:///{found}/var/petition.db")
    house = House.open(prepared.copied(there, folders.mktemp(name) / "var"))
    pages = pickle.loads((found / "pages").read_bytes())
    with served_again(house, pages) as url:
        yield Again(url, pages)
    house.close()


def _of_the_run(folders: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run have in common."""
    own = folders.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def every_page(made_ready: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Again]:
    """Every page in English."""
    with _collected(made_ready, tmp_path_factory, "english", contextlib.nullcontext()) as again:
        yield again


class ReaderOfSpanish(FlaskClient):
    """A browser that is set to Spanish."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.environ_base = {**self.environ_base, "HTTP_ACCEPT_LANGUAGE": "es-PR, es;q=0.9, en;q=0.5"}


@pytest.fixture(scope="session")
def every_page_in_spanish(made_ready: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Again]:
    """Every page as a reader of Spanish sees it."""
    with _collected(made_ready, tmp_path_factory, "spanish", contextlib.nullcontext(), ReaderOfSpanish) as again:
        yield again


@pytest.fixture(scope="session")
def every_page_in_nobodys_words(made_ready: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Again]:
    """Every page with 40 % more letters, and none of them English."""
    with _collected(made_ready, tmp_path_factory, "nobodys", pseudo.spoken()) as again:
        yield again


@pytest.fixture
def reader(browser: Browser, every_page: Again) -> Iterator[Reader]:
    """Somebody who reads every page."""
    with reading(browser, every_page.url, every_page.pages) as reader:
        yield reader
