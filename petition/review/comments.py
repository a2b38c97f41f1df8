"""Comments: approved to be shown with a signature, or not. A signature counts whatever becomes of its comment."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from petition.accounts.models import Account
from petition.review import deciding
from petition.review.deciding import StandsOtherwise
from petition.signatures.models import SIGNED, CommentState, Signature, Status
from petition.statements.models import Statement


def approve(session: Session, now: datetime, signature: Signature, who: Account | None) -> None:
    """The comment may be shown, while its signature stands. It can be decided about again. Raises StandsOtherwise."""
    _decide(session, now, signature, CommentState.APPROVED, who)


def disapprove(session: Session, now: datetime, signature: Signature, who: Account | None) -> None:
    """The comment is not to be shown. Raises StandsOtherwise when there is none, or its signature is gone."""
    _decide(session, now, signature, CommentState.REFUSED, who)


def waiting(statement: Statement) -> ColumnElement[bool]:
    """Which signatures of a statement have a comment that nobody has looked at; in the order of an index by id."""
    return (
        (Signature.statement_id == statement.id)
        & (Signature.status == Status.VERIFIED)
        & Signature.comment.is_not(None)
        & Signature.comment_state.is_(None)
    )


def count_waiting(session: Session, statement: Statement) -> int:
    """How many comments nobody has looked at."""
    return session.scalar(select(func.count()).select_from(Signature).where(waiting(statement))) or 0


def _decide(session: Session, now: datetime, signature: Signature, state: CommentState, who: Account | None) -> None:
    deciding.look(session, signature, *SIGNED)
    if signature.comment is None:
        raise StandsOtherwise(signature.status)
    signature.comment_state = state
    deciding.record(session, now, signature, f"comment {state}", who, "")
