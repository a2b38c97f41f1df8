"""The one clock. Everything that asks for the time asks here; acts are handed `now` by their caller."""

from datetime import UTC, datetime, timedelta

_ahead = timedelta(0)


def now() -> datetime:
    """The present moment, with time zone UTC."""
    return datetime.now(UTC) + _ahead


def move(by: timedelta) -> None:
    """Set this process's clock forward or back, for rehearsals and tests."""
    global _ahead
    _ahead += by


def reset() -> None:
    """Tell the true time again after `move`."""
    global _ahead
    _ahead = timedelta(0)
