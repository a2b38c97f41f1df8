"""Flood control: a whole library behind one address signs, a flood does not, and Redis may fail."""

import contextlib
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis as Client
from werkzeug.test import TestResponse

from petition import limits
from petition.config import LIMITS, Config
from petition.signatures.models import Signature, Status
from tests.ground import SLUG, House, hidden
from tests.postmaster import free_port
from tests.servers import Redis
from tests.witness import Page

SIGN = f"/statements/{SLUG}/sign"


@pytest.fixture(autouse=True)
def fresh_limiter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limiter outlives the apps of a process: no test leaves its failures to the next."""
    for name in ("_storage_dead", "_Limiter__check_backend_count", "_Limiter__last_check_backend"):
        monkeypatch.setattr(limits.limiter, name, getattr(limits.limiter, name))
    monkeypatch.setattr(limits.limiter, "_storage_options", {})


@contextlib.contextmanager
def limited(config: Config, most: int = 3, **changes: object) -> Iterator[House]:
    """A house in which every limit is this low."""
    low = dict.fromkeys(LIMITS, f"{most} per 10 minutes")
    house = House.open(replace(config, limits=low, **changes))  # type: ignore[arg-type]
    try:
        yield house
    finally:
        house.close()


def sign(house: House, address: str = "203.0.113.7", forwarded: str | None = None, **typed: str) -> TestResponse:
    """Sign from a computer at this address."""
    client = house.client()
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    data = house.form(client, **typed)
    return client.post(SIGN, data=data, headers=headers, environ_base={"REMOTE_ADDR": address})


def statuses(*answers: TestResponse) -> list[int]:
    return [answer.status_code for answer in answers]


# --- A library ----------------------------------------------------------------------------------------


def test_sixty_people_at_one_library_sign_and_confirm_within_ten_minutes(house: House) -> None:
    at_library = {"REMOTE_ADDR": "203.0.113.7"}
    for number in range(60):
        answer = sign(house, email=f"reader{number}@patron.example", name=f"Reader Sample {number}x")
        assert answer.status_code == 303, number
    house.work()
    client = house.client()
    letters = house.mails()
    assert len({mail.to for mail in letters}) == 60
    for mail in letters:
        path = mail.link("/confirm/")
        pressed = client.post(path, data=hidden(client.get(path), path), environ_base=at_library)
        assert pressed.status_code == 303, mail.to
    house.register()
    assert house.count() == 60
    assert len(house.rows(Signature, Signature.status == Status.VERIFIED)) == 60


def test_the_default_limits_leave_room_for_a_programme_evening() -> None:
    assert {name: int(limit.split()[0]) >= 60 for name, limit in LIMITS.items()} == dict.fromkeys(LIMITS, True)
    assert all(limit.endswith(" per 10 minutes") for limit in LIMITS.values())


# --- A flood ------------------------------------------------------------------------------------------


def test_one_more_than_the_limit_gets_429_and_keeps_the_form(config: Config) -> None:
    with limited(config) as house:
        assert statuses(*(sign(house) for _ in range(3))) == [303, 303, 303]
        before = house.dump()
        answer = sign(house, name="Ada Sample-Okafor", comment="A long thought.", show_name="1")
        assert answer.status_code == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 600
        assert house.dump() == before
        page = Page(answer.text)
        assert "Too many requests from this network." in page.text
        assert "A long thought." in page.text
        assert page.all("input", name="name", value="Ada Sample-Okafor")
        assert page.all("input", name="show_name", checked="")
        assert page.faults == []


def test_nothing_tells_how_near_the_limit_is(config: Config) -> None:
    with limited(config) as house:
        for answer in (sign(house), sign(house)):
            assert not [name for name, _value in answer.headers if "ratelimit" in name.lower()]


def test_the_flood_of_one_network_shuts_nobody_else_out(config: Config) -> None:
    with limited(config) as house:
        assert statuses(*(sign(house) for _ in range(4))) == [303, 303, 303, 429]
        assert sign(house, "203.0.113.8").status_code == 303
        assert house.client().get("/", environ_base={"REMOTE_ADDR": "203.0.113.7"}).status_code == 200


def test_every_form_has_its_own_limit(config: Config) -> None:
    with limited(config) as house:
        page = house.signed()
        waiting = sign(house, email="bo@patron.example").headers["Location"]
        sign(house, email="cleo@patron.example")
        house.work()
        letter, other = house.mails("bo@patron.example")[-1], house.mails("cleo@patron.example")[-1]
        client = house.client()
        disowned = other.link("/confirm/")
        assert house.press(f"{disowned}/not-me", on=disowned).status_code == 303
        paused = hidden(client.get(other.link("/lift/")))
        for path, opened in (
            (waiting, waiting),
            ("/confirm", "/confirm"),
            (f"{waiting}/again", waiting),
            (letter.link("/confirm/"), letter.link("/confirm/")),
            (f"{page}/show-name", page),
        ):
            form = hidden(client.get(opened))
            last = [client.post(path, data={**form, "code": "WRNG-C0DE"}).status_code for _ in range(5)]
            assert last[-1] == 429, path
            assert 500 not in last, path
        assert client.post(other.link("/lift/"), data=paused).status_code == 429  # counted with the private page


# --- Whom a limit counts ----------------------------------------------------------------------------


def test_one_ipv6_network_counts_as_one_asker(config: Config) -> None:
    with limited(config) as house:
        asked = [sign(house, f"2001:db8:1:2:{number:x}::{number:x}") for number in range(1, 4)]
        assert statuses(*asked) == [303, 303, 303]
        assert sign(house, "2001:db8:1:2:ffff:ffff:ffff:ffff").status_code == 429
        assert sign(house, "2001:db8:1:3::1").status_code == 303


def test_an_ipv4_address_in_ipv6_clothes_is_the_same_asker(config: Config) -> None:
    with limited(config) as house:
        sign(house)
        sign(house, "::ffff:203.0.113.7")
        sign(house, "::FFFF:CB00:7107")
        assert sign(house).status_code == 429
        assert sign(house, "::ffff:203.0.113.8").status_code == 303


@given(st.integers(2, 2**64 - 1), st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_any_two_addresses_of_a_64_are_one_network(prefix: int, one: int, other: int) -> None:
    first, second = (str(IPv6Address(prefix << 64 | host)) for host in (one, other))
    assert limits.network(first) == limits.network(second)
    assert limits.network(first) != limits.network(str(IPv6Address((prefix ^ 1) << 64 | one)))


@given(st.text(max_size=60))
def test_any_text_for_an_address_is_some_network(text: str) -> None:
    assert limits.network(text)


# --- Who may say whence a request comes ---------------------------------------------------------------


def test_without_a_trusted_proxy_no_header_hides_the_asker(config: Config) -> None:
    with limited(config) as house:
        asked = [sign(house, forwarded=f"198.51.100.{number}") for number in range(4)]
        assert statuses(*asked) == [303, 303, 303, 429]


def test_behind_one_proxy_only_its_own_word_counts(config: Config) -> None:
    with limited(config, trusted_proxies=1) as house:
        asked = [sign(house, forwarded=f"198.51.100.{number}, 203.0.113.9") for number in range(4)]
        assert statuses(*asked) == [303, 303, 303, 429]
        assert sign(house, forwarded="203.0.113.9, 203.0.113.10").status_code == 303


def test_behind_two_proxies_the_word_before_the_last_counts(config: Config) -> None:
    with limited(config, trusted_proxies=2) as house:
        asked = [sign(house, forwarded=f"198.51.100.{n}, 203.0.113.9, 192.0.2.{n}") for n in range(4)]
        assert statuses(*asked) == [303, 303, 303, 429]
        assert sign(house, forwarded="203.0.113.9, 203.0.113.10, 192.0.2.1").status_code == 303


@pytest.mark.one_database("sqlite", "headers are read before any database is asked")
@pytest.mark.parametrize("proxies", [0, 1, 2])
@pytest.mark.parametrize("said", ["", ",", "unknown", "203.0.113.9:4711", "[2001:db8::1]:80", "<script>", ", , ,"])
def test_nonsense_about_the_address_is_no_fault_of_ours(config: Config, proxies: int, said: str) -> None:
    with limited(config, trusted_proxies=proxies) as house:
        answer = sign(house, forwarded=said)
        assert answer.status_code == 303
        assert not house.rows(Signature, Signature.status != Status.PENDING)


# --- Redis ------------------------------------------------------------------------------------------------

#: Seconds that one request never waits for Redis, on a machine that does much else: unhindered it would be 5 for each
#: (reference/trust.md, section 2).
HANGING = 4.5


def timed(house: House, times: int) -> tuple[list[int], list[float]]:
    """The status of each of so many forms sent, and the seconds that each took."""
    found, took = [], []
    forms = [(client := house.client(), house.form(client)) for _ in range(times)]
    for client, form in forms:
        began = time.perf_counter()
        found.append(client.post(SIGN, data=form).status_code)
        took.append(time.perf_counter() - began)
    return found, took


def test_where_no_redis_listens_signing_goes_on_and_the_limit_holds(config: Config) -> None:
    with limited(config, 5, redis_url=f"redis://127.0.0.1:{free_port()}/0") as house:
        found, took = timed(house, 7)
        assert found == [303] * 5 + [429] * 2
        assert max(took) < HANGING


def test_a_redis_that_hangs_delays_one_request_a_little_and_no_more(config: Config) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as silent:
        port = silent.getsockname()[1]
        with limited(config, 8, redis_url=f"redis://127.0.0.1:{port}/0") as house:
            asked_before = calls(silent)
            found, took = timed(house, 10)
        asked = calls(silent)
    assert found == [303] * 8 + [429] * 2
    assert max(took) < HANGING, took
    # Asked again after 1, 2, 4 … seconds and by no other request; each time two calls at the most.
    assert asked <= 2 * (1 + sum(took)), (asked_before, asked, took)


def calls(server: socket.socket) -> int:
    """How many have called this server since it was asked last; it answers none of them."""
    server.settimeout(0.05)
    number = 0
    with contextlib.suppress(TimeoutError):
        while True:
            server.accept()[0].close()
            number += 1
    return number


def test_with_redis_all_processes_count_together(config: Config, redis: Redis) -> None:
    redis.empty()
    with limited(config, redis_url=redis.url) as house:
        assert statuses(sign(house), sign(house)) == [303, 303]
    with limited(config, redis_url=redis.url) as another:
        assert statuses(sign(another), sign(another)) == [303, 429]
        assert sign(another, "203.0.113.8").status_code == 303


def test_redis_forgets_an_asker_by_itself(config: Config, redis: Redis) -> None:
    redis.empty()
    with limited(config, redis_url=redis.url) as house:
        sign(house)
        with Client.from_url(redis.url) as server:
            kept = list(server.scan_iter("*"))
            assert kept
            assert all(0 < int(server.ttl(key)) <= 600 for key in kept)
