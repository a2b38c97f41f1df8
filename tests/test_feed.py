"""The Atom feed: strict XML with everything RFC 4287 asks for; each revision, end, delivery and answer of the list."""

import re
from datetime import datetime, timedelta
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from xml.parsers import expat

import pytest

from petition import clock
from petition.deliveries.models import Means, ResponseKind
from petition.packets.models import Packet
from petition.pages import feed
from petition.statements.models import End, Revision, Statement
from tests.delivering import CEO, answered, contact, corrected, delivered, failed, handed_over, issued
from tests.ground import SLUG, House
from tests.publishing import BODY, published

FEED = "/statements/feed.atom"
ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def read(house: House, path: str = FEED, **headers: str) -> Element:
    """The feed as a strict parser sees it, every element that RFC 4287 asks for being there once."""
    answer = house.client().get(path, headers=headers)
    assert answer.status_code == 200
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    expat.ParserCreate(namespace_separator=" ").Parse(answer.data, True)
    root = ElementTree.fromstring(answer.data)
    assert root.tag == f"{ATOM}feed"
    _check(root)
    for entry in entries(root):
        _check(entry)
        (content,) = entry.findall(f"{ATOM}content")
        assert content.get("type") == "html"
    ids = [each.findtext(f"{ATOM}id") for each in (root, *entries(root))]
    assert len(ids) == len(set(ids))
    assert root.find(f"{ATOM}link[@rel='self']") is not None
    return root


def _check(element: Element) -> None:
    """Sections 4.1.1 and 4.1.2: exactly one id, title and updated, and an author with a name."""
    for name in ("id", "title", "updated"):
        (found,) = element.findall(f"{ATOM}{name}")
        assert found.text
    assert datetime.fromisoformat(element.findtext(f"{ATOM}updated") or "").tzinfo is not None
    assert re.match(r"https?://", element.findtext(f"{ATOM}id") or "")
    assert element.findtext(f"{ATOM}author/{ATOM}name")
    (link,) = element.findall(f"{ATOM}link[@rel='alternate']")
    assert link.get("href")


def entries(root: Element) -> list[Element]:
    return root.findall(f"{ATOM}entry")


def titles(root: Element) -> list[str]:
    return [each.findtext(f"{ATOM}title") or "" for each in entries(root)]


def test_each_revision_of_the_list_is_an_entry_with_its_whole_text(house: House) -> None:
    house.later(minutes=1)
    slug = published(house, "NE")
    house.later(minutes=1)
    published(house, "NE", slug=slug, body=f"{BODY}\n\nCorrected.", note="One word more.")
    root = read(house)
    title = "Resolution on one copy for a whole state"
    assert titles(root)[:2] == [f"{title} (revision 2)", title]
    assert len(entries(root)) == 3
    newest = entries(root)[0]
    text = newest.findtext(f"{ATOM}content") or ""
    assert '<li id="whereas-2">' in text
    assert "<p>One word more.</p>" in text
    assert "Adopted Oct 4, 2019, by the Executive board, 11 to 0" in text
    assert newest.findtext(f"{ATOM}author/{ATOM}name") == "Nebraska Library Association"
    assert (newest.findtext(f"{ATOM}id") or "").endswith(f"/statements/{slug}/revisions/2?lang=en")


def test_what_is_not_listed_is_not_in_it_and_is_news_once_it_is(house: House) -> None:
    slug = published(house, "NE", listed=False)
    assert len(entries(read(house))) == 1
    house.later(days=2)
    with house.writing() as session:
        session.query(Statement).filter_by(slug=slug).one().listed_at = clock.now()
    first = entries(read(house))[0]
    made, updated = (datetime.fromisoformat(first.findtext(f"{ATOM}{name}") or "") for name in ("published", "updated"))
    assert updated - made > timedelta(days=1)


