"""What every answer says to the browser, under which names we answer, and whose requests we take."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from petition.config import Config
from petition.db import Site
from tests.ground import House, hidden
from tests.witness import POLICY

pytestmark = pytest.mark.one_database("sqlite", "headers are written without the database")

HTTPS = {"Host": "petition.example"}


@pytest.fixture
def secure(config: Config) -> Iterator[House]:
    """A house that patrons reach over HTTPS, behind one proxy."""
    house = House.open(replace(config, base_url="https://petition.example", trusted_proxies=1))
    yield house
    house.close()


@pytest.fixture
def real(config: Config) -> Iterator[House]:
    """A house that is no demo."""
    trying = House.open(config)
    with trying.writing() as session:
        session.get_one(Site, 1).demo = False
    trying.close()
    house = House.open(replace(config, base_url="https://petition.example", smtp_url="smtp://127.0.0.1:9"))
    yield house
    house.close()


@pytest.mark.parametrize("path", ["/", "/statements/ebooksforall/count.json", "/confirm", "/nowhere", "/healthz"])
def test_every_answer_carries_the_whole_set_of_headers(secure: House, path: str) -> None:
    headers = secure.client().get(path, headers=HTTPS).headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_the_policy_lets_nobody_frame_us_and_nothing_run_inline() -> None:
    parts = dict(part.strip().split(" ", 1) for part in POLICY.split(";"))
    assert parts["default-src"] == "'none'"
    assert parts["frame-ancestors"] == "'none'"
    assert {parts[kind] for kind in ("script-src", "style-src", "img-src", "font-src", "form-action")} == {"'self'"}
    assert "unsafe" not in POLICY


def test_over_plain_http_no_browser_is_told_to_insist_on_https(house: House) -> None:
    assert "Strict-Transport-Security" not in house.client().get("/").headers


def test_only_public_figures_may_be_read_by_scripts_of_other_sites(house: House) -> None:
    client = house.client()
    allowed = "Access-Control-Allow-Origin"
    assert client.get("/statements/ebooksforall/count.json").headers[allowed] == "*"
    for path in ("/", "/statements/ebooksforall", "/confirm", "/publishers/"):
        assert allowed not in client.get(path, headers={"Origin": "https://elsewhere.example"}).headers


def test_static_files_are_ours_to_read_as_what_they_are_and_kept_long(house: House) -> None:
    client = house.client()
    for path in ("/static/css/base.css", "/static/js/form.js", "/static/favicon.svg"):
        with client.get(path) as answer:
            assert answer.status_code == 200
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "max-age=" in answer.headers["Cache-Control"]
            assert "Set-Cookie" not in answer.headers
    for path in ("/static/", "/static/../pyproject.toml", "/static/%2e%2e/wsgi.py", "/static/css/"):
        assert client.get(path).status_code == 404, path


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "127.0.0.1:8000@evil.example",
        "[::1].evil.example",
        "127.0.0.1:80:evil",
        "localhost:evil",
        "localhost:",
        "localhost:999999",
        "petition.example,evil.example",
        "",
    ],
)
def test_under_another_name_we_answer_with_static_text(house: House, host: str) -> None:
    for path in ("/", "/confirm", "/statements/ebooksforall/count.json", "/static/css/base.css"):
        answer = house.client().get(path, headers={"Host": host})
        assert answer.status_code == 400
        assert answer.mimetype == "text/plain"
        assert answer.text == "This server does not answer under that name. Use the address you were given.\n"
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_demo_answers_under_the_names_of_this_machine_too(house: House) -> None:
    for host in ("127.0.0.1:8000", "localhost", "localhost:9999", "[::1]", "[::1]:8000", "LOCALHOST"):
        assert house.client().get("/", headers={"Host": host}).status_code == 200, host


def test_a_real_house_answers_under_its_own_name_only(real: House) -> None:
    client = real.client()
    for host in ("127.0.0.1:8000", "localhost", "[::1]", "petition.example:8443", "www.petition.example"):
        assert client.get("/", headers={"Host": host}).status_code == 400, host
    for host in ("petition.example", "PETITION.example"):
        assert client.get("/", headers={"Host": host}).status_code == 200, host


def test_health_is_told_under_any_name(real: House) -> None:
    for host in ("10.0.0.7", "evil.example", "petition.example"):
        answer = real.client().get("/healthz", headers={"Host": host})
        assert answer.status_code == 200
        assert answer.get_json() == {"status": "ok"}
        assert real.client().get("/healthz/../", headers={"Host": "evil.example"}).status_code == 400


def test_no_forged_host_ever_reaches_an_email_or_a_redirect(secure: House) -> None:
    client = secure.client()
    forged = {
        **HTTPS,
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Server": "evil.example",
        "X-Host": "evil.example",
        "X-Forwarded-Port": "6666",
        "X-Forwarded-Prefix": "/evil",
        "X-Original-URL": "https://evil.example/",
        "Forwarded": "host=evil.example;proto=http",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "203.0.113.9",
    }
    typed = {"name": "Ada Sample-Okafor", "email": "ada@patron.example", "city": "Lincoln", "state": "NE"}
    page = client.get("/statements/ebooksforall", headers=forged)
    assert "evil" not in page.text
    sent = client.post("/statements/ebooksforall/sign", data={**hidden(page), **typed}, headers=forged)
    assert sent.status_code == 303
    assert sent.headers["Location"].startswith("/statements/")
    secure.work()
    (letter,) = secure.mails()
    assert "evil" not in letter.message.as_string()
    assert "6666" not in letter.text
    assert all(link.startswith("https://petition.example/") for link in letter.links)


def test_a_loopback_name_does_not_reach_an_email_either(house: House) -> None:
    client = house.client()
    page = client.get("/statements/ebooksforall", headers={"Host": "localhost:4711"})
    typed = {**hidden(page), "name": "Ada", "email": "ada@patron.example", "city": "Lincoln", "state": "NE"}
    sent = client.post("/statements/ebooksforall/sign", data=typed, headers={"Host": "localhost:4711"})
    assert sent.status_code == 303
    house.work()
    (letter,) = house.mails()
    assert all(link.startswith(f"{house.config.base_url}/") for link in letter.links)


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "nonsense"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://petition.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "https://evil.example"},
    {"Origin": "https://petition.example.evil.example"},
    {"Origin": "https://petition.example@evil.example"},
    {"Origin": "https://petition.example:8443"},
    {"Origin": "http://petition.example"},
]
OWN = [
    {},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://petition.example"},
    {"Origin": "https://petition.example"},
]


def _typed(house: House) -> dict[str, str]:
    page = house.client().get("/statements/ebooksforall", headers=HTTPS)
    typed = {"name": "Ada Sample-Okafor", "email": "ada@patron.example", "city": "Lincoln", "state": "NE"}
    return {**hidden(page), **typed}


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_what_another_site_sends_is_refused_and_changes_nothing(secure: House, headers: dict[str, str]) -> None:
    typed, before = _typed(secure), secure.dump()
    answer = secure.client().post("/statements/ebooksforall/sign", data=typed, headers={**HTTPS, **headers})
    assert answer.status_code == 403
    assert "This came from another site." in answer.text
    assert secure.dump() == before


@pytest.mark.parametrize("headers", OWN, ids=str)
def test_what_our_own_pages_send_is_taken(secure: House, headers: dict[str, str]) -> None:
    answer = secure.client().post("/statements/ebooksforall/sign", data=_typed(secure), headers={**HTTPS, **headers})
    assert answer.status_code == 303


def test_looking_from_another_site_is_welcome(secure: House) -> None:
    answer = secure.client().get("/", headers={**HTTPS, "Sec-Fetch-Site": "cross-site", "Origin": "null"})
    assert answer.status_code == 200
