"""The log: an id for each request, lines that name nobody, whoever writes them; and that a leak would be found."""

import io
import json
import logging
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog

from petition.config import Config
from petition.errors import BadConfiguration
from petition.paths import STATEMENTS
from petition.web import traces
from petition.web.lines import Lines
from tests import prepared
from tests.ground import ADDRESS, House
from tests.overhearing import ANNOUNCED, Overheard, leaks, leaks_of_process
from tests.witness import words

TOKEN = "Zk3xQ-29aBcdefghijklmnopqrstuvwxyz_01234567"
#: What must never stand in a log, each as it might slip in.
PLANTED = (
    f"no letter for {ADDRESS}",
    "refused from 203.0.113.7",
    "refused from 2001:db8::1",
    f"GET /confirm/{TOKEN}",
    "wrong code K7MQ-42XD",
    "wrong code 2222-4D44",
)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[dict[str, Any]]]:
    """The log as `serve` writes it, line by line."""
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    traces.set_up_logs(quiet=False)
    return lambda: [json.loads(line) for line in out.getvalue().splitlines()]


Written = Callable[[], list[dict[str, Any]]]


# --- Ids ------------------------------------------------------------------------------------------


def test_each_request_has_an_id_that_answer_log_and_page_agree_on(house: House, written: Written) -> None:
    def failing() -> str:
        raise ValueError(ADDRESS)

    house.app.view_functions["pages.how_we_count"] = failing
    answer = house.client().get("/how-we-count")
    known = answer.headers["X-Request-Id"]
    assert f"name the reference {known}" in words(answer.text)
    assert [(line["event"], line.get("reference", line["request"]), line["request"]) for line in written()] == [
        ("fault", known, known),
        ("request", known, known),
    ]
    assert house.client().get("/").headers["X-Request-Id"] != known


def test_an_id_is_taken_from_a_trusted_proxy_only_and_only_if_it_is_one(config: Config) -> None:
    given = "0af7651916cd43dd8448eb211c80319c"
    through = {"X-Forwarded-For": "203.0.113.7", "X-Request-Id": given}
    alone, behind = House.open(config), House.open(replace(config, trusted_proxies=1))

    def answered(house: House, **headers: str) -> str:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return house.client().get("/healthz", headers=sent).headers["X-Request-Id"]

    assert answered(behind, **through) == given
    assert answered(behind, **{**through, "X-Request-Id": "6ba7b810-9dad-11d1-80b4-00c04fd430c8"}).startswith("6ba7")
    assert answered(alone, **through) != given
    assert answered(behind, X_Request_Id=given) != given, "it did not come through the proxy"
    for insane in ("Ada Lovelace", ADDRESS, "abc", "a" * 65, "abcdef12\\n", TOKEN, "ada-lovelace", ""):
        assert len(answered(behind, **{**through, "X-Request-Id": insane})) == 12, insane
    alone.close()
    behind.close()


def test_a_line_about_a_request_has_its_route_and_never_its_path(house: House, written: Written) -> None:
    house.client().get(f"/confirm/{TOKEN}?email={ADDRESS}")
    house.client().open("/", method="ADA-LOVELACE")
    house.client().get(f"/nowhere/{ADDRESS}")
    found = [(line["route"], line["method"], line["status"]) for line in written()]
    assert found == [("/confirm/<token>", "GET", 404), (None, "other", 405), (None, "GET", 404)]
    assert all(line["milliseconds"] >= 0 and line["timestamp"].endswith("+00:00") for line in written())


# --- What others log ------------------------------------------------------------------------------


def test_of_what_libraries_log_only_their_own_words_are_kept(written: Written) -> None:
    library = logging.getLogger("some.library")
    library.warning("cannot reach %s for %s", "203.0.113.7", ADDRESS)
    library.error(f"cannot deliver to <{ADDRESS}> at 203.0.113.7 with {TOKEN}")
    try:
        raise ValueError(f"Ada Lovelace <{ADDRESS}>")
    except ValueError:
        library.exception("failed")
    library.info("this is not for operators")
    first, second, third = written()
    assert (first["event"], first["logger"], first["level"]) == ("cannot reach %s for %s", "some.library", "warning")
    assert second["event"] == "cannot deliver to <…> at … with …"
    assert (third["event"], third["kind"]) == ("failed", "ValueError")
    assert "test_logs.py" in third["exception"][0]
    assert "Lovelace" not in json.dumps(third)


