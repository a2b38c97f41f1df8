"""A real browser for tests, and what it complains of."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request, expect

ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE: Final = 60_000  # milliseconds; two cores are shared with everything else
_TELL: Final = (
    "document.addEventListener('securitypolicyviolation',"
    " (event) => console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI));"
)


@contextlib.contextmanager
def chromium(play: Playwright, program: str) -> Iterator[Browser]:
    """The system's Chromium, closed afterwards."""
    expect.set_options(timeout=PATIENCE)
    browser = play.chromium.launch(executable_path=program, args=list(ARGUMENTS))
    try:
        yield browser
    finally:
        browser.close()


@dataclass
class Watched:
    """A context of the browser that notes every complaint and every request to somebody else."""

    context: BrowserContext
    host: str
    complaints: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)

    @classmethod
    def open(cls, browser: Browser, url: str, **options: Any) -> "Watched":
        """A fresh context for one site."""
        watched = cls(browser.new_context(**options), urlsplit(url).netloc)
        watched.context.set_default_timeout(PATIENCE)
        watched.context.add_init_script(_TELL)
        watched.context.on("console", watched._console)
        watched.context.on("weberror", lambda error: watched.complaints.append(str(error.error)))
        watched.context.on("request", watched._request)
        watched.context.on("requestfailed", watched._failed)
        return watched

    def page(self) -> Page:
        """A new tab."""
        return self.context.new_page()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _failed(self, request: Request) -> None:
        # What a page had not finished fetching when the reader went on is no fault of the page.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"failed: {request.url} {request.failure}")

    def _request(self, request: Request) -> None:
        self.asked.add(urlsplit(request.url).netloc)

    @property
    def strangers(self) -> set[str]:
        """Every other host that was asked for anything."""
        return self.asked - {self.host}

