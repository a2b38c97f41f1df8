"""The desk's lists and figures at any size: each follows an index, and growth and post are reckoned right."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import event, text

from petition.console import desk, growth, post
from petition.db import db
from petition.review import comments
from petition.signatures import finding
from petition.signatures.finding import Sought
from petition.signatures.models import Signature, Status
from petition.statements.models import Statement
from tests import prepared
from tests.ground import House

SOUGHT: Final = {
    "everything": Sought(),
    "a status": Sought(status="held"),
    "a state": Sought(state="NE"),
    "both": Sought(state="NE", status="verified"),
    "a word": Sought(typed="lovelace"),
    "two words of a state": Sought(typed="ada lincoln", state="NE"),
    "a beginning": Sought(typed="lov*"),
    "a mailbox": Sought(mailbox=bytes(32)),
}


def plans(house: House, look: Any) -> list[str]:
    """How the database goes about everything that is asked while looking."""
    asked: list[tuple[str, Any]] = []
    told: list[str] = []
    with house.reading() as session:
        statement = session.query(Statement).one()
        keep = lambda _c, _k, said, given, *_: asked.append((said, given))  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", keep)
        look(session, statement)
        event.remove(db.engine, "before_cursor_execute", keep)
        connection = session.connection()
        sqlite = connection.dialect.name == "sqlite"
        if not sqlite:
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        for said, given in asked:
            if "signature" in said:
                rows = connection.exec_driver_sql(f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{said}", given)
                told += [str(row[-1]) for row in rows]
    return told


@pytest.mark.parametrize("sought", SOUGHT.values(), ids=SOUGHT)
@pytest.mark.one_database("sqlite", "its plans do not depend on how many rows there are")
def test_no_list_reads_more_than_it_shows(house: House, sought: Sought) -> None:
    told = plans(house, lambda session, statement: finding.page(session, statement, sought, 1000, 25))
    assert told
    assert not [step for step in told if step.startswith("SCAN signature")], told
    # A beginning has words in no order of ids; it is sorted, and so costs as much as there are such words.
    if not sought.typed.endswith("*"):
        assert not [step for step in told if "TEMP B-TREE" in step], told


@pytest.mark.one_database("sqlite", "its plans do not depend on how many rows there are")
def test_comments_and_counts_follow_an_index(house: House) -> None:
    def look(session: Any, statement: Statement) -> None:
        session.scalars(
            session.query(Signature).where(comments.waiting(statement)).order_by(Signature.id).limit(25).statement
        ).all()
        desk.counted(session, statement, Status.PENDING)

    told = plans(house, look)
    assert not [step for step in told if "TEMP B-TREE" in step], told
    assert [step for step in told if "ix_signature_unread" in step], told
    assert [step for step in told if "COVERING INDEX ix_signature_status" in step], told


# --- Growth ---------------------------------------------------------------------------------------


def test_days_without_a_signature_and_days_that_lose_some_add_up() -> None:
    steps = growth.steps({"2019-10-01": 5, "2019-10-03": -2, "2019-10-04": 4}, date(2019, 10, 5))
    assert [(step.first.day, step.more, step.total) for step in steps] == [
        (1, 5, 5), (2, 0, 5), (3, -2, 3), (4, 4, 7), (5, 0, 7)
    ]  # fmt: skip
    chart = growth.chart(steps)
    assert len(chart.bars) == len(chart.points.split()) == 5
    assert all(bar.height >= 0 for bar in chart.bars)
    assert [tick.value for tick in chart.bar_ticks] == [-2, 0, 5]
    assert chart.line_ticks[0].value == 0
    assert chart.line_ticks[-1].value >= 7


@pytest.mark.parametrize(("days", "bars", "span"), [(1, 1, 1), (92, 92, 1), (93, 14, 7), (3650, 41, 91)])
def test_years_are_drawn_in_as_many_bars_as_can_be_told_apart(days: int, bars: int, span: int) -> None:
    first = date(2019, 9, 11)
    by_day = {(first + timedelta(days=day)).isoformat(): 3 for day in range(days)}
    steps = growth.steps(by_day, first + timedelta(days=days - 1))
    chart = growth.chart(steps)
    assert (len(steps), steps[-1].total) == (bars, 3 * days)
    assert chart.days_a_bar == min(span, days)
    assert len({label.x for label in chart.labels}) == len(chart.labels) <= 4


def test_nothing_grows_from_nothing() -> None:
    assert growth.steps({}, date(2019, 10, 1)) == ()


# --- When the outbox is empty ---------------------------------------------------------------------

NOW: Final = datetime(2019, 10, 14, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("waiting", "sent_today", "hours"),
    [
        (60, 0, 1.0),  # 60 at one a minute
        (100, 900, 100 / 60),  # just what the day has left
        (101, 900, 24.0),  # one more than the day has left
        (2500, 0, 48.0),  # a thousand now, a thousand tomorrow, the rest the day after
        (50, 5000, 24.0),  # the pace was lowered since
    ],
)
def test_the_outbox_is_empty_at_the_operators_pace(
    tmp_path: Path, waiting: int, sent_today: int, hours: float
) -> None:
    slow = prepared.configured(tmp_path, PETITION_MAIL_PER_MINUTE="1", PETITION_MAIL_PER_DAY="1000")
    assert post.empty_at(waiting, sent_today, slow, NOW) == NOW + timedelta(hours=hours)