STRAYS = f"""
import sys, threading, warnings
from petition.web import lines, traces
traces.set_up_logs(quiet=True)
lines.tell_strays()
def fail(): raise ValueError("Ada Lovelace <{ADDRESS}>")
class Gone:
    def __del__(self): fail()
thread = threading.Thread(target=fail); thread.start(); thread.join()
gone = Gone(); del gone
warnings.warn("a header of 203.0.113.7 is odd")
fail()
"""


def test_faults_that_nobody_caught_are_lines_of_the_log_too() -> None:
    done = subprocess.run(
        [sys.executable, "-c", STRAYS], cwd=STATEMENTS.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    found = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in found if line["logger"] == "petition"] == ["uncaught"] * 3
    assert "a header of … is odd" in found[2]["event"]
    assert leaks(done.stderr) == []
    assert "Lovelace" not in done.stderr


def test_the_web_server_itself_writes_such_lines() -> None:
    settings = json.loads((Path(traces.__file__).parent / "granian.json").read_text())
    assert settings["formatters"]["lines"]["()"] == f"{Lines.__module__}.{Lines.__qualname__}"
    assert settings["loggers"]["granian.access"]["handlers"] == ["nothing"]


def test_a_real_house_logs_each_request_and_a_demo_only_faults(config: Config) -> None:
    assert config.logs_requests(demo=False)
    assert not config.logs_requests(demo=True)
    assert replace(config, log="requests").logs_requests(demo=True)
    assert not replace(config, log="faults").logs_requests(demo=False)
    with pytest.raises(BadConfiguration, match="PETITION_LOG must be requests or faults"):
        Config.from_environment({"PETITION_LOG": "everything"})


# --- A test for the test --------------------------------------------------------------------------


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_leak_is_found_in_what_a_process_printed(planted: str, tmp_path: Path) -> None:
    log = tmp_path / "serve.log"
    clean = '{"event": "request", "request": "0af7651916cd", "timestamp": "2026-11-22T02:23:35.123456+00:00"}'
    log.write_text(f"{ANNOUNCED[0]}http://127.0.0.1:8000\n{clean}\n")
    assert leaks_of_process(log) == []
    log.write_text(f"{clean}\n{planted}\n{clean}\n")
    assert len(leaks_of_process(log)) == 1


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_leak_is_found_in_what_this_process_logs(planted: str) -> None:
    overheard = Overheard()
    with overheard.listening():
        structlog.get_logger("petition").info("clean", said="nothing of anybody")
        assert overheard.leaks() == []
        structlog.get_logger("petition").info("planted", said=planted)
        assert len(overheard.leaks()) == 1


def test_a_typed_name_is_found_wherever_it_was_typed(house: House) -> None:
    overheard = Overheard()
    log = structlog.get_logger("petition")
    with overheard.listening():
        house.sign(name="Zoë Unmistakable", city="Scottsbluff")
        assert overheard.leaks() == []
        log.warning("planted", said="a letter to Zoë Unmistakable of Scottsbluff")
        assert len(overheard.leaks()) == 2


def test_a_served_house_that_would_name_somebody_is_caught(made_ready: Config, tmp_path: Path) -> None:
    config = prepared.with_free_port(prepared.copied(made_ready, tmp_path / "var"))
    house = House.open(config)
    house.sign(name="Zuleika Unmistakable")
    house.close()
    with prepared.serving(config) as served:
        with urllib.request.urlopen(f"{served.url}/?{ADDRESS}") as answer:
            assert answer.status == 200
        log = served.log.read_text()
        assert '"route": "/", "method": "GET", "status": 200' in log
        assert leaks_of_process(served.log, config) == []
        planted = tmp_path / "planted.log"
        planted.write_text(log + '{"event": "planted", "said": "Zuleika Unmistakable"}\n')
        assert len(leaks_of_process(planted, config)) == 1
