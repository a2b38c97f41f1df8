"""What is taken out of every text, whatever the format, and how long a text and its words may be."""

import re
import unicodedata
from dataclasses import replace
from typing import Final

from petition.text.characters import BIDI_CONTROLS
from petition.uploads.blocks import Block, Change, Found, Unreadable

# Zero-width space, word joiner, soft hyphen, byte order mark and its like. The joiners stay: spelling needs them.
_INVISIBLE: Final = frozenset("\u200b\u2060\u2061\u2062\u2063\u2064\u00ad\ufeff\u180e\ufff9\ufffa\ufffb\ufffc")
# Word breaks words with these, and they mean nothing elsewhere, so nobody needs to be told.
_ORDINARY: Final = frozenset("\u00ad\ufeff\ufffc\r\x0c\x0b")
_KEPT_CONTROLS: Final = frozenset("\n\t")
_LINK_SCHEMES: Final = re.compile(r"(https?://[^\s/]|mailto:[^\s@]+@)", re.IGNORECASE)
_CHARACTERS_OF_A_LINK: Final = 2_000
_CATEGORIES: Final = ("Cc", "Cs", "Cn")
_TAGS: Final = range(0xE0000, 0xE1000)
# More accents on one letter than any language writes climb over the lines above.
_MARKS: Final = re.compile(r"([\u0300-\u036f\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{4})"
                           r"[\u0300-\u036f\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+")  # fmt: skip


def tidy(found: Found, *, longest: int, word: int) -> None:
    """Take out what nobody sees and links that lead nowhere good. Raises Unreadable for too much text."""
    length = len(found.markdown)
    found.markdown = _clean(found, found.markdown)
    _check_words(found.markdown, word)
    for block in [*found.blocks, *(one for note in found.notes for one in note)]:
        _tidy_block(found, block)
        text = block.text()
        length += len(text)
        if length > longest:
            break
        _check_words(text, word)
    if length > longest:
        raise Unreadable("long", most=f"{longest:,}")
    found.changes = [_tidied(found, change) for change in found.changes]
    if found.changes:
        found.warnings["changes"] = len(found.changes)


def may_link(address: str) -> bool:
    """Whether an address leads to a web page or a mailbox, and is of a length that people use."""
    return len(address) <= _CHARACTERS_OF_A_LINK and bool(_LINK_SCHEMES.match(address)) and address.isprintable()


def _tidy_block(found: Found, block: Block) -> None:
    spans = []
    for span in block.spans:
        link = span.link.strip()
        if link and not may_link(link):
            found.warnings["links"] += 1
            link = ""
        spans.append(replace(span, text=_clean(found, span.text), link=link))
    block.spans = spans
    block.label = _clean(found, block.label)


def _tidied(found: Found, change: Change) -> Change:
    # What stands beside it was counted with its paragraph.
    uncounted = Found(found.kind)
    beside = {name: _clean(uncounted, getattr(change, name)) for name in ("author", "when", "before", "after")}
    return replace(change, text=_clean(found, change.text), **beside)


def _clean(found: Found, text: str) -> str:
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    kept = []
    for character in text.replace("\u2028", "\n").replace("\u2029", "\n"):
        if not _goes(character):
            kept.append(character)
        elif character not in _ORDINARY:
            found.warnings["controls"] += 1
    cleaned = unicodedata.normalize("NFC", "".join(kept))
    return _MARKS.sub(r"\1", cleaned)


def _goes(character: str) -> bool:
    if character in BIDI_CONTROLS or character in _INVISIBLE or ord(character) in _TAGS:
        return True
    return unicodedata.category(character) in _CATEGORIES and character not in _KEPT_CONTROLS


def _check_words(text: str, longest: int) -> None:
    if any(len(word) > longest for word in text.split()):
        raise Unreadable("word", most=f"{longest:,}")
