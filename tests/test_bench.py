"""The benchmark runs, and prints a row for each thing it measures. What it measures is never asserted: it depends."""

import json
import os
import subprocess
import sys
from pathlib import Path

from petition.paths import STATEMENTS


def test_the_small_bench_prints_every_row_and_writes_its_figures(tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--small", "--out", str(out)],
        capture_output=True, text=True, timeout=300, cwd=STATEMENTS.parent, env=dict(os.environ), check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = {line.split("|")[2].strip() for line in done.stdout.splitlines() if line.startswith("| sqlite")}
    assert rows == {
        "sign", "confirm", "petition page, made anew", "petition page", "count.json", "static file"
    }  # fmt: skip
    engines = {line.split("|")[2].strip() for line in done.stdout.splitlines() if line.startswith("| 120 ")}
    assert engines == {"ours", "reportlab", "typst"}
    figures = json.loads(out.read_text())
    assert {one["engine"] for one in figures["rosters"] if one["bytes"] > 1_000} == engines
    written = figures["rows"]
    assert {row["ours"] for row in written} == rows
    for row in written:
        for turn in (*row["turns"]["0"], *row["against_turns"]):
            assert turn["requests"] > 0
            assert set(turn["statuses"]) <= {"200", "303"}
