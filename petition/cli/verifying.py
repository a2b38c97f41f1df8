"""Packets: check one without us, and print the certificate by which ours are sealed."""

import re
import sys
from pathlib import Path
from typing import Final

import click
from sqlalchemy import create_engine, make_url, select
from sqlalchemy.exc import SQLAlchemyError

from petition import clock
from petition.cli.opening import configuration, fail
from petition.config import Config
from petition.crypto import KeyRing
from petition.errors import Refusal

UNKNOWN: Final = 2  # intact, and sealed by somebody whom nobody here knows


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--evidence", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Its evidence file.")
@click.option("--fingerprint", metavar="HEX", help="The sealer's fingerprint, 64 digits, from where you trust it.")
def verify(file: Path, evidence: Path | None, fingerprint: str | None) -> None:
    """Check the packet FILE: its seal, what it carries, and its evidence. Needs no database and no network.

    Ends with 0 when all holds and the sealer is known, with 2 when all holds and the sealer is not known, and with 1
    when anything is wrong.
    """
    # A second of loading that no other command should wait for.
    from petition.packets import verifying
    from petition.packets.container import Damaged

    known = {_digits(fingerprint): "the one that you gave"} if fingerprint else _own()
    try:
        verdict = verifying.verify(file.read_bytes(), evidence, known)
    except Damaged as damaged:
        fail(_in_sight(f"{file.name}: {damaged}"))
    except OSError as fault:
        fail(f"{file} cannot be read: {fault.strerror}.")
    for heading, said in (
        ("Proven", verdict.proven), ("Not proven", verdict.not_proven), ("Not checked", verdict.not_checked),
    ):  # fmt: skip
        click.echo(heading)
        for one in said:
            click.echo(f"  - {_in_sight(one)}")
    if not verdict.known:
        click.echo("Intact, sealer unknown.")
        sys.exit(UNKNOWN)
    click.echo("Intact, sealer known.")


def _in_sight(said: str) -> str:
    """One line, without any sign that moves the cursor or the direction of writing.

    A name in a certificate is whatever its maker wrote: also the end of a line, and a verdict of its own below it.
    """
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in said)


def _digits(fingerprint: str) -> str:
    digits = re.sub(r"[\s:]", "", fingerprint).lower()
    if not re.fullmatch("[0-9a-f]{64}", digits):
        fail("--fingerprint: that is 64 digits from 0 to f, the SHA-256 of a certificate.")
    return digits


def _own() -> dict[str, str]:
    """The fingerprints that this installation seals under, if there is one here."""
    from petition.packets import certificates

    found: dict[str, str] = {}
    try:
        config = configuration()
        if config.key_file.exists():
            found[certificates.ours(KeyRing.read(config.key_file)).fingerprint] = "this installation's own"
        if config.seal_certificate is not None:
            sealer = certificates.read(config.seal_certificate, config.seal_password, None)
            found[sealer.fingerprint] = "of this installation's certificate"
        found = {**dict.fromkeys(_sealed_here(config), "that of packets that were issued here"), **found}
    except Refusal as refusal:
        click.echo(f"This installation's own certificate could not be read: {refusal}", err=True)
    return found


def _sealed_here(config: Config) -> list[str]:
    """Under which fingerprints packets of this database were issued, if there is a database and it answers."""
    from petition.packets.models import Packet

    url = make_url(config.database_url)
    if config.sqlite and not Path(url.database or "").is_file():
        return []
    engine = create_engine(url, connect_args={} if config.sqlite else {"connect_timeout": 5})
    try:
        with engine.connect() as connection:
            asked = select(Packet.sealer).where(Packet.sealer.is_not(None), Packet.issued_at.is_not(None)).distinct()
            return [sealer for sealer in connection.scalars(asked) if sealer is not None]
    except SQLAlchemyError:
        return []
    finally:
        engine.dispose()


@click.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the certificate there, as PEM.")
def certificate(out: Path | None) -> None:
    """Print the fingerprint of the certificate by which packets are sealed here."""
    from petition.packets import certificates

    config = configuration()
    keys = KeyRing.read(config.key_file)
    sealer = certificates.sealer(keys, config.seal_certificate, config.seal_password, clock.now())
    if out is not None:
        try:
            out.write_text(sealer.pem, encoding="ascii")
            out.chmod(0o644)  # it is for everybody
        except OSError as fault:
            fail(f"--out: {out} cannot be written: {fault.strerror}.")
    click.echo(sealer.fingerprint)
    click.echo(f"  {sealer.name}, until {sealer.certificate.not_valid_after_utc:%F}")
    if sealer.self_made:
        click.echo("  We made it ourselves: a reader calls its signer unknown. Publish the fingerprint.")


COMMANDS = (verify, certificate)
