"""Packets: render a statement's verified signatures for delivery."""

import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import click
from flask import Flask

from petition import clock
from petition.cli.opening import fail, open_app
from petition.cli.running import end_with_parent
from petition.crypto import KeyRing
from petition.db import is_demo, reading, writing
from petition.errors import Busy, CannotBuild
from petition.ledger import registering
from petition.packets import building, freezing, rendering
from petition.packets.contents import PacketContents
from petition.packets.models import Packet
from petition.pdf.document import Progress, Report
from petition.pdf.surroundings import workshop
from petition.statements import reading as statements
from petition.statements.models import Statement
from petition.web.language import DEFAULT, LANGUAGES, speaking, words
from petition.worker import steps

TRIES = 20
EVERY = 1.0  # seconds between two notes of how far the press is


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
    with app.app_context(), speaking(language), workshop("packet") as folder:
        frozen, contents = _freeze(slug, folder, language)
        with writing() as session:
            contents = freezing.file(session, frozen, contents, *_signer(app))
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
    tell(report)


@packet.command(hidden=True)
@click.argument("number", type=int)
def make(number: int) -> None:
    """Make the packet of one build that was asked for in the console: what its worker starts a child for."""
    _end_when_told()
    app = open_app()
    with app.app_context():
        with writing() as session:
            build = building.begin(session, number, clock.now())
            slug, language = session.get_one(Statement, build.statement_id).slug, build.language
            out = building.file_of(app.extensions["config"].data_dir, build)
        out.parent.mkdir(exist_ok=True)
        with speaking(language), workshop("packet") as folder:
            try:
                _make(app, number, slug, language, out, folder)
            except CannotBuild as refusal:
                with writing() as session:
                    building.refused(session, number, str(refusal), clock.now())


def _make(app: Flask, number: int, slug: str, language: str, out: Path, folder: Path) -> None:
    frozen, contents = _freeze(slug, folder, language)
    with writing() as session:
        contents = freezing.file(session, frozen, contents, *_signer(app))
        session.flush()
        building.filed(session, number, frozen)
    report = rendering.render(contents, out, Written(number).tell, language, words())
    with writing() as session:
        building.finished(session, number, report, clock.now())


def _signer(app: Flask) -> tuple[KeyRing, str]:
    return app.extensions["keys"], app.extensions["config"].base_url


def _end_when_told() -> None:
    """End in good order on SIGTERM, and when the worker that started us is gone, so that no press is left behind."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    end_with_parent()
    # The worker's threads hold it back, and we have that from them.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})


class Written:
    """What the press is doing, written into the row of its build: each step, and within a step once a second."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._step, self._told = "", 0.0

    def tell(self, progress: Progress) -> None:
        """One step further."""
        moment = time.monotonic()
        if progress.step == self._step and moment < self._told + EVERY:
            return
        self._step, self._told = progress.step, moment
        with suppress(Busy), writing() as session:
            building.tell(session, self._number, progress)


def _freeze(slug: str, folder: Path, language: str = DEFAULT) -> tuple[Packet, PacketContents]:
    """Everything at one moment of the ledger: a change that came in between is entered first."""
    for _ in range(TRIES):
        steps.register()
        with reading() as session:
            published = statements.published(session, slug, language)
            if not registering.waiting(session):
                return freezing.freeze(session, published, folder, sample=is_demo(session), now=clock.now())
    raise CannotBuild("People sign so fast that the ledger is never up to date. Build the packet again in a minute.")


def tell(report: Report) -> None:
    """Say which characters could not be drawn as they were written."""
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
