"""Packets: render a statement's verified signatures for delivery."""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from petition import clock
from petition.cli.opening import fail, open_app
from petition.cli.progress import ProgressBar, tell
from petition.cli.running import end_when_told, ending_in_good_order
from petition.db import is_demo, reading, writing
from petition.errors import Busy, CannotBuild
from petition.ledger import registering
from petition.packets import building, freezing, issuing, naming, rereading, thawing
from petition.packets.contents import PacketContents
from petition.packets.evidence import Written
from petition.packets.issuing import Made
from petition.packets.models import Packet, went_out
from petition.packets.options import VOLUMES, Options, Redaction, Roster
from petition.pdf.document import Progress
from petition.pdf.surroundings import workshop
from petition.statements import reading as statements
from petition.statements.models import Statement
from petition.web.language import DEFAULT, LANGUAGES, _, speaking, words
from petition.worker import steps

if TYPE_CHECKING:
    from petition.packets.binding import Binder

TRIES = 20
EVIDENCE = "evidence.bin"  # while the packet is being made
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
    _collect_seldom()
    with app.app_context(), issuing.telling_of_the_disk():
        if again is not None:
            _print_again(app, slug, again, out)
        elif proof:
            _print_proof(app, slug, options, out)
        else:
            _print_new(app, slug, options, out)


