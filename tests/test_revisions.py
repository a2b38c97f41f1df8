"""One revision as a page, as data and beside another: what it tells, and whom it never names."""

import pytest

from petition import clock, markdown
from petition.accounts.models import Role
from petition.statements.models import End, Statement, Submission
from tests.ground import SLUG, House
from tests.publishing import BODY, published
from tests.signing_in import admitted
from tests.witness import Page


def words(house: House, path: str, status: int = 200) -> str:
    answer = house.client().get(path)
    assert answer.status_code == status
    return Page(answer.text).text


def end(house: House, slug: str, how: End, because: str) -> None:
    with house.writing() as session:
        statement = session.query(Statement).filter_by(slug=slug).one()
        statement.ended, statement.ended_at, statement.ended_because = how, clock.now(), because


@pytest.fixture
def slug(house: House) -> str:
    """A statement with two revisions, the second of which says why."""
    slug = published(house, "NE", takes_signatures=True)
    body = BODY.replace("one copy serves", "a single copy serves")
    return published(house, "NE", slug=slug, body=body, note="“One” was too little.", takes_signatures=True)


# --- The page of a statement ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Adopted Oct 4, 2019, by the Executive board, 11 to 0."),
        ({"adopted_by": "The council"}, "Adopted Oct 4, 2019, by the council, 11 to 0."),
        ({"vote": ""}, "Adopted Oct 4, 2019, by the Executive board."),
        ({"adopted_by": ""}, "Adopted Oct 4, 2019, 11 to 0."),
        ({"adopted_by": "", "vote": ""}, "Adopted Oct 4, 2019."),
        ({"adopted_on": None}, "Adopted by the Executive board, 11 to 0."),
        ({"adopted_on": None, "vote": ""}, "Adopted by the Executive board."),
        ({"adopted_on": None, "adopted_by": ""}, "Adopted, 11 to 0."),
    ],
)
def test_the_page_says_how_it_was_adopted(house: House, fields: dict[str, str], sentence: str) -> None:
    assert sentence in words(house, f"/statements/{published(house, 'NE', **fields)}")


def test_where_no_adoption_is_told_none_is_claimed(house: House) -> None:
    slug = published(house, "NE", adopted_on=None, adopted_by="", vote="", body="We ask.")
    assert "Adopted" not in words(house, f"/statements/{slug}")


def test_what_is_not_listed_says_so_and_what_is_does_not(house: House) -> None:
    own = words(house, f"/statements/{published(house, 'NE', listed=False)}")
    taken = words(house, f"/statements/{published(house, 'KS')}")
    sentence = "Published by the chapter. Not in the campaign’s list."
    assert sentence in own
    assert sentence not in taken
    assert sentence not in words(house, f"/statements/{SLUG}")


def test_each_revision_tells_what_is_new_and_leads_to_what_changed(house: House, slug: str) -> None:
    page = house.client().get(f"/statements/{slug}").text
    assert "“One” was too little." in page
    assert f"/statements/{slug}/revisions/2/compared/1?lang=en" in page


def test_a_resolution_stands_in_its_form(house: House, slug: str) -> None:
    for path in (f"/statements/{slug}", f"/statements/{slug}/revisions/1"):
        assert '<li id="whereas-2"><a class="clause-number" href="#whereas-2">' in house.client().get(path).text


def test_a_retracted_text_says_so_with_day_and_reason_and_takes_no_signature(house: House, slug: str) -> None:
    end(house, slug, End.RETRACTED, "A figure was <wrong>.")
    for path in (f"/statements/{slug}", f"/statements/{slug}/revisions/1"):
        said = words(house, path)
        assert "Retracted" in said
        assert "The reason: A figure was <wrong>." in said
    assert "Signing has ended." in words(house, f"/statements/{slug}")
    assert "Sign this statement" not in words(house, f"/statements/{slug}")


def test_a_superseded_text_leads_to_what_stands_in_its_place(house: House, slug: str) -> None:
    newer = published(house, "NE", title="The newer resolution")
    end(house, slug, End.SUPERSEDED, "A new text.")
    with house.writing() as session:
        statement = session.query(Statement).filter_by(slug=slug).one()
        statement.successor_id = session.query(Statement).filter_by(slug=newer).one().id
    page = Page(house.client().get(f"/statements/{slug}").text)
    assert "In its place: The newer resolution" in page.text
    assert page.all("a", href=f"/statements/{newer}")


