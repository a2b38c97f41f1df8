"""How much of a chapter's text is the national template's, so that near-identical statements are counted honestly."""

import re
from collections.abc import Iterable
from typing import Final

#: So many words in a row are taken from the template; fewer meet by chance ("publishers and librarians").
RUN: Final = 6
_WORD: Final = re.compile(r"\w+(?:['’]\w+)?")
_PART: Final = re.compile(r"\{\{\w+\}\}")


def words(text: str) -> list[str]:
    """The words of a text as they are compared: case and signs do not count."""
    return [word.casefold() for word in _WORD.findall(text)]


def taken(text: str, templates: Iterable[str]) -> int:
    """How many words of the text stand in a run of RUN or more that one of the templates has too."""
    runs = {run for template in templates for part in _PART.split(template) for run in _runs(words(part))}
    own = words(text)
    from_template: set[int] = set()
    for start, run in enumerate(_runs(own)):
        if run in runs:
            from_template.update(range(start, start + RUN))
    return len(from_template)


def _runs(found: list[str]) -> list[tuple[str, ...]]:
    return [tuple(found[start : start + RUN]) for start in range(len(found) - RUN + 1)]
