"""Exports: each column no further than its consent goes, no cell a formula, and whoever takes a file is recorded."""

import csv
import io
import json
import time
import zipfile
from pathlib import Path
from typing import Final

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from petition.accounts.models import AuditEntry
from petition.signatures import exporting
from petition.signatures.models import Signature
from tests.ground import SLUG, House, hidden
from tests.prepared import command
from tests.signing_in import signed_in

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
    answer = client.post(EXPORT, data={**hidden(client.get(EXPORT), EXPORT), "purpose": purpose})
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
    assert house.dump() == before


def test_nobody_who_signs_waits_for_a_file_that_is_being_fetched(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PAGE", 1)
    house.signed()
    house.signed("second@patron.example")
    client = signed_in(house)
    form = hidden(client.get(EXPORT), EXPORT)
    answer = client.post(EXPORT, data={**form, "purpose": "publisher"}, buffered=False)
    pieces = answer.iter_encoded()
    got = next(pieces) + next(pieces)
    began = time.monotonic()
    assert house.sign(email="meanwhile@patron.example").status_code == 303
    assert time.monotonic() - began < 4
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
def test_no_cell_is_a_formula_and_each_reads_back_as_written(cell: str) -> None:
    text = "".join(exporting.as_csv([(cell,)], ("name",)))
    _names, written = csv.reader(io.StringIO(text, newline=""))
    assert written[0] in (cell, f"'{cell}")
    assert not written[0].lstrip(" \u00a0").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))
