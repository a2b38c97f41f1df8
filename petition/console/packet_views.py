"""Packets at the desk: listed, built in the background, stopped, fetched."""

from collections.abc import Sequence
from typing import Any

from flask import current_app, redirect, request, send_file, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from petition import clock
from petition.accounts import auditing
from petition.accounts.permission import current
from petition.config import Config
from petition.console.desk import ROWS, bp, deciders, page, published, readers
from petition.console.forms import BuildForm
from petition.db import db
from petition.errors import NotFound
from petition.jobs import State
from petition.packets import building, describing, keeping
from petition.packets.models import Build, Packet, PacketFile
from petition.statements.models import Statement
from petition.statements.reading import Published
from petition.web.addresses import before
from petition.web.form import SessionForm, refuse_stale


@bp.get("/statements/<slug>/packets")
@readers
def packets(slug: str) -> str:
    """Every packet of a statement, the newest first, and the one that is being built."""
    return _page(published(slug), BuildForm(formdata=None))


def _page(at: Published, form: BuildForm) -> str:
    session = db.session()
    found = _found(session, at.statement, before(request.args))
    return page(
        "packets",
        at,
        form=form,
        build=shown(session, at.statement),
        found=found[:ROWS],
        next=found[ROWS - 1]["packet"].copy if len(found) > ROWS else None,
    )


def _found(session: Session, statement: Statement, before_copy: int | None) -> list[dict[str, Any]]:
    which = [Packet.statement_id == statement.id]
    if before_copy is not None:
        which.append(Packet.copy < before_copy)
    newest = select(Packet, Build).outerjoin(Build, Build.packet_id == Packet.id).where(*which)
    rows = session.execute(newest.order_by(Packet.copy.desc()).limit(ROWS + 1)).all()
    numbers = [packet.id for packet, _ in rows]
    files, pages = _files(session, numbers), _pages(session, numbers)
    return [
        {
            "packet": packet,
            "kind": describing.kind(packet),
            "build": build,
            "files": files.get(packet.id, []),
            "pages": pages.get(packet.id),
        }
        for packet, build in rows
    ]


def _pages(session: Session, packets: Sequence[int]) -> dict[int, int]:
    """How many pages each packet has in all its files, whether they are here or not, by whatever it was built."""
    counted = select(PacketFile.packet_id, func.sum(PacketFile.pages)).where(
        PacketFile.packet_id.in_(packets), PacketFile.pages.is_not(None)
    )
    return {number: int(pages or 0) for number, pages in session.execute(counted.group_by(PacketFile.packet_id))}


def _files(session: Session, packets: Sequence[int]) -> dict[int, list[PacketFile]]:
    """Of each packet the files that are here, the brief first."""
    config: Config = current_app.extensions["config"]
    found: dict[int, list[PacketFile]] = {}
    for file in session.scalars(select(PacketFile).where(PacketFile.packet_id.in_(packets)).order_by(PacketFile.id)):
        if keeping.path_of(config.data_dir, file).is_file():
            found.setdefault(file.packet_id, []).append(file)
    return found


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
        "files": _files(session, [packet.id]).get(packet.id, []) if packet is not None else [],
    }


@bp.post("/statements/<slug>/packets")
@deciders
def build_packet(slug: str) -> Response | tuple[str, int]:
    """Have a packet built, unless one is under way."""
    form = BuildForm()
    session, at, now = db.session(), published(slug), clock.now()
    if not form.validate():
        return _page(at, form), 422
    build, fresh = building.ask(session, at.statement, form.options(), now)
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


@bp.get("/packet-files/<row:number>")
@readers
def packet_file(number: int) -> Response:
    """One file of an issued packet."""
    file = db.session().get(PacketFile, number)
    config: Config = current_app.extensions["config"]
    if file is None or not keeping.path_of(config.data_dir, file).is_file():
        raise NotFound(number)
    path = keeping.path_of(config.data_dir, file)
    kind = "application/pdf" if file.name.endswith(".pdf") else "application/octet-stream"
    answer = send_file(path, kind, as_attachment=True, download_name=file.name, etag=False)
    answer.headers["Cache-Control"] = "no-store"
    return answer
