"""What the desk says of copies: which is which, how many volumes and pages each has, and who has one already."""

from typing import Final

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from petition import clock
from petition.deliveries.models import Delivery, Means
from petition.jobs import State
from petition.packets.models import EVIDENCE, Build, Packet, PacketFile
from petition.packets.options import Options, Redaction, Roster
from petition.web.language import day
from tests.delivering import CEO, contact, delivered, delivery, failed, handed_over, issued, link_of
from tests.ground import SLUG, House
from tests.signing_in import signed_in

PACKETS: Final = f"/organize/statements/{SLUG}/packets"


def set_packet(house: House, packet: int, **values: object) -> None:
    with house.writing() as session:
        session.execute(update(Packet).where(Packet.id == packet).values(**values))


def set_file(house: House, packet: int, which: str, /, **values: object) -> None:
    with house.writing() as session:
        session.execute(
            update(PacketFile).where(PacketFile.packet_id == packet, PacketFile.part == which).values(**values)
        )


def built(house: House, packet: int) -> None:
    """Have a worker's row of the making of a packet, as it stands when it is done."""
    now = clock.now()
    with house.writing() as session:
        row = session.get_one(Packet, packet)
        build = Build(
            statement_id=row.statement_id, language="en", options={}, packet_id=packet, made_at=now, due_at=now,
            until=now, begun_at=now, step="seal", pages=24, size_bytes=2048, state=State.DONE, ended_at=now,
        )  # fmt: skip
        session.add(build)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (Options(), "Names and places · English"),
        (Options(redaction=Redaction.INITIALS), "Initials and states · English"),
        (Options(redaction=Redaction.COUNTS), "Counts only · English"),
        (Options(roster=Roster.NONE), "Without a roster · English"),
        (Options(since=1, language="es"), "Names and places · Español · supplement to copy 1"),
    ],
)
def test_a_copy_says_its_redaction_language_and_what_it_adds_to_wherever_it_is_chosen_or_received(
    house: House, options: Options, says: str
) -> None:
    packet = issued(house, copy=2)
    set_packet(house, packet, options=options.kept(), language=options.language)
    number = delivered(house, packet=packet)
    house.work()
    desk = signed_in(house)
    for page in (PACKETS, f"/organize/packets/{packet}", f"/organize/deliveries/{number}"):
        assert says in desk.get(page).text
    assert says in house.client().get(link_of(house, number)).text
    (mail,) = house.mails(CEO)
    assert says in mail.text
    assert says in mail.html


def test_the_evidence_is_no_volume(house: House) -> None:
    packet = issued(house)
    set_file(house, packet, "roster OR", part=EVIDENCE, name=f"{SLUG}-copy-1-evidence.bin", pages=None)
    built(house, packet)
    said = signed_in(house).get(PACKETS).text
    assert "volume" not in said.partition("<h1>")[2].replace("In a volume", "")
    assert ">Evidence<" in said


def test_volumes_are_counted_without_the_evidence(house: House) -> None:
    packet = issued(house)
    with house.writing() as session:
        (brief,) = session.query(PacketFile).filter_by(packet_id=packet, part="brief")
        session.add(PacketFile(
            packet_id=packet, part=EVIDENCE, name="evidence.bin", sha256=brief.sha256, size_bytes=1,
        ))  # fmt: skip
    built(house, packet)
    said = signed_in(house).get(PACKETS).text
    assert "Its 1 volume stands in the list below." in said
    assert "1 volume</summary>" in said


def test_a_packet_that_was_built_by_command_has_the_pages_of_its_files(house: House) -> None:
    packet = issued(house)
    set_file(house, packet, "brief", pages=11)
    set_file(house, packet, "roster OR", pages=1300)
    assert 'data-label="Pages">1,311<' in signed_in(house).get(PACKETS).text


def deliver(house: House, packet: int, to: int, **typed: str) -> TestResponse:
    """Press the button for a delivery by a link."""
    page = f"/organize/packets/{packet}"
    return house.press(f"{page}/deliveries", signed_in(house), page, contact=str(to), means="link", **typed)


def test_whoever_has_one_copy_is_given_another_only_knowingly(house: House) -> None:
    to = contact(house)
    number = delivered(house, Means.LINK, issued(house, copy=13), to)
    handed_over(house, number)
    second = issued(house, copy=16)
    with house.app.test_request_context():
        since = day(delivery(house, number).handed_on or clock.now())
    page = signed_in(house).get(f"/organize/packets/{second}").text
    assert f"(has copy 13 since {since})" in page
    assert 'name="knowingly"' in page
    refused = deliver(house, second, to)
    assert refused.status_code == 409
    assert f"This recipient was given copy 13 on {since}." in refused.text
    assert len(house.rows(Delivery)) == 1
    assert deliver(house, second, to, knowingly="1").status_code == 303


def test_a_recipient_is_known_by_the_mailbox_under_another_name(house: House) -> None:
    delivered(house, Means.LINK, issued(house), contact(house))
    other = contact(house, name="The same mailbox by another name")
    assert deliver(house, issued(house, copy=2), other).status_code == 409


@pytest.mark.parametrize("kind", ["supplement", "failed", "another"])
def test_nothing_is_to_be_known_of_a_supplement_a_failed_delivery_or_another_recipient(house: House, kind: str) -> None:
    to = contact(house)
    number = delivered(house, Means.LINK, issued(house), to)
    second = issued(house, copy=2)
    if kind == "supplement":
        set_packet(house, second, options=Options(since=1).kept())
    elif kind == "failed":
        failed(house, number)
    else:
        to = contact(house, "other@publisher.example", "Another office")
    assert deliver(house, second, to).status_code == 303