@pytest.mark.parametrize("end", list(End))
def test_the_end_of_a_statement_is_an_entry_with_its_reason(house: House, end: End) -> None:
    slug = published(house, "NE")
    house.later(hours=1)
    with house.writing() as session:
        statement = session.query(Statement).filter_by(slug=slug).one()
        statement.ended, statement.ended_at, statement.ended_because = end, clock.now(), "Two <figures> & a date."
    first = entries(read(house))[0]
    assert titles(read(house))[0] == f"{end.capitalize()}: Resolution on one copy for a whole state"
    assert first.findtext(f"{ATOM}content") == "<p>Two &lt;figures&gt; &amp; a date.</p>"
    assert len(entries(read(house))) == 3


def test_whatever_a_text_holds_the_feed_stays_xml(house: House) -> None:
    published(
        house, "NE", title="]]> <b>&amp; \x0b\ufffe “title”", body="Whereas \x0c <script>x</script> & \x1b[31m;",
        note="<![CDATA[", adopted_by="Board <of> \x08 it",
    )  # fmt: skip
    first = entries(read(house))[0]
    assert first.findtext(f"{ATOM}title") == "]]> <b>&amp; \ufffd\ufffd “title”"
    assert "<script" not in (first.findtext(f"{ATOM}content") or "")


def test_the_newest_fifty_are_there_the_newest_first(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "ENTRIES", 3)
    for number in range(5):
        house.later(minutes=1)
        published(house, "NE", title=f"Number {number}")
    assert titles(read(house)) == ["Number 4", "Number 3", "Number 2"]
    assert feed.ENTRIES == 3
    monkeypatch.undo()
    assert feed.ENTRIES == 50


def test_the_address_alone_says_the_language(house: House) -> None:
    client = house.client()
    assert client.get(FEED).data == client.get(FEED, headers={"Accept-Language": "es"}).data
    english, spanish = read(house), read(house, f"{FEED}?lang=es")
    assert (english.get(LANG), spanish.get(LANG)) == ("en", "es")
    assert entries(spanish)[0].get(LANG) == "es"
    assert titles(english) != titles(spanish)
    published(house, "NE")
    assert len(entries(read(house, f"{FEED}?lang=es"))) == 2  # shown in English where there is no Spanish


