"""What a packet's roster costs beside ReportLab's canvas and typst, and what the whole command costs."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

import click

from petition.paths import STATEMENTS

_ENGINES: Final = ("reportlab", "ours", "typst")
#: Largest that ReportLab's canvas is asked for, and typst, which at 160,000 rows takes 2.8 GB and longer than all else.
_MOST: Final = {"reportlab": 160_000, "typst": 20_000}
#: The size that the targets are given for: of the roster's path and of the whole command, in rows per CPU-second of
#: ReportLab's. A smaller roster is mostly the start of the processes.
NATIONAL: Final = 160_000
PATH: Final = 0.9
WHOLE: Final = 0.6
#: Megabytes, by rows.
MEMORY: Final[Mapping[int, int]] = {160_000: 250, 1_000_000: 400}
FILE: Final[Mapping[int, int]] = {160_000: 12}
GROWTH: Final = 1.15


def measured(sizes: Sequence[int], turns: int, *, whole: bool = True) -> Iterator[dict[str, Any]]:
    """Each engine sets the same roster in a process of its own, turn about; then the whole command, once for a size."""
    for rows in sizes:
        for _ in range(turns):
            for engine in engines(rows):
                click.echo(f"Setting {rows:,} rows: {engine}.", err=True)
                yield _engine(engine, rows)
        if whole:
            click.echo(f"Building a packet of {rows:,} signatures.", err=True)
            yield _command(rows)


def engines(rows: int) -> list[str]:
    """Which are asked for a roster of that many rows."""
    return [engine for engine in _ENGINES if rows <= _MOST.get(engine, rows)]


def _engine(engine: str, rows: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="petition-bench-") as folder:
        command = [sys.executable, "-m", "bench.rosters", engine, str(rows), folder]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "TMPDIR": folder})
    return dict(json.loads(done.stdout))


def _command(rows: int) -> dict[str, Any]:
    """`petition packet build` on a demo database of its own, which is not part of what is measured."""
    with tempfile.TemporaryDirectory(prefix="petition-bench-") as name:
        folder = Path(name)
        around = {**os.environ, "PETITION_DATA_DIR": str(folder / "data"), "TMPDIR": name}
        petition = [sys.executable, "-m", "petition"]
        for made in (
            ["init", "--demo"],
            ["load", str(STATEMENTS / "ebooksforall")],
            ["signatures", "sample", "ebooksforall", str(rows)],
        ):
            subprocess.run([*petition, *made], check=True, capture_output=True, env=around)
        out = folder / "packet.pdf"
        code = (
            "import json, resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, capture_output=True); "
            "u = resource.getrusage(resource.RUSAGE_CHILDREN); "
            "print(json.dumps([u.ru_utime + u.ru_stime, u.ru_maxrss]))"
        )
        command = [sys.executable, "-c", code, *petition, "packet", "build", "ebooksforall", "--out", str(out)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=around)
        taken, peak = json.loads(done.stdout)
        return _figures("packet build", rows, taken, 0, round(peak / 1024), out.stat().st_size)


def _figures(engine: str, rows: int, taken: float, own: int, child: int, size: int) -> dict[str, Any]:
    return {
        "engine": engine,
        "rows": rows,
        "cpu_seconds": round(taken, 2),
        "rows_per_cpu_second": round(rows / taken),
        "own_mb": own,
        "child_mb": child,
        "bytes": size,
    }


def lines(found: Sequence[Mapping[str, Any]]) -> Iterator[list[str]]:
    """One line for each engine and size: its pace beside ReportLab's, memory and file, and the targets."""
    yield ["rows", "engine", "CPU, s", "rows / CPU-s", "of ReportLab's", "memory, MB", "file, MB", "targets", ""]
    for rows in sorted({one["rows"] for one in found}):
        rival = _pace(found, "reportlab", rows)
        for engine in ("ours", "packet build", "reportlab", "typst"):
            runs = [one for one in found if one["rows"] == rows and one["engine"] == engine]
            if runs:
                yield _line(runs, rival, found)


def _line(runs: Sequence[Mapping[str, Any]], rival: float, found: Sequence[Mapping[str, Any]]) -> list[str]:
    engine, rows = runs[0]["engine"], runs[0]["rows"]
    pace = median(one["rows_per_cpu_second"] for one in runs)
    memory = max(max(one["own_mb"] if engine not in ("ours",) else 0, one["child_mb"]) for one in runs)
    size = runs[0]["bytes"] / 1e6
    targets: list[tuple[str, bool]] = []
    if engine in ("ours", "packet build"):
        least = PATH if engine == "ours" else WHOLE
        if rival and rows == NATIONAL:
            targets.append((f"≥ {least}", pace / rival >= least))
        before = _pace(found, engine, NATIONAL)
        if before and rows > NATIONAL:
            targets.append((f"≤ {GROWTH} of the cost at {NATIONAL:,}", before / pace <= GROWTH))
        if rows in MEMORY:
            targets.append((f"≤ {MEMORY[rows]} MB", memory <= MEMORY[rows]))
        if rows in FILE:
            targets.append((f"file ≤ {FILE[rows]} MB", size <= FILE[rows]))
    missed = [said for said, kept in targets if not kept]
    return [
        f"{rows:,}", engine, f"{median(one['cpu_seconds'] for one in runs):.1f}", f"{pace:,.0f}",
        f"{pace / rival:.2f}" if rival else "", f"{memory:,}", f"{size:.1f}", ", ".join(said for said, _ in targets),
        "" if not targets else "missed: " + ", ".join(missed) if missed else "met",
    ]  # fmt: skip


def _pace(found: Sequence[Mapping[str, Any]], engine: str, rows: int) -> float:
    runs = [one["rows_per_cpu_second"] for one in found if one["rows"] == rows and one["engine"] == engine]
    return median(runs) if runs else 0.0
