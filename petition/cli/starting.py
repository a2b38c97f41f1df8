"""Starting: make a database with its keys, bring one up to date, load a campaign's folder."""

from pathlib import Path

import click
import flask_migrate
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import inspect, select

from petition import clock
from petition.campaigns import loading as campaigns
from petition.campaigns.models import Campaign
from petition.chapters import loading as chapters
from petition.cli import sheet
from petition.cli.opening import configuration, fail, house, open_app, reaching
from petition.content import document, table
from petition.crypto import KeyRing
from petition.db import Site, db, reading, writing
from petition.paths import MIGRATIONS, STATEMENTS
from petition.publishers import loading as publishers
from petition.signatures.models import Signature
from petition.statements import loading as statements
from petition.statements.models import Revision


@click.command()
@click.option("--demo", is_flag=True, help="Mark the database as a demo: everything in it is a sample.")
@click.option("--keep", is_flag=True, help="Where there is a database already, only bring it up to date.")
def init(demo: bool, keep: bool) -> None:
    """Make the keys and an empty database."""
    config = configuration()
    if not config.key_file.exists():
        KeyRing.make(config.key_file)
    with reaching():
        app = house().create_app(config)
    with app.app_context():
        with reading() as session:
            there = inspect(session.connection()).has_table(Site.__tablename__)
        if there and not keep:
            fail("There is a database already. Nothing was changed.")
        with writing() as session:
            flask_migrate.upgrade(directory=str(MIGRATIONS))
            if there:
                return
            session.add(Site(id=1, demo=demo, made_at=clock.now()))
    click.echo(f"Made a {'demo' if demo else 'real'} database, and its keys in {config.key_file}.")
    if not demo:
        click.echo(f"\n{sheet.written(app.extensions['keys'], config.base_url, f'{clock.now():%d %B %Y}')}")


@click.command()
def migrate() -> None:
    """Bring the database up to this version, in one transaction; where it is so already, change nothing."""
    with reaching():
        app = house().create_app(configuration())
    with app.app_context():
        with reading() as session:
            before = MigrationContext.configure(session.connection()).get_current_revision()
        if before is None:
            fail("There is no database of ours yet. `petition init` makes one.")
        scripts = ScriptDirectory(str(MIGRATIONS))
        try:
            steps = list(scripts.iterate_revisions("head", before))
        except CommandError:
            fail(f"The database is of a newer version ({before}) than this program. Nothing was changed.")
        with writing():
            flask_migrate.upgrade(directory=str(MIGRATIONS))
    for step in reversed(steps):
        click.echo(f"{step.revision}: {step.doc}")
    done = f"{before} to {scripts.get_current_head()}" if steps else f"{before} already; nothing was changed"
    click.echo(f"The database is up to date: {done}.")


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path), default=STATEMENTS / "ebooksforall")
def load(folder: Path) -> None:
    """Load a campaign, its publishers and its texts from DIR, and say what changed.

    Chapters are of no one campaign: where a chapters.toml lies beside DIR, it is loaded first.
    """
    if not folder.is_dir():
        fail(f"{folder} is not a folder.")
    app = open_app()
    with app.app_context(), writing() as session:
        data = table(folder / "campaign.toml")
        beside = folder.resolve().with_name(chapters.FILE)
        said = [*chapters.load(session, app.extensions["keys"], table(beside))] if beside.exists() else []
        said += [*publishers.load(session, table(folder / "publishers.toml")), *campaigns.load(session, data)]
        campaign = session.scalars(select(Campaign).where(Campaign.slug == data["slug"])).one()
        loader = statements.Loader(session, campaign, _signed, clock.now())
        said += loader.load(document(path) for path in sorted(folder.glob("*.md")))
    for line in said:
        click.echo(line)
    click.echo(f"{len(said)} changed." if said else "Nothing has changed.")


def _signed(revision: Revision) -> bool:
    bound = (Signature.revision_id == revision.id) | (Signature.notice_id == revision.id)
    return db.session.scalar(select(Signature.id).where(bound).limit(1)) is not None


COMMANDS = (init, migrate, load)
