"""What every format is read into: paragraphs of spans, and notes on what was changed or left out on the way."""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Final

_MARKS: Final = 2_000
_CHARACTERS_OF_A_MARK: Final = 2_000
#: So much of what stands on either side of a tracked change is shown with it.
CHARACTERS_BESIDE: Final = 80


class Unreadable(Exception):
    """The document is refused, for a reason that has a sentence in wording.REFUSALS."""

    def __init__(self, reason: str, **values: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


@dataclass(frozen=True, slots=True)
class Span:
    """Text of one look. `note` is the number of a footnote that is called here; a line end is a break."""

    text: str
    bold: bool = False
    italic: bool = False
    link: str = ""
    note: int = 0


@dataclass(slots=True)
class Block:
    """One paragraph. With `heading` it is a heading of that level; with `bullet` or `label` an item of a list.

    `label` is an automatic number as the word processor shows it; `series` tells one list from another.
    """

    spans: list[Span] = field(default_factory=list)
    heading: int = 0
    bullet: bool = False
    label: str = ""
    level: int = 0
    series: str = ""
    quote: bool = False
    rule: bool = False

    def text(self) -> str:
        """What the paragraph says, without its looks."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class Change:
    """One tracked change: inserted, deleted or moved; and what stands before and after it in its paragraph."""

    kind: str
    text: str
    author: str = ""
    when: str = ""
    before: str = ""
    after: str = ""


@dataclass(slots=True)
class Found:
    """All that was found in a document: its blocks and footnotes, its tracked changes, and what was left out."""

    kind: str
    #: For a document that is Markdown already, and then in place of blocks.
    markdown: str = ""
    blocks: list[Block] = field(default_factory=list)
    notes: list[list[Block]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    warnings: Counter[str] = field(default_factory=Counter)
    pages: int | None = None
    scan: bool = False
    #: The numbers of pages without text, among others with it.
    empty_pages: list[int] = field(default_factory=list)
    #: Whether the last text that was read was part of a tracked change, which the next may go on with.
    in_change: bool = False

    #: The end of what has been read of a paragraph, and the places of the changes in it that want what comes after.
    recent: str = ""
    unfinished: list[int] = field(default_factory=list)

    def apart(self) -> None:
        """What comes now stands in a paragraph of its own."""
        self.in_change, self.recent, self.unfinished = False, "", []

    def said(self, text: str, *, ending: bool = True) -> None:
        """Text that stays: the tracked changes beside it are shown with it. `ending`: no change goes on behind it."""
        self.in_change = self.in_change and not ending
        for place in self.unfinished:
            change = self.changes[place]
            self.changes[place] = replace(change, after=(change.after + text)[:CHARACTERS_BESIDE])
        self.unfinished = [n for n in self.unfinished if len(self.changes[n].after) < CHARACTERS_BESIDE]
        self.recent = (self.recent + text)[-CHARACTERS_BESIDE:]

    def changed(self, kind: str, text: str, author: str = "", when: str = "") -> None:
        """Note a tracked change, joined to the one before if it goes on with it. Without text it is none."""
        last = self.changes[-1] if self.changes and self.in_change else None
        goes_on = last is not None and (last.kind, last.author, last.when) == (kind, author, when)
        if last is not None and goes_on and len(last.text) < _CHARACTERS_OF_A_MARK:
            self.changes[-1] = replace(last, text=(last.text + text)[:_CHARACTERS_OF_A_MARK])
            self._stays(kind, text, but=len(self.changes) - 1)
            return
        before = self.recent
        self._stays(kind, text)
        if text.strip():
            if len(self.changes) >= _MARKS:
                raise Unreadable("heavy")
            self.changes.append(Change(kind, text[:_CHARACTERS_OF_A_MARK], author[:200], when[:40], before))
            self.unfinished.append(len(self.changes) - 1)
            self.in_change = True

    def _stays(self, kind: str, text: str, but: int | None = None) -> None:
        if kind == "deleted":
            return
        held = but in self.unfinished
        self.unfinished = [place for place in self.unfinished if place != but]
        self.said(text, ending=False)
        if held and but is not None:
            self.unfinished.append(but)
