"""Finding signatures: by words of name and town, state, status or mailbox, a page at a time by key.

Words are kept in a table of their own, which a worker fills behind those who sign: signing costs nothing more.
Every list follows an index and reads no more rows than it shows, however many there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Select, delete, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from petition.signatures.models import Signature, Status, Word
from petition.statements.models import Statement
from petition.text.searching import words

STATUSES: Final = (
    Status.VERIFIED, Status.PENDING, Status.HELD, Status.WITHDRAWN, Status.INVALIDATED, Status.EXPIRED
)  # fmt: skip
ANY_ENDING: Final = "*"
SHORTEST_BEGINNING: Final = 2  # letters; by a single one a tenth of all would be found, and all of them sorted
#: Signatures are looked at again below the newest known word: those that were committed out of order.
LOOK_BACK: Final = 1000
BATCH: Final = 500
#: Written for a name without a single letter or digit, so that it is not looked at for ever.
_NO_WORD: Final = ""
_AFTER_EVERY_LETTER: Final = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for; all of it has to hold. `typed` is words of a name or a town, whole unless they end in *."""

    typed: str = ""
    state: str = ""
    status: str = ""
    mailbox: bytes | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of signatures, the newest first, and the key below which the next begins."""

    signatures: Sequence[Signature]
    next: int | None


def page(session: Session, statement: Statement, sought: Sought, before: int | None, most: int) -> Page:
    """The newest `most` signatures that are sought, of those with a lower id than `before`."""
    asked = [(word.removesuffix(ANY_ENDING), word.endswith(ANY_ENDING)) for word in sought.typed.split()]
    looked_up = [(f, any_ending and len(f) >= SHORTEST_BEGINNING) for word, any_ending in asked for f in words(word)]
    if sought.typed.strip() and not looked_up:
        return Page((), None)
    if looked_up:
        ids = _by_words(session, statement, looked_up, sought, before, most + 1)
    elif sought.mailbox is not None:
        which = (Signature.mailbox == sought.mailbox, Signature.statement_id == statement.id, *_rest(sought))
        ids = _newest(session, select(Signature.id).where(*which), Signature.id, before, most + 1)
    else:
        ids = _by_status(session, statement, sought, before, most + 1)
    rows = session.scalars(select(Signature).where(Signature.id.in_(ids[:most]))).all()
    shown = sorted(rows, key=lambda signature: -signature.id)
    return Page(shown, ids[most - 1] if len(ids) > most else None)


def _by_status(
    session: Session, statement: Statement, sought: Sought, before: int | None, most: int
) -> list[int]:
    """One look into the index for each status: within a status, and a state, it has them in the order of ids."""
    ids: list[int] = []
    for status in [sought.status] if sought.status else STATUSES:
        which = [Signature.statement_id == statement.id, Signature.status == status]
        if sought.state:
            which.append(Signature.state == sought.state)
        ids += _newest(session, select(Signature.id).where(*which), Signature.id, before, most)
    return sorted(ids, reverse=True)[:most]


def _by_words(
    session: Session,
    statement: Statement,
    looked_up: list[tuple[str, bool]],
    sought: Sought,
    before: int | None,
    most: int,
) -> list[int]:
    # The longest whole word is most likely the rarest: it leads, and the others only have to agree.
    first, *others = sorted(looked_up, key=lambda each: (each[1], -len(each[0])))
    which = [Word.statement_id == statement.id, _is(first)]
    for other in others:
        also = Word.__table__.alias()
        which.append(
            exists().where(
                also.c.statement_id == statement.id, also.c.signature_id == Word.signature_id, _is(other, also.c.word)
            )
        )
    found = select(Word.signature_id).where(*which)
    if first[1]:
        found = found.distinct()
    rest = _rest(sought)
    if rest or sought.mailbox is not None:
        mine = [Signature.mailbox == sought.mailbox] if sought.mailbox is not None else []
        found = found.join(Signature, Signature.id == Word.signature_id).where(*rest, *mine)
    return _newest(session, found, Word.signature_id, before, most)


def _is(word: tuple[str, bool], column: ColumnElement[str] | None = None) -> ColumnElement[bool]:
    held = Word.word if column is None else column
    folded, any_ending = word
    return held.between(folded, folded + _AFTER_EVERY_LETTER) if any_ending else held == folded


def _rest(sought: Sought) -> list[ColumnElement[bool]]:
    which: list[ColumnElement[bool]] = []
    if sought.state:
        which.append(Signature.state == sought.state)
    if sought.status:
        which.append(Signature.status == sought.status)
    return which


def _newest(
    session: Session, found: Select[int], key: InstrumentedAttribute[int], before: int | None, most: int
) -> list[int]:
    if before is not None:
        found = found.where(key < before)
    return list(session.scalars(found.order_by(key.desc()).limit(most)))


def unindexed(session: Session) -> bool:
    """Whether somebody has signed since the words were last written down, asked without becoming a writer."""
    newest = session.scalar(select(func.max(Signature.id))) or 0
    return newest > _newest_word(session) and session.scalar(_without_words(session).limit(1)) is not None


def write_words(session: Session, most: int = BATCH) -> int:
    """Write down the words of up to `most` signatures that have none yet, the oldest first; returns how many."""
    # Whoever erases one of them now deletes its words after us; whoever does so already is left alone.
    fresh = _without_words(session).order_by(Signature.id).limit(most).with_for_update(of=Signature, skip_locked=True)
    found = session.execute(fresh).all()
    session.add_all(
        Word(statement_id=statement_id, word=word, signature_id=signature_id)
        for signature_id, statement_id, name, city in found
        for word in words(f"{name} {city or ''}") or [_NO_WORD]
    )
    session.flush()
    return len(found)


def _without_words(session: Session) -> Select[int, int, str | None, str | None]:
    return select(Signature.id, Signature.statement_id, Signature.name, Signature.city).where(
        Signature.id > _newest_word(session) - LOOK_BACK,
        Signature.name.is_not(None),
        ~exists().where(Word.signature_id == Signature.id),
    )


def _newest_word(session: Session) -> int:
    return session.scalar(select(func.max(Word.signature_id))) or 0


def forget_words(session: Session, signature_ids: Sequence[int]) -> None:
    """Delete the words of signatures that are erased."""
    session.execute(delete(Word).where(Word.signature_id.in_(signature_ids)))
