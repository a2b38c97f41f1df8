"""The benchmark runs, and prints a row for each thing it measures. What it measures is never asserted: it depends."""

import json
import os
import subprocess
import sys
from pathlib import Path

from bench import printing
from petition.paths import STATEMENTS
from tests.servers import Postgres

EXPORTS = ["rows for a second of CPU", "first line, s", "MB above idle"]


def small(*more: str, **variables: str) -> str:
    """What the small bench prints."""
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--small", *more],
        capture_output=True, text=True, timeout=900, check=False,
        cwd=STATEMENTS.parent, env={**os.environ, **variables},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def cells_of(printed: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in printed.splitlines()]


def test_the_small_bench_prints_every_row_and_writes_its_figures(tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    done = small("--out", str(out))
    about_ledger = {row["name"] for row in json.loads(out.read_text())["ledger"]}
    assert {"tree over ready leaves", "registrar, a backlog", "prove inclusion, 2,000 leaves"} <= about_ledger
    lines = cells_of(done)
    about_sqlite = [cells for cells in lines if cells[1:2] == ["sqlite"]]
    exported = [cells[3] for cells in about_sqlite if cells[3] in EXPORTS]
    assert exported == EXPORTS
    names = {cells[2] for cells in about_sqlite if cells[3] not in EXPORTS}
    assert names > about_ledger
    rows = names - about_ledger
    assert rows == {
        "sign", "confirm", "petition page, made anew", "petition page", "count.json", "static file"
    }  # fmt: skip
    engines = {cells[2] for cells in lines if cells[1:2] == ["120"]}
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


def test_the_bench_takes_a_file_from_postgresql_too(postgres: Postgres) -> None:
    printed = cells_of(small("--database", "postgresql", "--only", "export", BENCH_POSTGRESQL_URL=postgres.url))
    assert [cells[3] for cells in printed if cells[1:2] == ["postgresql"] and cells[3] in EXPORTS] == EXPORTS


def test_typst_is_asked_for_no_roster_that_takes_it_gigabytes() -> None:
    assert printing.engines(20_000) == ["reportlab", "ours", "typst"]
    assert printing.engines(160_000) == ["reportlab", "ours"]
    assert printing.engines(1_000_000) == ["ours"]


def test_a_small_roster_is_not_held_to_the_targets_of_a_national_one() -> None:
    def run(engine: str, rows: int, pace: float) -> dict[str, object]:
        return {
            "engine": engine, "rows": rows, "rows_per_cpu_second": pace, "cpu_seconds": rows / pace,
            "own_mb": 100, "child_mb": 100, "bytes": 1_000_000,
        }  # fmt: skip

    found = [
        run("reportlab", 20_000, 10_000.0), run("ours", 20_000, 4_000.0), run("reportlab", 160_000, 10_000.0),
        run("ours", 160_000, 9_500.0), run("packet build", 160_000, 5_000.0), run("ours", 1_000_000, 9_000.0),
    ]  # fmt: skip
    told = {(line[0], line[1]): line[-2:] for line in printing.lines(found)}
    assert told["20,000", "ours"] == ["", ""]
    assert told["160,000", "ours"] == ["≥ 0.9, ≤ 250 MB, file ≤ 12 MB", "met"]
    assert told["160,000", "packet build"] == ["≥ 0.6, ≤ 250 MB, file ≤ 12 MB", "missed: ≥ 0.6"]
    assert told["1,000,000", "ours"] == ["≤ 1.15 of the cost at 160,000, ≤ 400 MB", "met"]
