"""Deliveries: what stops one, never twice by accident, what leaves, what comes back, and what stands on record."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update

from petition import clock
from petition.accounts.models import Role
from petition.campaigns.models import Campaign
from petition.deliveries import delivering, linking, recipients
from petition.deliveries.delivering import GivenAlready, NotReachable, NotReady
from petition.deliveries.models import Acknowledgement, Contact, Delivery, DeliveryFetch, Means, Proofread
from petition.deliveries.readiness import What, hindrances
from petition.jobs import State
from petition.mail.outbox import Email
from petition.packets import keeping
from petition.packets.models import Packet, PacketFile
from petition.packets.options import Options, Redaction
from petition.signatures.models import Change, Signature, Status
from petition.web.language import ZONE
from tests import printed
from tests.delivering import CEO, contact, delivered, delivery, failed, handed_over, issued, link_of
from tests.ground import House
from tests.postmaster import serving, transport_to
from tests.signing_in import signed_in

FORM = {"contact": "1", "means": "email", "again": ""}


def in_the_way(house: House, packet: int) -> set[What]:
    with house.reading() as session:
        return {each.what for each in hindrances(session, session.get_one(Packet, packet), clock.now())}


def set_packet(house: House, packet: int, **values: object) -> None:
    with house.writing() as session:
        session.execute(update(Packet).where(Packet.id == packet).values(**values))


def test_a_packet_that_is_issued_and_read_can_go(house: House) -> None:
    assert in_the_way(house, issued(house)) == set()


def test_what_is_not_issued_not_read_or_still_in_the_queue_stops_the_delivery(house: House) -> None:
    packet = issued(house, read=False)
    set_packet(house, packet, issued_at=None)
    house.sign()
    house.work()
    house.confirm()
    set_packet(house, packet, frozen_at=clock.now())
    assert house.rows(Change)
    assert in_the_way(house, packet) == {What.NOT_ISSUED, What.UNREAD, What.QUEUE}
    with pytest.raises(NotReady):
        delivered(house, packet=packet)
    assert house.rows(Delivery) == []
    assert house.emails(Email.kind == "delivery") == []


def test_held_signatures_and_a_newer_copy_must_be_known_of_and_a_made_up_certificate_is_noted(house: House) -> None:
    house.signed()
    packet = issued(house)
    issued(house, copy=2)
    with house.writing() as session:
        session.execute(update(Signature).values(status=Status.HELD))
    set_packet(house, packet, counts={"verified": 1, "seal": {"known": False}})
    assert in_the_way(house, packet) == {What.HELD, What.SUPERSEDED, What.CERTIFICATE}
    to, client = contact(house), signed_in(house)
    page = f"/organize/packets/{packet}"
    refused = house.press(f"{page}/deliveries", client, page, **{**FORM, "contact": str(to)})
    assert refused.status_code == 409
    assert "1 signature is held." in refused.text
    assert house.rows(Delivery) == []
    taken = house.press(f"{page}/deliveries", client, page, **{**FORM, "contact": str(to), "knowingly": "1"})
    assert taken.status_code == 303


def test_a_supplement_takes_no_packets_place(house: House) -> None:
    packet = issued(house)
    set_packet(house, issued(house, copy=2), options={"since": packet})
    assert in_the_way(house, packet) == set()


def test_the_desk_is_not_sent_to_a_newer_copy_that_says_less_of_the_signatories(house: House) -> None:
    packet, nameless = issued(house), issued(house, copy=2)
    set_packet(house, nameless, options=Options(redaction=Redaction.COUNTS).kept())
    assert in_the_way(house, packet) == set()


def test_a_recipient_is_told_of_a_newer_copy_once_it_was_given_to_somebody_and_has_not_failed(house: House) -> None:
    has = delivered(house, Means.LINK, packet=issued(house))
    newer = delivered(house, Means.LINK, packet=issued(house, copy=2), to=contact(house, "other@publisher.example"))
    said = "Copy 2 of"
    assert said not in house.client().get(link_of(house, has)).text
    handed_over(house, newer)
    assert said in house.client().get(link_of(house, has)).text
    failed(house, newer)
    assert said not in house.client().get(link_of(house, has)).text


def test_whoever_presses_the_button_twice_delivers_once(house: House) -> None:
    packet, to = issued(house), contact(house)
    delivered(house, packet=packet, to=to)
    with pytest.raises(GivenAlready):
        delivered(house, packet=packet, to=to)
    with pytest.raises(GivenAlready):
        delivered(house, Means.POST, packet, to)
    with pytest.raises(GivenAlready):
        delivered(house, packet=packet, to=contact(house, name="The same mailbox by another name"))
    assert len(house.rows(Delivery)) == 1
    assert len(house.emails(Email.kind == "delivery")) == 1


def test_once_more_on_purpose_says_why(house: House) -> None:
    packet, to = issued(house), contact(house)
    delivered(house, packet=packet, to=to)
    again = delivered(house, packet=packet, to=to, again="Their archive burnt down.")
    assert (delivery(house, again).turn, delivery(house, again).again_because) == (2, "Their archive burnt down.")


def test_the_database_itself_takes_no_second_one(house: House) -> None:
    first = delivered(house)
    with house.writing() as session:
        # The advisory lock and the look before are what a fault would leave out.
        row = session.get_one(Delivery, first)
        values = {each.name: getattr(row, each.name) for each in Delivery.__table__.columns if each.name != "id"}
        values |= {"fingerprint": bytes(32), "nonce": bytes(16)}
    with pytest.raises(Exception, match=r"(?i)unique"), house.writing() as session:
        session.add(Delivery(**values))


def test_the_e_mail_carries_the_files_names_the_count_and_leads_to_the_button(house: House) -> None:
    house.signed()
    packet = issued(house)
    number = delivered(house, packet=packet)
    house.work()
    (mail,) = house.mails(CEO)
    files = house.rows(PacketFile, PacketFile.packet_id == packet)
    attached = {each.get_filename(): each.get_content() for each in mail.message.iter_attachments()}
    assert set(attached) == {file.name for file in files}
    for file in files:
        assert attached[file.name] == keeping.path_of(house.config.data_dir, file).read_bytes()
        assert file.sha256 in mail.text
        assert file.sha256 in mail.html
    assert "Copy 1: 1 verified signature as of" in mail.text
    assert mail.link("/deliveries/") == link_of(house, number)
    assert delivery(house, number).sent_at is not None
    with house.app.app_context():
        assert b"%PDF" not in repr(house.dump()["email"]).encode()


def test_what_is_too_large_for_an_e_mail_goes_by_the_link(house: House) -> None:
    number = delivered(house, packet=issued(house, size=4_000_000))
    house.work()
    (mail,) = house.mails(CEO)
    assert list(mail.message.iter_attachments()) == []
    assert "too large for an e-mail" in mail.text
    assert not delivery(house, number).attached


def test_a_file_that_changed_on_the_disk_is_not_sent(house: House) -> None:
    number = delivered(house)
    file = house.rows(PacketFile)[0]
    keeping.path_of(house.config.data_dir, file).write_bytes(b"something else")
    house.work()
    assert house.mails(CEO) == []
    found = delivery(house, number)
    assert found.failed_at is not None
    assert found.failure == f"{file.name} has changed on the disk since it was issued."


def test_a_refused_e_mail_is_a_delivery_that_failed_and_is_said_so_once(house: House) -> None:
    to = contact(house)
    number = delivered(house, to=to)
    with serving() as postmaster, transport_to(postmaster) as smtp:
        postmaster.answers["RCPT"] = ["550 5.1.1 No such user here"]
        house.work(smtp)
        assert postmaster.taken == []
    found = delivery(house, number)
    assert (found.sent_at, found.failed_at is not None) == (None, True)
    page = signed_in(house).get(f"/organize/deliveries/{number}").text
    assert "Not delivered," in page
    assert "The e-mail did not go out. The reason follows" in page
    assert "550 5.1.1 No such user here" in page
    assert house.rows(Contact)[0].refused_at is not None
    assert house.client().get(link_of(house, number)).status_code == 404
    again = delivered(house, packet=found.packet_id, to=to)
    house.work()
    assert delivery(house, again).turn == 1
    assert len(house.mails(CEO)) == 1


def test_a_contact_without_an_address_gets_no_e_mail_and_one_without_lines_no_parcel(house: House) -> None:
    packet, to = issued(house), contact(house)
    for values, means in (({"address": None, "mailbox": None}, Means.EMAIL), ({"address_lines": []}, Means.POST)):
        with house.writing() as session:
            session.execute(update(Contact).values(**values))
        with pytest.raises(NotReachable):
            delivered(house, means, packet, to)
    with house.writing() as session:
        session.execute(update(Contact).values(retired_at=clock.now()))
    with pytest.raises(NotReachable):
        delivered(house, Means.LINK, packet, to)


def test_a_delivery_keeps_its_recipient_as_they_stood_and_the_database_no_address(house: House) -> None:
    number = delivered(house)
    with house.writing() as session:
        session.execute(update(Contact).values(name="Somebody Else", address_lines=["Elsewhere"]))
    kept = recipients.recipient_of(house.keys, delivery(house, number))
    assert (kept.name, kept.address) == ("Office of the Sample CEO", CEO)
    assert kept.lines[0] == "120 Sample Street"
    assert CEO not in repr(house.dump())


# --- Behind the link ------------------------------------------------------------------------------


def test_a_fetched_file_is_the_issued_one_and_is_noted_as_no_receipt(house: House) -> None:
    number = delivered(house)
    file = house.rows(PacketFile)[1]
    answer = house.client().get(f"{link_of(house, number)}/files/{file.id}")
    assert answer.status_code == 200
    assert answer.data == keeping.path_of(house.config.data_dir, file).read_bytes()
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    answer.close()
    assert [(each.delivery_id, each.file_id) for each in house.rows(DeliveryFetch)] == [(number, file.id)]
    assert house.rows(Acknowledgement) == []
    assert "Fetched, perhaps by a scanner" in signed_in(house).get(f"/organize/deliveries/{number}").text


def test_a_link_opens_no_file_of_another_packet(house: House) -> None:
    number = delivered(house)
    other = issued(house, copy=2)
    (foreign, *_rest) = house.rows(PacketFile, PacketFile.packet_id == other)
    assert house.client().get(f"{link_of(house, number)}/files/{foreign.id}").status_code == 404
    assert house.rows(DeliveryFetch) == []


def test_a_file_that_is_not_there_is_our_fault_and_not_noted(house: House) -> None:
    number = delivered(house)
    file = house.rows(PacketFile)[0]
    keeping.path_of(house.config.data_dir, file).unlink()
    answer = house.client().get(f"{link_of(house, number)}/files/{file.id}")
    assert answer.status_code == 503
    assert "It is our fault" in answer.text
    assert house.rows(DeliveryFetch) == []


def test_the_button_acknowledges_once_and_the_first_time_stands(house: House) -> None:
    number = delivered(house)
    house.work()
    link = link_of(house, number)
    stale = house.client().get(link)
    assert house.press(link, name="Jo Sample").status_code == 303
    (first,) = house.rows(Acknowledgement)
    house.later(minutes=5)
    assert house.client().post(link, data={"name": "Mallory", **_token(stale.text)}).status_code == 303
    assert house.rows(Acknowledgement)[0].at == first.at
    assert "You told us on" in house.client().get(link).text
    assert "Jo Sample" not in repr(house.dump())
    page = signed_in(house).get(f"/organize/deliveries/{number}").text
    assert "Jo Sample" in page
    assert "Received, acknowledged" in page


def _token(page: str) -> dict[str, str]:
    return {"csrf_token": page.split('name="csrf_token" value="')[1].partition('"')[0]}


def test_a_name_as_long_as_a_page_is_refused_with_what_was_typed(house: House) -> None:
    number = delivered(house)
    link = link_of(house, number)
    answer = house.press(link, name="W" * 300)
    assert answer.status_code == 422
    assert "W" * 300 in answer.text
    assert house.rows(Acknowledgement) == []


def test_an_expired_link_says_whom_to_ask_and_an_organizer_opens_it_again(house: House) -> None:
    number = delivered(house)
    link, client = link_of(house, number), signed_in(house)
    house.later(days=31, minutes=1)
    answer = house.client().get(link)
    assert answer.status_code == 410
    assert "write to sign@petition.example" in answer.text
    client = signed_in(house)
    house.press(f"/organize/deliveries/{number}/link", client, f"/organize/deliveries/{number}")
    assert house.client().get(link).status_code == 200


def test_an_unknown_link_and_one_called_back_open_nothing(house: House) -> None:
    number = delivered(house, Means.LINK)
    link, desk, client = link_of(house, number), f"/organize/deliveries/{number}", signed_in(house)
    assert house.client().get(f"{link[:-1]}_").status_code == 404
    assert house.press(f"{desk}/failed", client, desk, sentence="Given to the wrong firm.").status_code == 303
    answer = house.client().get(link)
    assert answer.status_code == 404
    assert "We do not know this link." in answer.text


def test_others_may_hang_pages_on_the_link(house: House) -> None:
    number = delivered(house)
    token = link_of(house, number).rpartition("/")[2]
    with house.reading() as session:
        assert linking.find(session, token, clock.now()).id == number
        with pytest.raises(linking.LinkExpired):
            linking.find(session, token, linking.until(clock.now()))


# --- At the desk ----------------------------------------------------------------------------------


def test_reading_a_packet_is_written_down_with_the_readers_name(house: House) -> None:
    packet, client = issued(house, read=False), signed_in(house)
    page = f"/organize/packets/{packet}"
    assert "Nobody has said that they have read it" in client.get(page).text
    assert house.press(f"{page}/read", client, page).status_code == 303
    assert len(house.rows(Proofread)) == 1
    assert "Nobody has said" not in client.get(page).text


def test_what_is_handed_over_in_person_names_day_place_and_people(house: House) -> None:
    number, client = delivered(house, Means.PERSON), signed_in(house)
    desk = f"/organize/deliveries/{number}"
    today = str(clock.now().astimezone(ZONE).date())
    refused = house.press(f"{desk}/handed", client, desk, day=today)
    assert refused.status_code == 422
    assert "Needed for what is handed over in person." in refused.text
    early = house.press(f"{desk}/handed", client, desk, day="2999-01-01", place="New York", by="Ada", to="Jo")
    assert "This day has not come yet." in early.text
    told = {"day": today, "place": "New York", "by": "Ada Sample", "to": "Jo Sample"}
    assert house.press(f"{desk}/handed", client, desk, **told).status_code == 303
    found = delivery(house, number)
    assert (str(found.handed_on), found.place, found.handed_to) == (today, "New York", "Jo Sample")
    assert house.press(f"{desk}/received", client, desk, sentence="They signed our slip.").status_code == 303
    public = house.client().get("/statements/ebooksforall/responses").text
    assert "handed over to" in public
    assert "Jo Sample" not in public


def test_box_labels_are_one_page_for_each_box(house: House, tmp_path: Path, needs: Callable[[str], str]) -> None:
    number, client = delivered(house, Means.POST), signed_in(house)
    desk = f"/organize/deliveries/{number}"
    answer = house.press(f"{desk}/labels", client, desk, boxes="3")
    assert answer.mimetype == "application/pdf", answer.text
    (tmp_path / "labels.pdf").write_bytes(answer.data)
    labels = printed.pages(needs, tmp_path / "labels.pdf")
    assert [f"box {box} of 3" in label for box, label in enumerate(labels, start=1)] == [True] * 3
    assert "Office of the Sample CEO" in labels[0]


def test_a_contact_needs_a_way_to_reach_it(house: House) -> None:
    client, page = signed_in(house), "/organize/publishers/1/contacts"
    refused = house.press(page, client, name="Jo Sample", language="en")
    assert refused.status_code == 422
    assert "Type your e-mail address." in refused.text
    wrong = house.press(page, client, name="Jo", email="jo@", lines="", language="en")
    assert "This address has no part after the @." in wrong.text
    taken = house.press(page, client, name="Jo Sample", lines="120 Sample Street\nNew York", language="es")
    assert taken.status_code == 303
    (found,) = house.rows(Contact)
    assert (found.address, found.address_lines, found.language) == (None, ["120 Sample Street", "New York"], "es")
    own = f"/organize/contacts/{found.id}"
    assert house.press(f"{own}/retire", client, own).status_code == 303
    assert house.rows(Contact)[0].retired_at is not None


def test_an_auditor_reads_the_deliveries_and_gets_no_link(house: House) -> None:
    number = delivered(house)
    client = signed_in(house, Role.AUDITOR)
    page = client.get(f"/organize/deliveries/{number}").text
    assert CEO in page
    assert link_of(house, number) not in page


def test_a_revived_e_mail_of_a_failed_delivery_goes_nowhere(house: House) -> None:
    number = delivered(house)
    with house.writing() as session:
        delivering.fail(session, session.get_one(Delivery, number), "Called off.", None, clock.now())
    house.work()
    assert house.mails(CEO) == []
    assert [each.state for each in house.emails(Email.kind == "delivery")] == [State.DROPPED]


def test_what_was_signed_in_time_and_confirmed_after_the_checkpoint_counts_and_waits_for_the_supplement(
    house: House,
) -> None:
    house.signed("bo@patron.example", name="Bo Sample")
    house.sign()
    house.work()
    number = delivered(house)
    with house.writing() as session:
        session.execute(update(Campaign).values(closes_at=clock.now()))
    house.later(days=6)
    assert house.confirm().status_code == 303
    house.work()
    late = house.signature(mailbox=house.mailbox())
    assert late.status == Status.VERIFIED
    assert late.number > delivery(house, number).ledger_size
    assert house.count() == 2


def test_a_house_without_a_mail_server_delivers_nothing_by_e_mail_and_says_so(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    packet, to, client = issued(house), contact(house), signed_in(house)
    monkeypatch.setitem(house.app.extensions, "sends", False)
    page = f"/organize/packets/{packet}"
    refused = house.press(f"{page}/deliveries", client, page, **{**FORM, "contact": str(to)})
    assert refused.status_code == 422
    assert "This site has no mail server" in refused.text
    assert house.rows(Delivery) == []