def test_how_much_is_the_national_text_is_said_only_where_some_is(house: House, slug: str) -> None:
    with house.writing() as session:
        for submission in session.query(Submission):
            submission.words, submission.template_words = 100, 82
    assert "It uses the national text with local parts: 82% of its words" in words(house, f"/statements/{slug}")
    with house.writing() as session:
        for submission in session.query(Submission):
            submission.words, submission.template_words = 1000, 599
    assert "59% of its words are the national text’s." in words(house, f"/statements/{slug}")
    with house.writing() as session:
        for submission in session.query(Submission):
            submission.words, submission.template_words = 1000, 9
    assert "national text" not in words(house, f"/statements/{slug}")


# --- The page of a revision -----------------------------------------------------------------------


def test_a_revision_says_who_handed_it_in_by_role_and_never_by_name(house: House, slug: str) -> None:
    for number in (1, 2):
        page = house.client().get(f"/statements/{slug}/revisions/{number}").text
        assert "Handed in by an editor of Nebraska Library Association." in page
        assert "editor@" not in page
    assert "New in this revision: “One” was too little." in words(house, f"/statements/{slug}/revisions/2")


def test_a_text_that_an_organizer_handed_in_says_that(house: House, slug: str) -> None:
    organizer = admitted(house, Role.ORGANIZER)
    with house.writing() as session:
        for submission in session.query(Submission):
            submission.account_id = organizer.id
    said = words(house, f"/statements/{slug}/revisions/1")
    assert "Handed in for Nebraska Library Association by an organizer of the campaign." in said


def test_a_revision_can_be_cited_by_call_number_date_and_address(house: House, slug: str) -> None:
    said = words(house, f"/statements/{slug}/revisions/1")
    year = clock.now().year
    assert "Nebraska Library Association: “Resolution on one copy for a whole state”." in said
    assert f"RES NE {year} r.1, adopted Oct 4, 2019, published" in said
    assert f"/statements/{slug}/revisions/1?lang=en" in said
    assert f"/statements/{slug}/revisions/1?lang=en" in words(house, f"/statements/{slug}/revisions/1?lang=es")


# --- For programs ---------------------------------------------------------------------------------


def test_a_revision_is_data_with_the_text_of_its_check_sum(house: House, slug: str) -> None:
    answer = house.client().get(f"/statements/{slug}/revisions/1.json")
    assert answer.mimetype == "application/json"
    found = answer.get_json()
    assert markdown.digest(found["text"]) == found["sha256"]
    assert found["adoption"] == {"by": "Executive board", "on": "2019-10-04", "vote": "11 to 0"}
    assert found["call_number"] == ["RES", "NE", str(clock.now().year), "r.1"]
    wanted = {
        "slug": slug, "kind": "resolution", "issuer": "Nebraska Library Association", "language": "en", "number": 1,
        "addressee": "Macmillan Publishers", "title": "Resolution on one copy for a whole state", "listed": True,
        "ended": None, "verified": 0, "verified_on_this_revision": 0, "note": "",
    }  # fmt: skip
    assert {name: found[name] for name in wanted} == wanted
    assert found["permalink"].endswith(f"/statements/{slug}/revisions/1?lang=en")
    assert {"published_at", "as_of", "listed_at"} <= set(found)
    assert "editor@" not in answer.text


def test_the_text_in_force_has_an_address_of_its_own(house: House, slug: str) -> None:
    house.sign(None, slug)
    house.work()
    house.confirm()
    house.work()
    found = house.client().get(f"/statements/{slug}.json").get_json()
    assert (found["number"], found["verified"], found["verified_on_this_revision"]) == (2, 1, 1)
    first = house.client().get(f"/statements/{slug}/revisions/1.json").get_json()
    assert (first["verified"], first["verified_on_this_revision"]) == (1, 0)
    assert found["note"] == "“One” was too little."
    petition = house.client().get(f"/statements/{SLUG}.json?lang=es").get_json()
    assert (petition["language"], petition["adoption"]) == ("es", None)


