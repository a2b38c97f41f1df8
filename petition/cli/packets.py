"""Packets: render a statement's verified signatures for delivery."""

import sys
from pathlib import Path

import click

from petition import clock
from petition.cli.opening import fail, open_app
from petition.db import is_demo, reading, writing
from petition.errors import CannotBuild
from petition.ledger import registering
from petition.packets import freezing, rendering
from petition.packets.contents import PacketContents
from petition.packets.models import Packet
from petition.pdf.document import Progress, Report
from petition.statements import reading as statements
from petition.web.language import DEFAULT, LANGUAGES, speaking, words
from petition.worker import steps

TRIES = 20


@click.group()
def packet() -> None:
    """Build the document that is delivered to a publisher."""


@packet.command()
@click.argument("slug")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to put the PDF.")
@click.option("--language", type=click.Choice(LANGUAGES), default=DEFAULT, help="In which language.")
def build(slug: str, out: Path | None, language: str) -> None:
    """Build the packet of the statement SLUG as a PDF."""
    out = out or Path(f"{slug}.pdf")
    if not out.absolute().parent.is_dir():
        fail(f"--out: there is no folder {out.absolute().parent}.")
    app = open_app()
    with app.app_context(), speaking(language):
        frozen, contents = _freeze(slug, language)
        with writing() as session:
            contents = freezing.file(session, frozen, contents)
            session.flush()
            packet_id = frozen.id
        # Printing takes its time; nobody who signs meanwhile must wait for it.
        try:
            with ProgressBar() as bar:
                report = rendering.render(contents, out, bar.show, language, words())
        except CannotBuild:
            with writing() as session:
                freezing.unfile(session, contents, packet_id)
            raise
    click.echo(
        f"{out}: copy {contents.copy}, {contents.count.verified:,} verified signatures, {report.pages} pages, "
        f"{report.size_bytes / 1024:,.0f} kB."
    )
    _tell(report)


def _freeze(slug: str, language: str = DEFAULT) -> tuple[Packet, PacketContents]:
    """Everything at one moment of the ledger: a change that came in between is entered first."""
    for _ in range(TRIES):
        steps.register()
        with reading() as session:
            published = statements.published(session, slug, language)
            if not registering.waiting(session):
                return freezing.freeze(session, published, sample=is_demo(session), now=clock.now())
    raise CannotBuild("People sign so fast that the ledger is never up to date. Build the packet again in a minute.")


def _tell(report: Report) -> None:
    for one in report.uncovered:
        click.echo(f"No font here has {one.code_point} ({one.times} times): it is drawn as its code point.")


class ProgressBar:
    """What the press is doing, on one line that is written over; silent when nobody watches."""

    def __init__(self) -> None:
        self._watched = sys.stderr.isatty()
        self._said = ""

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._watched:
            click.echo("\r\033[K", nl=False, err=True)

    def show(self, progress: Progress) -> None:
        """One step further."""
        if progress.total:
            share = min(progress.done / progress.total, 1.0)
            line = f"{'█' * round(share * 30):░<30} {share:4.0%} {progress.step}"
        else:
            line = progress.step
        if self._watched:
            click.echo(f"\r\033[K{line}", nl=False, err=True)
        elif progress.step != self._said:
            self._said = progress.step
            click.echo(progress.step, err=True)
