"""Markdown of our own texts, in one canonical form, and the HTML shown of it."""

import hashlib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

TAGS: Final = frozenset({"p", "em", "strong", "ul", "ol", "li", "blockquote", "a", "h2", "h3", "br", "hr"})
_COMMONMARK: Final = MarkdownIt("commonmark", {"html": False})


def canonical(source: str) -> str:
    """The one form of a text that is hashed: NFC, LF line ends, no trailing space, one final line end."""
    lines = unicodedata.normalize("NFC", source).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"


def digest(text: str) -> str:
    """SHA-256 of a canonical text, in 64 hexadecimal digits: what a signature is bound to."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list or other piece of which a text is made, in the order of the text."""

    kind: str  # as the parser calls it: paragraph, heading, bullet_list, ordered_list, blockquote, ...
    html: Markup
    items: tuple[Markup, ...] = ()  # what stands in each item, if it is a list


@lru_cache(maxsize=64)  # of texts that do not change, shown on every page
def html(text: str) -> Markup:
    """The text as HTML in which nothing but paragraphs, lists, headings, emphasis and links survives."""
    return _clean(_COMMONMARK.render(text))


def blocks(text: str) -> tuple[Block, ...]:
    """The same HTML, taken apart into the pieces that stand side by side."""
    return tuple(_block(tokens) for tokens in _runs(_COMMONMARK.parse(text)))


def _block(tokens: Sequence[Token]) -> Block:
    kind = tokens[0].type.removesuffix("_open")
    items = _runs(tokens[1:-1]) if kind in ("bullet_list", "ordered_list") else ()
    return Block(kind, _rendered(tokens), tuple(_rendered(item[1:-1]) for item in items))


def _runs(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The tokens in runs, each of which opens and closes one piece."""
    depth, began = 0, 0
    for place, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0:
            yield tokens[began : place + 1]
            began = place + 1


def _rendered(tokens: Sequence[Token]) -> Markup:
    return _clean(_COMMONMARK.renderer.render(tokens, _COMMONMARK.options, {}))


def _clean(rendered: str) -> Markup:
    return Markup(  # noqa: S704  (what nh3 lets through is safe)
        nh3.clean(
            rendered,
            tags=set(TAGS),
            attributes={"a": {"href"}},
            url_schemes={"https", "http", "mailto"},
            link_rel="noopener noreferrer",
        )
    )
