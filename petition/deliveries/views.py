"""A delivery's own page, behind the link that its recipient was given: the files, how to check them, and a button."""

from email.utils import parseaddr

from flask import Blueprint, current_app, make_response, redirect, render_template, send_file, url_for
from werkzeug.wrappers import Response

from petition import clock, limits
from petition.config import Config
from petition.db import db, reading, writing
from petition.deliveries import acknowledging, delivering, letters, linking
from petition.deliveries.forms import ReceivedForm
from petition.deliveries.linking import LinkExpired, UnknownLink
from petition.deliveries.models import Delivery
from petition.errors import NotFound
from petition.packets import keeping, recognizing
from petition.packets.models import PacketFile
from petition.web.form import keys

bp = Blueprint("deliveries", __name__)


def _config() -> Config:
    config: Config = current_app.extensions["config"]
    return config


def _contact() -> str:
    """To whom a recipient can write."""
    return parseaddr(_config().mail_reply_to or _config().mail_from)[1]


def _file(found: Delivery, number: int) -> PacketFile:
    for file in recognizing.files(db.session(), found.packet_id):
        if file.id == number:
            return file
    raise NotFound("file")


@bp.get("/deliveries/<token>")
def delivery(token: str) -> Response:
    """What was delivered, how to check it, and the button that says it has come."""
    return _page(token, linking.find(db.session(), token, clock.now()), ReceivedForm(formdata=None))


def _page(token: str, found: Delivery, form: ReceivedForm, status: int = 200) -> Response:
    session = db.session()
    files = recognizing.files(session, found.packet_id)
    said = acknowledging.of(session, found)
    page = render_template(
        "deliveries/delivery.html",
        token=token,
        form=form,
        files=files,
        packet=found.packet,
        delivery=found,
        acknowledged_at=said.at if said is not None else None,
        newer=recognizing.superseded_by(session, found.packet, delivering.delivered()),
        contact=_contact(),
        told=letters.facts(session, found.packet, files),
    )
    return make_response(page, status)


@bp.post("/deliveries/<token>")
@limits.named("private")
def received(token: str) -> Response:
    """We have received this."""
    form, session, now = ReceivedForm(), db.session(), clock.now()
    found = linking.find(session, token, now)
    if not form.validate():
        return _page(token, found, form, 422)
    acknowledging.acknowledge(session, keys(), found, form["name"].data, now)
    return redirect(url_for(".delivery", token=token), 303)


@bp.get("/deliveries/<token>/files/<row:number>")
def file(token: str, number: int) -> Response:
    """One file of it. That it was fetched is noted in a transaction of its own."""
    now = clock.now()
    found = linking.find(db.session(), token, now)
    wanted = _file(found, number)
    path, name, delivery_id = keeping.path_of(_config().data_dir, wanted), wanted.name, found.id
    if not path.is_file():
        return make_response(render_template("deliveries/missing.html", token=token, contact=_contact()), 503)
    with writing() as own:
        acknowledging.fetched(own, delivery_id, wanted, now)
    answer = send_file(
        path, mimetype=letters.media_type(name), as_attachment=True, download_name=name, etag=False, conditional=False
    )
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@bp.app_errorhandler(LinkExpired)
def expired(_error: LinkExpired) -> tuple[str, int]:
    """Ours, and over: whom to ask for another."""
    with reading():
        return render_template("deliveries/expired.html", contact=_contact()), 410


@bp.app_errorhandler(UnknownLink)
def unknown(_error: UnknownLink) -> tuple[str, int]:
    """Cut off, or called back."""
    with reading():
        return render_template("deliveries/unknown.html", contact=_contact()), 404
