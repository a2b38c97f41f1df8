"""What everybody reads of each publisher: what was delivered to it, and what it answered, as it stands today."""

import re
from datetime import UTC, date, datetime, timedelta

from petition import clock
from petition.deliveries.models import Means, ResponseKind
from petition.statements.models import Statement
from tests.delivering import CEO, answered, contact, corrected, delivered, failed, handed_over, issued
from tests.ground import SLUG, House
from tests.publishing import published

PAGE = "/publishers/"


def of(house: House, publisher: str = "macmillan", query: str = "") -> str:
    """The part of the page that is about one publisher."""
    page = house.client().get(PAGE + query)
    assert page.status_code == 200
    (section,) = re.findall(rf'<section [^>]*aria-labelledby="{publisher}">(.*?)</section>', page.text, re.DOTALL)
    return str(section)


def test_who_has_not_answered_and_was_given_nothing_is_said_to_be_so(house: House) -> None:
    answered(house)
    assert "No answer is recorded." not in of(house)
    assert "No answer is recorded." in of(house, "hachette")
    assert "Nothing has been delivered yet." in of(house, "hachette")


def test_an_answer_stands_with_its_date_kind_author_source_and_what_it_answers(house: House) -> None:
    number = answered(house, ResponseKind.MEMO, "We have read it.")
    said = of(house)
    assert 'Memo, <time datetime="2020-03-17">Mar 17, 2020</time>' in said
    assert "By Jo Sample, CEO." in said
    assert f'<a href="/statements/{SLUG}">' in said
    assert "Source: A sample letter" in said
    link = f"/statements/{SLUG}/responses#answer-{number}"
    assert f'<a href="{link}">' in said
    assert "We have read it." not in said
    full = house.client().get(link).text
    assert f'id="answer-{number}"' in full
    assert "We have read it." in full


def test_a_corrected_answer_stands_once_by_its_newest_entry_and_says_what_was_corrected(house: House) -> None:
    old = answered(house)
    middle = corrected(house, old, "We have red it.")
    new = corrected(house, middle, "We have read it.")
    said = of(house)
    assert said.count("By Jo Sample, CEO.") == 1
    assert f"#answer-{new}" in said
    assert f"#answer-{old}" not in said
    assert f"#answer-{middle}" not in said
    assert "Corrects an earlier entry: A slip." in said


def test_a_source_on_the_web_is_linked(house: House) -> None:
    answered(house, source_url="https://publisher.example/memo")
    assert '<a href="https://publisher.example/memo" rel="external nofollow">A sample letter</a>' in of(house)


def test_answers_and_deliveries_of_all_texts_stand_with_their_publisher_each_once(house: House) -> None:
    slug = published(house, "NE")
    with house.reading() as session:
        publisher = session.query(Statement).filter_by(slug=slug).one().addressee.slug
    answered(house)
    answered(house, slug=slug)
    handed_over(house, delivered(house, Means.POST, issued(house)))
    handed_over(house, delivered(house, Means.POST, issued(house, slug=slug), contact(house, slug=slug)))
    said = of(house) + ("" if publisher == "macmillan" else of(house, publisher))
    assert said.count("By Jo Sample, CEO.") == 2
    assert said.count("posted to") == 2
    assert said.count(f'href="/statements/{slug}"') == 2


def test_a_delivery_stands_with_its_figure_and_time_and_names_nobody_there(house: House) -> None:
    house.signed()
    handed_over(house, delivered(house, Means.PERSON))
    said = of(house)
    assert "handed over to Macmillan Publishers, copy 1. 1 verified signature as of" in said
    assert "Receipt not acknowledged yet." in said
    page = house.client().get(PAGE).text
    assert not [each for each in (CEO, "Sample CEO", "Jo Sample", "Sample Hall") if each in page]


def test_what_was_not_given_or_did_not_arrive_is_not_in_it(house: House) -> None:
    number = delivered(house, Means.POST)
    assert "Nothing has been delivered yet." in of(house)
    handed_over(house, number)
    assert "posted to Macmillan" in of(house)
    failed(house, number)
    assert "Nothing has been delivered yet." in of(house)


def test_the_day_of_an_e_mail_is_that_of_the_clock_beside_it(house: House) -> None:
    house.signed()
    evening = datetime(2030, 3, 5, 2, 30, tzinfo=UTC)  # 9:30 pm ET of the day before
    clock.move(evening - clock.now())
    delivered(house)
    house.work()
    said = of(house)
    assert "Mar 4, 2030: sent by e-mail" in said
    assert "as of Mar 4, 2030" in said


def test_many_deliveries_are_folded_away_but_for_the_newest(house: House) -> None:
    packet, to = issued(house), contact(house)
    for number in range(7):
        number_of = delivered(house, Means.POST, packet, to, again="Once more.")
        handed_over(house, number_of, date(2019, 11, 1) + timedelta(days=number))
    shown, _details, folded = of(house).partition("<details>")
    assert (shown.count("posted to"), folded.count("posted to")) == (5, 2)
    assert "Nov 7, 2019: posted" in shown
    assert "Nov 1, 2019: posted" in folded


def test_it_stands_in_spanish(house: House) -> None:
    answered(house)
    said = of(house, query="?lang=es")
    assert "Carta, <time" in said
    assert "No consta ninguna respuesta." in of(house, "hachette", "?lang=es")


def test_who_has_the_page_already_is_told_so_until_an_answer_comes(house: House) -> None:
    known = {"If-None-Match": house.client().get(PAGE).headers["ETag"]}
    assert house.client().get(PAGE, headers=known).status_code == 304
    answered(house)
    assert house.client().get(PAGE, headers=known).status_code == 200


def test_a_long_log_asks_the_database_a_few_times(house: House) -> None:
    packet, to = issued(house), contact(house)
    house.client().get(PAGE)
    with house.statements() as before:
        house.client().get(PAGE)
    for number in range(4):
        answered(house, body=f"Our answer number {number}.")
        handed_over(house, delivered(house, Means.POST, packet, to, again="Once more."))
    with house.statements() as said:
        house.client().get(PAGE)
    assert len(said) <= len(before) + 2
