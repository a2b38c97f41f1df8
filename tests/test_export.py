"""Exports: each column no further than its consent goes, no cell a formula, and whoever takes a file is recorded."""

import csv
import io
import json
import threading
import time
import zipfile
from pathlib import Path
from typing import Final

import pytest
from flask.testing import FlaskClient
from hypothesis import example, given
from hypothesis import strategies as st

from petition.accounts.models import AuditEntry
from petition.jobs import State
from petition.signatures import exporting, spreadsheets
from petition.signatures.models import Signature, Spreadsheet
from petition.worker import steps
from petition.worker.building import Tabler
from tests.ground import SLUG, House, hidden
from tests.prepared import command, environment
from tests.signing_in import signed_in
from tests.witness import words

EXPORT: Final = f"/organize/statements/{SLUG}/export"


@pytest.fixture
def people(house: House) -> None:
    """One who wants news, one who does not, one whose name is withheld, one who withdrew, one who waits."""
    house.signed("news@patron.example", name="Zoë Newsreader", updates="1", comment="Yes!", show_name="1")
    house.signed("quiet@patron.example", name="Quiet Reader", comment="=HYPERLINK(1)", postal_code="68508")
    hidden_page = house.signed("hidden@patron.example", name="Hidden Person", city="Valentine", relation="author")
    house.press(f"{hidden_page}/withhold", on=hidden_page)
    house.press(f"{house.signed('gone@patron.example', name='Gone Person')}/withdraw")
    house.register()
    house.sign(email="waits@patron.example", name="Waiting Person")
    client = signed_in(house)
    for number in (1, 2):
        path = f"/organize/signatures/{number}/comment/approve"
        client.post(path, data=hidden(client.get(f"/organize/signatures/{number}"), path))


def export(client: FlaskClient, purpose: str) -> list[dict[str, str]]:
    """The file that the button gives, read as a spreadsheet reads it."""
    answer = client.post(EXPORT, data={**hidden(client.get(EXPORT), EXPORT), "purpose": purpose, "kind": "csv"})
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{SLUG}-{purpose}-')
    text = answer.data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.one_database("sqlite", "what a column may hold is not asked of the database")
@pytest.mark.usefixtures("people")
def test_a_file_for_the_publisher_holds_what_signing_gives_and_no_address(house: House) -> None:
    news, quiet, withheld = export(signed_in(house), "publisher")
    assert {"email", "language", "postal_code"}.isdisjoint(news)
    assert (news["number"], news["name"], news["city"], news["state"]) == ("1", "Zoë Newsreader", "Lincoln", "NE")
    assert (news["comment"], news["show_name"]) == ("Yes!", "yes")
    assert (quiet["comment"], quiet["show_name"]) == ("'=HYPERLINK(1)", "no")
    assert withheld["name"] == "Name withheld"
    assert not withheld["city"]
    assert not withheld["relation"]
    assert withheld["state"] == "NE"


@pytest.mark.one_database("sqlite", "what a column may hold is not asked of the database")
@pytest.mark.usefixtures("people")
def test_a_file_for_news_holds_the_addresses_of_those_who_asked_for_news(house: House) -> None:
    client = signed_in(house)
    told = export(client, "news")
    assert [row["email"] for row in told] == ["news@patron.example", "", ""]
    assert [row["language"] for row in told] == ["en", "", ""]
    entry = house.rows(AuditEntry)[-1]
    assert (entry.act, entry.subject) == ("signatures exported", f"statement {SLUG}")
    assert json.loads(entry.details) == {"format": "csv", "purpose": "news", "verified": "3"}
    before = house.dump()
    assert client.get(EXPORT).status_code == 200
    refused = client.post(EXPORT, data={**hidden(client.get(EXPORT), EXPORT), "purpose": "everything"})
    assert refused.status_code == 422
    resting = client.post(EXPORT, data={**hidden(client.get(EXPORT), EXPORT), "purpose": "news", "kind": "xlsx"})
    assert resting.status_code == 422
    assert "not kept here" in resting.text
    assert house.dump() == before


def test_nobody_who_signs_waits_for_a_file_that_is_being_fetched(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "FIRST", 1)
    monkeypatch.setattr(exporting, "PAGE", 1)
    house.signed()
    house.signed("second@patron.example")
    client = signed_in(house)
    form = hidden(client.get(EXPORT), EXPORT)
    answer = client.post(EXPORT, data={**form, "purpose": "publisher", "kind": "csv"}, buffered=False)
    pieces = answer.iter_encoded()
    got = next(pieces) + next(pieces)
    began = time.monotonic()
    assert house.sign(email="meanwhile@patron.example").status_code == 303
    assert time.monotonic() - began < 20
    got += b"".join(pieces)
    assert got.decode().count("Ada Lovelace") == 2


