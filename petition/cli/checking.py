"""Checking: whether everything is in order, and whether all that is due to be erased is erased."""

import click
from flask import Flask

from petition import clock
from petition.cli import examining
from petition.cli.opening import fail, open_app
from petition.db import reading
from petition.mail import letters
from petition.mail.outbox import Email
from petition.mail.transport import Refused, explain, open_transport
from petition.worker import steps


@click.command()
@click.option("--mail", metavar="ADDRESS", help="Send one e-mail to ADDRESS and explain a refusal.")
def doctor(mail: str | None) -> None:
    """Check that everything is in order: say "ready", or what to mend first."""
    app = open_app()
    with app.app_context():
        for name, check in examining.CHECKS:
            if name == "e-mail" and mail:
                _send_one(app, mail)
            try:
                with reading() as session:
                    click.echo(f"  {name}: {check(app, session)}")
            except examining.Wrong as wrong:
                fail(f"{name}: {wrong}")
    click.echo("ready")


def _send_one(app: Flask, address: str) -> None:
    config, keys = app.extensions["config"], app.extensions["keys"]
    now = clock.now()
    email = Email(id=0, kind="test", language="en", made_at=now, composed_at=now)
    letter = letters.Letter("test", address, {"base_url": config.base_url, "at": now})
    message = letters.written(letter, email, keys, config)
    try:
        open_transport(config.smtp_url, config.mail_dir).send(
            message, sender=letters.envelope_sender(config), recipient=address
        )
    except Refused as refusal:
        fail(f"{refusal} {explain(refusal)}".strip())
    where = "The e-mail server took it." if config.smtp_url else f"It lies in {config.mail_dir}."
    click.echo(f"One e-mail was sent. {where}")


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what is due and erase nothing.")
def purge(dry_run: bool) -> None:
    """Remind, expire and erase whatever is due now, without waiting for the worker."""
    app = open_app()
    with app.app_context():
        done = steps.due() if dry_run else steps.sweep()
    verb = "Due" if dry_run else "Done"
    click.echo(f"{verb}: {', '.join(f'{number} {what}' for what, number in done.items())}.")


COMMANDS = (doctor, purge)
