"""Two revisions of a text in one language, compared word by word."""

import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any, Final

from flask import make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from petition.db import db
from petition.errors import NotFound
from petition.pages.revisions import UNSIGNED, published
from petition.pages.statements import bp
from petition.signatures.showing import ShownText
from petition.statements import comparing, reading
from petition.statements.comparing import Change, Run
from petition.statements.models import Revision
from petition.web.headers import cached
from petition.web.keeping import kept
from petition.web.language import DEFAULT, asked

_HEADING: Final = re.compile(r"#{1,6} ")
_GUARD: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
KEPT: Final = 10  # seconds; a text changes seldom, and to compare two long ones is work


@bp.get("/statements/<slug>/revisions/<int(max=9999):number>/compared/<int(max=9999):other>")
@kept(KEPT)
def compared(slug: str, number: int, other: int) -> Response:
    """What became of the other revision's text on its way to this one's."""
    session = db.session()
    new, _in_force = published(session, slug, number)
    siblings = _siblings(session, new)
    old = next((each for each in siblings if each.number == other), None)
    if old is None:
        raise NotFound(slug, other)
    found = comparing.compare(old.text, new.text)
    page = render_template(
        "statements/compared.html",
        statement=ShownText.of_revision(new.statement, new),
        new=new,
        old=old,
        numbers=[each.number for each in siblings],
        found=found,
        paragraphs=[_read(each, then) for each, then in zip_longest(found.paragraphs, found.paragraphs[1:])],
    )
    return cached(make_response(page), UNSIGNED)


def _read(paragraph: Sequence[Run], then: Sequence[Run] | None) -> dict[str, Any]:
    """A paragraph as it is read: a heading without its sign, and without the guards before literal signs."""
    last = paragraph[-1]
    parted = last.change is not Change.SAME and then is not None and then[0].change is not last.change
    runs = [{"change": run.change, "text": _GUARD.sub(r"\1", run.text)} for run in paragraph]
    heading = _HEADING.match(runs[0]["text"])
    if heading:
        runs[0]["text"] = runs[0]["text"][heading.end() :]
    # What ends it is seen by its end, unless nothing else was changed: one paragraph became two, or two one.
    runs[-1]["text"] = runs[-1]["text"].rstrip("\n") or "¶" * parted
    return {"heading": heading is not None, "runs": [run for run in runs if run["text"]]}


def _siblings(session: Session, revision: Revision) -> list[Revision]:
    """Every revision of the text in the same language, the newest first."""
    return [each for each in reading.texts(session, revision.statement) if each.language == revision.language]


@bp.get("/statements/<slug>/compared")
def choose(slug: str) -> Response:
    """Lead to the comparison that the form asks for; to that of the newest two when it asks for none."""
    newest = reading.published(db.session(), slug, asked() or DEFAULT).revision
    number, other = (_number(name) for name in ("new", "old"))
    return redirect(
        url_for(
            "statements.compared",
            slug=slug,
            number=number or newest.number,
            other=other or max(1, (number or newest.number) - 1),
            lang=newest.language,
        )
    )


def _number(name: str) -> int | None:
    typed = request.args.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else None
