"""The whole URL map: looking changes nothing, sending needs a token, and every page keeps our rules."""

import copy
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from petition import clock, tokens
from petition.accounts.models import Role
from petition.db import db
from petition.signatures.models import Signature
from tests import delivering, institutions, officers, prepared, sample_audits, sheets
from tests.bringing import facsimiled, made_ready
from tests.chapters import OFFICE, editor_of
from tests.ground import SLUG, House, hidden
from tests.ledgers import signed_ledgers
from tests.signing_in import signed_in
from tests.witness import POLICY, Page

pytestmark = pytest.mark.one_database("sqlite", "addresses and their tokens are the same over every database")

#: Where the address bar of a refused form leads when it is loaded anew, and a choice leads to what was chosen.
ELSEWHERE = {"signatures.sign_where", "statements.choose"}
PUBLIC = {
    "pages.campaign",
    "pages.your_data",
    "pages.how_we_count",
    "pages.accessibility",
    "statements.index",
    "statements.statement",
    "statements.revision",
    "statements.revision_file",
    "statements.revision_data",
    "statements.statement_data",
    "statements.compared",
    "statements.feed",
    "publishers.index",
    "statements.facsimile_page",
    "chapters.index",
    "chapters.chapter",
    "chapters.qr_code",
    "chapters.newspaper",
    "ledger.count",
    "ledger.index",
    "ledger.ledger",
    "ledger.newest_checkpoint",
    "ledger.checkpoint",
    "ledger.consistency",
    "institutions.institutions",
    "deliveries.responses",
    "verify.verify",
}
#: A file behind a delivery's link: that it was fetched is noted, which tests/test_deliveries.py looks at.
NOTED = {"deliveries.file"}
#: Of the account's pages, those that stand before the door; the rest and the whole console need a session.
DOORS = {
    "accounts.sign_in",
    "accounts.ask",
    "accounts.asked",
    "accounts.sign_in_by_code",
    "accounts.link",
    "accounts.sign_in_by_link",
    "accounts.sign_in_by_passkey",
}
#: What is not there before somebody has had it made.
NOT_YET = {"organize.letterhead_picture"}
#: What only its signatory can download.
PRIVATE_FILES = {"ledger.receipt_file", "audits.entries"}
MACHINES = {"health.healthz", "health.readyz", "metrics.read"}
FORGED = "29000000.AAAAAAAAAAAAAAAAAAAAAA"
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "DROP", "ALTER")


def is_guarded(endpoint: str) -> bool:
    return endpoint.partition(".")[0] in ("accounts", "organize") and endpoint not in DOORS


