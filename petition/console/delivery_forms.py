"""What an organizer types about contacts, deliveries, answers and news."""

from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

from wtforms import BooleanField, DateField, Field, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import StopValidation

from petition import clock
from petition.deliveries.contacting import Typed
from petition.deliveries.delivering import Handed
from petition.deliveries.models import Means, ResponseKind
from petition.deliveries.responding import Answer
from petition.text import names
from petition.web.address_field import AddressField
from petition.web.form import SessionForm
from petition.web.language import ZONE, _, day
from petition.web.language import names as languages

#: An open letter has some thousand words; the body of a request has at most 64 kB.
LONGEST_BODY: Final = 30_000
LONGEST_NEWS: Final = 3_000
LONGEST_LINE: Final = 200
MOST_LINES: Final = 6  # on a postal label, under name, office and firm


def _clean(value: str | None) -> str:
    return names.clean(value or "")


def _trimmed(value: str | None) -> str:
    return (value or "").strip()


def _today() -> date:
    return clock.now().astimezone(ZONE).date()


def fill(field: Field, most: int, missing: str) -> None:
    """Something must be there, and no more than `most` characters. Raises StopValidation."""
    if not field.data:
        raise StopValidation(missing)
    if len(field.data) > most:
        raise StopValidation(_("Use no more than %(number)s characters.", number=most))


def past(field: Field, earliest: date, too_early: str) -> None:
    """A day must be there, of that day or later, that has come. Raises StopValidation."""
    if field.data is None:
        raise StopValidation(_("Give the day, as in 2026-11-22."))
    if field.data < earliest:
        raise StopValidation(too_early)
    if field.data > _today():
        raise StopValidation(_("This day has not come yet."))


class ContactForm(SessionForm):
    """A publisher's contact: by e-mail, by post, or both."""

    name = StringField(filters=[_clean])
    title = StringField(filters=[_clean])
    email = AddressField(filters=[_trimmed])
    lines = TextAreaField(filters=[_trimmed])
    language = SelectField(validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = list(languages().items())

    def validate(self, extra_validators: Any = None) -> bool:
        """An address may be left out where a postal one is given."""
        if not self.email.data and self.lines.data:
            self.email.pre_validate = lambda form: None  # type: ignore[method-assign]
        return bool(super().validate(extra_validators))

    def validate_name(self, field: Field) -> None:
        """Whose name stands on the letter."""
        fill(field, 120, _("Type the name of the person or the office."))

    def validate_title(self, field: Field) -> None:
        """May be empty."""
        if field.data and len(field.data) > 120:
            raise StopValidation(_("Use no more than %(number)s characters.", number=120))

    def validate_lines(self, field: Field) -> None:
        """As many as a label holds."""
        lines = self.label_lines
        if len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines):
            raise StopValidation(_("A label has room for %(number)s lines.", number=MOST_LINES))

    def validate_language(self, field: Field) -> None:
        """One of those that we write in."""
        if field.data not in languages():
            raise StopValidation(_("Choose a language."))

    @property
    def label_lines(self) -> tuple[str, ...]:
        """The postal address, line by line."""
        return tuple(filter(None, (names.clean(line) for line in (self.lines.data or "").splitlines())))

    @property
    def typed(self) -> Typed:
        """The contact, once it was found well formed."""
        found = {"address": self.email.data, "canonical": self.email.mailbox} if self.email.data else {}
        return Typed(self.name.data, self.title.data, self.label_lines, self.language.data, **found)


