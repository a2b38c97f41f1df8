"""Moments of the campaign's days, which are not UTC's: tests let it be that time."""

from datetime import date, datetime, time, timedelta

from petition import clock
from petition.web.language import ZONE


def until(moment: datetime) -> None:
    """Let time pass until then."""
    clock.move(moment - clock.now())


def midnight(day: date) -> datetime:
    """The beginning of a day, Eastern time."""
    return datetime.combine(day, time(), ZONE)


def today() -> date:
    """The day that it is, Eastern time."""
    return clock.now().astimezone(ZONE).date()


def evening() -> date:
    """Let it be half past nine in the evening, when UTC has the next day; returns the day of ours."""
    day = today() + timedelta(days=1)
    until(datetime.combine(day, time(21, 30), ZONE))
    return day
