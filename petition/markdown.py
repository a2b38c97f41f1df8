"""Markdown of our own texts, in one canonical form, and the HTML shown of it."""

import hashlib
import unicodedata
from functools import lru_cache
from typing import Final

import nh3
from markdown_it import MarkdownIt
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


@lru_cache(maxsize=64)  # of texts that do not change, shown on every page
def html(text: str) -> Markup:
    """The text as HTML in which nothing but paragraphs, lists, headings, emphasis and links survives."""
    rendered = _COMMONMARK.render(text)
    return Markup(  # noqa: S704  (what nh3 lets through is safe)
        nh3.clean(
            rendered,
            tags=set(TAGS),
            attributes={"a": {"href"}},
            url_schemes={"https", "http", "mailto"},
            link_rel="noopener noreferrer",
        )
    )
