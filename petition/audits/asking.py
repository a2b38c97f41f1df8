"""Asking: a publisher's seed opens one nonce, entries are drawn, and the signatory of each is asked, once ever.

"We may ask once whether you signed", says the notice above the button. Whoever was asked for an earlier audit of the
same statement, or still is to be, is not asked again: the earlier answer counts, and while there is none they count as
unknown. Whoever could not be asked then is asked now.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petition import tokens
from petition.accounts.models import Account
from petition.audits import drawing
from petition.audits.models import LONGEST_SEED, SHORTEST_SEED, Audit, Sampled, Stand
from petition.crypto import KeyRing
from petition.db import advisory_lock
from petition.deliveries.models import Delivery
from petition.errors import NotFound, Refusal
from petition.jobs import State
from petition.ledger import tiles
from petition.mail import outbox
from petition.mail.outbox import Email
from petition.packets import nonces, standing
from petition.packets.models import Packet
from petition.signatures import choosing
from petition.signatures.models import Change, Signature, Status
from petition.web.language import ZONE

LETTER: Final = "audit_question"
LINK: Final = "audit question"
PAGE: Final = "audit"
ANSWERING: Final = timedelta(days=21)


class Why(StrEnum):
    """Why a packet cannot be audited, or not any more."""

    NOT_ISSUED = "not issued"
    NO_NONCES = "no nonces"  # it is older than they are
    NAMES_NOBODY = nonces.Unsampled.NAMES_NOBODY
    SUPPLEMENT = nonces.Unsampled.SUPPLEMENT
    EMPTY = nonces.Unsampled.EMPTY
    TOO_LATE = "too late"
    USED_UP = "used up"
    CHANGED = "changed"  # our own ledger or key does not fit the packet: nothing must be drawn from it


class CannotDraw(Refusal):
    """No sample can be drawn from the packet."""

    def __init__(self, why: Why) -> None:
        self.why = why
        super().__init__(why)


def audits(session: Session, packet: Packet) -> list[Audit]:
    """Every audit of a packet, the first one first."""
    return list(session.scalars(select(Audit).where(Audit.packet_id == packet.id).order_by(Audit.place)))


def hindrance(session: Session, packet: Packet, now: datetime) -> Why | None:
    """What is in the way of another audit of the packet."""
    if packet.issued_at is None:
        return Why.NOT_ISSUED
    never = nonces.unsampled(packet)
    if never is not None:
        return Why(never)
    if len(packet.nonces) != nonces.NONCES or packet.checkpoint is None:
        return Why.NO_NONCES
    if now.astimezone(ZONE).date() > nonces.last_day(packet.frozen_at):
        return Why.TOO_LATE
    used = session.scalar(select(func.count()).select_from(Audit).where(Audit.packet_id == packet.id)) or 0
    return Why.USED_UP if used >= nonces.NONCES else None


def draw(
    session: Session, keys: KeyRing, packet: Packet, seed: str, size: int, now: datetime,
    *, delivery: Delivery | None = None, who: Account | None = None,
) -> tuple[Audit, bool]:  # fmt: skip
    """Open the packet's next nonce for this seed, draw, and owe each signatory the question. Raises CannotDraw.

    Returns whether that is new: of the same seed and size there is one sample, however often the button is pressed.
    """
    if size not in drawing.SIZES or not SHORTEST_SEED <= len(seed) <= LONGEST_SEED:
        raise ValueError("size or seed")
    advisory_lock(session, f"audits {packet.statement_id}")
    drawn_before = session.scalar(
        select(Audit).where(Audit.packet_id == packet.id, Audit.seed == seed, Audit.size == size)
    )
    if drawn_before is not None:
        return drawn_before, False
    why = hindrance(session, packet, now)
    if why is not None:
        raise CannotDraw(why)
    place = session.scalar(select(func.count()).select_from(Audit).where(Audit.packet_id == packet.id)) or 0
    nonce = _open(session, keys, packet, place)
    numbers = standing.numbers(session, packet.statement_id, packet.ledger_size)
    audit = Audit(
        packet_id=packet.id, delivery_id=delivery.id if delivery else None, account_id=who.id if who else None,
        place=place, nonce=nonce.hex(), seed=seed, size=size, population=len(numbers), made_at=now,
        ends_at=now + ANSWERING,
    )  # fmt: skip
    session.add(audit)
    session.flush()
    drawn = drawing.draw(nonce, seed, bytes.fromhex(packet.ledger_root), numbers, size)
    _ask(session, keys, packet, audit, drawn, now)
    return audit, True


def _open(session: Session, keys: KeyRing, packet: Packet, place: int) -> bytes:
    """The nonce whose SHA-256 the seal page has there; the ledger must still begin as the packet says."""
    nonce = nonces.opened(keys, packet, place)
    try:
        root = tiles.root(session, packet.statement_id, packet.ledger_size).hex()
    except tiles.NotKept:
        raise CannotDraw(Why.CHANGED) from None
    if nonce is None or root != packet.ledger_root:
        raise CannotDraw(Why.CHANGED)
    return nonce


def _ask(session: Session, keys: KeyRing, packet: Packet, audit: Audit, drawn: list[int], now: datetime) -> None:
    # By their entries, which have an index by number: without it every signature of the statement would be read.
    entered = (Change.statement_id == packet.statement_id, Change.seq.in_(drawn))
    found = session.scalars(select(Signature).join(Change, Change.signature_id == Signature.id).where(*entered))
    signatures = {signature.number: signature for signature in found}
    before = _asked_before(session, [signature.id for signature in signatures.values()])
    rows = []
    for turn, number in enumerate(drawn, start=1):
        signature = signatures[number]
        earlier = before.get(signature.id)
        rows.append(
            Sampled(
                audit_id=audit.id, turn=turn, number=number, signature_id=signature.id,
                stand=_stand(signature, earlier, packet.frozen_at), earlier_id=earlier.id if earlier else None,
            )
        )  # fmt: skip
    session.add_all(rows)
    session.flush()
    for row in rows:
        if row.stand == Stand.ASKED:
            _owe(session, keys, row, signatures[row.number], now)


def _asked_before(session: Session, ids: list[int]) -> dict[int, Sampled]:
    """By signature, for which of those drawn an earlier question went out, or still is to."""
    owed = select(Sampled).where(Sampled.signature_id.in_(ids), Sampled.stand == Stand.ASKED)
    rows = session.scalars(owed).all()
    waiting = still_owed(session, rows)
    return {
        row.signature_id: row for row in rows if row.answer or row.asked_at is not None or row.id in waiting
    }


def asked_by_another(session: Session, row: Sampled) -> bool:
    """Whether a later sample asks the same signatory, as this question seemed never to go out: the mail server may
    have refused it, and the desk sends what was refused again.
    """
    later = select(Sampled.id).where(
        Sampled.signature_id == row.signature_id, Sampled.stand == Stand.ASKED, Sampled.id > row.id
    )
    return session.scalar(later.limit(1)) is not None


def still_owed(session: Session, rows: Sequence[Sampled]) -> set[int]:
    """The ids of those among these whose question has not gone out yet and is still to."""
    ids = [row.id for row in rows if row.asked_at is None]
    owed = select(Email.subject_id).where(
        Email.kind == LETTER, Email.subject_id.in_(ids), Email.state == State.WAITING
    )
    return {number for number in session.scalars(owed) if number is not None}


def _stand(signature: Signature, earlier: Sampled | None, frozen_at: datetime) -> Stand:
    if signature.address is None or signature.name is None:
        return Stand.ERASED
    if choosing.left_out(signature, frozen_at):
        return Stand.WITHHELD
    if earlier is not None:
        return Stand.BEFORE
    return Stand.ASKED if signature.status == Status.VERIFIED else Stand.LEFT


def _owe(session: Session, keys: KeyRing, row: Sampled, signature: Signature, now: datetime) -> None:
    row.fingerprint = tokens.fingerprint(tokens.link(keys, LINK, row.id))
    outbox.owe(
        session.connection(), LETTER, now=now, language=signature.language, subject_id=row.id,
        mailbox=signature.mailbox, scope=signature.statement_id,
    )  # fmt: skip


def page_token(keys: KeyRing, audit: Audit) -> str:
    """What stands in the address of an audit's page: whoever has it may see what came of it."""
    return tokens.handle(keys, PAGE, audit.id)


def find(session: Session, keys: KeyRing, token: str) -> Audit:
    """The audit whose page has this token. Raises NotFound."""
    found = session.get(Audit, tokens.open_handle(keys, PAGE, token))
    if found is None:
        raise NotFound(PAGE)
    return found
