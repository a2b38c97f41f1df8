"""What an attacker found, and no longer finds."""

import contextlib
import io
import socket
import time
import urllib.request
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from petition import tokens
from petition.cli import packets
from petition.config import Config
from petition.errors import CannotBuild
from petition.ledger import registering
from petition.ledger.models import ALL, STATE, Tally
from petition.packets.options import Options
from petition.signatures.models import Link, Signature
from petition.web.bodies import OF_ONE_NETWORK
from tests import prepared
from tests.ground import ADDRESS, SLUG, House


def test_the_handle_of_whoever_typed_an_address_does_not_tell_that_its_owner_confirmed(house: House) -> None:
    sent = house.sign().headers["Location"]
    handle = sent.rpartition("/")[2]
    probe = f"/statements/{SLUG}/confirmed/{handle}"
    before = house.client().get(probe)
    house.work()
    confirmed = house.confirm().headers["Location"]
    house.work()
    after = house.client().get(probe)
    assert (before.status_code, after.status_code) == (404, 404)
    assert before.text == after.text
    assert house.client().get(confirmed).status_code == 200


@pytest.mark.parametrize("days", [9])
def test_erasing_an_old_row_does_not_free_a_mailbox_from_its_caps(house: House, days: int) -> None:
    sent_on: list[int] = []
    for _day in range(days):
        for _ in range(4):
            house.sign()
            house.work()
            house.sweep()
            house.later(hours=6)
        sent_on.append(len(house.mails(ADDRESS)))
    a_day = [later - earlier for earlier, later in pairwise(sent_on)]
    assert max(a_day) <= 3, a_day


def test_a_flooded_mailbox_gets_a_short_letter_with_the_newest_and_its_own(house: House) -> None:
    for number in range(12):
        house.sign(name=f"Flooder {'ABCDEFGHIJKL'[number]}")
    house.work()
    (mail,) = house.mails(ADDRESS)
    assert len([link for link in mail.links if "/confirm/" in link]) <= 2 * 5
    assert "7 more were typed" in mail.text


def test_a_file_or_json_under_a_fields_name_is_a_refusal_and_no_fault_of_ours(house: House) -> None:
    form = house.form()
    as_file = {**form, "name": (io.BytesIO(b"x"), "name.txt")}
    path = f"/statements/{SLUG}/sign"
    client = house.client()
    assert client.post(path, data=as_file, content_type="multipart/form-data").status_code == 422
    for body in ({"name": 5}, [1, 2]):
        assert client.post(path, json=body).status_code == 422
        assert client.post("/confirm", json=body).status_code == 422


def test_a_change_that_waits_is_entered_before_a_packet_is_frozen(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.signed()
    house.press(f"{house.mails(ADDRESS)[-1].link('/signature/')}/withdraw")
    with house.app.app_context():
        _packet, contents = packets._freeze(house.app, SLUG, Options(), tmp_path)
    assert contents.count.verified == 0
    assert contents.rows == 0
    monkeypatch.setattr(registering, "waiting", lambda _session: True)
    monkeypatch.setattr("petition.worker.steps.register", lambda: 0)
    with house.app.app_context(), pytest.raises(CannotBuild):
        packets._freeze(house.app, SLUG, Options(), tmp_path)


def test_a_sweep_before_the_registrar_leaves_the_tallies_of_the_states_right(house: House) -> None:
    page = house.signed()
    house.press(f"{page}/withdraw")
    house.later(days=8)
    house.sweep()
    with house.reading() as session:
        of = {facet: select(Tally.verified).where(Tally.facet == facet) for facet in (ALL, STATE)}
        sums = {facet: sum(session.scalars(which)) for facet, which in of.items()}
    assert sums == {ALL: 0, STATE: 0}
    assert house.signature().erased_at is not None


def test_links_that_lift_a_pause_are_forgotten(house: House) -> None:
    house.sign()
    house.work()
    assert [link for link in house.rows(Link) if link.mailbox]
    house.later(days=40)
    house.sweep()
    assert not [link for link in house.rows(Link) if link.mailbox]
    assert house.signature().name is None


def test_the_demos_mailbox_is_closed_to_whoever_comes_through_a_proxy(house: House) -> None:
    assert house.client().get("/mailbox").status_code == 200
    for header in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-Ip"):
        assert house.client().get("/mailbox", headers={header: "6.6.6.6"}).status_code == 404


def test_the_signed_already_letter_goes_to_the_address_that_was_confirmed(house: House) -> None:
    house.signed("ada@patron.example")
    house.later(hours=1)
    house.sign(email="ada+other@patron.example")
    house.work()
    assert house.mails("ada@patron.example")[-1].message["Subject"] == "You have signed already"
    assert not house.mails("ada+other@patron.example")


def test_slow_bodies_from_one_network_do_not_stop_the_site(made_ready: Config, tmp_path: Path) -> None:
    config = prepared.with_free_port(prepared.copied(made_ready, tmp_path / "var"))
    with prepared.serving(config) as served, contextlib.ExitStack() as slow:
        for _ in range(OF_ONE_NETWORK * 5):
            line = slow.enter_context(socket.create_connection(("127.0.0.1", config.port), timeout=30))
            head = f"POST /statements/{SLUG}/sign HTTP/1.1\r\nHost: 127.0.0.1:{config.port}\r\n"
            kind = "Content-Type: application/x-www-form-urlencoded\r\n"
            line.sendall(f"{head}{kind}Content-Length: 1000\r\n\r\nname=".encode())
        time.sleep(1)
        took = []
        # Of a site that is stopped none of three is answered soon; on a busy machine one is.
        for _ in range(3):
            began = time.monotonic()
            with urllib.request.urlopen(f"{served.url}/statements/{SLUG}/count.json", timeout=20) as answer:
                assert answer.status == 200
            took.append(time.monotonic() - began)
        assert min(took) < 5, took


def test_a_taken_port_is_one_line_of_reason(house: House) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        config = house.config
        port = taken.getsockname()[1]
        with pytest.raises(AssertionError, match="something else listens"):
            prepared.command(prepared.replace(config, port=port, base_url=f"http://127.0.0.1:{port}"), "serve")


def test_handles_are_opaque_and_differ_by_page(house: House) -> None:
    house.sign()
    row = house.rows(Signature)[0].id
    one, other = (tokens.handle(house.keys, purpose, row) for purpose in ("sent", "confirmed"))
    assert one != other
    assert len(one) == len(other) == 32
