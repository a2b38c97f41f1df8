"""What pages show of a statement, and whether it can be signed at this moment."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from flask import current_app

from petition import clock
from petition.errors import Closed
from petition.signatures.models import Signature
from petition.statements.models import Revision, Statement
from petition.statements.reading import Published
from petition.web.language import _


def is_open(statement: Statement, now: datetime) -> bool:
    """Within its campaign's dates, and only where confirmations can be sent."""
    return bool(current_app.extensions["sends"]) and statement.open_at(now)


def refuse_unconfirmable(slug: str) -> None:
    """Raises Closed where no confirmation could be sent."""
    if not current_app.extensions["sends"]:
        raise Closed(slug)


def kind_words(kind: str) -> str:
    """The sort of statement, as a heading names it."""
    return {
        "petition": _("Petition"),
        "letter": _("Letter"),
        "resolution": _("Resolution"),
        "notice": _("Notice"),
    }[kind]


@dataclass(frozen=True, slots=True)
class ShownText:
    """A statement in plain values, as every page names it."""

    slug: str
    language: str
    kind: str
    kind_words: str
    title: str
    ask: str
    addressee: str
    issuer: str
    call_number: tuple[str, ...]
    sample_note: str
    open: bool
    closed_at: datetime | None
    published_at: datetime

    def facts(self) -> dict[str, Any]:
        """The same as a mapping, for a list to add to."""
        return asdict(self)

    @classmethod
    def of(cls, published: Published) -> Self:
        """The text in force."""
        return cls.of_revision(published.statement, published.revision)

    @classmethod
    def of_signature(cls, signature: Signature) -> Self:
        """The very text that was signed."""
        return cls.of_revision(signature.statement, signature.revision)

    @classmethod
    def of_revision(cls, statement: Statement, revision: Revision) -> Self:
        """One revision of a statement."""
        now = clock.now()
        closes = statement.campaign.closes_at
        return cls(
            slug=statement.slug,
            language=revision.language,
            kind=statement.kind,
            kind_words=kind_words(statement.kind),
            title=revision.title,
            ask=revision.ask,
            addressee=statement.addressee.name,
            issuer=statement.issuer,
            call_number=statement.call_number(revision),
            sample_note=statement.sample_note and _(statement.sample_note),
            open=is_open(statement, now),
            closed_at=closes if closes is not None and closes <= now else None,
            published_at=revision.published_at,
        )
