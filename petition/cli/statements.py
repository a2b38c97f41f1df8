"""Statements: print one on its issuer's paper."""

import time
from contextlib import suppress
from pathlib import Path
from typing import Final

import click

from petition import clock
from petition.cli.opening import fail, open_app
from petition.cli.progress import ProgressBar, tell
from petition.db import is_demo, reading
from petition.errors import CannotBuild, NotFound
from petition.papers import freezing, setting
from petition.papers.contents import StatementPaper
from petition.papers.freezing import LedgerMoves
from petition.pdf.document import limits_for_laid_out_rows
from petition.pdf.press import press
from petition.statements import reading as statements
from petition.web.language import DEFAULT, LANGUAGES, speaking, words
from petition.worker import steps

TRIES: Final = 20
PAUSE: Final = 0.1  # seconds


@click.group()
def statement() -> None:
    """Print statements on their issuer's paper."""


@statement.command()
@click.argument("slug")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to put the PDF.")
@click.option("--revision", type=click.IntRange(1, 9999), help="Which revision of the text; else the one in force.")
@click.option("--language", type=click.Choice(LANGUAGES), default=DEFAULT, help="In which language, if it has a text.")
def pdf(slug: str, out: Path | None, revision: int | None, language: str) -> None:
    """Print the statement SLUG on its letterhead, with whoever has signed it."""
    out = out or Path(f"{slug}.pdf")
    if not out.absolute().parent.is_dir():
        fail(f"--out: there is no folder {out.absolute().parent}.")
    app = open_app()
    with app.app_context():
        number, language = _find(slug, revision, language)
        with speaking(language):
            paper = _freeze(slug, number, language)
            with ProgressBar() as bar:
                report = press(setting.statement(paper, words()), out, limits_for_laid_out_rows(paper.rows), bar.show)
    verified = f"{paper.signatures.verified:,} verified signatures" if paper.signatures else "no signatures are taken"
    click.echo(
        f"{out}: {' '.join(paper.call_number)}, {language}, {verified}, {report.pages} pages, "
        f"{report.size_bytes / 1024:,.0f} kB."
    )
    tell(report)


def _find(slug: str, number: int | None, language: str) -> tuple[int, str]:
    """The number and the language of the text that is meant."""
    with reading() as session:
        try:
            found = statements.in_force_or(session, slug, number, language)
        except NotFound:
            fail(f"There is no statement {slug}" + (f" with a revision {number}." if number else "."))
        return found.number, found.language


def _freeze(slug: str, number: int, language: str) -> StatementPaper:
    """Everything at one moment of the ledger: a change that came in between is entered first."""
    for _ in range(TRIES):
        steps.register()
        with suppress(LedgerMoves), reading() as session:
            revision = statements.revision(session, slug, number, language)
            return freezing.freeze(session, revision, sample=is_demo(session), most=freezing.ALL, now=clock.now())
        time.sleep(PAUSE)
    raise CannotBuild("People sign so fast that the ledger is never up to date. Print it again in a minute.")
