"""The local parts of the national text: the places in it that only a chapter can fill."""

import re
from collections.abc import Mapping
from typing import Final

#: On whose behalf a chapter speaks, its own figures, and what the terms do to its readers.
PARTS: Final = ("members", "figures", "effect")
_POINTS: Final = ".;,"
_MARK: Final = re.compile(r"\{\{(\w+)\}\}")


def marked(text: str) -> tuple[str, ...]:
    """The names that are marked in a text as {{name}}, each once, in their order."""
    return tuple(dict.fromkeys(_MARK.findall(text)))


def composed(text: str, parts: Mapping[str, str]) -> str:
    """The text with each marked part that is filled in its place; what is not filled stays marked.

    A part that is typed as a sentence of its own loses its point where the text goes on with one.
    """

    def fill(mark: re.Match[str]) -> str:
        part = parts.get(mark[1], "").strip()
        goes_on = text[mark.end() : mark.end() + 1] in (*_POINTS,)
        return (part.rstrip(_POINTS) if goes_on else part) or mark[0]

    return _MARK.sub(fill, text)
