"""What is printed of a signatory: all, initials and state, or that a name is withheld. Asks nobody, changes nothing."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from petition.packets.options import Redaction
from petition.text.places import ELSEWHERE


@dataclass(frozen=True, slots=True)
class Printed:
    """A name and a place as they stand in a list."""

    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Words:
    """What a list says instead of a name, in its language."""

    withheld: str
    erased: str


def printed(
    name: str | None, city: str | None, state: str | None, country: str,
    *, withheld: bool, redaction: Redaction, words: Words,
) -> Printed:  # fmt: skip
    """How one signatory is listed. `country` is its name, and is used outside the United States alone.

    Whoever withheld the name is "Name withheld, OR"; what was erased has neither name nor place any more.
    """
    if name is None:
        return Printed(words.erased, "")
    region = country if state == ELSEWHERE else state or ""
    if withheld:
        return Printed(words.withheld, region)
    if redaction is not Redaction.NAMES:
        return Printed(initials(name), region)
    if state == ELSEWHERE:
        return Printed(name, ", ".join(part for part in (city, country) if part))
    return Printed(name, city or "")


def initials(name: str) -> str:
    """Ana María García-Whitfield becomes A. M. G.-W.; a name without any letter becomes a dash."""
    found = [part for part in (_of_word(word) for word in name.split()) if part]
    return " ".join(found) or "–"


def _of_word(word: str) -> str:
    return "-".join(f"{first}." for first in (_first(part) for part in word.replace("\u2010", "-").split("-")) if first)


def _first(part: str) -> str:
    """The first letter with the marks that belong to it, a capital where its script has capitals."""
    letters = iter(part)
    return next((_with_marks(one, letters) for one in letters if unicodedata.category(one)[0] == "L"), "").upper()


def _with_marks(letter: str, rest: Iterator[str]) -> str:
    for one in rest:
        if unicodedata.category(one)[0] != "M":
            break
        letter += one
    return letter
