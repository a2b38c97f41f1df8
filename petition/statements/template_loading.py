"""Loading the national texts that chapters may take up, each with its local parts marked."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition import markdown
from petition.campaigns.models import Campaign
from petition.content import BadContent, Document, settle
from petition.statements.local_parts import PARTS, marked
from petition.statements.models import CHAPTER_KINDS, Template


def load(session: Session, campaign: Campaign, document: Document) -> Iterator[str]:
    """Bring the database to what the file says; yields a line if anything changed."""
    kind, language = document.need("of"), document.need("language")
    values = _checked(document, kind)
    which = (Template.campaign_id == campaign.id, Template.kind == kind, Template.language == language)
    template = session.scalar(select(Template).where(*which))
    name = f"template of a {kind} ({language})"
    if template is None:
        session.add(Template(campaign_id=campaign.id, kind=kind, language=language, **values))
        session.flush()
        yield f"{name}: new"
    elif changed := settle(template, values):
        yield f"{name}: changed {', '.join(changed)}"


def _checked(document: Document, kind: str) -> dict[str, Any]:
    file = document.path.name
    if kind not in CHAPTER_KINDS:
        raise BadContent(f"{file}: `of` is none of {', '.join(CHAPTER_KINDS)}.")
    found = marked(document.body)
    if not found:
        raise BadContent(f"{file}: no local part is marked in it. Write at least one of {_marks()}.")
    unknown = [part for part in found if part not in PARTS]
    if unknown:
        raise BadContent(f"{file}: {{{{{unknown[0]}}}}} is no local part. There are {_marks()}.")
    above = f"{document.need('title')}\n{document.need('ask')}"
    if marked(above):
        raise BadContent(f"{file}: a local part stands in `title` or `ask`. Mark them in the text only.")
    return {
        "title": document.need("title"),
        "ask": document.need("ask"),
        "body": markdown.canonical(document.body),
    }


def _marks() -> str:
    return ", ".join(f"{{{{{part}}}}}" for part in PARTS)
