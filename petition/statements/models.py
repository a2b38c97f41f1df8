"""A statement and its revisions. A revision that has a signature is never changed again."""

from datetime import date, datetime
from enum import StrEnum
from typing import Final

from markupsafe import Markup
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from petition import markdown
from petition.accounts.models import Account
from petition.campaigns.models import Campaign
from petition.chapters.models import Chapter
from petition.db import Key, Row
from petition.publishers.models import Publisher
from petition.text.faults import N_

#: What stands first in a call number (look/LOOK.md): petition, letter, resolution, notice.
KINDS: Final = {"petition": "PET", "letter": "LET", "resolution": "RES", "notice": "NOT"}
#: What a chapter publishes.
CHAPTER_KINDS: Final = ("letter", "resolution", "notice")
CHAPTERS_SAMPLE: Final = N_("A sample. This campaign and every text in it are there to try the software.")
TEXT: Final = "text"
NOTICE: Final = "notice"


class End(StrEnum):
    """How a statement stopped being what its issuer says."""

    SUPERSEDED = "superseded"
    RETRACTED = "retracted"


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
    takes_signatures: Mapped[bool] = mapped_column(default=True)  # a chapter decides this for its own
    listed_at: Mapped[datetime | None]  # organizers took it into the campaign's list and packets
    ended: Mapped[str | None] = mapped_column(String(12))  # an End, with the reason that everybody reads
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None] = mapped_column(Text)
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("statement.id"))  # what superseded it
    campaign: Mapped[Campaign] = relationship(lazy="joined", innerjoin=True)
    addressee: Mapped[Publisher] = relationship(lazy="joined", innerjoin=True)
    chapter: Mapped[Chapter | None] = relationship(lazy="select")

    __table_args__ = (CheckConstraint("kind IN ('petition', 'letter', 'resolution', 'notice')", name="kind"),)

    def open_at(self, now: datetime) -> bool:
        """Whether it may be signed at this moment."""
        return self.takes_signatures and self.ended is None and self.campaign.open_at(now)

    @property
    def sample_note(self) -> str:
        """What its face says while its campaign is a sample, untranslated; empty in a campaign that is none."""
        # The campaign's own note speaks of the campaign's own text, and says that nobody has adopted it.
        own = self.campaign.sample_note
        return CHAPTERS_SAMPLE if own and self.chapter_id is not None else own

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


class Submission(Row):
    """What a chapter handed in with one revision of its text: who did, what is new in it, and how it was adopted."""

    __tablename__ = "submission"
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    note: Mapped[str] = mapped_column(Text)  # what is new in this revision, in the editor's words
    # How the chapter took the text on: the body, the day, and the vote as the minutes have it. Empty where not said.
    adopted_by: Mapped[str] = mapped_column(String(160))
    adopted_on: Mapped[date | None]
    vote: Mapped[str] = mapped_column(String(80))
    # How much of the text is the national template's, so that near-identical statements are counted as such.
    words: Mapped[int]
    template_words: Mapped[int]
    original_id: Mapped[int | None] = mapped_column(BigInteger)  # the uploaded document that the text was read from
    facsimile: Mapped[bool] = mapped_column(default=False)  # that document's pages are shown with the text
    revision: Mapped[Revision] = relationship(lazy="joined", innerjoin=True)
    account: Mapped[Account] = relationship(lazy="select")


class ChangeRequest(Row):
    """What organizers asked a chapter to change in its text before they list it."""

    __tablename__ = "change_request"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    note: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    revision: Mapped[Revision] = relationship(lazy="joined", innerjoin=True)


class Template(Row):
    """The national text that chapters may take up: Markdown in which {{name}} marks each part that is theirs to say."""

    __tablename__ = "template"
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    kind: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(300))
    ask: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("campaign_id", "kind", "language"),)
