"""Loading a campaign from `campaign.toml`."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.campaigns.models import Campaign
from petition.content import BadContent, settle
from petition.publishers.models import Publisher


def load(session: Session, data: Mapping[str, Any]) -> Iterator[str]:
    """Bring the database to what the file says; yields one line for each thing that changed."""
    campaign = session.scalar(select(Campaign).where(Campaign.slug == data["slug"]))
    new = campaign is None
    if campaign is None:
        campaign = Campaign(slug=data["slug"])
        session.add(campaign)
    with session.no_autoflush:
        changed = settle(campaign, _values(data))
        targets = _targets(session, data)
        if [target.slug for target in campaign.targets] != [target.slug for target in targets]:
            campaign.targets = targets
            changed.append("targets")
    session.flush()
    if new:
        yield f"campaign {campaign.slug}: new"
    elif changed:
        yield f"campaign {campaign.slug}: changed {', '.join(changed)}"


def _values(data: Mapping[str, Any]) -> dict[str, Any]:
    opens, closes = data["opens"], data.get("closes")
    if opens.tzinfo is None or (closes is not None and closes.tzinfo is None):
        raise BadContent("campaign.toml: `opens` and `closes` need a time zone, such as 2019-09-11T15:00:00Z.")
    if not data["goals"] or sorted(data["goals"]) != data["goals"]:
        raise BadContent("campaign.toml: `goals` must be numbers that grow.")
    return {
        "hashtag": "#" + data["hashtag"].lstrip("#"),
        "title": data["title"],
        "ask": data["ask"],
        "issuer": data["issuer"],
        "sample_note": data.get("sample_note", ""),
        "goals": list(data["goals"]),
        "opens_at": opens,
        "closes_at": closes,
        "delivery": data.get("delivery"),
        "outcome_url": data.get("outcome_url"),
        "dates": [dict(date) for date in data.get("dates", ())],
    }


def _targets(session: Session, data: Mapping[str, Any]) -> list[Publisher]:
    found = {p.slug: p for p in session.scalars(select(Publisher).where(Publisher.slug.in_(data["targets"])))}
    missing = [slug for slug in data["targets"] if slug not in found]
    if missing:
        raise BadContent(f"campaign.toml: publishers.toml has no publisher {missing[0]}.")
    return [found[slug] for slug in data["targets"]]
