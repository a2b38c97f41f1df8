"""Counts: read off the tallies, with the moment they are true for, and never by counting signatures."""

from datetime import datetime, timedelta

from petition import clock
from petition.ledger import counting
from petition.signatures.models import Change
from petition.statements.models import Statement
from tests.ground import SLUG, House


def told(house: House) -> tuple[int, datetime]:
    answer = house.client().get(f"/statements/{SLUG}/count.json")
    assert answer.status_code == 200
    said = answer.get_json()
    assert set(said) == {"verified", "as_of"}
    return said["verified"], datetime.fromisoformat(said["as_of"])


def test_nobody_has_signed_yet_as_of_now(house: House) -> None:
    verified, as_of = told(house)
    assert verified == 0
    assert timedelta(0) <= clock.now() - as_of < timedelta(seconds=10)


def test_a_count_whose_changes_are_all_entered_is_as_of_now(house: House) -> None:
    house.signed()
    house.later(hours=3)
    verified, as_of = told(house)
    assert verified == 1
    assert abs(clock.now() - as_of) < timedelta(seconds=10)


def test_a_count_with_a_change_under_way_is_as_of_before_that_change(house: House) -> None:
    house.signed()
    house.later(hours=1)
    house.sign(email="grace@patron.example")
    house.work()
    house.confirm("grace@patron.example")
    (waiting,) = house.rows(Change, Change.seq.is_(None))
    house.later(hours=1)
    verified, as_of = told(house)
    assert verified == 1
    assert as_of <= waiting.at
    house.register()
    assert told(house)[0] == 2


def test_neither_count_nor_page_reads_the_signatures_to_count_them(house: House) -> None:
    house.signed()
    house.client().get(f"/statements/{SLUG}")
    for path in (f"/statements/{SLUG}/count.json", f"/statements/{SLUG}", "/", "/statements/"):
        with house.statements() as asked:
            house.client().get(path)
        counts = [one for one in asked if "count(" in one.lower() or "sum(" in one.lower()]
        # Institutions are some hundreds at most, in an index of their own.
        assert [one for one in counts if "FROM institution" not in one] == [], path
    with house.statements() as asked:
        house.client().get(f"/statements/{SLUG}/count.json")
    assert not any("FROM signature" in one for one in asked)


def test_the_page_and_the_file_say_the_same(house: House) -> None:
    for number in range(3):
        house.signed(f"reader-{number}@patron.example")
    assert told(house)[0] == 3
    page = house.client().get(f"/statements/{SLUG}").text
    assert 'datetime="' in page
    assert "3" in page[page.index("<main") :]


def test_parts_leave_out_what_is_empty(house: House) -> None:
    private = house.signed("one@patron.example", state="NE")
    house.signed("two@patron.example", state="CO")
    house.press(f"{private}/withdraw")
    house.work()
    with house.reading() as session:
        statement = session.get_one(Statement, 1)
        assert counting.by_state(session, statement) == {"CO": 1}
        assert list(counting.by_revision(session, statement).values()) == [1]
        count = counting.count(session, statement, clock.now())
    assert (count.verified, count.size) == (1, 3)


def test_the_count_may_be_quoted_by_everyone_and_kept_for_a_moment(house: House) -> None:
    answer = house.client().get(f"/statements/{SLUG}/count.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"].startswith("public, max-age=1")
    assert "Set-Cookie" not in answer.headers


def test_an_unknown_statement_has_no_count(house: House) -> None:
    assert house.client().get("/statements/nothing/count.json").status_code == 404
