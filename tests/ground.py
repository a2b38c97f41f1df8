"""The ground tests stand on: a real house of its own for each, with its app, its keys and its e-mail.

Nothing is faked. The database is migrated and loaded by the real commands, forms are sent as a browser
sends them, and e-mail is written to files by the real post office; only threads are left out, so that
a test decides when work is done.
"""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any, Final, TypeVar, cast

from flask.testing import FlaskClient
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from petition import clock
from petition import db as database
from petition.app import Petition, post_office
from petition.config import Config
from petition.crypto import KeyRing
from petition.db import Row, db
from petition.jobs import Queue
from petition.mail.outbox import Email
from petition.mail.sending import PostOffice
from petition.mail.transport import FileTransport, Transport
from petition.signatures.models import Signature
from petition.statements.models import TEXT, Revision
from petition.worker import steps
from tests.arriving import Mail, hidden, path_of, reasons
from tests.making import make_app

SLUG: Final = "ebooksforall"
ADDRESS: Final = "ada@patron.example"
__all__ = ["ADDRESS", "SLUG", "Hands", "House", "Mail", "hidden", "path_of", "reasons"]

R = TypeVar("R", bound=Row)


@dataclass
class Hands:
    """Takes rows from the dispatcher in place of the queue, and keeps them until they are fetched."""

    taken: list[int] = field(default_factory=list)

    def put(self, kind: str, row_id: int) -> None:
        assert kind == "email"
        self.taken.append(row_id)

    def fetch(self) -> list[int]:
        taken, self.taken = self.taken, []
        return taken