class Addresses:
    """Every address of the house, filled with values that open something."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.page = house.signed("grace@patron.example", name="Grace Sample-Hopper", show_name="1")
        self.waiting = house.sign(name="Ada Sample-Okafor").headers["Location"]
        house.work()
        letter = house.mails("ada@patron.example")[-1]
        self.values = {
            "slug": SLUG,
            "number": "1",
            "other": "1",
            "handle": self.waiting.rpartition("/")[2],
            "name": sorted(house.config.mail_dir.glob("*.eml"))[-1].stem,
        }
        self.tokens = {
            "confirm": letter.link("/confirm/").rpartition("/")[2],
            "lift": letter.link("/lift/").rpartition("/")[2],
            "signature": self.page.rpartition("/")[2],
        }
        link = prepared.command(house.config, "organizer", "o@library.example").split()[-1]
        self.tokens["account"] = link.rpartition("/")[2]
        client = house.client()
        asked = house.press("/account/sign-in", client, email="o@library.example").headers["Location"]
        self.asked = asked.rpartition("/")[2]
        self.values |= {"act": "hold", "verdict": "approve", "role": "organizer", "chapter": "NE"}
        self.values |= {"page": "1", "page_number": "1"}
        self.values |= {"letter": "confirm", "lang": "es", "old": "1", "new": "1"}
        house.press("/chapters/ne/access", on="/chapters/ne")
        house.work()
        self.tokens["chapters"] = house.mails(OFFICE)[-1].link("/chapters/access/").rpartition("/")[2]
        made_ready(house, editor_of(house, "NE"))
        self.tokens |= {"officer": self._officer(), "institution": self._institution()}
        grace = house.signature(name="Grace Sample-Hopper")
        self.confirmed = tokens.handle(house.keys, "confirmed", grace.id)
        self.tokens["not-me"] = self.tokens["lift"]
        signed_ledgers(house)
        self._deliver()
        page, question = sample_audits.asked(house)
        self.tokens |= {"audits": page.rpartition("/")[2], "did-you-sign": question.rpartition("/")[2]}
        # A text that is shown with the pages of its document.
        self.shown = facsimiled(house)

    def _officer(self) -> str:
        self.own_text = officers.with_officers(self.house)
        return officers.link_of(self.house).rpartition("/")[2]

    def _deliver(self) -> None:
        """Something was delivered and answered, and a signatory who wants to know was told of it."""
        self.house.signed("hedy@patron.example", name="Hedy Sample-Kiesler", updates="1")
        number = delivering.delivered(self.house)
        self.house.work()
        delivering.answered(self.house)
        sheets.entered(self.house)
        delivering.told(self.house, number)
        self.house.work()
        self.tokens["deliveries"] = delivering.link_of(self.house, number).rpartition("/")[2]
        self.tokens["news"] = self.house.mails("hedy@patron.example")[-1].link("/news/").rpartition("/")[2]

    def _institution(self) -> str:
        institutions.answered(self.house, "ida@gmail.com")
        institutions.cosign(self.house)
        self.house.work()
        return institutions.link_of(self.house).rpartition("/")[2]

    def of(self, method: str, *, guarded: bool = False) -> Iterator[tuple[str, str]]:
        """Endpoint and path of everything that takes this method: what is open to all, or what needs a session."""
        adapter = self.house.app.url_map.bind("127.0.0.1")
        for rule in self.house.app.url_map.iter_rules():
            if method not in (rule.methods or ()) or is_guarded(rule.endpoint) is not guarded:
                continue
            if rule.endpoint in NOTED:
                continue
            values = {name: self.values.get(name, "") for name in rule.arguments}
            if "token" in rule.arguments:
                values["token"] = self.tokens[rule.rule.split("/")[1]]
            if {"chapter", "slug"} <= rule.arguments:
                values["slug"] = self.own_text
            if rule.endpoint == "signatures.confirmed":
                values["handle"] = self.confirmed
            if rule.endpoint == "statements.facsimile_page":
                values["slug"] = self.shown
            if rule.endpoint in DOORS and "handle" in values:
                values["handle"] = self.asked
            yield rule.endpoint, adapter.build(rule.endpoint, values, method=method)


class Furnished:
    """A house with something behind every address, furnished once and copied into each test's own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: Addresses | None = None

    def moved_into(self, house: House) -> Addresses:
        if self._made is None:
            self._made = Addresses(house)
            house.close()
            shutil.copytree(house.config.data_dir, self._folder)
            return self._made
        house.close()
        shutil.copytree(self._folder, house.config.data_dir, dirs_exist_ok=True)
        addresses = copy.copy(self._made)
        addresses.house = house
        return addresses


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    return Furnished(tmp_path_factory.mktemp("furnished") / "var")


@pytest.fixture
def addresses(house: House, furnished: Furnished) -> Addresses:
    return furnished.moved_into(house)


def answers(addresses: Addresses) -> Iterator[tuple[str, str, TestResponse]]:
    client = addresses.house.client()
    for endpoint, path in addresses.of("GET"):
        yield endpoint, path, client.get(path)


def test_every_address_opens_and_looking_twice_changes_no_row(house: House, addresses: Addresses) -> None:
    before = house.dump()
    client = house.client()
    opened = set()
    for endpoint, path in addresses.of("GET"):
        with house.statements() as said:
            for method in ("GET", "HEAD", "GET", "HEAD"):
                answer = client.open(path, method=method)
                expected = 302 if endpoint in ELSEWHERE else 200
                assert answer.status_code == expected, (endpoint, method, answer.status_code)
                assert method == "GET" or answer.data == b"", endpoint
        assert not [each for each in said if each.lstrip().upper().startswith(WRITES)], endpoint
        assert house.dump() == before, endpoint
        opened.add(endpoint)
    assert {"signatures.confirm", "signatures.signature", "signatures.lift", "pages.mailbox_message"} <= opened


