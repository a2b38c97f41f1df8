"""How much of a chapter's text is the national template's, so that near-identical statements are counted honestly."""

import re
from collections.abc import Iterable
from typing import Final

from petition.statements.models import Submission

#: From this share of its words on, a statement is counted as the national text with local parts. More than half, so
#: that whoever only quotes the campaign's demands is not counted; and less than what a chapter keeps that fills in its
#: parts at length, since a text that we called its own would make the statements look more independent than they are.
MOSTLY: Final = 0.6
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


def share(submission: Submission) -> float:
    """How much of what was handed in is the national text, from 0 to 1."""
    return submission.template_words / submission.words if submission.words else 0.0


def mostly(submission: Submission) -> bool:
    """Whether it is the national text with local parts."""
    return share(submission) >= MOSTLY


def _runs(found: list[str]) -> list[tuple[str, ...]]:
    return [tuple(found[start : start + RUN]) for start in range(len(found) - RUN + 1)]