def _collect_seldom() -> None:
    """Rows pass by the hundred thousand and leave no cycles: to search for some took a tenth of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _print_new(app: Flask, slug: str, options: Options, out: Path) -> None:
    with (
        speaking(options.language), ending_in_good_order(), ProgressBar() as bar,
        workshop("packet", beside=out) as folder,
    ):  # fmt: skip
        binder = _binder(app)
        frozen, contents, written = _freeze_bound(app, slug, options, binder, folder)
        packet_id = None
        try:
            with writing() as session:
                contents = _file(session, frozen, contents, binder, written, f"{out.stem}-evidence.bin")
                session.flush()
                packet_id = frozen.id
            # Printing takes its time; nobody who signs meanwhile must wait for it.
            made, why_not = _print_sealed(contents, folder / out.name, bar.show, options.language, binder)
            evidence = (folder / EVIDENCE).rename(folder / f"{out.stem}-evidence.bin")
            data_dir = app.extensions["config"].data_dir
            with issuing.kept(data_dir, made, evidence) as files, writing() as session:
                issuing.issue(session, session.get_one(Packet, packet_id), files, clock.now())
        except BaseException:
            # Also what nobody foresaw, and Ctrl-C: there is no build's row by which a worker would take it back.
            if packet_id is not None:
                with writing() as session:
                    freezing.unfile(session, packet_id)
            raise
        made, evidence = _put_out(out, contents.copy, made, evidence)
    _say(f"copy {contents.copy}, {contents.count.verified:,} verified signatures, ", made)
    _say_of_seal(contents, evidence, why_not)


def _put_out(out: Path, copy: int, made: Sequence[Made], evidence: Path) -> tuple[list[Made], Path]:
    """Complete, and only now to be seen: nobody finds half a packet."""
    try:
        there = [replace(one, path=one.path.rename(out.with_name(one.path.name))) for one in made]
        return there, evidence.rename(out.with_name(evidence.name))
    except OSError as fault:
        fail(
            f"Copy {copy} is issued and its files are kept, but could not be put beside {out}: {fault.strerror}. "
            "Fetch them at the organizers' desk, among the statement's packets."
        )


def _print_sealed(
    contents: PacketContents, out: Path, show: Callable[[Progress], None], language: str, binder: "Binder"
) -> tuple[list[Made], str]:
    made = issuing.print_files(contents, out, show, language, words())
    show(Progress(building.SEAL, 0, 0))
    named = {"issuer": contents.issuer, "title": contents.title, "copy": contents.copy}
    return binder.seal(made, _("%(issuer)s: %(title)s, copy %(copy)s", **named), clock.now())


def _say_of_seal(contents: PacketContents, evidence: Path, why_not: str) -> None:
    assert contents.seal is not None
    click.echo(f"{evidence}: the evidence, {evidence.stat().st_size / 1024:,.0f} kB.")
    click.echo(f"Sealed by {contents.seal.sealer}, fingerprint {contents.seal.fingerprint}.")
    if why_not:
        click.echo(f"{why_not} A later timestamp is kept beside the files; until then the time is our word.")


def _print_proof(app: Flask, slug: str, options: Options, out: Path) -> None:
    with speaking(options.language), workshop("packet") as folder:
        _, contents = _freeze(app, slug, options, folder)
        with ProgressBar() as bar:
            made = issuing.print_files(contents, out, bar.show, options.language, words())
    _say("a proof, not filed, ", made)


def _print_again(app: Flask, slug: str, copy: int, out: Path) -> None:
    with workshop("packet") as folder:
        language, contents, issued, differing = _thaw(app, slug, copy, folder)
        with speaking(language), ProgressBar() as bar:
            made = issuing.print_files(contents, out, bar.show, language, words())
    _say(f"copy {copy} once more, ", made)
    for sentence in rereading.compared(issued, made, differing):
        click.echo(sentence)


def _thaw(app: Flask, slug: str, copy: int, folder: Path) -> tuple[str, PacketContents, rereading.Issued, list[str]]:
    with reading() as session:
        which = (Statement.slug == slug, Packet.copy == copy, went_out())
        found = session.scalar(select(Packet).join(Statement, Packet.statement_id == Statement.id).where(*which))
        if found is None:
            fail(f"--again: {slug} has no copy {copy}.")
        if "digests" not in found.counts:
            fail(f"--again: copy {copy} was made by an earlier version, which did not keep all that it was made from.")
        with speaking(found.language):
            contents = thawing.thaw(session, found, folder)
        issued = rereading.issued(session, found, app.extensions["config"].data_dir)
        return found.language, contents, issued, naming.differences(found, contents)


def _say(what: str, made: Sequence[Made]) -> None:
    for one in made:
        click.echo(f"{one.path}: {what}{one.report.pages} pages, {one.report.size_bytes / 1024:,.0f} kB.")
        what = ""
        tell(one.report)


@packet.command(hidden=True)
@click.argument("number", type=int)
def make(number: int) -> None:
    """Make the packet of one build that was asked for in the console: what its worker starts a child for."""
    end_when_told()
    app = open_app()
    with app.app_context():
        with writing() as session:
            build = building.begin(session, number, clock.now())
            slug = session.get_one(Statement, build.statement_id).slug
            options = Options.read({**build.options, "language": build.language})
        try:
            with issuing.telling_of_the_disk():
                _make(app, number, slug, options)
        except CannotBuild as refusal:
            with writing() as session:
                building.refused(session, number, str(refusal), clock.now())


def _make(app: Flask, number: int, slug: str, options: Options) -> None:
    data_dir = app.extensions["config"].data_dir
    with speaking(options.language), building.workplace(data_dir, number) as folder:
        binder = _binder(app)
        frozen, contents, written = _freeze_bound(app, slug, options, binder, folder)
        with writing() as session:
            contents = _file(session, frozen, contents, binder, written, f"{slug}-copy-{{copy}}-evidence.bin")
            session.flush()
            building.filed(session, number, frozen)
            packet_id = frozen.id
        out = folder / f"{slug}-copy-{contents.copy}.pdf"
        made, _ = _print_sealed(contents, out, Told(number).tell, options.language, binder)
        evidence = (folder / EVIDENCE).rename(folder / f"{out.stem}-evidence.bin")
        with issuing.kept(data_dir, made, evidence) as files, writing() as session:
            packet = session.get_one(Packet, packet_id)
            issuing.issue(session, packet, files, clock.now())
            building.finished(session, number, [one.report for one in made], clock.now())


def _binder(app: Flask) -> "Binder":
    """By whom packets are sealed here. Raises BadCertificate before anything is made."""
    # Sealing takes a second to load, which no other command should wait for.
    from petition.packets.binding import Binder

    return Binder.of(app.extensions["config"], app.extensions["keys"], clock.now())


def _file(
    session: Session, packet: Packet, contents: PacketContents, binder: "Binder", written: Written, name: str
) -> PacketContents:
    filed = freezing.file(session, packet, contents, binder.keys, binder.base_url)
    return binder.bind(packet, filed, written, name.format(copy=filed.copy))


class Told:
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


def _freeze(app: Flask, slug: str, options: Options, folder: Path) -> tuple[Packet, PacketContents]:
    with _quiet_ledger() as session:
        return _frozen(app, session, slug, options, folder)


def _freeze_bound(
    app: Flask, slug: str, options: Options, binder: "Binder", folder: Path
) -> tuple[Packet, PacketContents, Written]:
    with _quiet_ledger() as session:
        packet, contents = _frozen(app, session, slug, options, folder)
        return packet, contents, binder.disclose(session, packet, folder / EVIDENCE)


def _frozen(
    app: Flask, session: Session, slug: str, options: Options, folder: Path
) -> tuple[Packet, PacketContents]:
    published = statements.published(session, slug, options.language)
    return freezing.freeze(
        session, published, folder, sample=is_demo(session), now=clock.now(), options=options,
        keys=app.extensions["keys"],
    )  # fmt: skip


@contextmanager
def _quiet_ledger() -> Iterator[Session]:
    """One moment of the ledger, to read everything in: a change that came in between is entered first."""
    for _try in range(TRIES):
        steps.register()
        with reading() as session:
            if not registering.waiting(session):
                yield session
                return
    raise CannotBuild("People sign so fast that the ledger is never up to date. Build the packet again in a minute.")
