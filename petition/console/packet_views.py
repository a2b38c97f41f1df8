"""Packets at the desk: listed, built in the background, stopped, fetched."""

from typing import Any

from flask import current_app, redirect, request, send_file, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from petition import clock
from petition.accounts import auditing
from petition.accounts.permission import current
from petition.config import Config
from petition.console.desk import ROWS, before, bp, deciders, page, published, readers
from petition.console.forms import BuildForm
from petition.db import db
from petition.errors import NotFound
from petition.jobs import State
from petition.packets import building
from petition.packets.models import Build, Packet
from petition.statements.models import Statement
from petition.web.form import SessionForm, refuse_stale


@bp.get("/statements/<slug>/packets")
@readers
def packets(slug: str) -> str:
    """Every packet of a statement, the newest first, and the one that is being built."""
    session, at = db.session(), published(slug)
    found = _found(session, at.statement, before(request.args))
    return page(
        "packets",
        at,
        form=BuildForm(formdata=None),
        build=shown(session, at.statement),
        found=found[:ROWS],
        next=found[ROWS - 1]["packet"].copy if len(found) > ROWS else None,
    )


def _found(session: Session, statement: Statement, before_copy: int | None) -> list[dict[str, Any]]:
    which = [Packet.statement_id == statement.id]
    if before_copy is not None:
        which.append(Packet.copy < before_copy)
    newest = select(Packet, Build).outerjoin(Build, Build.packet_id == Packet.id).where(*which)
    rows = session.execute(newest.order_by(Packet.copy.desc()).limit(ROWS + 1))
    return [{"packet": packet, "build": build, "kept": _kept(build)} for packet, build in rows]


def shown(session: Session, statement: Statement) -> dict[str, Any] | None:
    """The build that was asked for last, as a panel shows it."""
    build = building.newest(session, statement)
    if build is None:
        return None
    packet = session.get(Packet, build.packet_id) if build.packet_id else None
    place = building.STEPS.index(build.step) if build.step in building.STEPS else -1
    return {
        "row": build,
        "packet": packet,
        "steps": building.STEPS,
        "place": place,
        "making": build.state == State.WAITING,
        "kept": _kept(build),
    }


def _kept(build: Build | None) -> bool:
    config: Config = current_app.extensions["config"]
    return build is not None and build.state == State.DONE and building.file_of(config.data_dir, build).is_file()


@bp.post("/statements/<slug>/packets")
@deciders
def build_packet(slug: str) -> Response:
    """Have a packet built, unless one is under way."""
    form = BuildForm()
    refuse_stale(form)
    session, at, now = db.session(), published(slug), clock.now()
    build, fresh = building.ask(session, at.statement, form.language.data, now)
    if fresh:
        auditing.record(session, now, current(), "packet asked for", f"build {build.id}", statement=slug)
    return redirect(url_for("organize.packets", slug=slug), 303)


@bp.post("/builds/<row:number>/stop")
@deciders
def stop_build(number: int) -> Response:
    """Build it no further."""
    refuse_stale(SessionForm())
    session, now = db.session(), clock.now()
    build = building.stop(session, number, now)
    auditing.record(session, now, current(), "packet stopped", f"build {number}")
    return redirect(url_for("organize.packets", slug=session.get_one(Statement, build.statement_id).slug), 303)


@bp.get("/builds/<row:number>/packet.pdf")
@readers
def packet_file(number: int) -> Response:
    """The PDF."""
    session = db.session()
    build = session.get(Build, number)
    if build is None or not _kept(build) or build.packet_id is None:
        raise NotFound(number)
    config: Config = current_app.extensions["config"]
    statement, packet = session.get_one(Statement, build.statement_id), session.get_one(Packet, build.packet_id)
    name = f"{statement.slug}-copy-{packet.copy}.pdf"
    answer = send_file(building.file_of(config.data_dir, build), as_attachment=True, download_name=name, etag=False)
    answer.headers["Cache-Control"] = "no-store"
    return answer
