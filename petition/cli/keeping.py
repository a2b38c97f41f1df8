"""Keeping: a backup of the house while it runs, a restore into an empty one, and the keys on paper."""

import errno
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final

import click
import flask_migrate
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from petition import __version__, clock, occurrences
from petition.accounts import auditing
from petition.cli import copying, sheet
from petition.cli.archive import Manifest, Reader, Writer, reading_archive, writing_archive
from petition.cli.opening import configuration, fail, house, open_app, reaching
from petition.config import Config
from petition.crypto import KeyRing
from petition.db import is_demo, reading, writing
from petition.errors import Refusal
from petition.ledger import adding_up
from petition.ledger.models import Head
from petition.paths import MIGRATIONS
from petition.statements.models import Statement

PASSPHRASE: Final = 12  # characters at least
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_WITHOUT: Final = "Without the keys no address can be read, nobody be written to, and whoever signed can sign again."


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--with-keys", is_flag=True, help="Put the keys in too, under a passphrase (asked for, or read).")
def backup(file: Path, with_keys: bool) -> None:
    """Write everything in the database to FILE, as it is at one moment, while the site runs."""
    file = file.absolute()
    if file.exists():
        fail(f"{file} is there already. Nothing was written.")
    if not file.parent.is_dir():
        fail(f"There is no folder {file.parent}.")
    app = open_app()
    passphrase = _new_passphrase() if with_keys else None
    with _naming_a_full_disk(file), app.app_context():
        with reading() as session, writing_archive(file) as archive:
            manifest = _write(app, session, archive)
            if passphrase is not None:
                config: Config = app.extensions["config"]
                manifest.sealed_keys = archive.keys(config.key_file.read_bytes(), passphrase)
            archive.manifest(manifest)
        _note_backup()
    keys = "with the keys, under the passphrase" if with_keys else "without the keys"
    click.echo(f"{file}: {manifest.rows:,} rows, {file.stat().st_size / 1024:,.0f} kB, {keys}.")


def _write(app: Flask, session: Session, archive: Writer) -> Manifest:
    connection, config = session.connection(), app.extensions["config"]
    tables = copying.tables(connection)
    manifest = Manifest(
        program=__version__,
        migration=str(MigrationContext.configure(connection).get_current_revision()),
        made_at=clock.now().isoformat(timespec="seconds"),
        base_url=config.base_url,
        database=connection.dialect.name,
        demo=is_demo(session),
        keys={purpose: app.extensions["keys"].fingerprint(purpose) for purpose in sheet.ON_PAPER},
        ledgers=_ledgers(session),
        last_ids=copying.last_ids(connection, tables),
    )
    for table in tables:
        _tell(f"Writing {table.name}")
        columns = [column.name for column in table.columns]
        with closing(copying.rows_out(connection, table)) as blocks:
            manifest.members.append(archive.table(table.name, columns, blocks))
    return manifest


def _ledgers(session: Session) -> dict[str, dict[str, int | str]]:
    heads = session.execute(select(Statement.slug, Head).join(Head, Head.statement_id == Statement.id))
    return {
        slug: {
            "size": head.size,
            "verified": head.verified,
            "root": adding_up.root_at(session, head.statement_id, head.size),
        }
        for slug, head in heads.all()
    }


def _note_backup() -> None:
    try:
        with writing() as session:
            occurrences.note(session, occurrences.BACKUP, clock.now())
    except (Refusal, SQLAlchemyError):
        click.echo("The backup is whole, but that it was made could not be noted.", err=True)


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--keys-from-sheet", is_flag=True, help="Type the keys in from the recovery sheet (or pass it as input).")
@click.option("--with-keys", is_flag=True, help="Take the keys from FILE (asks for the passphrase, or reads it).")
@click.option("--new-keys", is_flag=True, help="The keys are lost: make new ones, and lose what only they could open.")
def restore(file: Path | None, keys_from_sheet: bool, with_keys: bool, new_keys: bool) -> None:
    """Bring the backup FILE back into an empty database, or only the keys from their sheet."""
    if file is None and not keys_from_sheet:
        fail("Name the FILE to restore, or say --keys-from-sheet.")
    if keys_from_sheet + with_keys + new_keys > 1:
        fail("The keys come from the sheet, from the backup, or are new: say one of these.")
    config = configuration()
    with ExitStack() as undo, ExitStack() as opened:
        archive = opened.enter_context(reading_archive(file)) if file else None
        if keys_from_sheet or with_keys or new_keys:
            if config.key_file.exists():
                fail(f"There are keys in {config.key_file} already: move that file away. Nothing was changed.")
            undo.callback(config.key_file.unlink, missing_ok=True)
        if keys_from_sheet:
            _type_keys().write(config.key_file)
        elif new_keys:
            KeyRing.make(config.key_file)
        elif with_keys and archive:
            _unpack_keys(archive, config.key_file)
        if archive is None:
            undo.pop_all()
            return click.echo(_about_typed(config))
        _needs_keys(archive.manifest, config, new_keys)
        app = _restore(archive, config)
        undo.pop_all()
        _verify(app, archive.manifest)
    if new_keys:
        click.echo(f"The keys in {config.key_file} are new. {_WITHOUT} Print their sheet: `petition sheet`.")
    click.echo("Next: `petition doctor`, then start the site.")
    return None


