"""The command: `python -m bench`, or `make bench`."""

import contextlib
import json
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any, Final

import click

from bench import databases, exports, ledger, printing, report, requests, seeding, servers
from bench.client import CONNECTIONS, drive
from bench.measuring import SIGN, Plan, Result, measure, table
from bench.servers import Server

DATABASES: Final = ("sqlite", "postgresql")
#: What `--only ledger` and `--only rosters` ask for.
LEDGER: Final = "ledger"
ROSTERS: Final = "rosters"
CONFIRMED: Final = 1200  # links a second that wait for their button: more than any server here presses


#: A few requests of each kind, to see that it works. It measures nothing.
SMALL: Final = Plan(turns=1, seconds=0.05, connections=2)
SMALL_ROSTER: Final = 120
_ROSTERS: Final = "Rows of the rosters that are printed. Typst is asked for at most 20,000 rows, ReportLab for 160,000."


@click.command()
@click.option("--database", type=click.Choice(["sqlite", "postgresql", "both"]), default="both", show_default=True)
@click.option("--sizes", default="0,100000,1000000", show_default=True, help="Signatures in the ledger.")
@click.option("--turns", default=3, show_default=True, help="How often each pair is driven.")
@click.option("--seconds", default=1.5, show_default=True, help="How long each is driven in a turn.")
@click.option("--only", default="", help="Only the rows whose name begins so.")
@click.option("--rosters", default="20000,160000,1000000", show_default=True, help=_ROSTERS)
@click.option("--requests/--no-requests", "driven", default=True, help="Whether the site is measured as well.")
@click.option("--small", is_flag=True, help="A few requests of each kind, to see that it works. It measures nothing.")
@click.option("--out", type=click.Path(path_type=Path), help="Write every figure to this file, as JSON.")
def main(
    database: str, sizes: str, turns: int, seconds: float, only: str, rosters: str, driven: bool, small: bool,
    out: Path | None,
) -> None:  # fmt: skip
    """Measure what a signature and a page cost beside bare Flask, a roster beside ReportLab, and print the ratios."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))  # what was made is taken away again
    around = report.circumstances()
    wanted = [0] if small else sorted({0, *map(int, sizes.split(","))})
    plan = SMALL if small else Plan(turns, seconds, CONNECTIONS)
    began, results = time.monotonic(), list[Result]()
    figures, exported = list[dict[str, object]](), list[dict[str, object]]()
    for each in _databases(database, driven, small):
        if each == "postgresql" and databases.postgresql() is None:
            click.echo("There is no PostgreSQL: set BENCH_POSTGRESQL_URL to one whose role may make databases.")
            continue
        found, files = _one(each, wanted, plan, only)
        click.echo(report.markdown(report.ratios(found)) + "\n")
        if len(wanted) > 1:
            click.echo(report.markdown(report.sizes(found)) + "\n")
        for size, turns_of_it in files.items():
            click.echo(report.markdown(exports.table(each, size, turns_of_it)) + "\n")
            exported += [{"database": each, "size": size, **asdict(turn)} for turn in turns_of_it]
        results += found
        if LEDGER.startswith(only):
            click.echo("Measuring the ledger alone.", err=True)
            about_ledger = ledger.measure(each, ledger.SMALL if small else ledger.Sizes())
            click.echo(report.markdown(ledger.table(about_ledger)) + "\n")
            figures += [asdict(figure) for figure in about_ledger]
    printed = list[dict[str, Any]]()
    if ROSTERS.startswith(only):
        printed += printing.measured([SMALL_ROSTER], 1, whole=False) if small else _rosters(rosters, turns)
    if printed:
        click.echo(report.markdown(printing.lines(printed)) + "\n")
    around["seconds"] = round(time.monotonic() - began)
    click.echo(", ".join(f"{name} {value}" for name, value in around.items()))
    if out is not None:
        rows = [report.as_json(result) for result in results]
        told = {**around, "rows": rows, LEDGER: figures, "exports": exported, ROSTERS: printed}
        out.write_text(json.dumps(told, indent=1) + "\n")


def _databases(database: str, driven: bool, small: bool) -> tuple[str, ...]:
    if not driven:
        return ()
    if database == "both":
        return ("sqlite",) if small else DATABASES
    return (database,)


def _rosters(sizes: str, turns: int) -> Iterator[dict[str, Any]]:
    return printing.measured(sorted(map(int, filter(None, sizes.split(",")))), turns)


def _one(
    database: str, sizes: list[int], plan: Plan, only: str
) -> tuple[list[Result], dict[int, list[exports.Turn]]]:
    """Make the houses and the bare app on one kind of database, serve them all, and measure."""
    with tempfile.TemporaryDirectory(prefix="petition-bench-") as name, contextlib.ExitStack() as opened:
        folder = Path(name)
        ours: dict[int, Server] = {}
        houses: dict[int, seeding.House] = {}
        waiting: dict[Server, Iterator[str]] = {}
        to_confirm = int(CONFIRMED * plan.seconds * (plan.turns + 1)) + 20
        for size in sizes:
            click.echo(f"Making a house with {size:,} signatures on {database}.", err=True)
            url = opened.enter_context(databases.made(database, f"house_{size}", folder))
            redis = opened.enter_context(databases.counters()) if database == "postgresql" else None
            house = seeding.make(folder / f"house_{size}", size, to_confirm, url, redis)
            houses[size] = house
            ours[size] = opened.enter_context(servers.ours(f"ours_{size}", house.config))
            waiting[ours[size]] = iter(house.waiting)
        page = drive(ours[0].port, islice(requests.get(ours[0], requests.PETITION), 1), 1, 1)
        url = opened.enter_context(databases.made(database, "bare", folder))
        bare = opened.enter_context(servers.bare(folder / "bare", url, page.bytes))
        filled = {server: requests.hidden(server, requests.PETITION) for server in ours.values()}
        rows = [row for row in table(waiting, filled) if row.name == SIGN or row.name.startswith(only)]
        click.echo(f"Driving them over {plan.connections} connections, turn about.", err=True)
        found = list(measure(rows, database, ours, bare, plan))
        largest = max(sizes)
        wanted = "export".startswith(only) or only.startswith("export")
        files = {largest: exports.measure(houses[largest].config, ours[largest], plan.turns)} if wanted else {}
        return found, files


if __name__ == "__main__":
    main()
