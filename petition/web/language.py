"""Languages: which one is spoken now, its words, and how it writes dates and numbers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton
from babel.numbers import format_decimal
from babel.support import Translations
from flask import Flask, g, has_request_context, request
from flask_babel import Babel
from flask_babel.speaklater import LazyString
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from petition.paths import TRANSLATIONS
from petition.translations import CHECKED, NOT_CHECKED, checked_by


@dataclass(frozen=True, slots=True)
class Language:
    """What a language is called, and how it writes days and numbers."""

    name: str  # by itself, as a reader who speaks no other looks for it
    writing: str  # Babel's locale, with the country when that makes a difference
    day: str  # Babel's pattern


#: Every language spoken here. Numbers are written as in the United States, so 103,418 in Spanish too.
LANGUAGES: Final = {
    "en": Language("English", "en_US", "MMM d, y"),
    "es": Language("Español", "es_US", "d MMM y"),
}
DEFAULT: Final = "en"
#: The name of the button that asks for a form in another language (templates/parts/languages.html).
SHOW_AGAIN: Final = "show_again"
#: A national campaign keeps one time on all its pages; the suffix names it (look/LOOK.md, Voice).
ZONE: Final = ZoneInfo("America/New_York")
_ZONE_NAME: Final = "ET"
_NO_BREAK: Final = "\u00a0"
_TIME: Final = "h:mm a"
_LONGEST_WISH: Final = 256  # characters of Accept-Language that are read; browsers send a few dozen


def current() -> str:
    """The language spoken now: set by `speaking`, asked for by `?lang=`, or preferred by the browser."""
    chosen: str | None = g.get("language")
    if chosen is None:
        chosen = _negotiated() if has_request_context() else DEFAULT
        g.language = chosen
    return chosen


def spoken() -> Language:
    """The language spoken now."""
    return LANGUAGES[current()]


def asked() -> str | None:
    """The language that the address itself asks for, if it does."""
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else None


def _negotiated() -> str:
    if (chosen := asked()) is not None:
        return chosen
    return _preferred(request.environ.get("HTTP_ACCEPT_LANGUAGE", "")[:_LONGEST_WISH])


@lru_cache(maxsize=1024)
def _preferred(wish: str) -> str:
    return parse_accept_header(wish, LanguageAccept).best_match(LANGUAGES, DEFAULT) or DEFAULT


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak one language within the block: the e-mails of one person, the pages of one packet."""
    before = g.get("language")
    g.language = language if language in LANGUAGES else DEFAULT
    try:
        yield
    finally:
        g.language = before


def words() -> Any:
    """The catalogue of the language spoken now, for a packet's pages."""
    return _words()


def _words() -> Any:
    return _catalogue(TRANSLATIONS, current())


@cache
def _catalogue(folder: Path, language: str) -> Any:
    # Flask-Babel would find it anew for each string, and leave out its headers, which say who has checked it.
    return Translations.load(folder, [language])


def _(message: str, **facts: object) -> str:
    """The message in the language spoken now, with its facts filled in."""
    said: str = _words().ugettext(message)
    return said % facts if facts else said


@pass_eval_context
def _in_template(surroundings: EvalContext, message: str, **facts: object) -> str:
    """As Jinja's own, which asks its context three times for each of eighty words of a page."""
    said: str = _words().ugettext(message)
    return (Markup(said) if surroundings.autoescape else said) % facts  # noqa: S704  (a translator's words)


def pgettext(context: str, message: str) -> str:
    """What the language spoken now says for a message, where the same English word has several meanings."""
    return str(_words().upgettext(context, message))


def ngettext(singular: str, plural: str, num: int, **facts: object) -> str:
    """The message in the grammatical number that `num` asks for."""
    said: str = _words().ungettext(singular, plural, num)
    return said % {"num": number(num), **facts}


def _counted(singular: str, plural: str, num: int) -> str:
    # For templates: Jinja fills in the rest, but would write the number itself bare of its commas.
    said: str = _words().ungettext(singular, plural, num)
    return said.replace("%(num)s", number(num))


def lazy(message: str) -> LazyString:
    """A message that is put into words when it is shown: for what is written once, at import."""
    return LazyString(_, message)


def number(value: int) -> str:
    """103,418, or as the language groups its digits."""
    return _number(value, spoken().writing)


@lru_cache(maxsize=4096)
def _number(value: int, writing: str) -> str:
    return format_decimal(value, locale=writing)


