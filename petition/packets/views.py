"""The page on which anybody checks a file: whether we issued it, when, for whom, and whether a newer one has come."""

from typing import Any

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from petition.db import db
from petition.packets import describing, recognizing, sealers
from petition.packets.models import PacketFile
from petition.packets.recognizing import Issued
from petition.publishers.models import Publisher
from petition.statements.models import Revision
from petition.web.headers import cached

bp = Blueprint("verify", __name__)

#: Nobody pastes more than a SHA-256 with its grouping.
LONGEST = 200


@bp.get("/verify")
def verify() -> Response:
    """What is known of the file with this SHA-256; without one, the form that asks for it."""
    typed = request.args.get("sha256", "")[:LONGEST].strip()
    sha256 = recognizing.digits(typed) if typed else None
    found = recognizing.recognize(db.session(), sha256) if sha256 else None
    wrong = bool(typed) and sha256 is None
    page = render_template(
        "verify/verify.html", typed=typed, sha256=sha256, wrong=wrong, found=_shown(found) if found else None,
        sealers=sealers.used(db.session()),
    )  # fmt: skip
    return make_response(page, 422) if wrong else cached(make_response(page), 60)


def _shown(found: Issued) -> dict[str, Any]:
    packet, session = found.packet, db.session()
    text = session.get_one(Revision, packet.revision_id)
    others = [each for each in recognizing.files(session, packet.id) if each.id != found.file.id]
    return {
        "file": found.file,
        "part": describing.part(found.file, others),
        "packet": packet,
        "also": found.also,
        "newer": found.newer,
        "publisher": session.get_one(Publisher, packet.publisher_id).name,
        "title": text.title,
        "language": text.language,
        "slug": text.statement.slug,
        "issuer": text.statement.issuer,
        "verified": packet.counts["verified"],
        "others": _others(found.file, others),
    }


def _others(file: PacketFile, others: list[PacketFile]) -> list[dict[str, Any]]:
    return [
        {"part": describing.part(each, [file, *others]), "name": each.name, "sha256": each.sha256} for each in others
    ]
