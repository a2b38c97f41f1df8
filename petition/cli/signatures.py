"""Signatures from the command line: synthetic ones, to see what a full ledger looks like."""

import click

from petition import clock
from petition.cli import synthetic
from petition.cli.opening import needs_demo, open_app
from petition.db import writing
from petition.statements import reading
from petition.web.language import DEFAULT
from petition.worker import steps

BATCH = 1000


@click.group()
def signatures() -> None:
    """Work with the signatures of a statement."""


@signatures.command()
@click.argument("slug")
@click.argument("number", metavar="N", type=click.IntRange(1, 2_000_000))
@click.option("--seed", default=2019, show_default=True, help="The same seed makes the same people.")
def sample(slug: str, number: int, seed: int) -> None:
    """Add N synthetic verified signatures to the statement SLUG of a demo database."""
    app = open_app()
    needs_demo(app, "Synthetic signatures are made")
    with app.app_context():
        people = synthetic.People(seed)
        with click.progressbar(length=number, label="Signing") as bar:
            for start in range(0, number, BATCH):
                most = min(BATCH, number - start)
                with writing() as session:
                    published = reading.published(session, slug, DEFAULT)
                    people.sign(session, app.extensions["keys"], published, most, now=clock.now())
                bar.update(most)
        steps.register()
    click.echo(f"{number:,} synthetic signatures are verified and entered.")
