"""A campaign: its ask, its goals, its dates, and the publishers it is aimed at."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from petition.db import Row
from petition.publishers.models import Publisher

campaign_target = Table(
    "campaign_target",
    Row.metadata,
    Column("campaign_id", ForeignKey("campaign.id"), primary_key=True),
    Column("publisher_id", ForeignKey("publisher.id"), primary_key=True),
)


class Campaign(Row):
    """What is asked, from when to when, and how far it has come."""

    __tablename__ = "campaign"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    hashtag: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(200))
    ask: Mapped[str] = mapped_column(Text)
    issuer: Mapped[str] = mapped_column(String(160))
    sample_note: Mapped[str] = mapped_column(Text, default="")  # said on the face of a draft or a sample
    goals: Mapped[list[int]] = mapped_column(JSON)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime | None]
    delivery: Mapped[str | None] = mapped_column(String(40))  # when a packet is to be delivered, once that is known
    outcome_url: Mapped[str | None] = mapped_column(String(400))
    dates: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    targets: Mapped[list[Publisher]] = relationship(secondary=campaign_target, lazy="select")

    def open_at(self, now: datetime) -> bool:
        """Whether its statements may be signed at this moment."""
        return self.opens_at <= now and (self.closes_at is None or now < self.closes_at)

    def goal(self, verified: int) -> int:
        """The next goal that has not been reached, or the last of all."""
        return next((goal for goal in self.goals if goal > verified), self.goals[-1])
