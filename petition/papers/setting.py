"""Setting a paper: its frozen contents as one HTML document with its assets, for the press."""

import re
from dataclasses import dataclass
from gettext import NullTranslations
from typing import Final

from petition.ledger.rates import at_least
from petition.packets import title
from petition.packets.figures import qr_code
from petition.packets.rendering import SHEET, environment, packaged_fonts, spelled_out
from petition.packets.wording import Translations
from petition.papers.contents import Clipping, Head, StatementPaper
from petition.paths import STATIC
from petition.pdf.document import Document
from petition.pdf.grid import Heading, paginate

STATEMENT_SHEET: Final = "css/paper.css"
CLIPPING_SHEET: Final = "css/newspaper.css"
PICTURE: Final = "letterhead.png"

#: The letterhead's room, in points: the paper's width between its margins, and 1.1 inches of height.
_HEAD_WIDTH: Final = 504.0
_HEAD_HEIGHT: Final = 79.0
#: No pixel is drawn larger than at 110 to the inch.
_POINTS_OF_A_PIXEL: Final = 72 / 110
_ABOVE_HEAD: Final = 36.0
_BELOW_HEAD: Final = 30.0
_NAME_HEIGHT: Final = 34.0  # of the name in type, where there is no picture
_NAME_SIZES: Final = (22.0, 19.0, 16.0, 13.5)
#: A title's size in points: the largest in which it takes no more lines than stand beside it, in this width.
_TITLE_SIZES: Final = ((25.0, 3), (21.0, 4))
_SMALL_TITLE: Final = 17.0
_TITLE_ROOM: Final = 390.0
#: Where a list of clauses goes on counting: the press takes nothing of a text's looks from its attributes.
_START: Final = re.compile(r'<ol [^>]*\bstart="([0-9]+)"')
_HEADLINE_SIZES: Final = (36.0, 33.0, 30.0, 27.0)
_HEADLINE_ROOM: Final = 500.0
_TITLE_IN_COLUMN: Final = (312.0, 20.0)
#: Titles of more characters than this are set smaller, by the names of newspaper.css.
_LONG_TITLES: Final = ((160, "longest"), (80, "long"))


@dataclass(frozen=True, slots=True)
class Placed:
    """The head of the paper in points: a picture of this size, or the name in type of this size."""

    width: float
    height: float
    size: float

    @property
    def margin(self) -> float:
        """What the first page keeps free above its text."""
        return _ABOVE_HEAD + self.height + _BELOW_HEAD


def placed(head: Head | None, name: str) -> Placed:
    """How large the head of the paper is drawn."""
    if head is None:
        size = next((size for size in _NAME_SIZES if title.width(name, size) <= _HEAD_WIDTH), _NAME_SIZES[-1])
        # What does not fit in the smallest size takes a second line.
        lines = 2 if title.width(name, size) > _HEAD_WIDTH else 1
        return Placed(_HEAD_WIDTH, _NAME_HEIGHT + (lines - 1) * size * 1.2, size)
    share = min(_HEAD_WIDTH / head.width, _HEAD_HEIGHT / head.height, _POINTS_OF_A_PIXEL)
    return Placed(round(head.width * share, 2), round(head.height * share, 2), 0.0)


def _title(words: str) -> tuple[list[str], float]:
    """A title's lines, and the size in which they are set."""
    for size, most in _TITLE_SIZES:
        # What cannot be measured stays in one piece, and is judged by the length that is guessed.
        lines = title.lines(words, _TITLE_ROOM, size)
        if max(len(lines), title.width(words, size) / _TITLE_ROOM) <= most:
            return lines, size
    return title.lines(words, _TITLE_ROOM, _SMALL_TITLE), _SMALL_TITLE


def statement(paper: StatementPaper, translations: Translations | None = None) -> Document:
    """The statement's paper."""
    fonts = packaged_fonts()
    groups, missing = spelled_out(paper.signatures.roster if paper.signatures else (), tuple(fonts.values()))
    pages = list(paginate(groups))
    set_in, size = _title(paper.title)
    html = (
        environment(translations or NullTranslations())
        .get_template("papers/statement.html")
        .render(
            paper=paper,
            call=" ".join(paper.call_number),
            created=paper.printed_at.isoformat(timespec="seconds"),
            place=placed(paper.head, paper.issuer),
            title=set_in,
            size=size,
            starts=sorted({int(number) for number in _START.findall(paper.html)}),
        roster=pages,
            is_heading=lambda item: isinstance(item, Heading),
        )
    )
    picture = {PICTURE: paper.head.png} if paper.head else {}
    sheets = {name: STATIC / name for name in (SHEET, STATEMENT_SHEET)}
    return Document(
        html=html, assets={**sheets, **fonts, **picture}, uncovered=missing, pages=len(pages) + 2, archival=True
    )


def clipping(page: Clipping, translations: Translations | None = None) -> Document:
    """The page for a newspaper."""
    words = translations or NullTranslations()
    headline, size = _headline(_headline_of(page, words))
    title_size = next((name for longer, name in _LONG_TITLES if len(page.title) > longer), "")
    html = (
        environment(words)
        .get_template("papers/newspaper.html")
        .render(
            page=page,
            headline=headline,
            size=size,
            title=[page.title] if title_size else title.lines(page.title, *_TITLE_IN_COLUMN),
            title_size=title_size,
            rate=at_least(page.verified, page.population),
            created=page.as_of.isoformat(timespec="seconds"),
            code=qr_code(page.address),
        )
    )
    sheets = {name: STATIC / name for name in (SHEET, CLIPPING_SHEET)}
    return Document(html=html, assets={**sheets, **packaged_fonts()}, pages=1, archival=True)


def _headline_of(page: Clipping, words: Translations) -> str:
    if not page.verified:
        return words.gettext("%(state)s: no verified signature yet") % {"state": page.state}
    counted = words.ngettext(
        "One verified signature from %(state)s", "%(num)s verified signatures from %(state)s", page.verified
    )
    return counted % {"num": f"{page.verified:,}", "state": page.state}


def _headline(said: str) -> tuple[list[str], float]:
    """In one line as large as it fits, else in two."""
    size = next((size for size in _HEADLINE_SIZES if title.width(said, size) <= _HEADLINE_ROOM), _HEADLINE_SIZES[-1])
    return title.lines(said, _HEADLINE_ROOM, size), size
