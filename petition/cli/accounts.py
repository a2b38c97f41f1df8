"""Accounts from the command line: the way in for the first organizer, and for all when e-mail is down."""

from datetime import timedelta

import click
from flask import Flask

from petition import clock
from petition.accounts import admitting, asking, recovering
from petition.accounts.models import Role
from petition.cli.opening import fail, open_app
from petition.db import writing
from petition.web.address_field import canonical, well_formed
from petition.web.addresses import outside


@click.command()
@click.argument("address", metavar="EMAIL")
@click.option("--new-second-factor", is_flag=True, help="Forget passkeys, authenticator app and recovery codes first.")
def organizer(address: str, new_second_factor: bool) -> None:
    """Make EMAIL an organizer, and print a link that signs in once."""
    app = open_app()
    click.echo(link_for(app, address, forget=new_second_factor))


def link_for(app: Flask, address: str, *, forget: bool = False, life: timedelta = asking.LIFE) -> str:
    """The full address of a one-time link for this organizer, whose account is made if it is new."""
    keys = app.extensions["keys"]
    with app.app_context():
        try:
            parts = well_formed(address)
        except ValueError as fault:
            fail(str(fault))
        now = clock.now()
        with writing() as session:
            account = admitting.admit(
                session, keys, now, None, Role.ORGANIZER, address=address, canonical=canonical(parts)
            )
            if forget:
                recovering.forget_second_factor(session, now, None, account)
            return outside("accounts.link", token=asking.link_for(session, keys, account, now, life))
