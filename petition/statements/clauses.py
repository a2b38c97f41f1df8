"""A resolution in its form: why it is made (Whereas …) and what is resolved (Resolved …), clause by clause, numbered.

The text is what it was: nothing is added but numbers, and no word of it is left out or moved.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from itertools import groupby
from typing import Final

from markupsafe import Markup

from petition import markdown
from petition.markdown import Block
from petition.statements.models import Revision


class Part(StrEnum):
    """The two halves of a resolution, and what stands before, between and after them."""

    WHEREAS = "whereas"
    RESOLVED = "resolved"
    PROSE = "prose"


@dataclass(slots=True)
class Clause:
    """One clause as HTML, or a piece of prose. `labelled`: its author has written a number before it."""

    part: Part
    html: list[Markup] = field(default_factory=list)
    labelled: bool = False
    bare: bool = False  # so far it is only the word, on a line of its own


_EMPHASIS: Final = r"</?(?:strong|em)>|<br>"
#: Between the words of "Now, therefore, be it RESOLVED".
_GAP: Final = rf"(?:[\s,]|&nbsp;|{_EMPHASIS})+"
_LABEL: Final = r"\(?(?:[0-9]{1,3}|[ivxlc]{1,6}|[a-z])[.)](?:\s|&nbsp;)+"
_WORDS: Final = {
    Part.WHEREAS: ("whereas", "considerando que", "considerando", "por cuanto"),
    Part.RESOLVED: (
        "resolved further", "resolved", "be it further resolved", "be it also resolved", "be it finally resolved",
        "be it resolved", "let it be resolved", "now be it resolved", "further resolved", "therefore resolved",
        "therefore be it resolved", "therefore let it be resolved", "now therefore be it resolved",
        "and be it further resolved", "and be it resolved", "se resuelve además", "se resuelve", "resuelve además",
        "resuelve", "resuélvase además", "resuélvase", "resuélvese", "por tanto se resuelve", "por tanto resuelve",
        "por lo tanto se resuelve", "por lo tanto resuelve", "por tanto resuélvase", "por lo tanto resuélvase",
    ),
}  # fmt: skip


def _pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    words = "|".join(_GAP.join(phrase.split()) for phrase in longest_first)
    before = rf"\s*(?:<(?:p|h2|h3)>)?(?:{_EMPHASIS}|\s)*"
    return re.compile(rf"(?P<before>{before})(?P<label>{_LABEL})?(?P<word>{words})\b", re.I)


_OPENS: Final = {part: _pattern(phrases) for part, phrases in _WORDS.items()}
_TAG: Final = re.compile(r"(<[^>]+>)")
_NOTHING_ELSE: Final = re.compile(r"(?:<[^>]+>|[\s:,.;—–-]|&nbsp;)*")


def html(revision: Revision, *, linked: bool = False) -> Markup:
    """The body as HTML: a resolution in numbered clauses, any other kind as it is.

    With `linked` each number is a link to its clause, in the text and not made by the list.
    """
    return shown(revision.statement.kind, revision.body, linked=linked)


def shown(kind: str, body: str, *, linked: bool = False) -> Markup:
    """The same of a text that is no revision yet."""
    return of_text(body, linked=linked) if kind == "resolution" else markdown.html(body)


@lru_cache(maxsize=64)  # of texts that do not change, shown on every page
def of_text(body: str, *, linked: bool = False) -> Markup:
    """A resolution's text in its form; as plain prose where it has no such clauses."""
    found = split(body)
    if all(each.part is Part.PROSE for each in found):
        return markdown.html(body)
    told = dict.fromkeys(Part, 0)
    written = []
    for part, clauses in groupby(found, key=lambda each: each.part):
        together = list(clauses)
        if part is Part.PROSE:
            written += [piece for each in together for piece in each.html]
        else:
            written.append(_list(part, together, told[part] + 1, linked=linked))
        told[part] += len(together)
    return Markup("").join(written)


def split(body: str) -> list[Clause]:
    """The text in order: prose and clauses, each clause with the lists that belong to it."""
    found: list[Clause] = []
    for block in markdown.blocks(body):
        last = found[-1] if found else Clause(Part.PROSE)
        begun = list(_begun(block))
        if begun:
            found += begun
        elif last.part is Part.PROSE or block.kind == "heading":
            found.append(Clause(Part.PROSE, [block.html]))
        elif last.bare and block.items:
            # "Considerando:" with a list below it: each item is a clause, and the word stands above them all.
            found[-1] = Clause(Part.PROSE, last.html)
            found += [Clause(last.part, [item]) for item in block.items]
        elif last.bare or block.kind != "paragraph":
            last.html.append(block.html)
            last.bare = False
        else:
            found.append(Clause(Part.PROSE, [block.html]))
    return found


def _begun(block: Block) -> Iterator[Clause]:
    """The clauses that begin in a block: one of a paragraph, one of each item if all of a list's are clauses."""
    if block.items:
        each_item = [_opened(item) for item in block.items]
        if all(each_item):
            yield from (clause for clause in each_item if clause)
        return
    opened = _opened(block.html) if block.kind in ("paragraph", "heading") else None
    # A heading that says more than the word is a title of its own.
    if opened and (opened.bare or block.kind == "paragraph"):
        yield opened


def _opened(block: Markup) -> Clause | None:
    for part, pattern in _OPENS.items():
        if match := pattern.match(block):
            word = "".join(
                piece if not piece.strip() or piece.startswith("<") else f'<span class="keyword">{piece}</span>'
                for piece in _TAG.split(match["word"])
            )
            rest = block[match.end() :]
            marked = Markup(f"{match['before']}{match['label'] or ''}{word}{rest}")  # noqa: S704  (nh3 let it through)
            return Clause(part, [marked], bool(match["label"]), _NOTHING_ELSE.fullmatch(rest) is not None)
    return None


def _list(part: Part, clauses: list[Clause], first: int, *, linked: bool) -> Markup:
    """Clauses of one part that follow each other, as a list; its author's own numbers stand instead of ours."""
    labelled = any(each.labelled for each in clauses)
    names = f"clauses clauses--{part}{' clauses--labelled' if labelled else ''}{' clauses--linked' if linked else ''}"
    start = f' start="{first}"' if first > 1 else ""
    items = Markup("").join(
        Markup('<li id="{0}-{1}">{2}{3}</li>\n').format(
            part,
            number,
            Markup('<a class="clause-number" href="#{0}-{1}">{1}</a>').format(part, number)
            if linked and not labelled
            else "",
            Markup("").join(each.html),
        )
        for number, each in enumerate(clauses, start=first)
    )
    return Markup('<ol class="{}"{}>\n{}</ol>\n').format(names, Markup(start), items)  # noqa: S704  (ours)
