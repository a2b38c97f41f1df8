"""A language that nobody speaks, for tests: what it leaves in plain English never went through a catalogue.

Each message stands in ⟦…⟧ and is about 40 % longer, as German or Finnish would be, with its letters
accented; its places to fill in stay as they are. It is written from right to left. Given to the packet's
renderer as its translations, or spoken by every page, e-mail and error within `spoken`.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from gettext import NullTranslations
from typing import Final

import pytest

DIRECTION: Final = "rtl"
OPENING, CLOSING = "⟦", "⟧"
LONGER: Final = 0.4  # of the letters of a message
FILLER: Final = "ẋ"

_ACCENTED: Final = str.maketrans("aeiouyncszAEIOUYNCSZ", "áéíóúýñçšžÁÉÍÓÚÝÑÇŠŽ")
# What is filled in, by our templates or by a script in the page, and what only looks like a letter.
_PLACES: Final = re.compile(r"(%\(\w+\)s|%%|\{\w+\})")
#: A message as it may end up on a page: brackets hold no brackets but those of messages filled into it.
_BRACKETED: Final = re.compile(r"⟦[^⟦⟧]*⟧")


def said(message: str) -> str:
    """The message in the language of nobody."""
    pieces = _PLACES.split(message)
    words = [piece if _PLACES.fullmatch(piece) else piece.translate(_ACCENTED) for piece in pieces]
    letters = sum(len(piece) for piece in pieces if not _PLACES.fullmatch(piece))
    # Whatever is filled in at the end, an address to follow perhaps, stays apart from what follows.
    apart = "" if words[-1] else " "
    return f"{OPENING}{''.join(words)}{apart}{FILLER * round(letters * LONGER)}{CLOSING}"


class Pseudo(NullTranslations):
    """Translations into the language of nobody, with the plurals of English."""

    def gettext(self, message: str) -> str:
        return said(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return said(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return said(message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        return said(msgid1 if n == 1 else msgid2)

    # Flask-Babel's names for the same.
    ugettext = gettext
    ungettext = ngettext
    upgettext = pgettext
    unpgettext = npgettext


@contextmanager
def spoken() -> Iterator[None]:
    """Every page, e-mail and error of the block in the language of nobody, whatever is asked for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("petition.web.language._words", Pseudo)
        patch.setattr("petition.web.language.direction", lambda: DIRECTION, raising=False)
        yield


def left_in_english(text: str) -> str:
    """What of a text stands outside every ⟦…⟧: names, numbers and days, and messages that were never extracted."""
    before = ""
    while before != text:
        before, text = text, _BRACKETED.sub("", text)
    return text
