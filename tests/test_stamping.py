"""Time from others that comes later: asked for in the background, kept beside the file, never in it."""

from datetime import timedelta
from itertools import pairwise
from typing import cast

import pytest

from petition import clock
from petition.jobs import Queue
from petition.ledger.models import Head
from petition.packets import stamping, timestamps
from petition.packets.models import Packet, PacketFile
from petition.packets.stamping import Pace
from petition.publishers.models import Publisher
from petition.statements.models import Revision, Statement
from petition.worker import steps
from petition.worker.stamping import Stamper
from tests.ground import SLUG, House
from tests.sealing import Stamps, timestamp_server

SHA256 = "5a" * 32


def issue(house: House, *, sealer: str | None = "ab" * 32) -> int:
    """An issued packet of one PDF with its evidence; returns the PDF's row."""
    now = clock.now()
    with house.writing() as session:
        statement = session.query(Statement).filter_by(slug=SLUG).one()
        assert session.get(Head, statement.id) is None
        packet = Packet(
            statement_id=statement.id, publisher_id=session.query(Publisher.id).limit(1).scalar(), copy=1,
            revision_id=session.query(Revision.id).filter_by(statement_id=statement.id).limit(1).scalar(),
            frozen_at=now, ledger_size=0, ledger_root="00" * 32, counts={}, template_version="0", sample=True,
            issued_at=now, sealed_at=now, sealer=sealer,
        )  # fmt: skip
        session.add(packet)
        session.flush()
        file = PacketFile(packet_id=packet.id, part="brief", name="packet.pdf", sha256=SHA256, size_bytes=1)
        evidence = PacketFile(packet_id=packet.id, part="evidence", name="e.bin", sha256="6b" * 32, size_bytes=1)
        session.add_all([file, evidence])
        session.flush()
        return file.id


class Shelf:
    """Takes what is handed to the queue."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, int]] = []

    def put(self, kind: str, row_id: int) -> None:
        self.taken.append((kind, row_id))


def ask(house: House, server: Stamps | None, pace: Pace | None = None) -> list[tuple[str, int]]:
    """One look of the worker, with the timestamp server that the operator has set."""
    import dataclasses

    config = dataclasses.replace(house.config, timestamp_url=server.url if server else None)
    house.app.extensions["config"] = config
    shelf = Shelf()
    with house.app.app_context():
        steps.dispatch_stamps(cast("Queue", shelf), config, pace or Pace())
    for _, number in shelf.taken:
        Stamper(house.app).stamp(number)
    return shelf.taken


def test_a_later_token_is_kept_beside_the_pdf_and_asked_for_once(house: House) -> None:
    number = issue(house)
    with timestamp_server() as server:
        assert ask(house, server) == [("stamp", number)]
        assert ask(house, server) == []
        assert server.asked == 1
    [pdf, evidence] = house.rows(PacketFile)
    assert pdf.later_token is not None
    assert timestamps.read(pdf.later_token, bytes.fromhex(SHA256)).at == pdf.later_token_at
    assert pdf.stamped_at is None
    assert evidence.later_token is None


@pytest.mark.parametrize("name", ["packet", "PACKET.PDF", "packet.pdf.v2"])
def test_a_token_comes_whatever_the_file_is_called(name: str, house: House) -> None:
    number = issue(house)
    with house.writing() as session:
        session.get_one(PacketFile, number).name = name
    with timestamp_server() as server:
        assert ask(house, server) == [("stamp", number)]
        assert ask(house, server) == []


def test_without_a_server_or_a_seal_nobody_is_asked(house: House) -> None:
    issue(house, sealer=None)
    with timestamp_server() as server:
        assert ask(house, server) == []
        assert ask(house, None) == []
        assert server.asked == 0


@pytest.mark.parametrize("manner", ["refuses", "is down", "chatters", "stamps something else"])
def test_a_server_that_does_not_stamp_leaves_the_file_as_it_is(manner: str, house: House) -> None:
    issue(house)
    with timestamp_server() as server:
        server.manner = manner
        assert len(ask(house, server)) == 1
        [pdf, _] = house.rows(PacketFile)
        assert pdf.later_token is None
        server.manner = "right"
        ask(house, server)
    [pdf, _] = house.rows(PacketFile)
    assert pdf.later_token is not None


def test_it_asks_more_and_more_rarely_while_nobody_answers() -> None:
    pace, now, asked = Pace(), clock.now(), []
    for minute in range(60 * 24):
        moment = now + timedelta(minutes=minute)
        if pace.due(moment):
            asked.append(minute)
            pace.looked(moment, owed=True)
    assert asked[:6] == [0, 1, 3, 7, 15, 31]
    assert max(after - before for before, after in pairwise(asked)) == 60
    pace.looked(now, owed=False)
    assert pace.due(now + timedelta(hours=1))


def test_the_first_of_two_tokens_stays(house: House) -> None:
    number = issue(house)
    now = clock.now()
    with house.writing() as session:
        assert stamping.keep(session, number, b"first", now)
    with house.writing() as session:
        assert not stamping.keep(session, number, b"second", now)
    assert house.rows(PacketFile)[0].later_token == b"first"
