"""Comparing two revisions word by word: what was added, what was taken out, and what stayed.

The time it takes is bounded, whatever the texts: where two passages have too little in common to be lined up
quickly, the one is shown as taken out and the other as added, which is true of them too.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from itertools import islice
from typing import Final

DEEPEST: Final = 8  # levels on which passages are parted at words that each has once
MOST_EDITS: Final = 300  # within a passage that cannot be parted; it takes the square of this
MOST_STEPS: Final = 2_000_000  # in all: half a second
_WORD: Final = re.compile(r"\w+(?:['’-]\w+)*")
_TOKEN: Final = re.compile(rf"{_WORD.pattern}|\n\n+|\s|[^\w\s]")
_PARAGRAPH: Final = re.compile(r".*?(?:\n\n+|\Z)", re.S)
_BREAK: Final = "\n\n"
_SHORT: Final = 2  # words between two changes that are not worth parting them


class Change(StrEnum):
    """What became of a run of words."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Run:
    """Words side by side of which the same became."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class Compared:
    """Two texts in one: paragraphs of runs. Without the added runs it is the old text, without the removed the new."""

    paragraphs: tuple[tuple[Run, ...], ...]
    added: int  # words
    removed: int


@lru_cache(maxsize=32)  # of texts that do not change
def compare(old: str, new: str) -> Compared:
    """What became of the old text on its way to the new one."""
    runs = list(_runs(_settled(_hunks(old, new))))
    words = Counter[Change]()
    for run in runs:
        words[run.change] += len(_WORD.findall(run.text))
    return Compared(tuple(_in_paragraphs(runs)), words[Change.ADDED], words[Change.REMOVED])


# --- From two texts to what they share ------------------------------------------------------------


@dataclass(slots=True)
class _Hunk:
    """What was taken out and added at one place, and the words that stay behind it."""

    removed: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)


def _hunks(old: str, new: str) -> Iterator[_Hunk]:
    """By paragraphs first: most of them stay whole, and words are lined up only where they do not."""
    before, after = _PARAGRAPH.findall(old), _PARAGRAPH.findall(new)
    aligning = _Aligning()
    for removed, added, same in _gaps(before, after, aligning):
        removed_words, added_words = _TOKEN.findall("".join(removed)), _TOKEN.findall("".join(added))
        for gone, come, stays in _gaps(removed_words, added_words, aligning):
            yield _Hunk(gone, come, stays)
        yield _Hunk(same=same)


Gap = tuple[list[str], list[str], list[str]]


def _gaps(old: Sequence[str], new: Sequence[str], aligning: "_Aligning") -> Iterator[Gap]:
    """What only the old has, what only the new has, and what both have behind that."""
    left, right = 0, 0
    for i, j, length in aligning.blocks(old, new):
        yield list(old[left:i]), list(new[right:j]), list(old[i : i + length])
        left, right = i + length, j + length
    yield list(old[left:]), list(new[right:]), []


Block = tuple[int, int, int]


class _Aligning:
    """Lines up two sequences, within so many steps for all the passages of a comparison."""

    def __init__(self) -> None:
        self._left = MOST_STEPS

    def blocks(self, a: Sequence[str], b: Sequence[str]) -> list[Block]:
        """Where they agree: places in each, and for how long, in order."""
        return list(self._between(a, b, (0, len(a), 0, len(b)), 0))

    def _between(
        self, a: Sequence[str], b: Sequence[str], within: tuple[int, int, int, int], depth: int
    ) -> Iterator[Block]:
        a0, a1, b0, b1 = within
        start = 0
        while a0 + start < a1 and b0 + start < b1 and a[a0 + start] == b[b0 + start]:
            start += 1
        if start:
            yield a0, b0, start
        a0, b0, end = a0 + start, b0 + start, 0
        while a0 < a1 - end and b0 < b1 - end and a[a1 - end - 1] == b[b1 - end - 1]:
            end += 1
        a1, b1 = a1 - end, b1 - end
        if a0 < a1 and b0 < b1:
            anchors = _anchors(a, b, (a0, a1, b0, b1)) if depth < DEEPEST else []
            if anchors:
                for i, j in [*anchors, (a1, b1)]:
                    yield from self._between(a, b, (a0, i, b0, j), depth + 1)
                    if i < a1:
                        yield i, j, 1
                    a0, b0 = i + 1, j + 1
            else:
                yield from ((a0 + i, b0 + j, n) for i, j, n in self._shortest(a[a0:a1], b[b0:b1]))
        if end:
            yield a1, b1, end

    def _shortest(self, a: Sequence[str], b: Sequence[str]) -> list[Block]:
        """The fewest edits from one to the other (Myers 1986), or nothing if they are too many to look for."""
        reached, trace = {1: 0}, []
        for edits in range(min(MOST_EDITS, len(a) + len(b)) + 1):
            trace.append(dict(reached))
            for k in range(-edits, edits + 1, 2):
                down = k == -edits or (k != edits and reached[k - 1] < reached[k + 1])
                x = reached[k + 1] if down else reached[k - 1] + 1
                begun = x
                while x < len(a) and 0 <= x - k < len(b) and a[x] == b[x - k]:
                    x += 1
                reached[k] = x
                self._left -= 1 + x - begun
                if x >= len(a) and x - k >= len(b):
                    return _traced(trace, len(a), len(b))
            if self._left <= 0:
                break
        return []


def _traced(trace: list[dict[int, int]], x: int, y: int) -> list[Block]:
    """The way back over what each number of edits had reached."""
    found: list[Block] = []
    for edits in range(len(trace) - 1, -1, -1):
        reached, k = trace[edits], x - y
        down = k == -edits or (k != edits and reached[k - 1] < reached[k + 1])
        before = k + 1 if down else k - 1
        from_x = reached[before] if edits else 0
        from_y = from_x - before if edits else 0
        begun = from_x + (0 if down or not edits else 1)
        if x > begun:
            found.append((begun, begun - k, x - begun))
        x, y = from_x, from_y
    return found[::-1]


def _anchors(a: Sequence[str], b: Sequence[str], within: tuple[int, int, int, int]) -> list[tuple[int, int]]:
    """Words that stand once in each, as many as keep the same order in both (Cohen's patience diff)."""
    a0, a1, b0, b1 = within
    once_in_b = {word: place for word, place in _once(b, b0, b1) if not word.isspace()}
    pairs = [(i, once_in_b[word]) for word, i in _once(a, a0, a1) if word in once_in_b]
    return _rising(pairs)


def _once(words: Sequence[str], start: int, stop: int) -> Iterator[tuple[str, int]]:
    times = Counter(islice(words, start, stop))
    return ((words[place], place) for place in range(start, stop) if times[words[place]] == 1)


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs, given by rising first places, whose second places rise too."""
    ends: list[int] = []  # the lowest second place on which a run of each length ends
    at: list[int] = []  # which pair that is
    before: list[int] = []
    for place, (_i, j) in enumerate(pairs):
        length = bisect_left(ends, j)
        before.append(at[length - 1] if length else -1)
        ends[length : length + 1], at[length : length + 1] = [j], [place]
    found, place = [], at[-1] if at else -1
    while place >= 0:
        found.append(pairs[place])
        place = before[place]
    return found[::-1]


# --- From what they share to what is read ---------------------------------------------------------


def _settled(hunks: Iterable[_Hunk]) -> Iterator[_Hunk]:
    """Changes with next to nothing between them become one: a sentence made anew reads as that, not as confetti."""
    last = _Hunk()
    for hunk in hunks:
        changed = bool(hunk.removed or hunk.added)
        if not changed:
            last.same += hunk.same
        elif not last.same or _next_to_nothing(last, hunk):
            last.removed += [*last.same, *hunk.removed]
            last.added += [*last.same, *hunk.added]
            last.same = hunk.same
        else:
            yield last
            last = hunk
    yield last


def _next_to_nothing(last: _Hunk, then: _Hunk) -> bool:
    """Whether what stays between two changes is not worth reading as such. A paragraph's end always is."""
    if not (last.removed or last.added) or len(last.same) > 3 * _SHORT:
        return False
    between = "".join(last.same)
    words = _WORD.findall(between)
    if _BREAK in between or len(words) > _SHORT:
        return False
    sizes = [max(sum(map(len, each.removed)), sum(map(len, each.added))) for each in (last, then)]
    return not words or min(sizes) > len(between)


def _runs(hunks: Iterable[_Hunk]) -> Iterator[Run]:
    for hunk in hunks:
        for change, words in ((Change.REMOVED, hunk.removed), (Change.ADDED, hunk.added), (Change.SAME, hunk.same)):
            if words:
                yield Run(change, "".join(words))


def _in_paragraphs(runs: Iterable[Run]) -> Iterator[tuple[Run, ...]]:
    """A paragraph ends wherever one ends in either text."""
    together: list[Run] = []
    for run in runs:
        for piece in _PARAGRAPH.findall(run.text):
            if piece:
                together.append(Run(run.change, piece))
            if piece.endswith(_BREAK):
                yield tuple(together)
                together = []
    if together:
        yield tuple(together)
