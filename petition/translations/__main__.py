"""Gathers what the program says and brings every catalogue up to it: `make strings`."""

import click
from babel.core import Locale, UnknownLocaleError

from petition.translations import extracting, keeping


@click.command()
@click.argument("language", required=False)
def strings(language: str | None) -> None:
    """Extract the messages, update and compile every catalogue, and say what is left to do.

    With a LANGUAGE that has no catalogue yet (fr, pt_BR), begin one.
    """
    template = extracting.extract()
    if language is not None:
        try:
            Locale.parse(language)
        except (UnknownLocaleError, ValueError):
            raise click.BadParameter(f"{language} is not a language that we know.") from None
    for each in sorted({*keeping.languages(), *([language] if language else [])}):
        keeping.keep(keeping.updated(each, template), each)
        left = list(keeping.faults(keeping.read(each)))
        click.echo(f"{each}: {len(template)} messages, {len(left)} to look at")
        for line in left:
            click.echo(f"  {line}")


if __name__ == "__main__":
    strings()
