"""The tables of a run: ratios beside their targets, and the cost by the size of the ledger."""

import os
import platform
import subprocess
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Any

import bench
from bench.measuring import FLAT, Result, Slice


def _spread(values: Sequence[float]) -> str:
    return f"{median(values):.2f} ({min(values):.2f}–{max(values):.2f})"


def _verdict(kept: bool) -> str:
    return "met" if kept else "missed"


def _cost(slices: Sequence[Slice]) -> float:
    return median(each.cost for each in slices)


def ratios(results: Sequence[Result]) -> Iterator[list[str]]:
    """One line for each target of each row."""
    yield ["database", "ours", "against", "what", "ours", "theirs", "ratio (least–most)", "target", ""]
    for result in results:
        row, names = result.row, [result.database, result.row.name, result.row.against]
        cpu = result.ratios(lambda each: each.cost)
        most = row.most_cpu[result.database]
        yield [*names, "CPU, µs", f"{result.costs(0):.0f}", f"{_cost(result.theirs):.0f}", _spread(cpu),
               f"≤ {most}", _verdict(median(cpu) <= most)]  # fmt: skip
        pace = result.ratios(lambda each: each.run.per_second)
        met = "" if row.least_pace is None else _verdict(median(pace) >= row.least_pace)
        ours, theirs = (median(each.run.per_second for each in side) for side in (result.ours[0], result.theirs))
        yield [*names, "requests/s", f"{ours:.0f}", f"{theirs:.0f}", _spread(pace),
               f"≥ {row.least_pace}" if met else "", met]  # fmt: skip
        p50, p99 = (median(each.run.percentile(share) for each in result.ours[0]) * 1e3 for share in (0.5, 0.99))
        held = row.most_tail is not None and result.database == "sqlite"
        yield [*names, "p50, p99, ms", f"{p50:.1f}, {p99:.1f}", "", f"{result.tail():.1f}",
               f"≤ {row.most_tail}" if held else "", _verdict(result.tail() <= (row.most_tail or 0)) if held else ""]
        if unexpected := result.unexpected():
            yield [*names, "other answers", str(dict(unexpected)), "", "", "none", "missed"]


def sizes(results: Sequence[Result]) -> Iterator[list[str]]:
    """One line for each row that was measured at more sizes than one."""
    found = sorted({size for result in results for size in result.ours})
    full = found[1:]
    yield ["database", "ours", *(f"{size:,}" for size in found), *(f"{size:,} / 0" for size in full), "target", ""]
    for result in results:
        if len(result.ours) < 2:
            continue
        growths = [result.growth(size) for size in full]
        yield [
            result.database, result.row.name, *(f"{result.costs(size):.0f}" for size in found),
            *(f"{growth:.2f}" for growth in growths), f"≤ {1 + FLAT}", _verdict(max(growths) <= 1 + FLAT),
        ]  # fmt: skip


def markdown(lines: Iterator[list[str]]) -> str:
    """The lines as a table that reads well as plain text too."""
    rows = list(lines)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    rows.insert(1, ["-" * width for width in widths])
    padded = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in padded)


def circumstances() -> dict[str, Any]:
    """When, of what, and on what it was measured."""
    root = bench.__path__[0]
    asked = ["git", "-C", root, "describe", "--always", "--dirty"]
    commit = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    return {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "commit": commit or None,
        "cores": os.cpu_count(),
        "load_before": os.getloadavg()[0],
        "python": platform.python_version(),
    }


def as_json(result: Result) -> dict[str, Any]:
    """A result in plain values, every turn by itself."""
    return {
        "database": result.database,
        "ours": result.row.name,
        "against": result.row.against,
        "targets": {
            "cpu": result.row.most_cpu[result.database], "pace": result.row.least_pace, "tail": result.row.most_tail
        },
        "turns": {str(size): [_plain(each) for each in slices] for size, slices in result.ours.items()},
        "against_turns": [_plain(each) for each in result.theirs],
    }  # fmt: skip


def _plain(each: Slice) -> dict[str, Any]:
    return {
        "requests": each.run.requests,
        "seconds": round(each.run.seconds, 3),
        "statuses": dict(each.run.statuses),
        "cpu_us": round(each.cost, 1),
        "worker_cpu_seconds": round(each.cpu.work, 2),
        "p50_ms": round(each.run.percentile(0.5) * 1e3, 2),
        "p99_ms": round(each.run.percentile(0.99) * 1e3, 2),
        "longest_ms": round(each.run.latencies[-1] * 1e3, 2),
    }
