"""A statement and its revisions. A revision that has a signature is never changed again."""

from datetime import datetime
from typing import Final

from markupsafe import Markup
from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from petition import markdown
from petition.campaigns.models import Campaign
from petition.chapters.models import Chapter
from petition.db import Row
from petition.publishers.models import Publisher

#: What stands first in a call number (look/LOOK.md): petition, letter, resolution.
KINDS: Final = {"petition": "PET", "letter": "LET", "resolution": "RES"}
TEXT: Final = "text"
NOTICE: Final = "notice"


class Statement(Row):
    """A text that can be signed: a campaign's petition, a chapter's letter, a board's resolution."""

    __tablename__ = "statement"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    addressee_id: Mapped[int] = mapped_column(ForeignKey("publisher.id"))
    kind: Mapped[str] = mapped_column(String(20))
    place: Mapped[str] = mapped_column(String(2))
    year: Mapped[int]
    issuer: Mapped[str] = mapped_column(String(160))
    chapter_id: Mapped[int | None] = mapped_column(ForeignKey("chapter.id"), index=True)  # whose it is, if a chapter's
    campaign: Mapped[Campaign] = relationship(lazy="joined", innerjoin=True)
    addressee: Mapped[Publisher] = relationship(lazy="joined", innerjoin=True)
    chapter: Mapped[Chapter | None] = relationship(lazy="select")

    __table_args__ = (CheckConstraint("kind IN ('petition', 'letter', 'resolution')", name="kind"),)

    def call_number(self, revision: "Revision") -> tuple[str, ...]:
        """PET / US / 2019 / r.2: derived, never typed by hand."""
        return (KINDS[self.kind], self.place, str(self.year), f"r.{revision.number}")


class Revision(Row):
    """One immutable version of a statement's text, or of the notice above its button, in one language."""

    __tablename__ = "revision"
    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    role: Mapped[str] = mapped_column(String(10))  # TEXT or NOTICE
    language: Mapped[str] = mapped_column(String(10))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    ask: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)  # canonical Markdown of title, ask and body: what is hashed
    sha256: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime]
    statement: Mapped[Statement] = relationship(lazy="select")

    __table_args__ = (UniqueConstraint("statement_id", "role", "language", "number"),)

    @property
    def html(self) -> Markup:
        """The body as HTML."""
        return markdown.html(self.body)
