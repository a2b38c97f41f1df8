"""Blocks made into Markdown that petition.markdown renders as it was meant, with every sign of the text kept literal.

A list stays a list only where the page will show the numbers that the document has: the page's lists begin at 1 and
know no letters. Every other automatic number becomes text.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from petition.uploads.blocks import Block, Found, Span

_SPECIAL: Final = re.compile(r"([\\`*\[\]<])")
_EDGE_UNDERSCORE: Final = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_ENTITY: Final = re.compile(r"&(?=#?\w{1,32};)")
# What would make a line something else than text: a heading, an item, a quotation, a rule, a fence, an underline.
_LINE_START: Final = re.compile(r"^(\d{1,9}(?=[.)](?:\s|$))|(?=[#+>~=-]))")
_URL_ESCAPED: Final = {ord(sign): f"%{ord(sign):02X}" for sign in " <>()[]\\\"'`*_|^{}"} | {
    ord("_"): "_", ord("'"): "'",
}  # fmt: skip
# What stands between two line ends, from the first letter or digit to the last.
_WORDS: Final = re.compile(r"([^\W_](?:[^\n]*[^\W_])?)")
_DEEPEST: Final = 4


def compose(found: Found) -> str:
    """The document as Markdown, its footnotes at the end behind a rule."""
    if found.markdown:
        return found.markdown
    parts = list(_parts(found.blocks))
    if found.notes:
        parts.append("---")
    for number, note in enumerate(found.notes, 1):
        first, *rest = note or [Block()]
        called = Block([Span(f"[{number}] "), *first.spans])
        parts += _parts([called, *rest])
    return "\n\n".join(part for part in parts if part)


def _parts(blocks: Sequence[Block]) -> Iterator[str]:
    blocks = [block for block in blocks if block.rule or block.text().strip() or any(span.note for span in block.spans)]
    explicit = _series_to_spell_out(blocks)
    blocks = [_spelled_out(block) if block.heading or block.series in explicit else block for block in blocks]
    for is_list, group in groupby(blocks, key=_is_item):
        if is_list:
            yield _list(group)
        else:
            yield from map(_paragraph, group)


def _is_item(block: Block) -> bool:
    return block.bullet or bool(block.label)


def _paragraph(block: Block) -> str:
    if block.rule:
        return "---"
    lines = _lines(block)
    if not any(lines):
        return ""
    if block.heading:
        return f"{'##' if block.heading == 1 else '###'} {' '.join(lines)}"
    mark = "> " if block.quote else ""
    return "\\\n".join(f"{mark}{line}" for line in lines)


# --- Lists ----------------------------------------------------------------------------------------


def _series_to_spell_out(blocks: Sequence[Block]) -> set[str]:
    """The lists with a number that a page would not show by itself, by their series."""
    explicit = set()
    for is_list, items in groupby(blocks, key=lambda block: _is_item(block) and not block.heading):
        shown: dict[int, int] = {}
        for item in items if is_list else ():
            for deeper in [level for level in shown if level > item.level]:
                del shown[deeper]
            if item.bullet:
                shown.pop(item.level, None)
                continue
            shown[item.level] = shown.get(item.level, 0) + 1
            if item.label != f"{shown[item.level]}.":
                explicit.add(item.series)
    return explicit


def _spelled_out(block: Block) -> Block:
    if not block.label:
        return replace(block, bullet=block.bullet and not block.heading)
    return replace(block, spans=[Span(f"{block.label} "), *block.spans], label="")


def _list(items: Iterable[Block]) -> str:
    lines = []
    around: list[tuple[int, int]] = []  # level and width of the mark of each item that the next may stand in
    for item in items:
        while around and (around[-1][0] >= item.level or len(around) > _DEEPEST):
            around.pop()
        margin = " " * sum(width for _, width in around)
        mark = "- " if item.bullet else f"{item.label} "
        around.append((item.level, len(mark)))
        first, *rest = _lines(item)
        lines.append("\\\n".join([margin + mark + first, *(margin + " " * len(mark) + line for line in rest)]))
    return "\n".join(lines)


def _lines(block: Block) -> list[str]:
    text = _inline(block.spans, plain=bool(block.heading))
    return [_LINE_START.sub(r"\1\\", line) for line in text.split("\n")]


# --- Inside a paragraph ---------------------------------------------------------------------------


def _inline(spans: Sequence[Span], *, plain: bool = False) -> str:
    merged = list(_trimmed(_merged(spans)))
    written = ""
    for link, linked in groupby(merged, key=lambda span: span.link):
        group = list(linked)
        if not link:
            written += _emphasised(group, written[-1:], plain=plain)
            continue
        text = _emphasised(group, "[", plain=plain)
        inner = text.strip()
        if not inner:
            written += text
            continue
        lead, tail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        if written.endswith("!") and not lead:
            written = written[:-1] + "\\!"  # a link behind it would be taken for a picture
        written += f"{lead}[{inner}]({link.translate(_URL_ESCAPED)}){tail}"
    lines = (re.sub(r"[ \t]+", " ", line).strip() for line in written.split("\n"))
    return re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip()


def _merged(spans: Sequence[Span]) -> list[Span]:
    spans = [Span(f"[{span.note}]") if span.note else span for span in spans if span.text or span.note]
    merged: list[Span] = []
    for span in spans:
        last = merged[-1] if merged else Span("")
        # A space has no look of its own, so it takes that of the text before it.
        alike = not span.text.strip() or (last.bold, last.italic) == (span.bold, span.italic)
        if merged and alike and last.link == span.link:
            merged[-1] = replace(last, text=last.text + span.text)
        else:
            merged.append(span)
    return merged


def _trimmed(spans: list[Span]) -> Iterator[Span]:
    """The spans with emphasis on words only: CommonMark takes a mark for one where a letter or digit stands inside."""
    for span in spans:
        if not (span.bold or span.italic):
            yield span
            continue
        for part in _WORDS.split(span.text):
            looks = part[:1].isalnum()
            yield replace(span, text=part, bold=looks and span.bold, italic=looks and span.italic)


def _emphasised(spans: list[Span], before: str, *, plain: bool) -> str:
    if plain:
        return "".join(_escaped(span.text) for span in spans)
    written = ""
    for bold, spans_of_one in groupby(spans, key=lambda span: span.bold):
        group = list(spans_of_one)
        outside = written[-1:] or before
        if not bold:
            written += _slanted(group, outside)
        elif _clashes(outside, group[0]):
            written += _escaped("".join(span.text for span in group))
        else:
            written += f"**{_slanted(group, '')}**"
    return written


def _slanted(spans: list[Span], before: str) -> str:
    written = ""
    for span in spans:
        text = _escaped(span.text)
        slants = span.italic and not _clashes(written[-1:] or before, span)
        written += f"*{text}*" if slants else text
    return written


def _clashes(before: str, span: Span) -> bool:
    """Two marks side by side are one mark to CommonMark, so what follows emphasis at once goes without."""
    return before == "*" and span.text[:1].isalnum()


def _escaped(text: str) -> str:
    text = _SPECIAL.sub(r"\\\1", text)
    return _ENTITY.sub(r"\\&", _EDGE_UNDERSCORE.sub(r"\\_", text))