@pytest.mark.one_database("sqlite", "the columns are read alike; this is about files")
@pytest.mark.usefixtures("people")
def test_the_command_writes_every_format_and_is_recorded(house: House, tmp_path: Path) -> None:
    out = {kind: tmp_path / f"out.{kind}" for kind in ("csv", "json", "xlsx")}
    for kind, path in out.items():
        said = command(house.config, "signatures", "export", SLUG, "--format", kind, "--out", str(path))
        assert "3 verified signatures" in said
    told = json.loads(out["json"].read_text())
    assert [row["email"] for row in told] == ["news@patron.example", None, None]
    assert told[0]["number"] == 1
    assert told[1]["comment"] == "=HYPERLINK(1)"
    assert "'=HYPERLINK(1)" in out["csv"].read_text(encoding="utf-8-sig")
    with zipfile.ZipFile(out["xlsx"]) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "Zoë Newsreader" in sheet
    assert "=HYPERLINK(1)" in sheet
    assert "<f>" not in sheet
    assert "quiet@patron.example" not in sheet
    bare = command(house.config, "signatures", "export", SLUG, "--format", "json", "--out", "-", "--without-email")
    assert "@patron.example" not in bare
    acts = [entry.account_id for entry in house.rows(AuditEntry, AuditEntry.act == "signatures exported")]
    assert acts == [None] * 4
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []


@pytest.mark.one_database("sqlite", "the columns are read alike; this is about files")
def test_an_empty_ledger_exports_its_columns(house: House, tmp_path: Path) -> None:
    for kind in ("csv", "json", "xlsx"):
        command(house.config, "signatures", "export", SLUG, "--format", kind, "--out", str(tmp_path / kind))
    assert json.loads((tmp_path / "json").read_text()) == []
    header = next(csv.reader(io.StringIO((tmp_path / "csv").read_text(encoding="utf-8-sig"))))
    assert tuple(header) == exporting.COLUMNS
    assert house.rows(Signature) == []


AWKWARD: Final = st.text(alphabet=st.sampled_from("=+-@\t\r\n'\"a1 ,\u00a0＝"), max_size=8)


@given(AWKWARD)
@example("\r\n1")  # it begins the file: no line before it, and no cell
def test_no_cell_is_a_formula_and_each_reads_back_as_written(cell: str) -> None:
    text = "".join(exporting.as_csv([[(cell,)]], ("name",)))
    _names, written = csv.reader(io.StringIO(text, newline=""))
    assert written[0] in (cell, f"'{cell}")
    assert not written[0].lstrip(" \u00a0").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))


@pytest.mark.one_database("sqlite", "lines are written, no database is asked")
@given(st.lists(AWKWARD, min_size=51, max_size=120))
def test_in_a_page_where_some_cells_are_suspect_every_line_is_as_if_written_alone(cells: list[str]) -> None:
    (_head, page) = exporting.as_csv([[(1, cell, "NE") for cell in cells]], ("number", "name", "state"))
    alone = [exporting.csv_lines([(1, cell, "NE")]) for cell in cells]
    assert page == "".join(alone)
    assert [row[1] for row in csv.reader(io.StringIO(page, newline=""))] == [exporting.plain(cell) for cell in cells]


@pytest.mark.one_database("sqlite", "what a column may hold is not asked of the database")
@pytest.mark.usefixtures("people")
def test_json_from_the_desk_is_streamed_with_the_same_columns(house: House) -> None:
    client = signed_in(house)
    answer = client.post(EXPORT, data={**hidden(client.get(EXPORT), EXPORT), "purpose": "publisher", "kind": "json"})
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    told = json.loads(answer.data)
    assert [row["name"] for row in told] == ["Zoë Newsreader", "Quiet Reader", "Name withheld"]
    assert (told[0]["number"], told[0]["country"]) == (1, None)
    assert "email" not in told[0]
    assert json.loads(house.rows(AuditEntry)[-1].details)["format"] == "json"


@pytest.mark.usefixtures("people")
def test_a_spreadsheet_is_written_by_the_worker_fetched_on_record_and_gone_after_a_week(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment(house.config).items():
        monkeypatch.setenv(name, value)
    client = signed_in(house)
    asked = {**hidden(client.get(EXPORT), EXPORT), "purpose": "publisher", "kind": "xlsx"}
    for _again in range(2):
        assert client.post(EXPORT, data=asked).status_code == 303
    (sheet,) = house.rows(Spreadsheet)
    assert "a worker takes it up in a moment" in client.get(EXPORT).text
    fetch = f"{EXPORT}/spreadsheet"
    assert client.post(fetch, data=asked).status_code == 404
    Tabler(house.app, threading.Event()).build(sheet.id)
    page = client.get(EXPORT)
    assert "3 lines" in words(page.text)
    answer = client.post(fetch, data=hidden(page, fetch), buffered=True)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        text = book.read("xl/worksheets/sheet1.xml").decode()
    assert "Name withheld" in text
    assert "@patron.example" not in text
    assert house.rows(AuditEntry)[-1].act == "signatures exported"
    path = spreadsheets.file_of(house.config.data_dir, sheet.id)
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    house.later(days=7, minutes=1)
    with house.app.app_context():
        assert steps.clear_spreadsheets(house.config) == 1
    assert not path.parent.exists()
    assert house.rows(Spreadsheet) == []


@pytest.mark.one_database("sqlite", "which programs are started is not asked of the database")
def test_a_spreadsheet_whose_program_keeps_ending_is_given_up_and_says_so(house: House) -> None:
    client = signed_in(house)
    asked = {**hidden(client.get(EXPORT), EXPORT), "purpose": "publisher", "kind": "xlsx"}
    client.post(EXPORT, data=asked)
    for _try in range(spreadsheets.TRIES):
        Tabler(house.app, threading.Event(), ("false",)).build(1)
        house.later(minutes=2)
    assert "ended 3 times without a word" in client.get(EXPORT).text
    client.post(EXPORT, data=asked)
    assert [row.state for row in house.rows(Spreadsheet)] == [State.DEAD, State.WAITING]
