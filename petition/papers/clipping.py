"""What a newspaper's page says of one state: figures of one moment, and the first lines of the chapter's own text."""

import html
import re
from datetime import datetime
from typing import Final

import nh3
from sqlalchemy.orm import Session

from petition import markdown
from petition.chapters.linking import own_address
from petition.chapters.models import Chapter
from petition.errors import NotFound
from petition.ledger import counting
from petition.papers.contents import Clipping
from petition.signatures.showing import kind_words
from petition.statements import reading
from petition.statements.reading import Published
from petition.text.places import STATES
from petition.web.addresses import outside
from petition.web.language import _

#: Of the text's first lines: what stands in a column beside its title without pushing anything off the page.
CHARACTERS: Final = 440
LEAST: Final = 120
_SENTENCE_END: Final = re.compile(r"[.!?;:]”?(?=\s)")


def freeze(session: Session, chapter: Chapter, language: str, *, sample: bool, now: datetime) -> Clipping:
    """The page of the chapter's state. Raises NotFound before there is a petition."""
    petition = reading.petition(session, language)
    population = STATES[chapter.state].population
    if petition is None or not population:
        raise NotFound(chapter.state)
    own = _own(session, chapter, language)
    told = own or petition
    count = counting.of_state(session, petition.statement, chapter.state, now)
    return Clipping(
        state=_(STATES[chapter.state].name),
        language=language,
        chapter=chapter.name,
        own=own is not None,
        kind_words=kind_words(told.statement.kind),
        text_language=told.revision.language,
        title=told.revision.title,
        lines=first_lines(told.revision.ask, told.revision.body, _room(told, petition, chapter)),
        addressee=told.statement.addressee.name,
        text_url=outside("statements.statement", slug=told.statement.slug),
        petition_language=petition.revision.language,
        petition=petition.revision.title,
        petition_addressee=petition.statement.addressee.name,
        verified=count.verified,
        nation=counting.count(session, petition.statement, now).verified,
        as_of=count.as_of,
        population=population,
        address=own_address(chapter.state),
        method_url=outside("pages.how_we_count"),
        sample=sample or bool(petition.statement.campaign.sample_note),
    )


def _own(session: Session, chapter: Chapter, language: str) -> Published | None:
    """The chapter's text that it stands by now: one that the campaign lists before others, and then the newest."""
    standing = [each for each in reading.of_chapter(session, chapter.id, language) if each.statement.ended is None]
    return max(
        standing,
        key=lambda each: (each.statement.listed_at is not None, each.revision.published_at, each.statement.id),
        default=None,
    )


def _room(told: Published, petition: Published, chapter: Chapter) -> int:
    """How many characters of the text there is room for: a long name or title takes some, and it stays one page."""
    taken = sum(max(0, len(words) - 60) for words in (told.revision.title, petition.revision.title, chapter.name))
    return max(LEAST, CHARACTERS - taken)


def first_lines(ask: str, body: str, room: int = CHARACTERS) -> tuple[str, ...]:
    """What the text asks, and how it begins, in plain words: whole paragraphs while they fit, then up to a sentence."""
    lines, left = [], room
    for paragraph in (_cut(ask, room), *(_plain(str(block.html)) for block in markdown.blocks(body))):
        if not paragraph:
            continue
        said = _cut(paragraph, left)
        lines.append(said)
        left -= len(said)
        if said != paragraph or left < 60:
            break
    return tuple(lines)


def _plain(block: str) -> str:
    return " ".join(html.unescape(nh3.clean(block, tags=set())).split())


def _cut(text: str, room: int) -> str:
    """The text, or as much of it as fits: to the end of a sentence if one ends late enough, else of a word."""
    text = " ".join(text.split())
    if len(text) <= room:
        return text
    ends = [found.end() for found in _SENTENCE_END.finditer(text[:room])]
    if ends and ends[-1] > room // 2:
        return text[: ends[-1]] + " …"
    words = text[: room - 1].rpartition(" ")[0] or text[: room - 1]
    return words.rstrip(",;:–—- ") + " …"
