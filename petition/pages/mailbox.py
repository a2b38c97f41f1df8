"""The mailbox of a demo: the e-mails it would have sent, so that a newcomer can finish in the browser.

Anyone who opens it could confirm for anyone. So it needs all three: a database marked as a demo, a base
URL on this machine, and a visitor on this machine.
"""

import re
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final

from flask import current_app, make_response, render_template, request
from werkzeug.wrappers import Response

from petition.config import Config
from petition.errors import NotFound
from petition.pages.statements import campaign_bp as bp
from petition.web.language import current

NEWEST = 50
_LINK = re.compile(r"https?://\S+")
_CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b")


#: Whether there is a mailbox is told by these of a request's environ, which every page of a demo depends on.
_PROXIES: Final = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP")
DEPENDS: Final = ("REMOTE_ADDR", *_PROXIES)


def is_here() -> bool:
    """Whether this visitor may see the mailbox."""
    if not current_app.extensions["demo"]:
        return False
    config: Config = current_app.extensions["config"]
    # A proxy on this machine that we were not told of makes everyone look near; it says so in one of these.
    unknown = any(name in request.environ for name in _PROXIES)
    near = request.remote_addr in ("127.0.0.1", "::1") and (config.trusted_proxies > 0 or not unknown)
    return config.loopback and near and config.smtp_url is None


def _directory() -> Path:
    if not is_here():
        raise NotFound("mailbox")
    config: Config = current_app.extensions["config"]
    return config.mail_dir


def _read(path: Path) -> EmailMessage:
    with path.open("rb") as file:
        message = BytesParser(policy=policy.default).parse(file)
    assert isinstance(message, EmailMessage)
    return message


def _facts(path: Path) -> dict[str, Any]:
    message = _read(path)
    return {
        "name": path.stem,
        "subject": message["Subject"],
        "sender": message["From"],
        "to": message["To"],
        "written_in": message["Content-Language"] or current(),
        "at": parsedate_to_datetime(message["Date"]),
    }


@bp.get("/mailbox")
def mailbox() -> Response:
    """The newest e-mails."""
    files = sorted(_directory().glob("*.eml"), reverse=True)[:NEWEST]
    return make_response(render_template("pages/mailbox.html", messages=[_facts(path) for path in files]))


@bp.get("/mailbox/<name>")
def mailbox_message(name: str) -> Response:
    """One e-mail, with its links to follow."""
    path = next((p for p in _directory().glob("*.eml") if p.stem == name), None)
    if path is None:
        raise NotFound(name)
    body = _read(path).get_body(("plain",))
    text = body.get_content() if body else ""
    code = _CODE.search(text)
    links = dict.fromkeys(found.rstrip(".,:;)") for found in _LINK.findall(text))
    return make_response(
        render_template(
            "pages/mailbox_message.html",
            **_facts(path),
            text=text,
            links=[{"url": url, "label": url} for url in links],
            code=code.group() if code else None,
        )
    )