def test_who_has_it_already_is_told_so(house: House) -> None:
    published(house, "NE")
    answer = house.client().get(FEED)
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    house.later(seconds=30)
    again = house.client().get(FEED, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_delivery_is_an_entry_with_its_figures_and_their_time_and_names_no_contact(house: House) -> None:
    house.signed()
    number = delivered(house)
    with house.writing() as session:
        packet = session.query(Packet).one()
        packet.counts = {**packet.counts, "verified": 1204, "mailboxes": 1204}
    assert len(entries(read(house))) == 1  # the e-mail has not left yet
    house.later(minutes=3)
    house.work()
    first = entries(read(house))[0]
    assert (first.findtext(f"{ATOM}title") or "").startswith("Delivered to Macmillan Publishers: ")
    said = first.findtext(f"{ATOM}content") or ""
    assert re.search(
        r"Delivered to Macmillan Publishers on \w+ \d+, \d+: "
        r"1,204 verified signatures from 1,204 confirmed mailboxes, as of \w+",
        said,
    )
    assert (first.findtext(f"{ATOM}id") or "").endswith(f"/statements/{SLUG}/responses?lang=en#delivery-{number}")
    page = house.client().get(FEED).text
    assert not [each for each in (CEO, "Sample CEO", "Chief Sample") if each in page]


def test_a_delivery_counts_from_the_moment_it_was_given_and_only_while_it_has_not_failed(house: House) -> None:
    number = delivered(house, Means.POST)
    house.later(days=1)
    assert len(entries(read(house))) == 1
    handed_over(house, number)
    first = entries(read(house))[0]
    assert datetime.fromisoformat(first.findtext(f"{ATOM}updated") or "") > clock.now() - timedelta(minutes=1)
    assert "1 verified" not in (first.findtext(f"{ATOM}content") or "")
    failed(house, number)
    assert len(entries(read(house))) == 1


def test_an_answer_is_an_entry_in_full_as_text(house: House) -> None:
    number = answered(house, ResponseKind.MEMO, "Dear <libraries> &\nall.\x0b")
    first = entries(read(house))[0]
    assert (first.findtext(f"{ATOM}title") or "").startswith("Answer of Macmillan Publishers: ")
    assert first.findtext(f"{ATOM}author/{ATOM}name") == "Jo Sample, CEO, Macmillan Publishers"
    said = first.findtext(f"{ATOM}content") or ""
    for part in (
        "<p>Memo, Mar 17, 2020</p>",
        "<p>Source: A sample letter</p>",
        "Dear &lt;libraries&gt; &amp;<br>\nall.",
    ):
        assert part in said
    assert (first.findtext(f"{ATOM}id") or "").endswith(f"/responses?lang=en#answer-{number}")


def test_a_corrected_answer_is_the_same_entry_anew(house: House) -> None:
    old = answered(house, body="We have red it.")
    (before,) = (each for each in entries(read(house)) if "#answer" in (each.findtext(f"{ATOM}id") or ""))
    house.later(hours=1)
    new = corrected(house, corrected(house, old, body="We have read it"), body="We have read it.")
    (after,) = (each for each in entries(read(house)) if "#answer" in (each.findtext(f"{ATOM}id") or ""))
    for same in ("id", "published"):
        assert after.findtext(f"{ATOM}{same}") == before.findtext(f"{ATOM}{same}")
    made, updated = (datetime.fromisoformat(each.findtext(f"{ATOM}updated") or "") for each in (before, after))
    assert updated - made > timedelta(minutes=59)
    (link,) = after.findall(f"{ATOM}link")
    assert (link.get("href") or "").endswith(f"#answer-{new}")
    said = after.findtext(f"{ATOM}content") or ""
    assert "<p>We have read it.</p>" in said
    assert "Corrects an earlier entry: A slip." in said
    assert "We have red it." not in said


def test_what_came_of_a_text_off_the_list_is_not_in_it(house: House) -> None:
    answered(house)
    with house.writing() as session:
        session.query(Statement).filter_by(slug=SLUG).one().listed_at = None
    assert entries(read(house)) == []


def test_an_answer_makes_the_feed_another_one_for_who_has_it_already(house: House) -> None:
    known = {"If-None-Match": house.client().get(FEED).headers["ETag"]}
    assert house.client().get(FEED, headers=known).status_code == 304
    answered(house)
    assert house.client().get(FEED, headers=known).status_code == 200
    root = read(house)
    assert root.findtext(f"{ATOM}updated") == entries(root)[0].findtext(f"{ATOM}updated")


def test_an_empty_list_is_still_a_feed(house: House) -> None:
    with house.writing() as session:
        session.query(Statement).filter_by(slug=SLUG).one().listed_at = None
    root = read(house)
    assert entries(root) == []
    assert root.findtext(f"{ATOM}updated")


def test_nobody_is_named_in_it(house: House) -> None:
    published(house, "NE")
    assert "editor@" not in house.client().get(FEED).text


def test_the_list_leads_to_it_for_people_and_for_programs(house: House) -> None:
    page = house.client().get("/statements/").text
    assert f'<link rel="alternate" type="application/atom+xml" href="{FEED}"' in page
    assert f'<a href="{FEED}" type="application/atom+xml">' in page


def test_a_long_feed_asks_the_database_a_few_times(house: House) -> None:
    house.client().get(FEED)
    for number in range(4):
        published(house, "NE", title=f"Number {number}")
    assert len(house.rows(Revision)) > 8
    packet, to = issued(house), contact(house)
    for number in range(4):
        answered(house, body=f"Our answer number {number}.")
        handed_over(house, delivered(house, Means.PERSON, packet, to, again="Once more."))
    with house.statements() as said:
        house.client().get(FEED)
    assert len(said) < 12
