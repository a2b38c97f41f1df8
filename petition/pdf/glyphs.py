"""How glyphs are written in a page's content. Characters stand for bytes (Latin-1)."""

import re
from typing import Final

_GLYPHS: Final = re.compile("<([0-9a-f]+)>")
_ONE_STRING: Final = re.compile(r"\((?:[^()\\]|\\.)*\)", re.DOTALL)
#: Between two glyphs, and behind the last one.
_NO_MOVE: Final = re.compile(r">-?0(?:\.0+)?<|(?<=>)-?0(?:\.0+)?$")
_ESCAPED: Final = str.maketrans({"\\": "\\\\", "(": "\\(", ")": "\\)", "\r": "\\r", "\n": "\\n"})


def show(face: str, glyphs: str) -> str:
    """The operators that show glyphs in a face where the text matrix is."""
    # Tj takes one string and nothing else; a move before, between or after strings needs TJ (ISO 32000-2, 9.4.3).
    return f"{face}{glyphs}Tj" if _ONE_STRING.fullmatch(glyphs) else f"{face}[{glyphs}]TJ"


def compact(text: str) -> str:
    """The same glyphs as literal strings, a byte for two figures, without moves by nothing.

    Characters stand for bytes (Latin-1). Two of them to a glyph, so that a file is a third smaller.
    """
    return _GLYPHS.sub(lambda found: f"({literal(found[1])})", _NO_MOVE.sub("", text))


def literal(figures: str) -> str:
    """Glyphs as one literal string."""
    return bytes.fromhex(figures).decode("latin-1").translate(_ESCAPED)


def figures_of(text: str) -> str:
    """The glyphs of what TJ shows, in hexadecimal figures, four to a glyph."""
    return "".join(_GLYPHS.findall(text))
