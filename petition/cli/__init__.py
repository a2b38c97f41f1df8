"""The command line: `petition init`, `load`, `serve`, `work`, `packet`, `signatures`, `backup`, `doctor` and more."""

import os
import sys
import traceback

import click

from petition.cli import (
    accounts,
    chapters,
    checking,
    keeping,
    packets,
    running,
    signatures,
    starting,
    statements,
    verifying,
)
from petition.cli.opening import House
from petition.errors import Refusal


@click.group(context_settings={"help_option_names": ["--help"]})
def petition() -> None:
    """Petitions and statements for libraries."""


petition.add_command(accounts.organizer)
for command in (
    *starting.COMMANDS,
    *running.COMMANDS,
    packets.packet,
    signatures.signatures,
    statements.statement,
    chapters.chapter,
    *keeping.COMMANDS,
    *checking.COMMANDS,
):
    petition.add_command(command)
for one in verifying.COMMANDS:
    packets.packet.add_command(one)


def run(house: House) -> None:
    """Run one command: exit 0, or one line of reason on standard error."""
    os.umask(0o077)  # what we make holds names, and is nobody else's to read
    try:
        petition(standalone_mode=False, obj=house)
    except click.Abort:
        sys.exit("Stopped.")
    except click.ClickException as fault:
        fault.show()
        sys.exit(fault.exit_code)
    except Refusal as refusal:
        sys.exit(str(refusal))
    except BrokenPipeError:
        os._exit(0)
    except Exception as fault:
        frame = traceback.extract_tb(fault.__traceback__)[-1]
        sys.exit(f"This did not work, and it is our fault: {type(fault).__name__} in {frame.name}:{frame.lineno}.")
