"""The title of an uploaded text: its first heading or first line, where that plainly is one."""

import re
from typing import Final

from petition import markdown

LONGEST: Final = 200  # characters; a longer one is a paragraph
_HEADING: Final = re.compile(r"#{1,6} ")
_ALL_BOLD: Final = re.compile(r"\*\*[^*]+\*\*")
_NO_TEXT: Final = re.compile(r"[-+*>] |\d+[.)] ")
_ENDS_A_SENTENCE: Final = (".", ",", ";", ":", "!")
_BEGINS_ONE: Final = re.compile(
    r"(?:an? |una? )?(?:open |joint |public )?"
    r"(?:resolution|letter|statement|notice|resolución|carta|declaración|aviso)\b",
    re.IGNORECASE,
)


def split(text: str) -> tuple[str, str]:
    """The title and what follows it. Where no first line plainly is one, the title is empty and all is text."""
    first, _, rest = text.strip().partition("\n\n")
    title = " ".join(markdown.html(first).striptags().split())
    if not rest.strip() or not 0 < len(title) <= LONGEST or not _is_title(first, title):
        return "", text
    return title, markdown.canonical(rest)


def _is_title(first: str, title: str) -> bool:
    if _HEADING.match(first):
        return True
    if _NO_TEXT.match(first) or title.endswith(_ENDS_A_SENTENCE):
        return False
    return bool(_ALL_BOLD.fullmatch(first) or title.isupper() or _BEGINS_ONE.match(title))
