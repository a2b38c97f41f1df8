"""What is typed to write a chapter's text: how to begin, the draft itself, and the last look before it is published."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import StopValidation, ValidationError

from petition import clock
from petition.drafts.models import Draft
from petition.drafts.writing import Written, fixed
from petition.officers.naming import Named
from petition.publishers.models import Publisher
from petition.signatures.showing import kind_words
from petition.statements.local_parts import PARTS, marked
from petition.statements.models import CHAPTER_KINDS
from petition.text import names, prose
from petition.text.faults import TextRefusal
from petition.web.address_field import AddressField, canonical
from petition.web.form import SessionForm
from petition.web.language import ZONE, _
from petition.web.language import names as languages

NATIONAL: Final = "national"
BLANK: Final = "blank"
#: A little over eight pages of type. With every letter of three bytes it still fits into one request.
LONGEST_TEXT: Final = 30_000
LONGEST: Final = {
    "title": 300, "ask": 600, "body": LONGEST_TEXT, **dict.fromkeys(PARTS, 2_000), "note": 1_000,
    "adopted_by": 160, "vote": 80,
}  # fmt: skip
LONGEST_TITLE: Final = 120  # of an officer
MOST_OFFICERS: Final = 6
#: An earlier year is a slip of the hand: the campaign is younger.
FIRST_YEAR: Final = 2000
_DAY: Final = re.compile(r"(\d{4})([-/. ])(\d{1,2})\2(\d{1,2})", re.ASCII)


class BeginForm(SessionForm):
    """What to write, in which language, and from what."""

    kind = RadioField(validate_choice=False)
    language = SelectField()
    start = RadioField(validate_choice=False, default=NATIONAL)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = _kinds()
        self.language.choices = list(languages().items())
        self.start.choices = [(NATIONAL, _("From the national text")), (BLANK, _("Blank"))]

    def validate_kind(self, field: Any) -> None:
        """One of those that a chapter publishes."""
        if field.data not in CHAPTER_KINDS:
            raise ValidationError(_("Choose what you want to write."))

    def validate_start(self, field: Any) -> None:
        """One of the two."""
        if field.data not in (NATIONAL, BLANK):
            raise ValidationError(_("Choose how to begin."))


def _kinds() -> list[tuple[str, str]]:
    return [(kind, kind_words(kind)) for kind in CHAPTER_KINDS]


def _line(value: str | None) -> str:
    return names.clean(prose.clean(value or ""))


def _text(value: str | None) -> str:
    return prose.clean(value or "")


def _refuse(refused: TextRefusal | None) -> None:
    if refused is not None:
        raise StopValidation(_(refused.sentence, **refused.values))


class KeptText(TextAreaField):
    """A text of any kind, kept without what nobody sees, and no longer than its column or a request holds."""

    def __init__(self, *, line: bool = False, **kwargs: Any) -> None:
        super().__init__(filters=[_line if line else _text], **kwargs)

    def pre_validate(self, form: Any) -> None:
        """Raises StopValidation when it is too long, or has a word that is."""
        _refuse(prose.refuse(self.data, LONGEST[self.short_name]))


class DayField(StringField):
    """A day of the past, typed as year, month, day. `day` holds it once it has been found to be one."""

    day: date | None = None

    def pre_validate(self, form: Any) -> None:
        """Raises StopValidation unless it is a day that was, or empty."""
        if not self.data:
            return
        typed = _DAY.fullmatch(self.data)
        try:
            self.day = date(int(typed[1]), int(typed[3]), int(typed[4])) if typed else None
        except ValueError:
            self.day = None
        if self.day is None:
            raise StopValidation(_("Write the day as year, month, day: 2019-10-04."))
        if self.day > clock.now().astimezone(ZONE).date():
            raise StopValidation(_("This day has not come yet. Say when it was adopted, or leave it empty."))
        if self.day.year < FIRST_YEAR:
            raise StopValidation(_("This day is long ago. Check the year."))


class OfficersAddress(AddressField):
    """The address of an officer, who may also be named without one."""

    def pre_validate(self, form: Any) -> None:
        """Nothing, or an address like any."""
        if self.data:
            super().pre_validate(form)


class DraftForm(SessionForm):
    """A draft: its text and all that is published with it. `local` names its local parts, if it has any."""

    version = HiddenField()
    kind = SelectField(validate_choice=False)
    language = SelectField(validate_choice=False)
    addressee = SelectField(validate_choice=False)
    title = KeptText(line=True)
    ask = KeptText(line=True)
    body = KeptText()
    members = KeptText(line=True)
    figures = KeptText()
    effect = KeptText()
    note = KeptText()
    adopted_by = KeptText(line=True)
    adopted_on = DayField(filters=[_line])
    vote = KeptText(line=True)
    takes_signatures = BooleanField()

    def __init__(self, draft: Draft, publishers: Sequence[Publisher], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.publishers = {each.slug: each for each in publishers}
        self.fixed = fixed(draft)
        self.kind.choices = _kinds()
        self.language.choices = list(languages().items())
        self.addressee.choices = [(each.slug, each.name) for each in publishers]
        # What was decided when the form was shown is not in it, and may be open again by now.
        self.kind.data = self.kind.data or draft.kind
        self.language.data = self.language.data or draft.language
        self.addressee.data = self.addressee.data or draft.addressee.slug

    def validate_members(self, field: Any) -> None:
        """Holds no mark of a local part: it would be taken for one that is not filled."""
        if marked(field.data):
            raise ValidationError(_("Leave out {{ and }}: they mark the places of the national text."))

    validate_figures = validate_effect = validate_members

    def validate_kind(self, field: Any) -> None:
        """One of those that a chapter publishes, unless that is decided already."""
        if "kind" not in self.fixed and field.data not in CHAPTER_KINDS:
            raise ValidationError(_("Choose what you want to write."))

    def validate_language(self, field: Any) -> None:
        """One of ours, unless that is decided already."""
        if "language" not in self.fixed and field.data not in languages():
            raise ValidationError(_("Choose the language of the text."))

    def validate_addressee(self, field: Any) -> None:
        """One of the publishers, unless that is decided already."""
        if "addressee" not in self.fixed and field.data not in self.publishers:
            raise ValidationError(_("Choose whom it is for."))

    def written(self, draft: Draft, body: str | None = None) -> Written:
        """What was typed. With `body` that is the text, which goes by the national one no more."""
        goes_on = draft.local is not None and body is None
        return Written(
            kind=draft.kind if "kind" in self.fixed else self.kind.data,
            language=draft.language if "language" in self.fixed else self.language.data,
            addressee=draft.addressee if "addressee" in self.fixed else self.publishers[self.addressee.data],
            title=self.title.data,
            ask=self.ask.data,
            body=self.body.data if body is None else body,
            local=self.local() if goes_on else None,
            note=self.note.data,
            adopted_by=self.adopted_by.data,
            adopted_on=self.adopted_on.day,
            vote=self.vote.data,
            takes_signatures=self.takes_signatures.data,
        )

    def local(self) -> dict[str, str]:
        """The local parts that were typed."""
        return {part: self[part].data for part in PARTS if self[part].data}

    def officers(self, language: str) -> list[Named]:
        """The officers that were typed, each of whom is written to in this language."""
        named = []
        for place in range(1, MOST_OFFICERS + 1):
            name, title, address = (self[each] for each in of_officer(place))
            if name.data:
                known = canonical(address.parts) if address.parts else ""
                named.append(Named(name.data, title.data, address.data, known, language))
        return named

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Each field by itself; then each officer's three, which belong together."""
        well: bool = super().validate(*args, **kwargs)
        seen: set[str] = set()
        for place in range(1, MOST_OFFICERS + 1):
            well = self._judge_officer(place, seen) and well
        return well

    def _judge_officer(self, place: int, seen: set[str]) -> bool:
        name, title, address = (self[each] for each in of_officer(place))
        if not (name.data or title.data or address.data):
            return True
        if not name.errors and not name.data:
            name.errors = [_("Type the name of this officer, or empty the line.")]
        if not title.errors and not title.data:
            title.errors = [_("Type their title, such as President.")]
        known = canonical(address.parts) if address.parts and not address.errors else ""
        if known in seen:
            address.errors = [_("This mailbox stands with another officer. Each signs from their own.")]
        seen |= {known} - {""}
        return not (name.errors or title.errors or address.errors)


