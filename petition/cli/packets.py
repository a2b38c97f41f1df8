"""Packets: render a statement's verified signatures for delivery."""

import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import select

from petition import clock
from petition.cli.opening import fail, open_app
from petition.cli.running import end_with_parent
from petition.crypto import KeyRing
from petition.db import is_demo, reading, writing
from petition.errors import Busy, CannotBuild
from petition.ledger import registering
from petition.packets import building, freezing, issuing, rereading, thawing
from petition.packets.contents import PacketContents
from petition.packets.issuing import Made
from petition.packets.models import Packet
from petition.packets.options import VOLUMES, Options, Redaction, Roster
from petition.pdf.document import Progress, Report
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
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to put the PDF, volumes beside it.")
@click.option("--language", type=click.Choice(LANGUAGES), default=DEFAULT, help="In which language.")
@click.option("--by", type=click.Choice([str(one) for one in VOLUMES]), help="A brief, and the roster in volumes.")
@click.option(
    "--redaction", type=click.Choice([str(one) for one in Redaction]), default="names", show_default=True,
    help="How much of each signatory: names and places, initials and state, or counts only.",
)  # fmt: skip
@click.option("--since", type=click.IntRange(1), metavar="COPY", help="A supplement: only what came after that copy.")
@click.option("--proof", is_flag=True, help="A watermarked copy to read: no number, no checkpoint, nothing filed.")
@click.option("--again", type=click.IntRange(1), metavar="COPY", help="Print that copy once more, from its row.")
def build(
    slug: str, out: Path | None, language: str, by: str | None, redaction: str, since: int | None, proof: bool,
    again: int | None,
) -> None:  # fmt: skip
    """Build the packet of the statement SLUG as a PDF."""
    out = out or Path(f"{slug}.pdf")
    if not out.absolute().parent.is_dir():
        fail(f"--out: there is no folder {out.absolute().parent}.")
    options = Options(Roster(by or Roster.INSIDE), Redaction(redaction), since, proof, language)
    if again is not None and options != Options():
        fail("--again: a copy is printed as it was made; give no other option but --out.")
    app = open_app()
    with app.app_context():
        if again is not None:
            _print_again(slug, again, out)
        elif proof:
            _print_proof(app, slug, options, out)
        else:
            _print_new(app, slug, options, out)


def _print_new(app: Flask, slug: str, options: Options, out: Path) -> None:
    with speaking(options.language):
        frozen, contents = _freeze(app, slug, options)
        with writing() as session:
            contents = freezing.file(session, frozen, contents, *_signer(app))
            session.flush()
            packet_id = frozen.id
        # Printing takes its time; nobody who signs meanwhile must wait for it.
        try:
            with ProgressBar() as bar:
                made = issuing.print_files(contents, out, bar.show, options.language, words())
            files = issuing.keep(app.extensions["config"].data_dir, made)
        except (CannotBuild, OSError):
            with writing() as session:
                freezing.unfile(session, contents, packet_id)
            raise
        with writing() as session:
            issuing.issue(session, session.get_one(Packet, packet_id), files, clock.now())
    _say(f"copy {contents.copy}, {contents.count.verified:,} verified signatures, ", made)


def _print_proof(app: Flask, slug: str, options: Options, out: Path) -> None:
    with speaking(options.language):
        _, contents = _freeze(app, slug, options)
        with ProgressBar() as bar:
            made = issuing.print_files(contents, out, bar.show, options.language, words())
    _say("a proof, not filed, ", made)


def _print_again(slug: str, copy: int, out: Path) -> None:
    with reading() as session:
        found = session.scalar(
            select(Packet).join(Statement, Packet.statement_id == Statement.id)
            .where(Statement.slug == slug, Packet.copy == copy)
        )  # fmt: skip
        if found is None:
            fail(f"--again: {slug} has no copy {copy}.")
        if "digests" not in found.counts:
            fail(f"--again: copy {copy} was made by an earlier version, which did not keep all that it was made from.")
        with speaking(found.language):
            contents, issued = thawing.thaw(session, found), rereading.issued(session, found)
            differing = thawing.differences(found, contents)
        language = found.language
    with speaking(language), ProgressBar() as bar:
        made = issuing.print_files(contents, out, bar.show, language, words())
    _say(f"copy {copy} once more, ", made)
    for sentence in rereading.compared(issued, made, differing):
        click.echo(sentence)


def _say(what: str, made: Sequence[Made]) -> None:
    for one in made:
        click.echo(f"{one.path}: {what}{one.report.pages} pages, {one.report.size_bytes / 1024:,.0f} kB.")
        what = ""
        tell(one.report)


@packet.command(hidden=True)
@click.argument("number", type=int)
def make(number: int) -> None:
    """Make the packet of one build that was asked for in the console: what its worker starts a child for."""
    _end_when_told()
    app = open_app()
    with app.app_context():
        with writing() as session:
            build = building.begin(session, number, clock.now())
            slug = session.get_one(Statement, build.statement_id).slug
            options = Options.read({**build.options, "language": build.language})
        try:
            _make(app, number, slug, options)
        except CannotBuild as refusal:
            with writing() as session:
                building.refused(session, number, str(refusal), clock.now())


def _make(app: Flask, number: int, slug: str, options: Options) -> None:
    data_dir = app.extensions["config"].data_dir
    with speaking(options.language):
        frozen, contents = _freeze(app, slug, options)
        with writing() as session:
            contents = freezing.file(session, frozen, contents, *_signer(app))
            session.flush()
            building.filed(session, number, frozen)
            packet_id = frozen.id
        with building.workplace(data_dir, number) as folder:
            out = folder / f"{slug}-copy-{contents.copy}.pdf"
            made = issuing.print_files(contents, out, Written(number).tell, options.language, words())
            files = issuing.keep(data_dir, made)
        with writing() as session:
            packet = session.get_one(Packet, packet_id)
            issuing.issue(session, packet, files, clock.now())
            building.finished(session, number, [one.report for one in made], clock.now())


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


def _freeze(app: Flask, slug: str, options: Options) -> tuple[Packet, PacketContents]:
    """Everything at one moment of the ledger: a change that came in between is entered first."""
    for _ in range(TRIES):
        steps.register()
        with reading() as session:
            published = statements.published(session, slug, options.language)
            if not registering.waiting(session):
                return freezing.freeze(
                    session, published, sample=is_demo(session), now=clock.now(),
                    options=options, keys=app.extensions["keys"],
                )  # fmt: skip
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
