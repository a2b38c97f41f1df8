"""An organizer's day over real HTTP: a second factor, a decision, a comment, a packet, and all of it in the log."""

import re
import time
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Final
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pyotp
import pytest

from petition.config import Config
from tests import prepared
from tests.arriving import hidden
from tests.ground import SLUG
from tests.prepared import Served
from tests.waiting import WITHIN, letter, soon

ORGANIZER: Final = "organizer@library.example"
DESK: Final = f"/organize/statements/{SLUG}"
COMMENT: Final = "My branch waits eight weeks for one copy."


@dataclass(frozen=True)
class Reader:
    """A browser without scripts: keeps its cookies, follows where it is sent, sends forms as they stand on the page."""

    url: str
    opener: OpenerDirector = field(default_factory=lambda: build_opener(HTTPCookieProcessor(CookieJar())))

    def fetch(self, path: str, typed: dict[str, str] | None = None) -> bytes:
        data = urlencode(typed).encode() if typed is not None else None
        with self.opener.open(self.url + path, data, timeout=WITHIN) as answer:
            return bytes(answer.read())

    def get(self, path: str) -> str:
        return self.fetch(path).decode()

    def press(self, path: str, on: str | None = None, **typed: str) -> str:
        """Open the page at `on` (else at the path itself), and send its form to the path; returns what comes then."""
        return self.fetch(path, {**hidden(self.get(on or path), path), **typed}).decode()


def sign(served: Served, name: str, **typed: str) -> None:
    """Somebody signs and confirms."""
    reader, address = Reader(served.url), f"{name.split()[0].lower()}@patron.example"
    own = {"name": name, "email": address, "city": "Lincoln", "state": "NE", **typed}
    reader.press(f"/statements/{SLUG}/sign", on=f"/statements/{SLUG}", **own)
    reader.press(letter(served, address, "/confirm/").link("/confirm/"))


def verified(reader: Reader) -> int:
    found = re.search(r'"verified": ?(\d+)', reader.get(f"/statements/{SLUG}/count.json"))
    assert found is not None
    return int(found[1])


def set_up_an_app(organizer: Reader) -> pyotp.TOTP:
    secret = re.search(r'class="typed secret">([A-Z2-7 ]+)<', organizer.get("/account/app"))
    assert secret is not None
    app = pyotp.TOTP(secret[1].replace(" ", ""))
    assert "Recovery codes" in organizer.press("/account/app", code=app.now())
    return app


def sign_in_by_e_mail(served: Served, organizer: Reader, app: pyotp.TOTP) -> None:
    organizer.press("/account/sign-in", email=ORGANIZER)
    assert "One more step" in organizer.press(letter(served, ORGANIZER, "/account/link/").link("/account/link/"))
    assert "One more step" in organizer.get("/organize/log")
    # The code that set the app up signs nobody in, so it is the next one's turn, which is taken half a minute early.
    assert "One more step" not in organizer.press("/account/second", code=app.at(time.time() + 30))


def hold(organizer: Reader, name: str) -> None:
    its_page = re.compile(rf'href="(/organize/signatures/\d+)"[^>]*>(?:<[^>]*>)*{name}')
    listed = soon(lambda: its_page.search(organizer.get(f"{DESK}/signatures")))
    organizer.press(f"{listed[1]}/hold", on=listed[1], note="Twice in the list?")


def approve_the_comment(organizer: Reader) -> None:
    page = organizer.get(f"{DESK}/comments")
    assert COMMENT in page
    approve = re.search(r'action="(/organize/signatures/\d+/comment/approve)"', page)
    assert approve is not None
    assert COMMENT not in organizer.press(approve[1], on=f"{DESK}/comments")


def packet(organizer: Reader) -> bytes:
    organizer.press(f"{DESK}/packets", language="en")
    made = soon(lambda: re.search(r'href="(/organize/packet-files/\d+)"', organizer.get(f"{DESK}/packets")))
    return organizer.fetch(made[1])


@pytest.mark.one_database("sqlite", "each act runs on both in its own tests")
def test_an_organizer_signs_in_with_an_app_holds_approves_and_downloads_a_packet(
    config: Config, tmp_path: Path
) -> None:
    config = prepared.with_free_port(config)
    # With a temporary folder of its own no other run holds its press.
    with prepared.serving(config, TMPDIR=str(tmp_path)) as served:
        sign(served, "Ada Sample-Okafor", comment=COMMENT)
        sign(served, "Bo Sample-Ito")
        organizer = Reader(served.url)
        soon(lambda: verified(organizer) == 2)

        link = prepared.command(config, "organizer", ORGANIZER).split()[-1]
        organizer.press(urlsplit(link).path)
        app = set_up_an_app(organizer)
        assert "Sign in" in organizer.press("/account/sign-out", on="/account/")
        sign_in_by_e_mail(served, organizer, app)

        hold(organizer, "Bo Sample-Ito")
        soon(lambda: verified(organizer) == 1)
        approve_the_comment(organizer)
        assert packet(organizer).startswith(b"%PDF-")

        log = organizer.get("/organize/log")
    acts = re.findall(r'data-label="What">([^<]+)<', log)
    assert acts[::-1] == [
        "Account made",
        "Role given",
        "Signed in",
        "Authenticator app set up",
        "Signed out",
        "Signed in",
        "Second step taken",
        "Signature held",
        "Comment approved",
        "Packet asked for",
    ]