def test_a_reading_request_could_not_write_even_by_mistake(house: House, addresses: Addresses) -> None:
    def careless(token: str) -> str:
        signature = db.session.query(Signature).first()
        assert signature is not None
        signature.name = "Mallory"
        db.session.commit()
        return "done"

    before = house.dump()
    house.app.view_functions["signatures.signature"] = careless
    answer = house.client().get(addresses.page)
    assert answer.status_code == 500
    assert house.dump() == before


def test_every_form_without_its_token_is_refused_and_changes_nothing(house: House, addresses: Addresses) -> None:
    before = house.dump()
    client = house.client()
    sent = 0
    typed = {"name": "Eve", "email": "eve@patron.example", "city": "Lincoln", "state": "NE", "code": "K7MQ-42XD"}
    for endpoint, path in addresses.of("POST"):
        for data in ({}, typed, {**typed, "csrf_token": ""}, {**typed, "csrf_token": FORGED}):
            answer = client.post(path, data=data)
            assert answer.status_code == 422, (endpoint, answer.status_code)
            assert house.dump() == before, endpoint
        sent += 1
    assert sent == 31


def test_a_token_made_for_one_form_opens_no_other(house: House, addresses: Addresses) -> None:
    client = house.client()
    foreign = {
        "confirm": hidden(client.get(addresses.page))["csrf_token"],
        "signature": hidden(client.get("/confirm"))["csrf_token"],
        "lift": hidden(client.get("/"))["csrf_token"],
        "statements": hidden(client.get(addresses.page))["csrf_token"],
        "account": hidden(client.get(addresses.page))["csrf_token"],
        "chapters": hidden(client.get("/chapters/ks"))["csrf_token"],
        "officer": hidden(client.get(addresses.page))["csrf_token"],
        "institution": hidden(client.get(addresses.page))["csrf_token"],
        "deliveries": hidden(client.get(addresses.page))["csrf_token"],
        "news": hidden(client.get(addresses.page))["csrf_token"],
        "did-you-sign": hidden(client.get(addresses.page))["csrf_token"],
    }
    before = house.dump()
    for endpoint, path in addresses.of("POST"):
        answer = client.post(path, data={"csrf_token": foreign[path.split("/")[1]]})
        assert answer.status_code == 422, endpoint
    assert house.dump() == before


def test_other_methods_are_refused_on_every_address(house: House, addresses: Addresses) -> None:
    before = house.dump()
    client = house.client()
    for endpoint, path in addresses.of("GET"):
        for method in ("PUT", "PATCH", "DELETE"):
            answer = client.open(path, method=method)
            assert answer.status_code == 405, (endpoint, method)
            assert "GET" in answer.headers["Allow"]
    assert house.dump() == before


def test_every_answer_has_the_policy_and_nothing_inline(addresses: Addresses) -> None:
    pages = 0
    for endpoint, _path, answer in answers(addresses):
        assert answer.headers["Content-Security-Policy"] == POLICY, endpoint
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "Set-Cookie" not in answer.headers, endpoint
        if answer.mimetype == "text/html" and endpoint not in ELSEWHERE:
            assert Page(answer.text).faults == [], endpoint
            pages += 1
    assert pages > 15


def test_pages_of_refusals_keep_the_same_rules(house: House, addresses: Addresses) -> None:
    client = house.client()
    refused = [client.post(path, data={"name": "<i>"}) for _endpoint, path in addresses.of("POST")]
    refused += [client.get("/nowhere"), client.get("/confirm/unknown"), client.put("/")]
    for answer in refused:
        assert answer.status_code >= 400
        assert Page(answer.text).faults == []
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers


def test_personal_pages_are_kept_by_nobody_and_public_ones_by_everybody(addresses: Addresses) -> None:
    seen = set()
    for endpoint, path, answer in answers(addresses):
        kept = answer.headers["Cache-Control"]
        if endpoint in PUBLIC:
            assert kept.startswith("public, max-age="), path
            assert "Accept-Language" in answer.headers["Vary"], path
            seen.add(endpoint)
        else:
            assert kept == "no-store", path
            if endpoint in PRIVATE_FILES:
                assert answer.headers["X-Robots-Tag"] == "noindex", path
            elif endpoint not in MACHINES | ELSEWHERE:
                assert Page(answer.text).all("meta", name="robots", content="noindex"), path
    assert seen == PUBLIC


