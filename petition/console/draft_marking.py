"""Marks in the HTML of a text that is still to be published: its figures, and the parts that are still to be filled."""

import html
import re
from collections.abc import Callable
from typing import Final

from markupsafe import Markup, escape

from petition.statements import figures_in

# nh3 writes every < and > of a text as an entity, and markdown-it those of an address as %3C and %3E.
_TAG: Final = re.compile(r"(<[^>]+>)")
_BLOCK_ENDS: Final = re.compile(r"</(?:p|li|h2|h3|blockquote)>|<br>")
_GAP: Final = re.compile(r"\{\{(\w+)\}\}")


def figures(shown: str, this_year: int) -> Markup:
    """The HTML with each figure marked."""

    def mark(text: str) -> Markup:
        written, at = Markup(), 0
        for figure in figures_in.find(text, this_year):
            odd = Markup(' class="odd"') if figure.oddities else Markup()
            written += escape(text[at : figure.start]) + Markup("<mark{}>{}</mark>").format(odd, figure.said)
            at = figure.end
        return written + escape(text[at:])

    return _in_text(shown, mark)


def gaps(shown: str, words: Callable[[str], str]) -> Markup:
    """The HTML with the words for each part that is still to be filled, in its place."""

    def mark(text: str) -> Markup:
        written, at = Markup(), 0
        for gap in _GAP.finditer(text):
            written += escape(text[at : gap.start()]) + Markup('<mark class="gap">{}</mark>').format(words(gap[1]))
            at = gap.end()
        return written + escape(text[at:])

    return _in_text(shown, mark)


def _in_text(shown: str, mark: Callable[[str], Markup]) -> Markup:
    pieces = _TAG.split(shown)
    # What was split off stands at the odd places.
    return Markup().join(Markup(each) if at % 2 else mark(html.unescape(each)) for at, each in enumerate(pieces))  # noqa: S704


def plain(shown: str) -> str:
    """What the HTML says, a line for each paragraph."""
    return html.unescape(_TAG.sub("", _BLOCK_ENDS.sub("\n", shown)))