def _type_keys() -> KeyRing:
    typing = sheet.Typing()
    lines = None if sys.stdin.isatty() else iter(sheet.lines_of(sys.stdin.read()))
    if lines is None:
        click.echo("Type the sheet's lines as they stand there; spaces and small letters do not matter.")
    while typing.wanted:
        typed = next(lines, "") if lines is not None else click.prompt(typing.wanted)
        try:
            typing.take(typed)
        except sheet.Mistyped as mistake:
            if lines is not None:
                fail(f"{mistake} Nothing was changed.")
            click.echo(str(mistake), err=True)
    return typing.keys()


def _unpack_keys(archive: Reader, key_file: Path) -> None:
    key_file.parent.mkdir(parents=True, exist_ok=True)
    key_file.touch(0o600, exist_ok=False)
    key_file.write_bytes(archive.key_file(_passphrase()))


def _needs_keys(manifest: Manifest, config: Config, new_keys: bool) -> None:
    if not config.key_file.exists():
        how = "copy the key file there, or say --keys-from-sheet" + (", or --with-keys" * bool(manifest.sealed_keys))
        fail(f"There are no keys in {config.key_file}: {how}. {_WITHOUT} --new-keys restores all the same.")
    keys = KeyRing.read(config.key_file)
    others = [purpose for purpose, known in manifest.keys.items() if keys.fingerprint(purpose) != known]
    if others and not new_keys:
        fail(f"The keys in {config.key_file} are not those of the backup ({', '.join(others)}). {_WITHOUT}")


def _restore(archive: Reader, config: Config) -> Flask:
    manifest = archive.manifest
    try:
        ScriptDirectory(str(MIGRATIONS)).get_revision(manifest.migration)
    except CommandError:
        fail(f"The backup was made by a newer version ({manifest.program}): install that one first.")
    with reaching():
        app = house().create_app(config)
    with _naming_a_full_disk(config.data_dir), app.app_context():
        with reading() as session:
            if not copying.is_empty(session.connection()):
                fail(_not_empty(config))
        with writing() as session:
            _fill(session, archive)
    click.echo(f"Restored {manifest.rows:,} rows as they were at {manifest.made_at}.")
    return app


def _fill(session: Session, archive: Reader) -> None:
    manifest = archive.manifest
    flask_migrate.upgrade(directory=str(MIGRATIONS), revision=manifest.migration)
    connection = session.connection()
    tables = {table.name: table for table in copying.tables(connection)}
    for member in manifest.members:
        _tell(f"Restoring {member.table}")
        copying.rows_in(connection, tables[member.table], member.columns, archive.lines(member))
    copying.give_on_from(connection, tables.values(), manifest.last_ids)
    flask_migrate.upgrade(directory=str(MIGRATIONS))
    auditing.record(session, clock.now(), None, "database restored", "database", made_at=manifest.made_at)


def _not_empty(config: Config) -> str:
    if not config.sqlite:
        return "The database is not empty. Make another (createdb) and name it in PETITION_DATABASE_URL."
    path = Path(config.database_url.removeprefix("sqlite:///"))
    before = path.parent / "before"
    return f"There is a database already. Stop the site and move it away: mkdir {before} && mv {path}* {before}"


def _verify(app: Flask, manifest: Manifest) -> None:
    """The rows are back as they were; say so if they do not add up, since they did not when the backup was made."""
    with app.app_context(), reading() as session:
        fault = next(adding_up.faults(session), None)
        for slug, ledger in manifest.ledgers.items():
            statement = session.scalars(select(Statement).where(Statement.slug == slug)).one()
            if adding_up.root_at(session, statement.id, ledger["size"]) != ledger["root"]:
                fault = fault or f"The ledger of {slug} has another root than in the backup."
    if fault:
        fail(f"Everything was restored as it was, and does not add up: {fault}")
    counts = [f"{slug} {ledger['verified']:,}" for slug, ledger in manifest.ledgers.items() if ledger["verified"]]
    told = ", ".join(counts) or "none yet"
    click.echo(f"The ledger adds up. Verified signatures: {told}. Whoever was signed in signs in again.")


def _about_typed(config: Config) -> str:
    keys = KeyRing.read(config.key_file)
    known = ", ".join(f"{purpose} {keys.fingerprint(purpose)}" for purpose in sheet.ON_PAPER)
    return f"The keys are in {config.key_file}. Compare the fingerprints with the sheet: {known}."


@click.command("sheet")
def print_sheet() -> None:
    """Print the recovery sheet of the keys again."""
    config = configuration()
    click.echo(sheet.written(KeyRing.read(config.key_file), config.base_url, f"{clock.now():%d %B %Y}"))


def _new_passphrase() -> str:
    if not sys.stdin.isatty():
        passphrase = _passphrase()
    else:
        passphrase = click.prompt("Passphrase for the keys", hide_input=True, confirmation_prompt=True)
    if len(passphrase) < PASSPHRASE:
        fail(f"A passphrase needs {PASSPHRASE} characters or more: whoever has the file can try as long as they like.")
    return passphrase


def _passphrase() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Passphrase of the keys", hide_input=True))
    return sys.stdin.readline().rstrip("\r\n")


def _tell(what: str) -> None:
    if sys.stderr.isatty():
        click.echo(what, err=True)


@contextmanager
def _naming_a_full_disk(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        if fault.errno in _FULL:
            fail(f"The disk is full: {path} could not be written. Nothing was left behind.")
        fail(f"{path} could not be written: {fault.strerror}.")
    except SQLAlchemyError as fault:
        said = str(getattr(fault, "orig", fault))
        if "disk is full" in said or "53100" in str(getattr(getattr(fault, "orig", None), "sqlstate", "")):
            fail("The disk is full: the database could not be written. Nothing was left behind.")
        raise


COMMANDS = (backup, restore, print_sheet)
