"""Changes: what a signature comes to, written down for the registrar to enter.

The ledger's last word on a signature is whether it counts, and if not, why not. Each change takes it in
or out by one, so that a count is a sum of leaves; a new reason for what is out already takes two.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.mail import outbox
from petition.signatures.models import Change, Signature

COUNTED: Final = ("verified", "restored")


def put_in(session: Session, signature: Signature, now: datetime, *, method: str) -> None:
    """It counts from now on: for the first time, or again."""
    last = _last(session, signature)
    if last is None:
        _write(session, signature, "verified", now, method=signature.method)
    elif last.kind not in COUNTED:
        _write(session, signature, "restored", now, method=method)


def take_out(
    session: Session, signature: Signature, now: datetime, *, kind: str, method: str, reason: str | None = None
) -> None:
    """It does not count: `kind` is withdrawn or invalidated. Nothing is written of what never counted."""
    last = _last(session, signature)
    if last is None or (last.kind, last.reason) == (kind, reason):
        return
    if last.kind not in COUNTED:
        _write(session, signature, "restored", now, method=method)
    _write(session, signature, kind, now, method=method, reason=reason)


def tell(session: Session, letter: str, signature: Signature, now: datetime) -> None:
    """Owe its signatory an e-mail about what became of it."""
    outbox.owe(
        session.connection(), letter, now=now, language=signature.language, subject_id=signature.id,
        mailbox=signature.mailbox, priority=3,
    )  # fmt: skip


def _last(session: Session, signature: Signature) -> Change | None:
    return session.scalar(select(Change).where(Change.signature_id == signature.id).order_by(Change.id.desc()).limit(1))


def _write(
    session: Session, signature: Signature, kind: str, now: datetime, *, method: str | None, reason: str | None = None
) -> None:
    session.add(
        Change(
            signature_id=signature.id,
            statement_id=signature.statement_id,
            kind=kind,
            method=method,
            reason=reason,
            at=now,
        )
    )
    session.flush()  # the registrar goes by their ids