def test_an_end_is_in_the_data(house: House, slug: str) -> None:
    end(house, slug, End.RETRACTED, "A figure.")
    found = house.client().get(f"/statements/{slug}.json").get_json()["ended"]
    assert (found["how"], found["because"]) == ("retracted", "A figure.")


@pytest.mark.parametrize("path", ["nothing.json", "{}/revisions/3.json", "{}/revisions/0", "{}/revisions/3/compared/1",
                                  "{}/revisions/2/compared/3", "nothing/compared"])  # fmt: skip
def test_what_was_never_published_is_not_found(house: House, slug: str, path: str) -> None:
    assert house.client().get(f"/statements/{path.format(slug)}").status_code == 404


# --- Two revisions compared -----------------------------------------------------------------------


def test_two_revisions_are_compared_with_words_for_whoever_sees_no_line(house: House, slug: str) -> None:
    page = house.client().get(f"/statements/{slug}/revisions/2/compared/1")
    assert page.headers["Cache-Control"] == "public, max-age=60"
    read = Page(page.text)
    assert len(read.all("ins")) == 1
    assert len(read.all("del")) == 1
    assert "[taken out: one end of what was taken out]" in read.text
    assert "[added: a single end of what was added]" in read.text
    assert "2 words were added. One word was taken out." in read.text
    assert "revision 1, published" in read.text


def test_the_other_way_round_what_was_added_is_taken_out(house: House, slug: str) -> None:
    said = words(house, f"/statements/{slug}/revisions/1/compared/2")
    assert "One word was added. 2 words were taken out." in said


def test_a_text_beside_itself_is_the_same(house: House, slug: str) -> None:
    assert "Nothing: the two are the same text." in words(house, f"/statements/{slug}/revisions/2/compared/2")


def test_the_form_leads_to_the_two_that_were_chosen_and_else_to_the_newest(house: House, slug: str) -> None:
    client = house.client()
    for asked, ends in (
        ("?old=1&new=2", "2/compared/1"),
        ("?old=2&new=1", "1/compared/2"),
        ("", "2/compared/1"),
        ("?old=x&new=", "2/compared/1"),
    ):
        answer = client.get(f"/statements/{slug}/compared{asked}")
        assert answer.status_code == 302
        assert answer.headers["Location"].partition("?")[0] == f"/statements/{slug}/revisions/{ends}"
    page = Page(client.get(f"/statements/{slug}/revisions/2/compared/1").text)
    assert [each["name"] for each in page.all("select")] == ["old", "new"]


def test_what_a_text_holds_stays_text_when_it_is_compared(house: House) -> None:
    slug = published(house, "NE", title="A", body="Plain & <b>bold</b>;\n\n## A heading")
    published(house, "NE", slug=slug, title="A", body="Plain & <i>it</i>;\n\n## A heading", note="Other signs.")
    page = house.client().get(f"/statements/{slug}/revisions/2/compared/1")
    assert not Page(page.text).all("b")
    assert not Page(page.text).all("i")
    assert '<p class="heading">A heading</p>' in page.text


def test_a_paragraph_that_only_became_two_shows_where(house: House) -> None:
    slug = published(house, "NE", body="One sentence here. Another one there.")
    published(house, "NE", slug=slug, body="One sentence here.\n\nAnother one there.", note="Two paragraphs.")
    assert "¶" in words(house, f"/statements/{slug}/revisions/2/compared/1")


# --- The chapter's own page -----------------------------------------------------------------------


def test_a_chapters_page_has_every_text_of_its_own_in_whatever_state(house: House, slug: str) -> None:
    unlisted = published(house, "NE", kind="letter", listed=False)
    end(house, unlisted, End.RETRACTED, "A figure.")
    page = Page(house.client().get("/chapters/ne").text)
    assert {slug, unlisted} <= {each["href"].rpartition("/")[2] for each in page.all("a")}
    assert "Adopted Oct 4, 2019, by the Executive board, 11 to 0. Changed" in page.text
    assert "0 verified" in page.text
    assert "Not open for signing." in page.text
    assert "Retracted" in page.text
    assert page.text.count("Published by the chapter. Not in the campaign’s list.") == 1
