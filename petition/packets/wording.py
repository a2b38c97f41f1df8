"""How a packet says numbers, days and moments, in the language of its translations."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

EASTERN: Final = ZoneInfo("America/New_York")


class Translations(Protocol):
    """What gettext's own classes offer; `gettext.NullTranslations` keeps the English."""

    def gettext(self, message: str) -> str:
        """The message in the packet's language."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The message for that number in the packet's language."""


class Wording:
    """The filters of the packet's templates. Times are told in Eastern time."""

    def __init__(self, translations: Translations) -> None:
        _ = translations.gettext
        self._translate = _
        self._months = (
            *(_("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July")),
            *(_("August"), _("September"), _("October"), _("November"), _("December")),
        )
        self._short_months = (
            *(_("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun"), _("Jul")),
            *(_("Aug"), _("Sep"), _("Oct"), _("Nov"), _("Dec")),
        )
        self._languages = {"en": _("English"), "es": _("Spanish")}

    def filters(self) -> Mapping[str, Callable[..., Any]]:
        """Name and function of each filter."""
        return {
            "number": self.number,
            "percent": self.percent,
            "long_day": self.long_day,
            "day": self.day,
            "month_day": self.month_day,
            "stamped": self.stamped,
            "to_the_minute": self.to_the_minute,
            "to_the_second": self.to_the_second,
            "grouped": self.grouped,
            "language": self.language,
        }

    def number(self, value: int) -> str:
        """103,418"""
        return f"{value:,}"

    def percent(self, share: float) -> str:
        """0.3%, less than 0.1% rather than nothing, and more than 99.9% rather than all."""
        if 0 < share < 0.001:
            return self._translate("less than %(share)s") % {"share": "0.1%"}
        if 0.9995 <= share < 1:
            return self._translate("more than %(share)s") % {"share": "99.9%"}
        return f"{share:.1%}".replace(".0%", "%")

    def long_day(self, value: date) -> str:
        """October 14, 2019"""
        return self._day_of(self._months, value)

    def day(self, value: date) -> str:
        """Oct 14, 2019"""
        return self._day_of(self._short_months, value)

    def month_day(self, value: date) -> str:
        """10-14 and 9-03: the roster's last column."""
        return f"{value.month}-{value.day:02d}"

    def stamped(self, value: datetime) -> str:
        """Oct 14 2019 4:00 PM ET"""
        local = value.astimezone(EASTERN)
        return f"{self._stamp_day(local)} {local.hour % 12 or 12}:{local.minute:02d} {self._half(local)} ET"

    def to_the_minute(self, value: datetime) -> str:
        """Oct 14, 2019, 4:00 pm ET"""
        local = value.astimezone(EASTERN)
        return f"{self.day(local.date())}, {local.hour % 12 or 12}:{local.minute:02d} {self._half(local)} ET"

    def to_the_second(self, value: datetime) -> str:
        """Oct 14 2019, 4:00:00 pm ET"""
        local = value.astimezone(EASTERN)
        return f"{self._stamp_day(local)}, {local.hour % 12 or 12}:{local:%M:%S} {self._half(local)} ET"

    def grouped(self, value: str) -> str:
        """A hash in groups of eight characters."""
        return " ".join(value[at : at + 8] for at in range(0, len(value), 8))

    def language(self, code: str) -> str:
        """The name of a language that our texts come in; its code where we have no name for it."""
        return self._languages.get(code, code)

    def _half(self, local: datetime) -> str:
        return self._translate("pm") if local.hour >= 12 else self._translate("am")

    def _day_of(self, months: tuple[str, ...], value: date) -> str:
        pattern = self._translate("%(month)s %(day)s, %(year)s")
        return pattern % {"month": months[value.month - 1], "day": value.day, "year": value.year}

    def _stamp_day(self, value: date) -> str:
        pattern = self._translate("%(month)s %(day)s %(year)s")
        return pattern % {"month": self._short_months[value.month - 1], "day": value.day, "year": value.year}
