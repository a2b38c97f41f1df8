"""The index of statements: what is listed, found, counted, ordered and mapped, and what it never hides."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petition import clock
from petition.ledger import counting
from petition.statements import boilerplate, finding
from petition.statements.finding import Sought
from petition.statements.models import End, Revision, Statement, Submission
from petition.web.keeping import Keeper
from tests.ground import SLUG, House
from tests.hours import evening
from tests.publishing import published
from tests.witness import Page

INDEX = "/statements/"


def listed(house: House, **asked: str) -> list[str]:
    """The slugs that the page names, in its order."""
    page = house.client().get(INDEX, query_string=asked)
    assert page.status_code == 200
    return re.findall(r'<h2><a href="/statements/([^"?/]+)', page.text)


def said(house: House, **asked: str) -> str:
    return Page(house.client().get(INDEX, query_string=asked).text).text


def change(house: House, slug: str, **values: object) -> None:
    with house.writing() as session:
        statement = session.query(Statement).filter_by(slug=slug).one()
        for name, value in values.items():
            setattr(statement, name, value)


def taken_from_the_template(house: House, slug: str, words: int, of: int) -> None:
    with house.writing() as session:
        submission = session.query(Submission).join(Submission.revision).filter_by(title=slug).one()
        submission.template_words, submission.words = words, of


# --- What is there --------------------------------------------------------------------------------


def test_only_what_the_campaign_lists_is_in_the_index(house: House) -> None:
    taken, own = published(house, "NE"), published(house, "KS", listed=False)
    found = listed(house)
    assert taken in found
    assert own not in found
    assert SLUG in found


def test_what_was_found_is_a_sentence(house: House) -> None:
    assert "One statement from the national association" in said(house)
    published(house, "NE")
    published(house, "NE", kind="letter")
    published(house, "KS")
    assert "4 statements from 2 chapters and the national association" in said(house)
    assert "One statement from one chapter" in said(house, state="KS")


def test_what_is_over_stays_and_says_so(house: House) -> None:
    gone, old = published(house, "NE"), published(house, "KS")
    change(house, gone, ended=End.RETRACTED, ended_at=clock.now(), ended_because="It was wrong.")
    change(house, old, ended=End.SUPERSEDED, ended_at=clock.now(), ended_because="A new one.")
    assert {gone, old} <= set(listed(house))
    assert "Retracted" in said(house, state="NE")
    assert "Superseded" in said(house, state="KS")


def test_a_row_tells_adoption_change_and_count(house: House) -> None:
    slug = published(house, "NE")
    published(house, "NE", slug=slug, body="Whereas it is corrected;", note="Corrected.", takes_signatures=True)
    row = said(house, state="NE")
    assert "RES NE" in row
    assert "Resolution of Nebraska Library Association to Macmillan Publishers" in row
    assert "Adopted Oct 4, 2019, by the Executive board, 11 to 0; changed" in row
    assert "0 verified" in row


def test_a_text_that_takes_no_signatures_has_no_nought(house: House) -> None:
    published(house, "NE")
    row = said(house, state="NE")
    assert "not open for signing" in row
    assert "0 verified" not in row


# --- How alike they are ---------------------------------------------------------------------------


@pytest.mark.one_database("sqlite", "arithmetic")
@pytest.mark.parametrize(("words", "of", "is_so"), [(59, 100, False), (60, 100, True), (100, 100, True), (0, 0, False)])
def test_a_text_is_the_national_one_from_three_fifths_of_its_words(words: int, of: int, is_so: bool) -> None:
    assert boilerplate.mostly(Submission(template_words=words, words=of)) is is_so


def test_how_many_use_the_national_text_is_said_with_a_way_to_the_reason(house: House) -> None:
    for state, words in (("NE", 80), ("KS", 60), ("IA", 59)):
        published(house, state, title=state)
        taken_from_the_template(house, state, words, of=100)
    assert "2 of them use the national text with local parts. How we count" in said(house)
    assert "One of them uses" in said(house, state="NE")
    assert "of them use" not in said(house, state="IA")
    assert "how-we-count#template" in house.client().get(INDEX).text
    reason = house.client().get("/how-we-count")
    assert Page(reason.text).all("h2", id="template")
    assert "at least 60% of the words" in reason.text


# --- Filters and search ---------------------------------------------------------------------------


@pytest.fixture
def some(house: House) -> dict[str, str]:
    return {
        "letter": published(house, "NE", kind="letter", title="Letter on rural readers", body="Los niños leen aquí."),
        "resolution": published(house, "NE", title="Resolution on one copy"),
        "kansas": published(house, "KS", title="Resolution of the plains", body="Whereas 100% of_it is \\ here;"),
    }


def test_one_statement_is_not_searched_and_two_are(house: House) -> None:
    forms = [Page(house.client().get(INDEX).text).all("form", role="search")]
    forms += [Page(house.client().get(f"{INDEX}?q=unheard").text).all("form", role="search")]
    published(house, "NE")
    forms += [Page(house.client().get(INDEX).text).all("form", role="search")]
    assert [len(found) for found in forms] == [0, 1, 1]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"state": "NE"}, {"letter", "resolution"}),
        ({"state": "ne"}, {"letter", "resolution"}),
        ({"kind": "letter"}, {"letter"}),
        ({"state": "KS", "kind": "letter"}, set()),
        ({"kind": "petition"}, {SLUG}),
        ({"publisher": "macmillan", "state": "KS"}, {"kansas"}),
        ({"q": "rural"}, {"letter"}),
        ({"q": "RURAL reader"}, {"letter"}),
        ({"q": "ninos"}, {"letter"}),
        ({"q": "NIÑOS AQUI"}, {"letter"}),
        ({"q": "nebraska association", "kind": "resolution"}, {"resolution"}),
        ({"q": "rural plains"}, set()),
        ({"q": "ural"}, set()),
        ({"q": "%"}, set()),
        ({"q": "_"}, set()),
        ({"q": "100%"}, {"kansas"}),
        ({"q": "' OR 1=1 --"}, set()),
        ({"q": "   "}, {"letter", "resolution", "kansas", SLUG}),
        ({"kind": "poem", "state": "XX", "publisher": "nobody"}, {"letter", "resolution", "kansas", SLUG}),
    ],
)
def test_what_is_asked_is_found(house: House, some: dict[str, str], asked: dict[str, str], found: set[str]) -> None:
    assert set(listed(house, **asked)) == {some.get(name, name) for name in found}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("RES NE {year}", {"resolution"}),
        ("res/ne/{year}/r.1", {"resolution"}),
        ("RES / KS", {"kansas"}),
        ("RES NE {year} r.2", set()),
        ("LET", {"letter"}),
        ("PET US 2019", {SLUG}),
        ("RES NE 1999", set()),
    ],
)
def test_a_call_number_finds_what_bears_it(house: House, some: dict[str, str], typed: str, found: set[str]) -> None:
    typed = typed.format(year=clock.now().year)
    assert set(listed(house, q=typed)) == {some.get(name, name) for name in found}


def test_words_that_look_like_a_call_number_are_still_words(house: House) -> None:
    slug = published(house, "NE", title="Let me read")
    assert listed(house, q="let me") == [slug]


def test_a_search_finds_the_text_in_every_language_and_the_newest_of_each(house: House) -> None:
    assert listed(house, q="bibliotecas") == [SLUG]
    slug = published(house, "NE", body="Whereas the lighthouse;")
    published(house, "NE", slug=slug, body="Whereas the harbor;", note="Corrected.")
    assert listed(house, q="harbor") == [slug]
    assert listed(house, q="lighthouse") == []


def test_what_finds_nothing_says_what_to_do_and_keeps_what_was_typed(house: House) -> None:
    page = house.client().get(INDEX, query_string={"q": "<unheard> of", "kind": "letter", "state": "OH"})
    assert "No listed statement fits." in page.text
    assert 'value="&lt;unheard&gt; of"' in page.text
    assert '<option value="letter" selected>' in page.text
    assert '<option value="OH" selected>' in page.text


@pytest.mark.one_database("sqlite", "the same on every database")
@given(st.text(max_size=60), st.text(max_size=12))
def test_nothing_that_is_typed_breaks_the_search(typed: str, other: str) -> None:
    statement = Statement(kind="letter", place="NE", year=2019)
    for word in (typed, other, typed + other):
        assert finding.fitting(None, [], Sought(typed=word, kind=other)) == []  # type: ignore[arg-type]
        bears = finding._bears(_listed(statement), word)
        assert not bears or word.strip().upper().startswith("LET")


def _listed(statement: Statement) -> finding.Listed:
    revision = Revision(number=1, language="en", title="")
    return finding.Listed(statement, revision, None, clock.now(), (revision,))


# --- Order and pages ------------------------------------------------------------------------------


def test_the_newest_adoption_comes_first_and_the_most_signed_if_asked(house: House) -> None:
    old = published(house, "NE", adopted_on=date(2019, 9, 1), takes_signatures=True)
    new = published(house, "KS", adopted_on=date(2019, 10, 1))
    assert [each for each in listed(house) if each != SLUG] == [new, old]
    house.sign(None, old)
    house.work()
    house.confirm()
    house.work()
    assert listed(house, order="signatures")[0] == old
    assert "Most signatures first" in said(house)


def test_a_statement_without_an_adoption_stands_by_its_first_publication(house: House) -> None:
    day = evening()
    slug = published(house, "NE", adopted_on=None)
    house.later(days=3)
    published(house, "NE", slug=slug, body="Whereas it is corrected;", note="Corrected.", adopted_on=None)
    with house.reading() as session:
        (own,) = [each for each in finding.listed(session, "en") if each.statement.slug == slug]
    assert own.day == day


def test_what_is_published_in_the_evening_stands_by_the_day_of_the_campaigns_time(house: House) -> None:
    today = evening()
    slug = published(house, "NE", adopted_on=None)
    with house.reading() as session:
        (own,) = [each for each in finding.listed(session, "en") if each.statement.slug == slug]
    assert own.day == today


def test_a_long_list_has_pages_that_keep_what_was_asked(house: House) -> None:
    for number in range(27):
        published(house, "NE", title=f"Resolution {number}", adopted_on=date(2019, 1, 1) + timedelta(days=number))
    first, second = listed(house, state="NE"), listed(house, state="NE", page="2")
    assert (len(first), len(second)) == (25, 2)
    assert not set(first) & set(second)
    assert "1 to 25 of 27" in said(house, state="NE")
    page = Page(house.client().get(INDEX, query_string={"state": "NE", "order": "signatures"}).text)
    (onward,) = page.all("a", rel="next")
    assert {"state=NE", "order=signatures", "page=2"} <= set(str(onward["href"]).partition("?")[2].split("&"))
    for wild in ("0", "-1", "99999999999", "x", "3"):
        assert listed(house, state="NE", page=wild) in (first, second)


# --- The map --------------------------------------------------------------------------------------


def test_a_tile_tells_how_many_and_leads_to_them(house: House) -> None:
    published(house, "NE")
    published(house, "NE", kind="letter")
    published(house, "KS")
    page = Page(house.client().get(INDEX, query_string={"kind": "resolution", "state": "KS"}).text)
    (nebraska,) = page.all("a", **{"aria-label": "Nebraska: One statement"})
    assert str(nebraska["href"]) == "/statements/?kind=resolution&state=NE"
    (kansas,) = page.all("a", **{"aria-label": "Kansas: One statement"})
    assert kansas["aria-current"] == "true"
    assert 'aria-label="Nebraska: 2 statements"' in house.client().get(INDEX).text


def test_without_a_chapter_there_is_no_map(house: House) -> None:
    assert "By state" not in said(house)


# --- Counts and keeping ---------------------------------------------------------------------------


def test_many_counts_at_once_are_what_each_alone_is(house: House) -> None:
    slug = published(house, "NE", takes_signatures=True)
    house.signed("ada@patron.example")
    house.sign(None, slug)
    house.work()
    house.confirm()  # waits for the registrar
    now = clock.now() + timedelta(seconds=5)
    with house.reading() as session:
        statements = session.query(Statement).order_by(Statement.id).all()
        assert counting.counts(session, statements, now) == {
            each.id: counting.count(session, each, now) for each in statements
        }


def test_filters_are_not_kept_and_the_whole_list_is(house: House) -> None:
    keeper = Keeper(house.app.wsgi_app)
    house.app.wsgi_app = keeper  # type: ignore[method-assign]
    client = house.client()
    for number in range(20):
        assert client.get(f"{INDEX}?q=word{number}").status_code == 200
    assert len(keeper._copies) == 0
    client.get(INDEX)
    assert len(keeper._copies) == 1


def test_the_index_asks_the_database_the_same_few_times_however_many_there_are(house: House) -> None:
    published(house, "NE")
    house.client().get(INDEX)
    with house.statements() as few:
        house.client().get(INDEX)
    for state in ("KS", "IA", "MO", "CO"):
        published(house, state)
    with house.statements() as many:
        house.client().get(INDEX)
    assert len(many) == len(few)
    assert len(many) < 12
