"""Lines as they were printed, put together again to paragraphs, headings and items by where they stand."""

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Final

from petition.uploads.blocks import Block, Span

_BULLET: Final = re.compile(r"[•●▪◦■○–·*-]\s+(?=\S)")
_NUMBER: Final = re.compile(r"(\d{1,3}\.)\s+(?=\S)")
# A soft hyphen, and the hyphen that is drawn where a word was broken.
_BROKEN: Final = ("\u00ad", "\u2010")
_ALONE: Final = re.compile(r"\d{1,3}[.)]|\(?[a-zA-Z]{1,4}[.)]|[•●▪◦■○–·*-]")
_LABEL: Final = re.compile(r"(?:\(?[a-zA-Z0-9]{1,4}[.)]|§+\s?\d+\.?)\s")
_CLAUSE: Final = re.compile(r"(?:WHEREAS|RESOLVED|BE IT|NOW,? THEREFORE|THEREFORE)\b")
_PAGE_NUMBER: Final = re.compile(r"\W{0,3}(?:page\s+)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?\W{0,3}", re.IGNORECASE)
_SENTENCE_END: Final = re.compile(r"[.:;!?][\"”’)\]]*(?:\[?\d{0,3}\]?)$")
# Headings are set at least this much larger than the text, and paragraphs this much further apart than lines.
_HEADING_FROM, _TITLE_FROM, _HEADING_CHARACTERS = 1.15, 1.5, 160
_GAP_FROM: Final = 1.35
_SHORT_LINE: Final = 0.8
_INDENT_POINTS: Final = 9.0
_SAME_LINE: Final = 0.3


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line: its text, where it stands in points from the left and the foot of the page, its size."""

    text: str
    left: float
    right: float
    bottom: float
    size: float


def without_furniture(pages: list[list[Line]]) -> tuple[list[list[Line]], int]:
    """The pages without page numbers and lines that repeat at the head or the foot, and how many these were."""
    if len(pages) < 2:
        return pages, 0
    edges = Counter(_alike(line) for page in pages for line in {id(one): one for one in page[:1] + page[-1:]}.values())
    often = {text for text, times in edges.items() if times * 5 >= len(pages) * 3 and times > 1}
    kept, left_out = [], 0
    for page in pages:
        lines = list(page)
        while lines and (_alike(lines[0]) in often or _PAGE_NUMBER.fullmatch(lines[0].text)):
            lines.pop(0)
        while lines and (_alike(lines[-1]) in often or _PAGE_NUMBER.fullmatch(lines[-1].text)):
            lines.pop()
        left_out += len(page) - len(lines)
        kept.append(lines)
    return kept, left_out


def _with_labels(page: list[Line]) -> list[Line]:
    """The lines of a page, where a number or bullet that was drawn by itself stands before the line beside it."""
    alone = [line for line in page if _ALONE.fullmatch(line.text)]
    labels: dict[int, Line] = {}
    for label in alone:
        beside = [one for one in page if one not in alone and one.left >= label.right]
        nearest = min(beside, key=lambda one: abs(one.bottom - label.bottom), default=None)
        if nearest and abs(nearest.bottom - label.bottom) < nearest.size * _SAME_LINE:
            labels[id(nearest)] = label
    taken = [id(label) for label in labels.values()]
    return [
        replace(line, text=f"{labels[id(line)].text} {line.text}") if id(line) in labels else line
        for line in page
        if id(line) not in taken
    ]


def paragraphs(pages: list[list[Line]]) -> list[Block]:
    """The lines of all pages as blocks."""
    pages = [_with_labels(page) for page in pages]
    lines = [line for page in pages for line in page]
    if not lines:
        return []
    body = _usual_size(lines)
    leading = _usual_leading(pages, body)
    widest = max(line.right for line in lines)
    blocks: list[Block] = []
    group: list[Line] = []
    for page in pages:
        for place, line in enumerate(page):
            if group and _begins(line, group[-1], place == 0, _Setting(body, leading, widest)):
                blocks.append(_block(group, body))
                group = []
            group.append(line)
    blocks.append(_block(group, body))
    return blocks


@dataclass(frozen=True, slots=True)
class _Setting:
    """How the text of a document is set: its size, the distance of its lines, its right edge."""

    body: float
    leading: float
    widest: float


def _begins(line: Line, before: Line, on_new_page: bool, setting: _Setting) -> bool:
    if _BULLET.match(line.text) or _NUMBER.match(line.text) or _CLAUSE.match(line.text):
        return True
    if _LABEL.match(line.text) and _SENTENCE_END.search(before.text):
        return True
    if _level(line.size, setting.body) != _level(before.size, setting.body):
        return True
    ended = bool(_SENTENCE_END.search(before.text))
    short = before.right - before.left < (setting.widest - before.left) * _SHORT_LINE
    begins = short and (ended or line.text[:1].isupper())
    if on_new_page:
        return ended or begins
    far = before.bottom - line.bottom > setting.leading * _GAP_FROM
    indented = line.left > before.left + _INDENT_POINTS and ended
    return far or indented or begins


def _block(lines: list[Line], body: float) -> Block:
    text = lines[0].text
    for line in lines[1:]:
        if text.endswith(_BROKEN):
            text = text[:-1] + line.text
        else:
            text += ("" if text.endswith("-") else " ") + line.text
    level = _level(max(line.size for line in lines), body)
    if level and len(text) <= _HEADING_CHARACTERS:
        return Block([Span(text)], heading=level)
    if found := _BULLET.match(text):
        return Block([Span(text[found.end() :])], bullet=True)
    if found := _NUMBER.match(text):
        return Block([Span(text[found.end() :])], label=found[1], series="printed")
    return Block([Span(text)])


def _alike(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text)


def _level(size: float, body: float) -> int:
    if body <= 0 or size < body * _HEADING_FROM:
        return 0
    return 1 if size >= body * _TITLE_FROM else 2


def _usual_size(lines: list[Line]) -> float:
    sizes = Counter[float]()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    # Not most_common: it would import a module, and no file can be opened any more.
    return max(sizes, key=lambda size: sizes[size])


def _usual_leading(pages: list[list[Line]], body: float) -> float:
    gaps = [
        before.bottom - line.bottom
        for page in pages
        for before, line in pairwise(page)
        if 0 < before.bottom - line.bottom < 3 * body
    ]
    # Most lines go on; where there are few, one line for each paragraph, 1.2 is what type is set with.
    return min(median(gaps), body * 1.4) if gaps else body * 1.2
