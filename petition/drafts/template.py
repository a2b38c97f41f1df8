"""Beginning from the national text: which there is, and where in it the local parts stand."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.statements import local_parts
from petition.statements.models import Template

#: What stands for a part where it is still to be filled.
GAP: Final = "…"
_SHOWN: Final = 60  # characters on either side of a gap


def find(session: Session, kind: str, language: str) -> Template | None:
    """The campaign's national text of this kind in this language, if there is one."""
    of = (Template.kind == kind, Template.language == language)
    return session.scalar(select(Template).where(*of).order_by(Template.campaign_id).limit(1))


def surroundings(body: str) -> Mapping[str, str]:
    """Each marked part, in the text's order, with the words around it; empty where it is a paragraph of its own."""
    return {part: _around(body, part) for part in local_parts.marked(body)}


def _around(body: str, part: str) -> str:
    mark = f"{{{{{part}}}}}"
    paragraph = next(each for each in body.split("\n\n") if mark in each)
    before, _mark, after = paragraph.strip().partition(mark)
    if not before.strip() and not after.strip():
        return ""
    return f"{_last(before)}{GAP}{after if len(after) <= _SHOWN else after[:_SHOWN].rpartition(' ')[0] + GAP}"


def _last(before: str) -> str:
    return before if len(before) <= _SHOWN else GAP + before[-_SHOWN:].partition(" ")[2]
