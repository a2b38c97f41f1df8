"""Previews: what every e-mail says, in each language, as text and as HTML, before anybody gets one."""

from email.message import EmailMessage
from typing import Final

import nh3
from flask import current_app, make_response
from markupsafe import Markup
from werkzeug.wrappers import Response

from petition import clock
from petition.console import samples
from petition.console.desk import bp, page, readers
from petition.console.samples import Sample
from petition.errors import NotFound
from petition.mail import letters
from petition.mail.letters import Letter
from petition.mail.outbox import Email
from petition.web.form import keys
from petition.web.language import names, speaking

#: What is left of an e-mail's HTML on a page of ours: its style stands at its elements, which our policy forbids.
TAGS: Final = {"p", "strong", "em", "br", "blockquote", "a", "h4", "hr", "ul", "ol", "li"}
RECIPIENT: Final = "ada@patron.example"


@bp.get("/mail/previews")
@readers
def previews() -> str:
    """Every e-mail by who gets it."""
    return page("previews", groups=samples.samples(clock.now()))


@bp.get("/mail/previews/<letter>")
@readers
def preview(letter: str) -> str:
    """One e-mail in every language."""
    shown = []
    for language, called in names().items():
        message = _message(_found(letter, language), language)
        text, html = message.get_body(("plain",)), message.get_body(("html",))
        assert text is not None
        assert html is not None
        shown.append(
            {
                "language": language,
                "called": called,
                "subject": message["Subject"],
                "text": text.get_content(),
                "html": _without_style(html.get_content()),
            }
        )
    return page("preview", name=letter, letter=_found(letter), shown=shown)


@bp.get("/mail/previews/<letter>/<lang>.eml")
@readers
def preview_file(letter: str, lang: str) -> Response:
    """The same as a file, for an e-mail program to show."""
    if lang not in names():
        raise NotFound(lang)
    answer = make_response(_message(_found(letter, lang), lang).as_bytes())
    answer.headers["Content-Type"] = "message/rfc822"
    answer.headers["Content-Disposition"] = f'attachment; filename="{letter}-{lang}.eml"'
    return answer


def _found(name: str, language: str | None = None) -> Sample:
    if language is None:
        groups = samples.samples(clock.now())
    else:
        with speaking(language):
            groups = samples.samples(clock.now())
    for group in groups.values():
        if name in group:
            return group[name]
    raise NotFound(name)


def _message(sample: Sample, language: str) -> EmailMessage:
    now = clock.now()
    with speaking(language):
        facts = samples.facts(sample, now)
    email = Email(id=0, kind="sample", language=language, made_at=now, composed_at=now)
    letter = Letter(sample.folder, RECIPIENT, facts)
    return letters.written(letter, email, keys(), current_app.extensions["config"])


def _without_style(html: str) -> Markup:
    body = html.partition("<body")[2].partition(">")[2].replace("<h1", "<h4").replace("</h1>", "</h4>")
    return Markup(nh3.clean(body, tags=TAGS, attributes={}))  # noqa: S704  (what nh3 lets through is safe)
