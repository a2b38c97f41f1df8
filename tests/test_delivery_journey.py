"""A packet from the last reading to the last word: delivered by e-mail, received, answered, and told of."""

import pytest

from petition.packets.models import PacketFile
from tests.arriving import path_of
from tests.delivering import CEO, issued
from tests.ground import SLUG, House
from tests.signing_in import signed_in

pytestmark = pytest.mark.one_database("sqlite", "each act runs on both in its own tests")


def test_a_packet_is_read_delivered_received_answered_and_told_of(house: House) -> None:
    house.signed("hedy@patron.example", name="Hedy Sample-Kiesler", updates="1")
    packet, desk = issued(house, read=False), signed_in(house)
    # The organizer adds whom to deliver to, reads the packet, and sends it.
    publisher = "/organize/publishers/1/contacts"
    contact = {"name": "Office of the CEO", "email": CEO, "language": "en"}
    assert house.press(publisher, desk, **contact).status_code == 303
    page = f"/organize/packets/{packet}"
    sent = {"contact": "1", "means": "email"}
    assert "This can be done once nothing stops it." in desk.get(page).text
    assert house.press(f"{page}/read", desk, page).status_code == 303
    own = house.press(f"{page}/deliveries", desk, page, **sent).headers["Location"]
    twice = house.press(f"{page}/deliveries", desk, page, **sent)
    assert "This recipient has this packet already." in twice.text
    house.work()
    # The publisher follows the link, fetches a file, looks its SHA-256 up, and says that it came.
    (mail,) = house.mails(CEO)
    office = house.client()
    link = mail.link("/deliveries/")
    delivery = office.get(link)
    assert delivery.headers["Cache-Control"] == "no-store"
    brief = house.rows(PacketFile)[0]
    with office.get(f"{link}/files/{brief.id}") as fetched:
        assert fetched.data.startswith(b"%PDF")
    assert "Yes. We issued this file on" in office.get("/verify", query_string={"sha256": brief.sha256}).text
    assert "acknowledged" not in desk.get(own).text.lower().split("<dl")[0].replace("not acknowledged", "")
    assert house.press(link, office, name="Jo Sample").status_code == 303
    assert "Received, acknowledged" in desk.get(own).text
    # Their answer is entered, and whoever asked for news is told.
    answers = f"/organize/statements/{SLUG}/answers"
    answer = {
        "kind": "reversal", "dated_on": "2020-03-17", "author": "Jo Sample, CEO", "source": "Letter", "language": "en",
        "body": "The embargo ends on Friday.",
    }  # fmt: skip
    assert house.press(answers, desk, **answer).status_code == 303
    words = {
        "subject_en": "They have answered", "body_en": "The embargo ends.",
        "subject_es": "Han respondido", "body_es": "El embargo termina.",
    }  # fmt: skip
    assert house.press("/organize/answers/1/news", desk, **words, send="1").status_code == 303
    house.work()
    news = house.mails("hedy@patron.example")[-1]
    assert news.subject == "They have answered"
    log = house.client().get(path_of(next(each for each in news.links if each.endswith("/responses")))).text
    for said in ("sent by e-mail to", "Receipt acknowledged on", "The embargo ends on Friday."):
        assert said in log
    assert CEO not in log
    assert "Jo Sample</bdi>" not in log
    # She has heard enough.
    stop = news.link("/news/")
    assert house.press(stop).status_code == 303
    assert "You get no more news" in house.client().get(stop).text
    assert not house.signature().updates
    assert house.count() == 1