@dataclass(frozen=True)
class House:
    """A running house without its threads."""

    app: Petition
    config: Config
    transport: Transport
    clock: ModuleType = clock
    hands: Hands = field(default_factory=Hands)

    @classmethod
    def open(cls, config: Config, transport: Transport | None = None) -> "House":
        """Open the house of a configuration whose database is there already."""
        return cls.around(make_app(config), config, transport)

    @classmethod
    def around(cls, app: Petition, config: Config, transport: Transport | None = None) -> "House":
        """The house of an app that is there already."""
        return cls(app, config, transport or FileTransport(config.mail_dir))

    def close(self) -> None:
        """Let go of the database."""
        with self.app.app_context():
            db.engine.dispose()

    @property
    def keys(self) -> KeyRing:
        """The keys of this house."""
        return cast(KeyRing, self.app.extensions["keys"])

    @property
    def database_file(self) -> Path:
        """SQLite's file."""
        return Path(self.config.database_url.removeprefix("sqlite:///"))

    def client(self) -> FlaskClient:
        """A browser without scripts."""
        return self.app.test_client()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """A reading transaction."""
        with self.app.app_context(), database.reading() as session:
            yield session

    @contextlib.contextmanager
    def writing(self) -> Iterator[Session]:
        """A writing transaction."""
        with self.app.app_context(), database.writing() as session:
            yield session

    def rows(self, kind: type[R], *which: Any) -> list[R]:
        """The rows of one table in the order of their keys."""
        with self.reading() as session:
            order = list(kind.__table__.primary_key)
            return list(session.scalars(select(kind).where(*which).order_by(*order)))

    def revisions(self, role: str = TEXT) -> list[Revision]:
        """The petition's text, or the notice above its button, in English: every revision, oldest first."""
        return self.rows(Revision, Revision.role == role, Revision.language == "en")

    def signature(self, **which: Any) -> Signature:
        """The one signature that is so."""
        (found,) = self.rows(Signature, *(getattr(Signature, name) == value for name, value in which.items()))
        return found

    def mailbox(self, address: str = ADDRESS) -> bytes:
        """The hash by which a mailbox is known; the address is canonical already."""
        return self.keys.mailbox(address)

    # --- What people do ---------------------------------------------------------------------------

    def form(self, client: FlaskClient | None = None, slug: str = SLUG, /, **typed: str) -> dict[str, str]:
        """The sign form as it leaves the browser, everything filled in that has to be."""
        page = (client or self.client()).get(f"/statements/{slug}")
        assert page.status_code == 200
        filled = {"name": "Ada Lovelace", "email": ADDRESS, "city": "Lincoln", "state": "NE"}
        return {**hidden(page, f"/statements/{slug}/sign"), **filled, **typed}

    def sign(self, client: FlaskClient | None = None, slug: str = SLUG, /, **typed: str) -> TestResponse:
        """Sign through the page; returns the answer, a 303 to the page that says to look in the e-mail."""
        client = client or self.client()
        return client.post(f"/statements/{slug}/sign", data=self.form(client, slug, **typed))

    def many_sign(self, number: int) -> None:
        """Have that many people sign: reader-0@patron.example and so on."""
        client = self.client()
        form = self.form(client)
        for each in range(number):
            typed = {**form, "email": f"reader-{each}@patron.example"}
            assert client.post(f"/statements/{SLUG}/sign", data=typed).status_code == 303

    def press(self, path: str, client: FlaskClient | None = None, on: str | None = None, **typed: str) -> TestResponse:
        """Open the page at `on` (else at the path itself), and press its button that posts to the path."""
        client = client or self.client()
        page = client.get(on or path)
        assert page.status_code == 200, page.text
        return client.post(path, data={**hidden(page, path), **typed})

    def confirm(self, address: str = ADDRESS, client: FlaskClient | None = None) -> TestResponse:
        """Follow the newest confirmation link sent to the address, and press the button."""
        found = [mail for mail in self.mails(address) if any("/confirm/" in link for link in mail.links)]
        return self.press(found[-1].link("/confirm/"), client)

    def signed(self, address: str = ADDRESS, /, **typed: str) -> str:
        """Sign, confirm and be counted; returns the path of the private page."""
        assert self.sign(**{**typed, "email": address}).status_code == 303
        self.work()
        assert self.confirm(address).status_code == 303
        self.work()
        return self.mails(address)[-1].link("/signature/")

    def count(self, slug: str = SLUG) -> int:
        """What count.json says."""
        answer = self.client().get(f"/statements/{slug}/count.json")
        return int(answer.get_json()["verified"])

    def mails(self, address: str | None = None) -> list[Mail]:
        """Every e-mail that was written to a file, newest last; or those to one address."""
        files = sorted(self.config.mail_dir.glob("*.eml"))
        mails = [Mail.read(file.read_bytes()) for file in files]
        return [mail for mail in mails if address is None or mail.to == address]

    # --- What the worker does ---------------------------------------------------------------------

    def office(self, transport: Transport | None = None) -> PostOffice:
        """The post office, over the house's transport unless another is given."""
        return post_office(self.app, transport or self.transport)

    def register(self) -> int:
        """Number what waits."""
        with self.app.app_context():
            return steps.register()

    def write_words(self) -> int:
        """Write down by which words those who have signed are found."""
        with self.app.app_context():
            return steps.write_words()

    def dispatch(self) -> list[int]:
        """Hand out what is due; returns the ids."""
        with self.app.app_context():
            steps.spread_news()
            steps.dispatch(cast(Queue, self.hands), self.config)
        return self.hands.fetch()

    def sweep(self) -> dict[str, int]:
        """Remind, expire and erase."""
        with self.app.app_context():
            return steps.sweep()

    def work(self, transport: Transport | None = None) -> int:
        """Register, hand out and send until nothing is due now; returns how many rows were taken up."""
        office, taken = self.office(transport), 0
        while True:
            self.register()
            due = self.dispatch()
            if not due:
                return taken
            for row in due:
                office.send(row)
            taken += len(due)

    def emails(self, *which: Any) -> list[Email]:
        """The rows of the outbox."""
        return self.rows(Email, *which)

    def later(self, **span: float) -> None:
        """Let time pass, as in later(minutes=10)."""
        clock.move(timedelta(**span))

    @contextlib.contextmanager
    def statements(self) -> Iterator[list[str]]:
        """Every statement that reaches the database while the block runs, but for a connection's settings."""
        said: list[str] = []

        def keep(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith("PRAGMA"):
                said.append(statement)

        with self.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", keep)
        try:
            yield said
        finally:
            event.remove(engine, "before_cursor_execute", keep)

    @contextlib.contextmanager
    def refusing(self, table: str) -> Iterator[None]:
        """The database itself refuses every new row of this table while the block runs."""
        if self.config.sqlite:
            begin = f"CREATE TRIGGER refused BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'no'); END"
            end = "DROP TRIGGER refused"
        else:
            begin = f"ALTER TABLE {table} ADD CONSTRAINT refused CHECK (false) NOT VALID"
            end = f"ALTER TABLE {table} DROP CONSTRAINT refused"
        with self.writing() as session:
            session.execute(text(begin))
        try:
            yield
        finally:
            with self.writing() as session:
                session.execute(text(end))

    def dump(self) -> Mapping[str, list[tuple[Any, ...]]]:
        """Every row of every table, to be compared with a later one."""
        with self.reading() as session:
            return {
                table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
                for table in Row.metadata.sorted_tables
            }