def of_officer(place: int) -> tuple[str, str, str]:
    """The names of the three fields of the officer in this place, from 1."""
    return (f"officer{place}_name", f"officer{place}_title", f"officer{place}_email")


def _officers_name(form: DraftForm, field: Any) -> None:
    _refuse(names.refuse_name(field.data) if field.data else None)


def _officers_title(form: DraftForm, field: Any) -> None:
    _refuse(names.refuse_affiliation(field.data))
    if len(field.data) > LONGEST_TITLE:
        raise ValidationError(_("Use no more than %(number)s characters.", number=LONGEST_TITLE))


for _place in range(1, MOST_OFFICERS + 1):
    _name, _title, _email = of_officer(_place)
    setattr(DraftForm, _name, StringField(filters=[_line], validators=[_officers_name]))
    setattr(DraftForm, _title, StringField(filters=[_line], validators=[_officers_title]))
    setattr(DraftForm, _email, OfficersAddress(filters=[_line]))


class VersionForm(SessionForm):
    """A button that is about a draft as it was shown."""

    version = HiddenField()

    @property
    def number(self) -> int:
        """The version that was shown; one that no draft has, if it is no number."""
        return version_of(self.version.data)


class PublishForm(VersionForm):
    """The last look: the figures were checked."""

    looked = BooleanField()


def version_of(sent: str | None) -> int:
    """The version that a form names; one that no draft has, if it is no number."""
    return int(sent) if sent and sent.isascii() and sent.isdigit() and len(sent) < 10 else 0
