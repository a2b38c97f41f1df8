"""What pages write once and not for each reader: the options of lists, and parts that change with the ledger only."""

from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache
from typing import Final

from flask import Flask
from markupsafe import Markup, escape

from petition.web.language import words

_LISTS: Final = 64  # how many lists are kept: two for each language in the sign form, a few elsewhere
_PARTS: Final = 64  # how many parts of pages are kept: 10 kB each, one for each statement and language
_parts: dict[tuple[Hashable, ...], Markup] = {}


def options(choices: Iterable[tuple[Hashable, ...]], chosen: object) -> Markup:
    """Every choice, given as (value, words), as an option; the chosen one is selected."""
    # Nothing but a tag reads like the beginning of one: values and words are escaped.
    begin = f'<option value="{escape(chosen)}"'
    return Markup(_written(tuple(choices)).replace(f"{begin}>", f"{begin} selected>"))  # noqa: S704


@lru_cache(maxsize=_LISTS)
def _written(choices: tuple[tuple[Hashable, ...], ...]) -> str:
    return "".join(f'<option value="{escape(choice[0])}">{escape(choice[1])}</option>\n' for choice in choices)


def once(name: str, macro: Callable[..., Markup], *shown: Hashable) -> Markup:
    """What the macro writes of these values in the language spoken now. It may look at nothing else."""
    key = (name, words(), *shown)
    part = _parts.get(key)
    if part is None:
        part = macro(*shown)
        if len(_parts) >= _PARTS:
            _parts.clear()
        _parts[key] = part
    return part


def attach(app: Flask) -> None:
    """Give templates the filter `options` and the function `once`."""
    app.jinja_env.filters["options"] = options
    app.jinja_env.globals["once"] = once
