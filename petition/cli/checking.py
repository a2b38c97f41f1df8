"""Checking: whether e-mail leaves, and whether everything due to be erased is erased."""

import click
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petition import clock
from petition.cli.opening import fail, open_app
from petition.db import reading
from petition.jobs import State
from petition.mail import letters
from petition.mail.outbox import Email
from petition.mail.transport import Refused, explain, open_transport
from petition.worker import steps


@click.command()
@click.option("--mail", metavar="ADDRESS", help="Send one e-mail to ADDRESS and explain a refusal.")
def doctor(mail: str | None) -> None:
    """Check that everything is in order, or say what to mend first."""
    app = open_app()
    config = app.extensions["config"]
    with app.app_context():
        if mail:
            _send_one(app, mail)
        with reading() as session:
            dead = session.scalar(select(func.count()).where(Email.state == State.DEAD)) or 0
            waiting = session.scalar(select(func.count()).where(Email.state == State.WAITING)) or 0
            reasons = _reasons(session)
    click.echo(f"E-mail: {waiting} waiting, {dead} given up.")
    for reason, number in reasons:
        click.echo(f"  {number} × {reason}")
    if config.smtp_url is None and not app.extensions["demo"]:
        fail("PETITION_SMTP_URL is not set: signing stays closed, since no confirmation could be sent.")


def _reasons(session: Session) -> list[tuple[str, int]]:
    rows = session.execute(
        select(Email.error, func.count()).where(Email.state == State.DEAD).group_by(Email.error).limit(10)
    )
    return [(error or "no reason kept", number) for error, number in rows]


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