def day(value: date | datetime) -> str:
    """Oct 14, 2019."""
    if isinstance(value, datetime):
        value = value.astimezone(ZONE).date()
    return _day(value, spoken())


@lru_cache(maxsize=1024)
def _day(value: date, language: Language) -> str:
    return format_date(value, language.day, locale=language.writing)


def day_ends(value: datetime) -> datetime:
    """The last moment of the day of a moment, in the campaign's time: what lasts “until” a day lasts until then."""
    return datetime.combine(value.astimezone(ZONE), time.max, ZONE).astimezone(UTC)


def day_begins(value: datetime) -> datetime:
    """The first moment of the day of a moment, in the campaign's time."""
    return datetime.combine(value.astimezone(ZONE), time.min, ZONE).astimezone(UTC)


def month_day(value: date) -> str:
    """Oct 14: a day of a year that goes without saying."""
    return format_skeleton("MMMd", value, locale=spoken().writing)


def partial_day(iso: str) -> str:
    """A day, a month or a year, as exactly as it is known: Oct 14, 2019; Oct 2019; 2019."""
    year, _dash, rest = iso.partition("-")
    if not rest:
        return year
    if "-" not in rest:
        return format_date(date.fromisoformat(f"{iso}-01"), "MMM y", locale=spoken().writing)
    return day(date.fromisoformat(iso))


def moment(value: datetime) -> str:
    """Oct 14, 2019, 4:00 pm ET."""
    return f"{day(value)}, {_time(value)}"


def stamped(value: datetime) -> str:
    """Oct 14 2019 4:00 pm ET, as a stamp has it: no commas."""
    return moment(value).replace(",", "")


def _time(value: datetime) -> str:
    return _minute(value.astimezone(ZONE).replace(second=0, microsecond=0), spoken().writing)


@lru_cache(maxsize=1024)
def _minute(value: datetime, writing: str) -> str:
    said = format_datetime(value, _TIME, locale=writing).replace("AM", "am").replace("PM", "pm")
    # A time that breaks leaves "ET" alone on a phone's last line.
    return _NO_BREAK.join(f"{said} {_ZONE_NAME}".split())


def names() -> dict[str, str]:
    """Each language by its own name."""
    return {code: language.name for code, language in LANGUAGES.items()}


def form_again(code: str) -> str:
    """What pressing the name of another language does to a form that holds what somebody typed, in that language."""
    with speaking(code):
        return _("show this form with what I typed, without sending it")


def only_shown() -> bool:
    """Whether a form was sent only to be read in another language, with what was typed in it."""
    return SHOW_AGAIN in request.form


def direction() -> str:
    """Which way the language spoken now is written."""
    return _direction(current())


@cache
def _direction(language: str) -> str:
    return str(Locale.parse(language).text_direction)


def checked() -> str:
    """Who has checked the translation spoken now, or that nobody has yet."""
    who = checked_by(_words().info())
    return _(CHECKED, who=who) if who else _(NOT_CHECKED)


def grouped(digits: str) -> str:
    """A hash in groups of eight, to be read and compared by eye."""
    return " ".join(digits[i : i + 8] for i in range(0, len(digits), 8))


def _keep_asked(app: Flask, endpoint: str, values: dict[str, Any]) -> None:
    """Whoever asked for a language by `?lang=` keeps it from page to page, and in the forms they send."""
    if has_request_context() and (chosen := asked()) is not None:
        values.setdefault("lang", chosen)


def attach(app: Flask) -> None:
    """Teach the app its languages and its templates our filters."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    app.config["BABEL_DEFAULT_LOCALE"] = DEFAULT
    Babel(app, locale_selector=current)
    app.url_default_functions.setdefault(None, []).append(lambda endpoint, values: _keep_asked(app, endpoint, values))
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda message: _words().ugettext(message),
        ngettext=_counted,
        newstyle=True,
        pgettext=pgettext,
    )
    app.jinja_env.globals.update(_=_in_template, form_again=form_again, SHOW_AGAIN=SHOW_AGAIN)
    app.jinja_env.filters.update(
        number=number,
        day=day,
        partial_day=partial_day,
        month_day=month_day,
        moment=moment,
        stamped=stamped,
        grouped=grouped,
        # To the minute, as the words beside it say: so a page stays the same, and 304 tells so, until it has news.
        iso=lambda value: value.replace(second=0, microsecond=0).isoformat(),
    )
