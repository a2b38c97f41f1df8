"""Words as they are looked up: folded, so that whoever types without accents or capitals finds them too."""

import re
import unicodedata
from typing import Final

LONGEST_WORD: Final = 40  # characters; the rest of a longer one is not needed to find it
#: Letters that Unicode does not take apart into a plain letter and a mark.
_PLAIN: Final = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
#: Within a word: O’Brien is looked up as obrien.
_APOSTROPHES: Final = str.maketrans(dict.fromkeys("'’ʼ‘`´"))
_WORD: Final = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """Every word of a name or a town, folded, each once: Zoë O’Brien-Łęcka is zoe, obrien, lecka."""
    taken_apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in taken_apart if not unicodedata.combining(letter))
    plain = bare.translate(_PLAIN).translate(_APOSTROPHES)
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in _WORD.findall(plain)))
