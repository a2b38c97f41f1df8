"""Signatures from the command line: exported, or synthetic ones, to see what a full ledger looks like."""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click

from petition import clock
from petition.accounts import auditing
from petition.cli import synthetic
from petition.cli.opening import fail, needs_demo, open_app
from petition.cli.running import end_when_told
from petition.db import reading as db_reading
from petition.db import writing
from petition.ledger import counting
from petition.signatures import exporting, spreadsheets
from petition.signatures.exporting import Line, Table
from petition.signatures.models import Spreadsheet
from petition.statements import reading
from petition.statements.models import Statement
from petition.web.language import DEFAULT, speaking
from petition.worker import steps

BATCH = 1000


@click.group()
def signatures() -> None:
    """Work with the signatures of a statement."""


@signatures.command()
@click.argument("slug")
@click.argument("number", metavar="N", type=click.IntRange(1, 2_000_000))
@click.option("--seed", default=2019, show_default=True, help="The same seed makes the same people.")
def sample(slug: str, number: int, seed: int) -> None:
    """Add N synthetic verified signatures to the statement SLUG of a demo database."""
    app = open_app()
    needs_demo(app, "Synthetic signatures are made")
    with app.app_context():
        people = synthetic.People(seed)
        with click.progressbar(length=number, label="Signing") as bar:
            for start in range(0, number, BATCH):
                most = min(BATCH, number - start)
                with writing() as session:
                    published = reading.published(session, slug, DEFAULT)
                    people.sign(session, app.extensions["keys"], published, most, now=clock.now())
                bar.update(most)
        steps.register()
    click.echo(f"{number:,} synthetic signatures are verified and entered.")


@signatures.command()
@click.argument("slug")
@click.option("--format", "kind", type=click.Choice(("csv", "xlsx", "json")), required=True, help="Which sort of file.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to put it; - writes it out.")
@click.option("--without-email", is_flag=True, help="Leave out the addresses of those who asked for news.")
def export(slug: str, kind: str, out: Path | None, without_email: bool) -> None:
    """Export the verified signatures of the statement SLUG, each column no further than its consent goes."""
    out = out or Path(f"{slug}.{kind}")
    if str(out) == "-" and kind == "xlsx":
        fail("--out: an Excel file is not written out. Name a file.")
    if not out.absolute().parent.is_dir():
        fail(f"--out: there is no folder {out.absolute().parent}.")
    app = open_app()
    news = not without_email
    with app.app_context():
        steps.register()
        with writing() as session:
            statement = reading.published(session, slug, DEFAULT).statement
            auditing.record(
                session, clock.now(), None, "signatures exported", f"statement {slug}", format=kind,
                purpose="publisher" if without_email else "news",
            )  # fmt: skip
            statement_id = statement.id
        with db_reading() as session:
            statement = session.get_one(Statement, statement_id)
            verified = counting.count(session, statement, clock.now()).verified
            table = exporting.pages(session, app.extensions["keys"], statement, news=news)
            with click.progressbar(length=verified, label="Exporting", file=sys.stderr) as bar:
                _write(_counted(table, bar.update), exporting.columns(news=news), kind, out)
    if str(out) != "-":
        click.echo(f"{out}: {verified:,} verified signatures.")


@signatures.command("write-spreadsheet", hidden=True)
@click.argument("number", type=int)
def write_spreadsheet(number: int) -> None:
    """Write one spreadsheet that was asked for in the console: what its worker starts a child for."""
    end_when_told()
    app = open_app()
    with app.app_context():
        with db_reading() as session:
            asked = session.get_one(Spreadsheet, number)
            statement_id, language = asked.statement_id, asked.language
            total = counting.count(session, session.get_one(Statement, statement_id), clock.now()).verified
        with writing() as session:
            spreadsheets.begun(session, number, total)
        path = spreadsheets.begin_anew(app.extensions["config"].data_dir, number)
        part = path.with_suffix(".part")
        with speaking(language), db_reading() as session:
            table = Table(session, app.extensions["keys"], statement_id, news=False)
        with speaking(language):
            pages = exporting.paged(table, db_reading, list)
            exporting.write_xlsx(_told(pages, number), exporting.columns(news=False), part)
        part.replace(path)
        with writing() as session:
            spreadsheets.finished(session, number, path.stat().st_size, clock.now())


def _told(table: Iterable[list[Line]], number: int) -> Iterator[list[Line]]:
    """The pages, and how far they are written into the row."""
    done = 0
    for page in table:
        yield page
        done += len(page)
        with writing() as session:
            spreadsheets.tell(session, number, done)


def _counted(table: Iterable[list[Line]], tell: Callable[[int], object]) -> Iterator[list[Line]]:
    for page in table:
        yield page
        tell(len(page))


def _write(table: Iterable[list[Line]], names: tuple[str, ...], kind: str, out: Path) -> None:
    """To the file, which appears under its name when it is complete; or to standard output."""
    if str(out) == "-":
        for piece in _pieces(table, names, kind):
            click.echo(piece, nl=False)
        return
    part = out.with_name(f".{out.name}.part")
    try:
        if kind == "xlsx":
            exporting.write_xlsx(table, names, part)
        else:
            with part.open("w", encoding="utf-8", newline="") as file:
                file.writelines(_pieces(table, names, kind))
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def _pieces(table: Iterable[list[Line]], names: tuple[str, ...], kind: str) -> Iterator[str]:
    return exporting.as_csv(table, names) if kind == "csv" else exporting.as_json(table, names)
