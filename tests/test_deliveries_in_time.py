"""Deliveries at their time: a double press gives nothing twice, days are the campaign's, links last as printed."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from petition import clock
from petition.accounts.models import Role
from petition.deliveries import delivering, spreading
from petition.deliveries.delivering import NotReady
from petition.deliveries.models import Contact, Delivery, Means, News, Proofread, Response
from petition.deliveries.readiness import What, hindrances
from petition.jobs import State
from petition.mail.outbox import Email
from petition.packets import nonces
from petition.packets.models import Packet
from petition.web.language import ZONE
from tests import sample_audits
from tests.delivering import CEO, WORDS, contact, delivered, delivery, issued, link_of, told
from tests.ground import SLUG, House, hidden
from tests.hours import evening, midnight, today, until
from tests.postmaster import serving, transport_to
from tests.signing_in import admitted, signed_in

AGAIN = "Their archive burnt down."
ANSWERS = f"/organize/statements/{SLUG}/answers"
ANSWER = {
    "kind": "memo", "dated_on": "2020-03-17", "author": "Jo Sample, CEO", "source": "A memo", "language": "en",
    "body": "We have read it.",
}  # fmt: skip


def packet_of(house: House, number: int) -> Packet:
    (found,) = house.rows(Packet, Packet.id == number)
    return found


# --- To whom --------------------------------------------------------------------------------------


def test_two_contacts_without_an_e_mail_address_are_two_recipients(house: House) -> None:
    packet, first, second = issued(house), contact(house, name="Office"), contact(house, name="Legal")
    with house.writing() as session:
        session.execute(update(Contact).values(address=None, mailbox=None))
    delivered(house, Means.POST, packet, first)
    delivered(house, Means.POST, packet, second)
    assert {each.contact_id for each in house.rows(Delivery)} == {first, second}
    with pytest.raises(delivering.GivenAlready):
        delivered(house, Means.LINK, packet, first)


def test_a_contact_entered_twice_by_a_double_press_is_one_recipient(house: House) -> None:
    client, page = signed_in(house), "/organize/publishers/1/contacts"
    typed = {"name": "Jo Sample", "lines": "120 Sample Street\nNew York", "language": "en"}
    assert [house.press(page, client, **typed).status_code for _press in range(2)] == [303, 303]
    assert len(house.rows(Contact)) == 1
    house.press(page, client, **{**typed, "name": "Al Sample"})
    house.press(page, client, **{**typed, "language": "es"})
    assert len(house.rows(Contact)) == 3


def test_a_button_pressed_twice_gives_it_once_even_with_a_reason_for_once_more(house: House) -> None:
    packet, to, client = issued(house), contact(house), signed_in(house)
    page = f"/organize/packets/{packet}"
    typed = {"contact": str(to), "means": "email", "again": AGAIN}
    shown = client.get(page).text
    seen = shown.partition('name="seen" value="')[2].partition('"')[0]
    assert house.press(f"{page}/deliveries", client, page, **typed).status_code == 303
    twice = house.press(f"{page}/deliveries", client, page, **typed, seen=seen)
    assert twice.status_code == 422
    assert "This recipient was given this copy while the page was open" in twice.text
    assert "Please send it once more" not in twice.text
    assert len(house.rows(Delivery)) == len(house.emails(Email.kind == "delivery")) == 1
    # Whoever has seen the first in the list may give it once more.
    assert house.press(f"{page}/deliveries", client, page, **typed).status_code == 303
    assert [each.turn for each in house.rows(Delivery)] == [1, 2]


@pytest.mark.parametrize("seen", ["", "soon", "-1", "9" * 40])
def test_a_form_that_does_not_say_what_was_seen_gives_nothing_once_more(house: House, seen: str) -> None:
    packet, to, client = issued(house), contact(house), signed_in(house)
    page = f"/organize/packets/{packet}"
    delivered(house, packet=packet, to=to)
    typed = {"contact": str(to), "means": "email", "again": AGAIN, "seen": seen}
    assert house.press(f"{page}/deliveries", client, page, **typed).status_code == 422
    assert len(house.rows(Delivery)) == 1


def test_the_same_answer_pressed_twice_is_published_once(house: House) -> None:
    client = signed_in(house)
    assert house.press(ANSWERS, client, **ANSWER).status_code == 303
    twice = house.press(ANSWERS, client, **ANSWER)
    assert twice.status_code == 409
    assert "This answer stands here already, word for word." in twice.text
    assert "Please send it once more" not in twice.text
    assert len(house.rows(Response)) == 1
    assert house.press(ANSWERS, client, **{**ANSWER, "dated_on": "2020-03-18"}).status_code == 303


# --- Days -----------------------------------------------------------------------------------------


def test_the_public_log_has_the_day_of_sending_in_the_campaigns_time(house: House) -> None:
    day = evening()
    delivered(house)
    house.work()
    assert f"{day:%b} {day.day}, {day.year}: sent by e-mail" in house.client().get(f"/statements/{SLUG}/responses").text


def test_a_packet_is_not_handed_over_before_it_was_made(house: House) -> None:
    number, client = delivered(house, Means.PERSON), signed_in(house)
    desk = f"/organize/deliveries/{number}"
    people = {"place": "New York", "by": "Ada Sample", "to": "Jo Sample"}
    made = packet_of(house, delivery(house, number).packet_id).frozen_at.astimezone(ZONE).date()
    for day in ("1019-10-04", str(made - timedelta(days=1))):
        refused = house.press(f"{desk}/handed", client, desk, day=day, **people)
        assert refused.status_code == 422
        assert "Give that day or a later one." in refused.text
    assert delivery(house, number).handed_on is None
    assert house.press(f"{desk}/handed", client, desk, day=str(made), **people).status_code == 303


def test_an_answer_is_not_dated_centuries_before_the_text(house: House) -> None:
    refused = house.press(ANSWERS, signed_in(house), **{**ANSWER, "dated_on": "1019-10-04"})
    assert refused.status_code == 422
    assert "This is long before the text that it answers." in refused.text
    assert house.rows(Response) == []


@pytest.mark.parametrize("field", ["place", "by", "to"])
def test_no_way_of_handing_over_takes_more_than_its_columns_hold(house: House, field: str) -> None:
    number, client = delivered(house, Means.POST), signed_in(house)
    desk = f"/organize/deliveries/{number}"
    answer = house.press(f"{desk}/handed", client, desk, day=str(today()), **{field: "W" * 201})
    assert answer.status_code == 422
    assert delivery(house, number).handed_on is None


# --- As long as the seal page says ----------------------------------------------------------------


def read(house: House, packet: int) -> int:
    organizer = admitted(house, Role.ORGANIZER)
    with house.writing() as session:
        delivering.read_proof(session, session.get_one(Packet, packet), organizer, clock.now())
    return packet


def last_day(house: House, packet: int) -> date:
    return nonces.last_day(packet_of(house, packet).frozen_at)


def test_the_link_lasts_through_the_last_day_that_the_seal_page_prints(house: House) -> None:
    packet = read(house, sample_audits.packet(house, 1))
    link = link_of(house, delivered(house, packet=packet))
    house.work()
    last = last_day(house, packet)
    assert f"until {last:%b} {last.day}, {last.year}" in house.mails(CEO)[-1].text
    until(midnight(last + timedelta(days=1)) - timedelta(minutes=1))
    assert house.client().get(link).status_code == 200
    assert "The last day to ask is" in house.client().get(f"{link}/audit").text
    until(midnight(last + timedelta(days=1)))
    assert house.client().get(link).status_code == 410


def time_to_ask(house: House, packet: int) -> set[What]:
    with house.reading() as session:
        found = {each.what for each in hindrances(session, session.get_one(Packet, packet), clock.now())}
    return found & {What.LITTLE_TIME, What.NO_TIME}


def test_who_delivers_late_must_know_that_little_or_no_time_is_left_to_ask_for_a_sample(house: House) -> None:
    packet, to = read(house, sample_audits.packet(house, 1)), contact(house)
    last = last_day(house, packet)
    for days, expected in ((14, set()), (13, {What.LITTLE_TIME}), (0, {What.LITTLE_TIME}), (-1, {What.NO_TIME})):
        until(midnight(last - timedelta(days=days)))
        assert time_to_ask(house, packet) == expected
    with pytest.raises(NotReady):
        delivered(house, packet=packet, to=to)
    page = f"/organize/packets/{packet}"
    assert "No sample of this copy can be asked for any more" in signed_in(house).get(page).text


@pytest.mark.parametrize(
    "values", [{"nonces": []}, {"options": {"redaction": "counts"}}, {"options": {"since": 1}}], ids=str
)
def test_a_packet_of_which_no_sample_can_be_drawn_has_no_last_day_to_know_of(
    house: House, values: dict[str, object]
) -> None:
    packet = sample_audits.packet(house, 1, **values)
    link = link_of(house, delivered(house, packet=read(house, packet)))
    assert ("Draw a sample" in house.client().get(link).text) is ("nonces" not in values)  # as its seal page offers it
    house.later(days=60)
    assert time_to_ask(house, packet) == set()


# --- What was not so ------------------------------------------------------------------------------


def test_nobody_has_read_a_packet_that_has_no_pages_yet(house: House) -> None:
    packet, client = issued(house, read=False), signed_in(house)
    page = f"/organize/packets/{packet}"
    button = hidden(client.get(page), f"{page}/read")
    with house.writing() as session:
        session.execute(update(Packet).values(issued_at=None))
    assert "I have read it from the first page to the last" not in client.get(page).text
    refused = client.post(f"{page}/read", data=button)
    assert refused.status_code == 409
    assert "The packet is not issued" in refused.text
    assert house.rows(Proofread) == []


def test_news_of_a_delivery_ends_when_it_turns_out_not_to_have_arrived(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreading, "BATCH", 1)
    for address in ("ada@patron.example", "bo@patron.example"):
        house.signed(address, updates="1")
    number = delivered(house)
    house.work()
    told(house, number)
    with house.writing() as session:
        assert spreading.spread(session, clock.now()) == 1
        delivering.fail(session, session.get_one(Delivery, number), "It came back.", None, clock.now())
    house.work()
    assert [each.state for each in house.emails(Email.kind == "news")] == [State.DROPPED]
    assert [each for each in house.mails() if each.subject == WORDS["en"]["subject"]] == []
    assert house.rows(News)[0].spread_at is not None
    for page in (f"/organize/deliveries/{number}", f"/organize/deliveries/{number}/news"):
        assert "It ended when this delivery was marked as not delivered" in signed_in(house).get(page).text


def test_a_contact_is_not_blamed_for_an_e_mail_that_we_did_not_send_in_time(house: House) -> None:
    number = delivered(house)
    house.later(days=8)
    house.work()
    found = delivery(house, number)
    assert found.failed_at is not None
    assert found.failure == "Its time ran out before it could be sent."
    assert house.rows(Contact)[0].refused_at is None
    client = signed_in(house)
    assert "was refused" not in client.get("/organize/contacts/1").text
    assert "Its time ran out before it could be sent." in client.get(f"/organize/deliveries/{number}").text


def test_a_contact_is_not_blamed_for_a_mail_server_that_was_away_all_week(house: House) -> None:
    delivered(house)
    with serving() as postmaster, transport_to(postmaster) as smtp:
        postmaster.answers["RCPT"] = ["451 4.3.0 Try again later"] * 3
        for _try in range(2):
            house.work(smtp)
            house.later(days=6, hours=23, minutes=59)
    assert house.rows(Delivery)[0].failed_at is not None
    assert house.rows(Contact)[0].refused_at is None
