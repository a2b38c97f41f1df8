"""The benchmark runs, and prints a row for each thing it measures. What it measures is never asserted: it depends."""

import json
import os
import subprocess
import sys
from pathlib import Path

from bench import printing
from petition.paths import STATEMENTS

EXPORTS = ["rows for a second of CPU", "first line, s", "MB above idle"]


def test_the_small_bench_prints_every_row_and_writes_its_figures(tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--small", "--out", str(out)],
        capture_output=True, text=True, timeout=300, cwd=STATEMENTS.parent, env=dict(os.environ), check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    about_ledger = {row["name"] for row in json.loads(out.read_text())["ledger"]}
    assert {"tree over ready leaves", "registrar, a backlog", "prove inclusion, 2,000 leaves"} <= about_ledger
    lines = [[cell.strip() for cell in line.split("|")] for line in done.stdout.splitlines()]
    about_sqlite = [cells for cells in lines if cells[1:2] == ["sqlite"]]
    exported = [cells[3] for cells in about_sqlite if cells[3] in EXPORTS]
    assert exported == EXPORTS
    names = {cells[2] for cells in about_sqlite if cells[3] not in EXPORTS}
    assert names > about_ledger
    rows = names - about_ledger
    assert rows == {
        "sign", "confirm", "petition page, made anew", "petition page", "count.json", "static file"
    }  # fmt: skip
    engines = {line.split("|")[2].strip() for line in done.stdout.splitlines() if line.startswith("| 120 ")}
    assert engines == {"ours", "reportlab", "typst"}
    figures = json.loads(out.read_text())
    assert {one["engine"] for one in figures["rosters"] if one["bytes"] > 1_000} == engines
    assert {(one["database"], one["rows"] > 0) for one in figures["exports"]} == {("sqlite", True)}
    written = figures["rows"]
    assert {row["ours"] for row in written} == rows
    for row in written:
        for turn in (*row["turns"]["0"], *row["against_turns"]):
            assert turn["requests"] > 0
            assert set(turn["statuses"]) <= {"200", "303"}


def test_typst_is_asked_for_no_roster_that_takes_it_gigabytes() -> None:
    assert printing.engines(20_000) == ["reportlab", "ours", "typst"]
    assert printing.engines(160_000) == ["reportlab", "ours"]
    assert printing.engines(1_000_000) == ["ours"]
