"""Texts of any length as we keep them: nothing in them that nobody sees, and no word that fits on no page."""

import re
import unicodedata
from typing import Final

from petition.text.characters import BIDI_CONTROLS
from petition.text.faults import Fault, TextRefusal, refusal

#: The longest English words have 45 letters; a web address has some hundred characters.
LONGEST_WORD: Final = 1_000
# Zero-width space, word joiner, soft hyphen, byte order mark and their like: word processors paste them along.
_UNSEEN: Final = frozenset("\u200b\u2060\u2061\u2062\u2063\u2064\u00ad\ufeff\ufff9\ufffa\ufffb\ufffc") | BIDI_CONTROLS
_LINE_END: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


def clean(value: str) -> str:
    """The text with its line ends made one kind, without what nobody sees, canonically composed (NFC)."""
    lines = _LINE_END.sub("\n", value)
    return unicodedata.normalize("NFC", "".join(each for each in lines if not _is_unseen(each))).strip()


def _is_unseen(character: str) -> bool:
    if character in "\n\t":
        return False
    return character in _UNSEEN or unicodedata.category(character) in ("Cc", "Cs")


def refuse(value: str, longest: int) -> TextRefusal | None:
    """Why this cannot be kept, or None: it is too long, or has a word that is."""
    if len(value) > longest:
        return refusal(Fault.TOO_LONG, longest=f"{longest:,}")
    word = next((word for word in value.split() if len(word) > LONGEST_WORD), None)
    return None if word is None else refusal(Fault.LONG_WORD, word=word[:20], longest=f"{LONGEST_WORD:,}")
