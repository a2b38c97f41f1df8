"""The demo's mailbox page: there only when database, base URL and visitor all say that this is a trial."""

from dataclasses import replace

import pytest

from petition.config import Config
from petition.db import Site
from tests.ground import House
from tests.witness import Page

pytestmark = pytest.mark.one_database("sqlite", "it shows files")


def mailbox_of(config: Config, *, demo: bool = True, visitor: str = "127.0.0.1") -> int:
    """The status of a visit to the mailbox of a house that is so."""
    first = House.open(config)
    with first.writing() as session:
        session.get_one(Site, 1).demo = demo
    first.close()
    house = House.open(config)
    visitor_at = {"REMOTE_ADDR": visitor}
    status = house.client().get("/mailbox", headers={"Host": config.base_host}, environ_base=visitor_at).status_code
    house.close()
    return status


def test_the_mailbox_opens_when_all_three_conditions_hold(house: House) -> None:
    assert "Nothing has been written yet." in house.client().get("/mailbox").text
    house.sign(name="Ada Sample-Okafor")
    house.work()
    listed = house.client().get("/mailbox")
    assert "ada@patron.example" in listed.text
    (letter,) = [given["href"] for given in Page(listed.text).all("a") if given["href"].startswith("/mailbox/")]
    shown = house.client().get(letter)
    assert "Ada Sample-Okafor" in shown.text
    assert house.mails()[0].link("/confirm/") in shown.text
    assert house.mails()[0].codes[0] in shown.text


@pytest.mark.parametrize("name", ["nothing", "..", "../keys", "..%2fkeys", "%2e%2e%2fpetition", "keys.json", "*"])
def test_the_mailbox_reads_no_other_file(house: House, name: str) -> None:
    house.sign()
    house.work()
    assert house.client().get(f"/mailbox/{name}").status_code in (308, 404)


def test_the_mailbox_is_shut_in_a_real_database(config: Config) -> None:
    assert mailbox_of(config, demo=False) == 404


def test_the_mailbox_is_shut_when_the_site_has_a_public_address(config: Config) -> None:
    assert mailbox_of(replace(config, base_url="https://petition.example")) == 404


def test_the_mailbox_is_shut_to_visitors_from_elsewhere(config: Config) -> None:
    assert mailbox_of(config, visitor="203.0.113.7") == 404
    assert mailbox_of(config, visitor="10.0.0.1") == 404
    assert mailbox_of(config, visitor="::1") == 200


def test_the_mailbox_is_shut_behind_a_proxy_for_whoever_comes_from_elsewhere(config: Config) -> None:
    house = House.open(replace(config, trusted_proxies=1))
    client = house.client()
    assert client.get("/mailbox", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 404
    assert client.get("/mailbox", headers={"X-Forwarded-For": "127.0.0.1, 203.0.113.7"}).status_code == 404
    house.close()


def test_no_header_opens_the_mailbox_from_elsewhere(house: House) -> None:
    for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP"):
        answer = house.client().get(
            "/mailbox", headers={header: "127.0.0.1"}, environ_base={"REMOTE_ADDR": "203.0.113.7"}
        )
        assert answer.status_code == 404, header
