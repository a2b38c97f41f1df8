"""Houses to be measured: real ones made by the commands, filled to a size, with signatures waiting to be confirmed."""

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from bench.servers import environment, free_port
from petition import clock, tokens
from petition.app import Petition, create_app
from petition.cli.synthetic import People
from petition.config import Config
from petition.crypto import KeyRing
from petition.db import db, writing
from petition.ledger import tiles
from petition.ledger.models import Head
from petition.signatures import links
from petition.signatures.models import Link, Signature, Status
from petition.statements import reading
from petition.statements.reading import Published
from petition.worker import steps

SLUG: Final = "ebooksforall"
#: Made one by one as `signatures sample` makes them; the rest are copies of their rows.
REAL: Final = 2_000
_SIGNATURES: Final = """
    INSERT INTO signature (
        statement_id, revision_id, notice_id, status, slot, name, city, state, country, relation, comment, address,
        language, show_name, updates, withhold, signed_at, asked_at, expires_at, confirmed_at, method, generation,
        mailbox, number)
    SELECT
        statement_id, revision_id, notice_id, status, slot, name, city, state, country, relation, comment, address,
        language, show_name, updates, withhold, signed_at, asked_at, expires_at, confirmed_at, method, generation,
        {random}, number + :made
    FROM signature ORDER BY id LIMIT :more"""
_CHANGES: Final = """
    INSERT INTO change (signature_id, statement_id, kind, method, at, seq)
    SELECT id, statement_id, 'verified', method, confirmed_at, number FROM signature WHERE number > :real"""
_LINKS: Final = """
    INSERT INTO link (fingerprint, purpose, signature_id, made_at)
    SELECT {random}, :purpose, id, signed_at FROM signature"""
_EMAILS: Final = """
    INSERT INTO email (
        kind, subject_id, mailbox, scope, asks, language, composed_at, state, priority, made_at, due_at, until,
        attempts, ended_at)
    SELECT
        'signing', id, mailbox, statement_id, true, language, signed_at, 'done', 1, signed_at, signed_at, expires_at,
        1, signed_at
    FROM signature"""
#: 32 bytes that no other row has, as a mailbox's hash is and a link's.
_RANDOM: Final = {
    "sqlite": "randomblob(32)",
    "postgresql": "sha256((random()::text || signature.id::text)::bytea)",
}


@dataclass(frozen=True, slots=True)
class House:
    """A house on disk, not yet served: its configuration, and tokens of links that wait for their button."""

    config: Config
    waiting: list[str]


def make(folder: Path, size: int, to_confirm: int, database_url: str | None, redis_url: str | None) -> House:
    """A house with so many verified signatures and so many that wait to be confirmed."""
    port = free_port()
    config = Config.from_environment(
        {
            "PETITION_DATA_DIR": str(folder),
            "PETITION_DATABASE_URL": database_url or "",
            "PETITION_REDIS_URL": redis_url or "",
            "PETITION_BASE_URL": f"http://127.0.0.1:{port}",
            # Nobody listens there: e-mails are owed and tried at the operator's pace, and none leaves.
            "PETITION_SMTP_URL": f"smtp://127.0.0.1:{free_port()}",
            "PETITION_TRUSTED_PROXIES": "1",
            "PORT": str(port),
        }
    )
    for command in (["init"], ["load"]):
        subprocess.run(
            [sys.executable, "-m", "petition", *command], env={**os.environ, **environment(config)},
            check=True, capture_output=True,
        )  # fmt: skip
    app = create_app(config)
    try:
        with app.app_context():
            if size:
                fill(app, size)
            return House(config, _wait_to_be_confirmed(app, to_confirm))
    finally:
        with app.app_context():
            db.engine.dispose()


def fill(app: Petition, size: int, real: int = REAL) -> None:
    """Make so many verified signatures, `real` of them one by one and the rest as their copies."""
    real = min(size, real)
    people = People(seed=1)
    with writing() as session:
        people.sign(session, app.extensions["keys"], published(session), real, now=clock.now())
    steps.register()
    with writing() as session:
        _multiply(session, real, size)
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def published(session: Session) -> Published:
    """What is signed."""
    return reading.published(session, SLUG, "en")


def _multiply(session: Session, real: int, size: int) -> None:
    """Copy the real rows until there are `size` signatures, each with its change, links and e-mail, all done.

    Leaves and salts are not copied: nothing that is measured reads them. The ledger's tree is made as large, of
    random hashes, for the registrar to build on.
    """
    made = real
    while made < size:
        more = min(made, size - made)
        _copy(session, _SIGNATURES, made=made, more=more)
        made += more
    _copy(session, _CHANGES, real=real)
    for purpose in (links.CONFIRM, links.PAGE):
        _copy(session, _LINKS, purpose=purpose)
    _copy(session, _EMAILS)
    _copy(session, "UPDATE ledger_head SET size = :size, verified = :size, entered = :size", size=size)
    _copy(session, "UPDATE tally SET verified = verified * :times", times=size // real)
    for (statement_id,) in session.execute(select(Head.statement_id)).all():
        tiles.append(session, statement_id, real, [os.urandom(32) for _more in range(size - real)])


def _copy(session: Session, statement: str, **values: Any) -> None:
    session.execute(text(statement.replace("{random}", _RANDOM[db.engine.dialect.name])), values)


def _wait_to_be_confirmed(app: Petition, number: int) -> list[str]:
    """Rows as they stand once their e-mail has gone out; returns the tokens of their links."""
    keys: KeyRing = app.extensions["keys"]
    now = clock.now()
    with writing() as session:
        shown = published(session)
        common = {
            "statement_id": shown.statement.id, "revision_id": shown.revision.id,
            "notice_id": shown.notice.id, "name": "Ada Sample", "city": "Lincoln", "state": "NE",
            "address": keys.seal_address("ada@example.org"), "language": "en", "show_name": False, "updates": False,
            "signed_at": now, "asked_at": now, "expires_at": now + timedelta(days=7), "status": Status.PENDING,
        }  # fmt: skip
        rows = [{**common, "mailbox": keys.mailbox(f"waiting-{each}@example.org")} for each in range(number)]
        ids = session.scalars(insert(Signature).returning(Signature.id), rows).all()
        waiting = [tokens.link(keys, links.CONFIRM, each) for each in ids]
        link = {"purpose": links.CONFIRM, "made_at": now}
        pairs = zip(ids, waiting, strict=True)
        session.execute(
            insert(Link),
            [{**link, "fingerprint": tokens.fingerprint(token), "signature_id": row} for row, token in pairs],
        )
    return waiting
