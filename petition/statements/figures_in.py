"""Figures in a text, found for a second look before it is published, and what is odd about some of them.

"2,133,687 million checkouts" has been adopted by a board: a number written out in full, and "million" after it.
"""

import re
from dataclasses import dataclass
from typing import Final

#: What can be odd about a figure.
MILLION: Final = "million"
PERCENT: Final = "percent"
YEAR: Final = "year"
GROUPS: Final = "groups"

#: Libraries lent no ebooks before, and nobody plans further ahead.
EARLIEST: Final = 1900
AHEAD: Final = 10  # years

_SPACE: Final = r"[ \u00a0\u202f]"
_NUMBER: Final = rf"\d+(?:[.,]\d+|{_SPACE}(?=\d{{3}}(?!\d))\d{{3}})*"
_SCALE: Final = (
    r"hundred|thousand|million|billion|trillion|cientos|mil(?:\s+millones)?|mill[oó]n(?:es)?|bill[oó]n(?:es)?"
)
_BIG: Final = re.compile(r"(?:m|b|tr)ill|mil\s", re.IGNORECASE)
_FIGURE: Final = re.compile(
    rf"(?<![\w.,])(?P<sum>(?:US)?[$€£]{_SPACE}?)?(?P<number>{_NUMBER})"
    rf"(?:(?P<percent>{_SPACE}?%|\s+(?:percent|per\s+cent|por\s+ciento)\b)"
    rf"|[\s-]+(?P<scale>(?:{_SCALE})\b(?:\s+(?:de\s+)?(?:dollars|d[oó]lares))?)"
    rf"|(?P<money>{_SPACE}?€|\s+(?:dollars|cents|d[oó]lares|centavos)\b)"
    r"|(?P<ordinal>(?:st|nd|rd|th)\b|[ºª]))?",
    re.IGNORECASE,
)
_MONTHS: Final = (
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?|"
    r"enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre"
)
#: After a month, or a month and a day, four digits are a year whatever follows.
_AFTER_MONTH: Final = re.compile(
    rf"\b(?:(?:{_MONTHS})\s+(?:del?\s+|\d{{1,2}}(?:st|nd|rd|th)?,?\s+)?|\d{{1,2}}/\d{{1,2}}/)$", re.IGNORECASE
)
#: After such a word they are one at the end of a clause: "in 1281 locations" is a number of places.
_AFTER_WORD: Final = re.compile(r"\b(?:in|since|until|by|year|desde|hasta|año|en)\s+$", re.IGNORECASE)
_CLAUSE_ENDS: Final = re.compile(r"\s*(?:[.,;:!?)\]”’\"]|$)")
_NUMERIC_DATE: Final = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: how it stands in the text and where, and what is odd about it."""

    said: str
    start: int
    end: int
    oddities: tuple[str, ...] = ()


def find(text: str, this_year: int) -> list[Figure]:
    """Every figure of a text, in its order."""
    return [
        Figure(found[0], found.start(), found.end(), tuple(_oddities(text, found, this_year)))
        for found in _FIGURE.finditer(text)
    ]


def _oddities(text: str, found: re.Match[str], this_year: int) -> list[str]:
    number, odd = found["number"], []
    if found["scale"] and _BIG.match(found["scale"] + " ") and _written_out(number):
        odd.append(MILLION)
    if found["percent"] and _value(number) > 100:
        odd.append(PERCENT)
    if _is_year(text, found) and not EARLIEST <= int(number) <= this_year + AHEAD:
        odd.append(YEAR)
    if _badly_grouped(number):
        odd.append(GROUPS)
    return odd


def _written_out(number: str) -> bool:
    """Whether it is grouped in threes, or bare, and of seven digits or more: 2,133,687 or 2.133.687."""
    return bool(re.fullmatch(rf"\d{{1,3}}(?:(?:[.,]|{_SPACE})\d{{3}}){{2,}}|\d{{7,}}", number))


def _value(number: str) -> float:
    """The number, whichever sign is its decimal one: the last, unless three digits follow it or it stands twice."""
    bare = re.sub(_SPACE, "", number)
    whole, sign, rest = bare.rpartition("," if bare.rfind(",") > bare.rfind(".") else ".")
    if not sign or len(rest) == 3 or sign in whole:
        return float(re.sub(r"[.,]", "", bare))
    return float(re.sub(r"[.,]", "", whole) + "." + rest)


def _is_year(text: str, found: re.Match[str]) -> bool:
    if not re.fullmatch(r"\d{4}", found[0]):
        return False
    before = text[max(0, found.start() - 24) : found.start()]
    if _AFTER_MONTH.search(before):
        return True
    return bool(_AFTER_WORD.search(before) and _CLAUSE_ENDS.match(text, found.end()))


def _badly_grouped(number: str) -> bool:
    """Two commas, or two points, with a group between or behind them that has not three digits: 2,133,68."""
    if _NUMERIC_DATE.fullmatch(number):
        return False
    for sign, decimal in ((",", "."), (".", ",")):
        groups = number.partition(decimal)[0].split(sign)[1:]
        if len(groups) > 1 and max(map(len, groups)) >= 3 and any(len(group) != 3 for group in groups):
            return True
    return False
