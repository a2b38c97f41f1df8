"""Passkeys: a device of one's own signs in by itself, under the policy of every page, and each challenge once."""

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, sync_playwright

from petition.accounts import passkeys
from petition.accounts.models import Passkey, SpentChallenge
from petition.accounts.passkeys import NoPasskey, Site
from petition.clock import now
from tests.browsing import Watched, chromium
from tests.ground import House, hidden
from tests.prepared import Served, command
from tests.signing_in import signed_in
from tests.test_serving import until

ADDRESS = "passkey@library.example"
ADDED = "A passkey was added to your account."


def with_device(page: Page) -> None:
    """Give the browser a device that knows its owner."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_a_passkey_is_added_signs_in_and_is_the_second_factor(served: Served, needs: Callable[[str], str]) -> None:
    # Passkeys belong to a name, never to a number.
    url = served.url.replace("127.0.0.1", "localhost")
    link = urlsplit(command(served.config, "organizer", ADDRESS).split()[-1]).path
    with sync_playwright() as play, chromium(play, needs("chromium")) as browser:
        watched = Watched.open(browser, url)
        page = watched.page()
        with_device(page)
        page.goto(url + link)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/organize/")
        page.goto(f"{url}/account/passkeys/new")
        page.get_by_label("What do you call this device?").fill("Blue laptop")
        page.get_by_role("button", name="Add a passkey").click()
        page.wait_for_url("**/account/recovery")
        assert until(lambda: ADDED in "".join(file.read_text() for file in served.config.mail_dir.glob("*.eml")))
        page.goto(f"{url}/account/")
        page.get_by_role("heading", name="Passkey: Blue laptop").wait_for()
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.wait_for_url("**/organize/")
        page.goto(f"{url}/account/second?next=/organize/people")
        page.get_by_role("button", name="Use your passkey").click()
        page.wait_for_url(f"{url}/organize/people")  # not the page before, whose address ends so too
        # A second passkey on the same device is refused by the device itself.
        page.goto(f"{url}/account/passkeys/new")
        page.get_by_role("button", name="Add a passkey").click()
        page.get_by_text("The device did not answer").wait_for()
        assert watched.complaints == []
        assert watched.strangers == set()
        watched.context.close()


def options_of(page: Any) -> dict[str, Any]:
    found = re.search(r'data-passkey="([^"]+)"', page.text)
    assert found is not None
    return dict(json.loads(unescape(found[1])))


def test_without_scripts_the_form_stays_hidden_and_e_mail_is_there(house: House) -> None:
    page = house.client().get("/account/sign-in")
    assert re.search(r"<form class=\"passkey\"[^>]* hidden>", page.text)
    assert options_of(page)["rpId"] == "localhost"
    assert options_of(page)["userVerification"] == "required"
    by_number = house.client().get("/account/sign-in", base_url=house.config.base_url)
    assert "data-passkey" not in by_number.text


NONSENSE = {"clientDataJSON": "bm9uc2Vuc2U", "authenticatorData": "AAAA", "signature": "AAAA"}
ANSWERS = (
    "", "null", "[]", "{", '{"id": 1}', "[" * 9000,
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}',
    json.dumps({"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": NONSENSE}),
)  # fmt: skip


def test_an_answer_that_is_none_signs_nobody_in(house: House) -> None:
    client, own = house.client(), signed_in(house)
    form = hidden(client.get("/account/sign-in"), "/account/passkey")
    mine = hidden(own.get("/account/"), "/account/name")
    for answer in ANSWERS:
        refused = client.post("/account/passkey", data={**form, "answer": answer})
        assert refused.status_code == 422, answer
        assert "That did not work" in refused.text
        for path in ("/account/second/passkey", "/account/passkeys/new"):
            assert own.post(path, data={**mine, "answer": answer}).status_code == 422, (path, answer)
    assert house.rows(Passkey) == []


def test_a_challenge_counts_once_for_one_purpose_on_one_host_and_not_for_long(house: House) -> None:
    site = Site(house.keys, "petition.example", "https://petition.example", "petition")
    other = Site(house.keys, "evil.example", "https://evil.example", "petition")

    def said(challenge: bytes) -> bytes:
        text = passkeys.webauthn.helpers.bytes_to_base64url(challenge)
        return json.dumps({"type": "webauthn.get", "challenge": text, "origin": "x"}).encode()

    def refused(at: Site, purpose: str, challenge: bytes) -> bool:
        with house.writing() as session:
            try:
                at.accept(session, purpose, said(challenge), now())
            except NoPasskey:
                return True
        return False

    first = site.challenge("sign in", now())
    assert refused(site, "add 1", first)
    assert refused(other, "sign in", first)
    assert refused(site, "sign in", first[:-1] + bytes([first[-1] ^ 1]))
    assert refused(site, "sign in", b"")
    assert not refused(site, "sign in", first)
    assert refused(site, "sign in", first)
    late = site.challenge("sign in", now())
    house.later(minutes=10)
    assert refused(site, "sign in", late)
    house.sweep()
    assert house.rows(SpentChallenge) == []
