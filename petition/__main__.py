"""The command line's entry: `petition …`, or `python -m petition …`."""

from petition.app import create_app, post_office, queue
from petition.cli import run
from petition.cli.opening import House


def main() -> None:
    """Run one command over this house."""
    run(House(create_app, post_office, queue))


if __name__ == "__main__":
    main()
