"""Figures for Prometheus: they hold across processes, are for operators only, and name nobody."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from petition import metrics
from petition.config import Config
from petition.errors import BadConfiguration
from petition.mail.transport import PermanentRefusal, TemporaryRefusal
from petition.packets.models import Build
from petition.paths import STATEMENTS
from tests.ground import SLUG, House
from tests.transports import Answering

TOKEN = "figures-for-operators"

Figures = dict[tuple[str, ...], float]


def read(house: House) -> Figures:
    """Every figure: by its name and its labels' values, in the order of the labels' names."""
    answer = house.client().get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is counted yet."""
    monkeypatch.setattr(metrics, "_here", metrics._Counting())


@pytest.mark.usefixtures("fresh")
def test_requests_are_counted_by_endpoint_and_never_by_what_was_asked_for(house: House) -> None:
    client = house.client()
    client.environ_base["REMOTE_ADDR"] = "203.0.113.7"
    house.sign(client, name="Zuleika Unmistakable")
    client.get("/statements/somebody-typed-this")
    client.get("/nowhere/ada@patron.example?token=4711")
    client.open("/", method="ZULEIKA")
    figures = read(house)
    assert figures["petition_requests_total", "signatures.sign", "3xx"] == 1
    assert figures["petition_requests_total", "statements.statement", "4xx"] == 1
    assert figures["petition_requests_total", "nowhere", "4xx"] >= 1
    assert figures["petition_request_seconds_count", "signatures.sign"] == 1
    assert figures["petition_request_seconds_bucket", "signatures.sign", "+Inf"] == 1
    assert 0 < figures["petition_request_seconds_sum", "signatures.sign"] < 60
    assert not house.config.sqlite or figures["petition_writers_wait_seconds_count",] >= 1
    labels = " ".join(word for key in figures for word in key)
    for typed in ("somebody", "4711", "ada", "patron", "uleika", "ZULEIKA", "203.0", SLUG, "/"):
        assert typed not in labels, typed


@pytest.mark.usefixtures("fresh")
def test_refusals_by_the_limit_are_counted(config: Config) -> None:
    house = House.open(replace(config, limits={**config.limits, "sign": "1 per 10 minutes"}))
    refused = [house.sign().status_code for _ in range(4)].count(429)
    assert refused >= 2
    assert read(house)["petition_refused_by_limit_total", "signatures.sign"] == refused
    house.close()


@pytest.mark.usefixtures("fresh")
def test_what_the_rows_know_is_told(house: House) -> None:
    house.signed()
    house.sign(email="bob@patron.example")
    house.sign(email="eve@patron.example")
    transport = Answering(house.transport, [TemporaryRefusal("later"), PermanentRefusal("never")])
    house.later(seconds=30)
    before = read(house)
    assert before["petition_emails_waiting",] == 2
    assert 29 <= before["petition_emails_overdue_seconds",] < 60
    house.work(transport)
    figures = read(house)
    assert figures["petition_emails_total", "refused for now"] == 1
    assert figures["petition_emails_total", "refused for good"] == 1
    assert figures["petition_emails_total", "sent"] == 2
    assert figures["petition_emails_waiting",] == 1
    assert figures["petition_emails_given_up",] == 1
    assert figures["petition_signatures", "verified"] == 1
    assert figures["petition_signatures", "pending"] == 2
    assert figures["petition_registrar_lag_seconds",] == 0
    assert figures["petition_packet_builds", "waiting"] == len(house.rows(Build))
    assert figures["petition_disk_free_bytes",] > 0


@pytest.mark.usefixtures("fresh")
def test_the_ledgers_lag_is_the_age_of_what_waits_for_it(house: House) -> None:
    house.sign()
    house.work()
    house.confirm()
    house.later(seconds=90)
    assert 89 <= read(house)["petition_registrar_lag_seconds",] < 120
    house.register()
    assert read(house)["petition_registrar_lag_seconds",] == 0