def test_a_public_page_is_the_same_bytes_for_everyone(
    house: House, addresses: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = datetime(2026, 11, 21, 15, 0, 30, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: moment)
    newcomer, signatory = house.client(), house.client()
    signatory.get(addresses.page)
    signatory.get(addresses.waiting)
    signatory.set_cookie("session", "something")
    for endpoint, path in addresses.of("GET"):
        if endpoint not in PUBLIC:
            continue
        one = newcomer.get(path, environ_base={"REMOTE_ADDR": "203.0.113.7"})
        other = signatory.get(
            path,
            environ_base={"REMOTE_ADDR": "198.51.100.9"},
            headers={"User-Agent": "Another/1.0", "Referer": "http://127.0.0.1:8000/x", "DNT": "1"},
        )
        assert one.data == other.data, endpoint


def test_a_public_page_shows_nothing_of_those_who_did_not_choose_to_be_shown(
    house: House, addresses: Addresses
) -> None:
    quiet = house.signed("quiet@patron.example", name="Quiet Sample-Reader", city="Valentine")
    assert quiet
    for endpoint, _path, answer in answers(addresses):
        if endpoint in PUBLIC:
            said = answer.get_data().decode(errors="replace")  # a PDF too
            assert "Quiet" not in said, endpoint
            assert "Valentine" not in said, endpoint
            assert "Okafor" not in said, endpoint  # not confirmed yet
            assert "@patron.example" not in said, endpoint


# --- Behind the door ------------------------------------------------------------------------------


def test_without_a_session_every_desk_leads_to_the_door_and_takes_nothing(house: House, addresses: Addresses) -> None:
    before = house.dump()
    client = house.client()
    for method in ("GET", "POST"):
        for endpoint, path in addresses.of(method, guarded=True):
            answer = client.open(path, method=method, data={"csrf_token": FORGED} if method == "POST" else None)
            assert answer.status_code == 303, (endpoint, method)
            assert answer.headers["Location"].startswith("/account/sign-in"), (endpoint, method)
            assert "Set-Cookie" not in answer.headers
    assert house.dump() == before


def test_every_desk_opens_changes_no_row_and_keeps_the_rules(house: House, addresses: Addresses) -> None:
    client = signed_in(house)
    before = house.dump()
    opened = 0
    for endpoint, path in addresses.of("GET", guarded=True):
        answer = client.get(path, buffered=True)
        if endpoint in NOT_YET:
            assert answer.status_code == 404, endpoint
            continue
        assert answer.status_code == 200, endpoint
        if answer.mimetype == "text/html":
            assert Page(answer.text).faults == [], endpoint
            assert Page(answer.text).all("meta", name="robots", content="noindex"), endpoint
        assert answer.headers["Content-Security-Policy"] == POLICY, endpoint
        assert answer.headers["Cache-Control"] == "no-store", endpoint
        assert "Set-Cookie" not in answer.headers, endpoint
        opened += 1
    assert house.dump() == before
    assert opened > 12


def test_no_desk_takes_a_form_without_the_token_of_the_session(house: House, addresses: Addresses) -> None:
    client = signed_in(house)
    before = house.dump()
    typed = {"name": "Eve", "email": "eve@patron.example", "code": "123456", "reason": "duplicate", "role": "organizer"}
    for endpoint, path in addresses.of("POST", guarded=True):
        for data in ({}, typed, {**typed, "csrf_token": FORGED}):
            answer = client.post(path, data=data)
            assert answer.status_code in (404, 422), (endpoint, answer.status_code)
    assert house.dump() == before


def test_an_auditor_may_send_no_form_of_the_console(house: House, addresses: Addresses) -> None:
    client = signed_in(house, Role.AUDITOR)
    form = hidden(client.get("/account/"), "/account/name")
    before = house.dump()
    for endpoint, path in addresses.of("POST", guarded=True):
        if path.startswith("/organize/"):
            answer = client.post(path, data={**form, "reason": "duplicate", "email": "eve@patron.example"})
            assert answer.status_code == 403, endpoint
    assert house.dump() == before
