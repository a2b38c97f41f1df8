"""Loading publishers and the claims about their terms from `publishers.toml`."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.content import BadContent, settle
from petition.publishers.models import LendingTerm, Publisher


def load(session: Session, data: Mapping[str, Any]) -> Iterator[str]:
    """Bring the database to what the file says; yields one line for each thing that changed."""
    for place, entry in enumerate(data.get("publisher", ())):
        publisher = session.scalar(select(Publisher).where(Publisher.slug == entry["slug"]))
        new = publisher is None
        if publisher is None:
            publisher = Publisher(slug=entry["slug"])
            session.add(publisher)
        changed = settle(publisher, _publisher(entry, place))
        session.flush()
        yield from _said(f"publisher {publisher.slug}", new, changed)
        yield from _load_terms(session, publisher, entry.get("claim", ()))


def _publisher(entry: Mapping[str, Any], place: int) -> dict[str, Any]:
    return {
        "name": entry["name"],
        "address_lines": list(entry.get("office", ())),
        "note": entry.get("note", ""),
        "place": place,
    }


def _load_terms(session: Session, publisher: Publisher, claims: Any) -> Iterator[str]:
    kept = {term.key: term for term in publisher.terms}
    for place, claim in enumerate(claims):
        key = claim.get("id")
        if not key or not claim.get("sources"):
            raise BadContent(f"publishers.toml: a claim on {publisher.slug} has no `id` or no `sources`.")
        term = kept.pop(key, None)
        new = term is None
        if term is None:
            term = LendingTerm(key=key)
            publisher.terms.append(term)
        yield from _said(f"claim {key}", new, settle(term, _term(claim, place)))
    for key, term in kept.items():
        publisher.terms.remove(term)
        yield f"claim {key}: removed, since the file no longer has it"


def _term(claim: Mapping[str, Any], place: int) -> dict[str, Any]:
    against = claim.get("conflicts_with", [])
    return {
        "place": place,
        "format": claim["format"],
        "model": claim["model"],
        "claim": claim["claim"],
        "note": claim.get("note", ""),
        "as_of": claim.get("as_of"),
        "announced": claim.get("announced"),
        "effective": claim.get("effective"),
        "ended": claim.get("ended"),
        "sources": [dict(source) for source in claim["sources"]],
        "conflicts_with": [against] if isinstance(against, str) else list(against),
    }


def _said(what: str, new: bool, changed: list[str]) -> Iterator[str]:
    if new:
        yield f"{what}: new"
    elif changed:
        yield f"{what}: changed {', '.join(changed)}"
