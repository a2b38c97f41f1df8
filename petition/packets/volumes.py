"""How a packet is cut into files: the brief, which fits a folder, and the volumes that hold what is long.

What goes where is decided by counting before anything is set, so that the same contents are always cut alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Final

from petition.packets.contents import Comment, PacketContents, RosterGroup
from petition.packets.options import Roster

BRIEF: Final = "brief"
ROSTER: Final = "roster"
TEXTS: Final = "texts"
COMMENTS: Final = "comments"
INSTITUTIONS: Final = "institutions"
PAGES: Final = "pages"
GONE: Final = "gone"
#: Where the volume by chapters keeps all who live where no chapter is.
ELSEWHERE: Final = "elsewhere"

#: A brief has at most so many pages (issue 6).
MOST_PAGES: Final = 12
# Of these, cover, counts, sources and index take one each, the record at most three, and one is kept for what runs
# over; whatever else is there takes one.
_ALWAYS: Final = 8
# What makes each of the other parts a page, on the safe side.
LINES_OF_COMMENTS: Final = 90
MOST_INSTITUTIONS: Final = 16
MOST_GONE: Final = 500
# Estimates on the safe side, for the packet's own style sheet.
_LETTERS_TO_A_PAGE: Final = 2_000
_LETTERS_TO_A_LINE: Final = 46


@dataclass(frozen=True, slots=True)
class Volume:
    """One file of a packet. `codes` are the groups of the roster in it; `rows` their entries together."""

    part: str
    title: str = ""
    codes: tuple[str, ...] = ()
    rows: int = 0
    number: int = 0  # of the volumes; the brief is none of them
    of: int = 0

    @property
    def is_brief(self) -> bool:
        """Whether it is the brief, or the one file that has everything."""
        return self.part == BRIEF

    @property
    def suffix(self) -> str:
        """What its file's name has after the brief's: -roster-or."""
        return "" if self.is_brief else "-" + self.part.replace(" ", "-").lower()


@dataclass(frozen=True, slots=True)
class Cut:
    """A packet cut into files: the brief first, and what of the long things stands in it."""

    files: tuple[Volume, ...]
    texts_inside: int  # how many of the texts stand in the brief, the newest first
    comments_inside: tuple[Comment, ...]
    institutions_inside: bool
    annex_inside: bool

    @property
    def volumes(self) -> tuple[Volume, ...]:
        """All but the brief."""
        return self.files[1:]


def cut(contents: PacketContents) -> Cut:
    """The files of a packet. Without volumes everything stands in one."""
    if not contents.options.in_volumes:
        whole = Volume(BRIEF, codes=tuple(group.code for group in contents.roster), rows=contents.rows)
        return Cut((whole,), len(contents.texts), contents.comments, institutions_inside=True, annex_inside=True)
    texts = _texts_inside(contents)
    comments = _comments_inside(contents.comments)
    institutions = len(contents.institutions) <= MOST_INSTITUTIONS
    volumes = _rosters(contents)
    if texts < len(contents.texts):
        volumes.append(Volume(TEXTS))
    if not institutions:
        volumes.append(Volume(INSTITUTIONS, rows=len(contents.institutions)))
    if contents.since is not None and len(contents.since.gone) > MOST_GONE:
        volumes.append(Volume(GONE))
    if len(comments) < len(contents.comments):
        volumes.append(Volume(COMMENTS, rows=len(contents.comments)))
    if contents.annex:
        volumes.append(Volume(PAGES, rows=len(contents.annex)))
    numbered = tuple(replace(each, number=at, of=len(volumes)) for at, each in enumerate(volumes, 1))
    return Cut((Volume(BRIEF), *numbered), texts, comments, institutions, annex_inside=False)


def _texts_inside(contents: PacketContents) -> int:
    others = (
        contents.officers or contents.institutions, contents.comments, contents.campaign,
        contents.since and contents.since.gone,
    )  # fmt: skip
    room, inside = MOST_PAGES - _ALWAYS - sum(1 for one in others if one), 0
    for text in contents.texts:
        room -= ceil(len(text.html) / _LETTERS_TO_A_PAGE)
        if room < 0:
            break
        inside += 1
    return inside


def _comments_inside(comments: Sequence[Comment]) -> tuple[Comment, ...]:
    lines, inside = 0, []
    for one in comments:
        # Its number and name, its text, and the air below.
        lines += 2 + sum(1 + len(piece) // _LETTERS_TO_A_LINE for piece in one.text.splitlines())
        if lines > LINES_OF_COMMENTS:
            break
        inside.append(one)
    return tuple(inside)


def _rosters(contents: PacketContents) -> list[Volume]:
    groups = [group for group in contents.roster if len(group.entries)]
    if not groups and contents.wording > 1:
        return []  # nor is there one by states; the brief says that nothing is in it
    if contents.options.roster is Roster.WHOLE:
        return [Volume(ROSTER, "", tuple(each.code for each in groups), sum(len(each.entries) for each in groups))]
    if contents.options.roster is Roster.STATE:
        return [_of_group(each) for each in groups]
    chapters = {each.code for each in contents.by_state if each.column is not None}
    others = [each for each in groups if each.code not in chapters]
    volumes = [_of_group(each) for each in groups if each.code in chapters]
    if others:
        codes = tuple(each.code for each in others)
        volumes.append(Volume(f"{ROSTER} {ELSEWHERE}", "", codes, sum(len(each.entries) for each in others)))
    return volumes


def _of_group(group: RosterGroup) -> Volume:
    return Volume(f"{ROSTER} {group.code or 'erased'}", group.name, (group.code,), len(group.entries))