PROGRAM = """
import os, signal, sys, pathlib
from petition import metrics
metrics.share(pathlib.Path(sys.argv[1]))
for each in range(1000):
    metrics.answered("pages.campaign", 200, 0.003)
metrics.EMAILS.add("sent")
metrics.TICKED.put(float(sys.argv[2]))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.usefixtures("fresh")
def test_counts_of_several_processes_are_added_up_even_of_killed_ones_until_serve_begins_anew(house: House) -> None:
    data_dir = house.config.data_dir
    metrics.share(data_dir)
    children = [
        subprocess.Popen([sys.executable, "-c", PROGRAM, str(data_dir), moment], cwd=STATEMENTS.parent)
        for moment in ("1700000300", "1700000100")
    ]
    assert [child.wait(60) for child in children] == [-9, -9]
    house.client().get("/")
    figures = read(house)
    assert figures["petition_requests_total", "pages.campaign", "2xx"] == 2001
    assert figures["petition_request_seconds_bucket", "pages.campaign", "0.005"] >= 2000
    assert figures["petition_request_seconds_bucket", "pages.campaign", "0.002"] <= 1
    assert figures["petition_emails_total", "sent"] == 2
    assert figures["petition_worker_ticked_timestamp_seconds",] == 1700000300
    metrics.clear(data_dir)
    figures = read(house)
    assert figures["petition_requests_total", "pages.campaign", "2xx"] == 1
    assert len(list((data_dir / metrics.FOLDER).iterdir())) == 1


def test_a_sheet_that_is_full_begins_no_new_series_and_goes_on_counting() -> None:
    sheet = metrics.Sheet.alone()
    for each in range(5000):
        sheet.add((((f"series {each}",), 1.0),))
    sheet.add(((("series 1",), 1.0), (("x" * 200,), 1.0)))
    found = dict(sheet.read())
    assert found["series 1",] == 2
    assert len(found) == 4095
    assert all(len(name) < 100 for (name,) in found)


@pytest.mark.parametrize(
    ("base", "headers"),
    [
        ({"REMOTE_ADDR": "203.0.113.7"}, {}),
        ({"REMOTE_ADDR": "203.0.113.7"}, {"Host": "127.0.0.1"}),
        ({"REMOTE_ADDR": "127.0.0.1"}, {"Host": "petition.example"}),
        ({"REMOTE_ADDR": "127.0.0.1"}, {"X-Forwarded-For": "127.0.0.1"}),
        ({"REMOTE_ADDR": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}),
        ({"REMOTE_ADDR": ""}, {}),
        ({"REMOTE_ADDR": "203.0.113.7"}, {"Authorization": "Bearer figures-for-operator"}),
        ({"REMOTE_ADDR": "203.0.113.7"}, {"Authorization": f"Basic {TOKEN}"}),
        ({"REMOTE_ADDR": "203.0.113.7"}, {"Authorization": "Bearer"}),
    ],
)
def test_the_public_does_not_find_the_figures(config: Config, base: dict[str, str], headers: dict[str, str]) -> None:
    house = House.open(replace(config, metrics_token=TOKEN))
    answer = house.client().get("/metrics", environ_base=base, headers={"Host": "localhost", **headers})
    assert answer.status_code == 404
    assert "petition_" not in answer.text
    house.close()


def test_who_knows_the_token_or_asks_from_the_machine_itself_does(config: Config) -> None:
    house = House.open(replace(config, metrics_token=TOKEN, trusted_proxies=1))
    asked = {"Host": "10.0.0.7", "Authorization": f"Bearer {TOKEN}", "X-Forwarded-For": "203.0.113.7"}
    assert house.client().get("/metrics", headers=asked).status_code == 200
    for host in ("127.0.0.1:8000", "localhost", "[::1]:8000"):
        assert house.client().get("/metrics", headers={"Host": host}).status_code == 200
    house.close()


def test_without_a_token_in_the_configuration_no_token_opens(house: House) -> None:
    for token in ("", "None", TOKEN):
        asked = {"Host": "10.0.0.7", "Authorization": f"Bearer {token}"}
        assert house.client().get("/metrics", headers=asked).status_code == 404


def test_a_token_that_can_be_guessed_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="PETITION_METRICS_TOKEN"):
        Config.from_environment({"PETITION_DATA_DIR": str(tmp_path), "PETITION_METRICS_TOKEN": "short"})
    config = Config.from_environment({"PETITION_DATA_DIR": str(tmp_path), "PETITION_METRICS_TOKEN": TOKEN})
    assert config.metrics_token == TOKEN
    assert TOKEN not in repr(config)