class DeliverForm(SessionForm):
    """To whom a packet goes, how, and what its sender knows of."""

    contact = SelectField(validate_choice=False)
    means = RadioField(validate_choice=False)
    knowingly = BooleanField()
    again = TextAreaField(filters=[_trimmed])
    seen = HiddenField()

    def __init__(self, contacts: list[tuple[str, str]], means: dict[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contact.choices, self.means.choices = contacts, list(means.items())

    def validate_contact(self, field: Field) -> None:
        """One of the publisher's."""
        if field.data not in dict(self.contact.choices):
            raise StopValidation(_("Choose a contact."))

    def validate_means(self, field: Field) -> None:
        """One of the four ways."""
        if field.data not in tuple(Means):
            raise StopValidation(_("Choose a way."))

    def validate_again(self, field: Field) -> None:
        """A sentence at most."""
        if len(field.data) > LONGEST_LINE:
            raise StopValidation(_("Use no more than %(number)s characters.", number=LONGEST_LINE))

    @property
    def newest(self) -> int:
        """The newest delivery of the packet when the page was shown; 0 if there was none, or it is no number."""
        sent = self.seen.data or ""
        return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 19 else 0


class HandedForm(SessionForm):
    """On which day it left our hands; in person also where, by whom and to whom."""

    day = DateField()
    place = StringField(filters=[_clean])
    by = StringField(filters=[_clean])
    to = StringField(filters=[_clean])

    def __init__(self, means: str, made: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.in_person, self.made = means == Means.PERSON, made

    def validate_day(self, field: Field) -> None:
        """Between the day that the packet was made on and today."""
        field.errors = []
        past(field, self.made, _("The packet was made on %(day)s. Give that day or a later one.", day=day(self.made)))

    def _needed(self, field: Field) -> None:
        if self.in_person or field.data:
            fill(field, LONGEST_LINE, _("Needed for what is handed over in person."))

    validate_place = validate_by = validate_to = _needed

    @property
    def handed(self) -> Handed:
        """How it left our hands, once that was found well formed."""
        return Handed(self.day.data, self.place.data, self.by.data, self.to.data)


class SentenceForm(SessionForm):
    """One sentence: why, or how somebody knows."""

    sentence = StringField(filters=[_clean])

    def validate_sentence(self, field: Field) -> None:
        """Needed."""
        fill(field, LONGEST_LINE, _("Say it in one sentence."))


class ResponseForm(SessionForm):
    """A publisher's answer, in full."""

    kind = SelectField(validate_choice=False)
    dated_on = DateField()
    author = StringField(filters=[_clean])
    source = StringField(filters=[_clean])
    source_url = StringField(filters=[_trimmed])
    language = SelectField(validate_choice=False)
    body = TextAreaField(filters=[lambda value: (value or "").replace("\r\n", "\n").strip("\n")])
    correction = StringField(filters=[_clean])

    def __init__(
        self, kinds: dict[str, str], year: int, *args: Any, corrects: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.year = year
        self.kind.choices, self.language.choices = list(kinds.items()), list(languages().items())
        self.corrects = corrects

    def validate_kind(self, field: Field) -> None:
        """Memo, letter, meeting or reversal."""
        if field.data not in tuple(ResponseKind):
            raise StopValidation(_("Choose what it is."))

    def validate_dated_on(self, field: Field) -> None:
        """The publisher's own date. A text may have been adopted, and answered, some time before it came here."""
        field.errors = []
        past(field, date(self.year - 1, 1, 1), _("This is long before the text that it answers. Look at the year."))

    def validate_author(self, field: Field) -> None:
        """Who speaks."""
        fill(field, LONGEST_LINE, _("Say who speaks: name and office."))

    def validate_source(self, field: Field) -> None:
        """Where it can be found."""
        fill(field, 300, _("Say where it can be found, or how it came to you."))

    def validate_source_url(self, field: Field) -> None:
        """A web address, if any."""
        if field.data and (len(field.data) > 500 or not _is_web(field.data)):
            raise StopValidation(_("A web address begins with https:// or http://."))

    def validate_language(self, field: Field) -> None:
        """The language that the answer is written in."""
        if field.data not in languages():
            raise StopValidation(_("Choose a language."))

    def validate_body(self, field: Field) -> None:
        """All of it."""
        if not field.data.strip():
            raise StopValidation(_("Paste the answer, all of it."))
        if len(field.data) > LONGEST_BODY:
            raise StopValidation(_("Use no more than %(number)s characters.", number=LONGEST_BODY))

    def validate_correction(self, field: Field) -> None:
        """What was wrong, where it corrects an earlier entry."""
        if self.corrects:
            fill(field, LONGEST_LINE, _("Say what was wrong in the earlier entry."))

    @property
    def answer(self) -> Answer:
        """The answer, once it was found well formed."""
        return Answer(
            ResponseKind(self.kind.data), self.dated_on.data, self.author.data, self.source.data,
            self.source_url.data, self.language.data, self.body.data,
        )  # fmt: skip


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(each.isspace() for each in address)


class NewsForm(SessionForm):
    """What signatories are told, in each language that we write in: subject_en, body_en, …"""

    send = StringField()

    def each(self) -> list[tuple[str, str, Field, Field]]:
        """Language, its name, and the two fields of it."""
        return [(code, called, self[f"subject_{code}"], self[f"body_{code}"]) for code, called in languages().items()]

    def validate(self, extra_validators: Any = None) -> bool:
        """Subject and body in every language: nobody gets an empty letter."""
        good = bool(super().validate(extra_validators))
        for _code, _called, subject, body in self.each():
            for field, most in ((subject, LONGEST_LINE), (body, LONGEST_NEWS)):
                try:
                    fill(field, most, _("Needed: its readers get nothing else."))
                except StopValidation as fault:
                    field.errors = [str(fault)]
                    good = False
        return good

    @property
    def words(self) -> dict[str, dict[str, str]]:
        """What was typed, by language."""
        return {code: {"subject": subject.data, "body": body.data} for code, _called, subject, body in self.each()}


for _language in languages():
    setattr(NewsForm, f"subject_{_language}", StringField(filters=[_clean]))
    setattr(NewsForm, f"body_{_language}", TextAreaField(filters=[_trimmed]))
