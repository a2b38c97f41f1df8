"""Chapters: print the page for the newspaper of a state."""

from pathlib import Path

import click

from petition import clock
from petition.chapters import reading as chapters
from petition.cli.opening import fail, open_app
from petition.cli.progress import tell
from petition.db import is_demo, reading
from petition.errors import NotFound
from petition.papers import clipping, setting
from petition.papers.printing import SINGLE
from petition.pdf.press import press
from petition.web.language import DEFAULT, LANGUAGES, speaking, words
from petition.worker import steps


@click.group()
def chapter() -> None:
    """Print what a chapter hands out."""


@chapter.command()
@click.argument("state")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to put the PDF.")
@click.option("--language", type=click.Choice(LANGUAGES), default=DEFAULT, help="In which language.")
def newspaper(state: str, out: Path | None, language: str) -> None:
    """Print one page for the newspapers of STATE, two letters such as NE."""
    state = state.upper()
    out = out or Path(f"{state.lower()}-newspaper.pdf")
    if not out.absolute().parent.is_dir():
        fail(f"--out: there is no folder {out.absolute().parent}.")
    app = open_app()
    with app.app_context(), speaking(language):
        steps.register()
        with reading() as session:
            try:
                found = chapters.chapter(session, state)
                page = clipping.freeze(session, found, language, sample=is_demo(session), now=clock.now())
            except NotFound:
                fail(f"There is no chapter or no petition for {state}.")
        report = press(setting.clipping(page, words()), out, SINGLE)
    click.echo(f"{out}: {page.chapter}, {page.verified:,} verified, {report.pages} page.")
    tell(report)
