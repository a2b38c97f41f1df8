"""What people type about themselves, checked field by field; each refusal says what to do."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from wtforms import BooleanField, Field, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional, StopValidation, ValidationError

from petition.signatures.signing import Typed
from petition.text import addresses, names, places
from petition.text.faults import TextRefusal
from petition.web.address_field import AddressField
from petition.web.form import PublicForm
from petition.web.language import _, countries, in_order, words

RELATIONS: Final = ("patron", "librarian", "author", "other")


def _cleaned(clean: Callable[[str], str]) -> Callable[[str | None], str]:
    return lambda value: clean(value or "")


def _unless(refuse: Callable[[str], TextRefusal | None]) -> Callable[[Any, Field], None]:
    """A validator out of a rule of petition.text: its sentence, in the reader's language."""

    def validator(_form: Any, field: Field) -> None:
        refused = refuse(field.data or "")
        if refused is not None:
            raise StopValidation(_(refused.sentence, **refused.values))

    return validator


@lru_cache(maxsize=16)
def _states(_words: Any) -> tuple[tuple[str, str], ...]:
    """Every state as (code, name), in the order of the language whose words these are."""
    named = [(state.code, _(state.name)) for state in places.in_list_order()]
    return tuple(sorted(named, key=lambda pair: (pair[0] == places.ELSEWHERE, in_order(pair[1]))))


class SignForm(PublicForm):
    """The one form of the campaign. Its token is bound to the text and the notice that were shown."""

    shown = HiddenField()
    email_checked = HiddenField()
    email_fix = HiddenField()
    name = StringField(filters=[_cleaned(names.clean)], validators=[_unless(names.refuse_name)])
    email = AddressField(filters=[lambda value: (value or "").strip()])
    city = StringField(filters=[_cleaned(names.clean)], validators=[_unless(names.refuse_city)])
    state = SelectField(validate_choice=False)
    country = SelectField(validate_choice=False)
    postal_code = StringField(filters=[_cleaned(places.clean_postal_code)])
    relation = RadioField(validate_choice=False, validators=[Optional()])
    affiliation = StringField(filters=[_cleaned(names.clean)], validators=[_unless(names.refuse_affiliation)])
    comment = TextAreaField(filters=[_cleaned(names.clean_lines)], validators=[_unless(names.refuse_comment)])
    show_name = BooleanField()
    updates = BooleanField()

    def __init__(self, slug: str, *args: Any, **kwargs: Any) -> None:
        super().__init__("sign", *args, **kwargs)
        self._slug = slug
        self.bind(self.shown.data or "")
        self.suggestion: str | None = None
        self.state.choices = [("", _("Choose")), *_states(words())]
        self.country.choices = [("", _("Choose")), *countries()]
        self.relation.choices = [(relation, relation) for relation in RELATIONS]

    def bind(self, shown: str) -> None:
        """Bind the form to the text and the notice on its page (`Published.shown`)."""
        self.shown.data = shown
        self.purpose = f"sign {self._slug} {shown}"

    def validate_state(self, field: Field) -> None:
        """A state, a territory, the armed forces, or outside the United States."""
        if field.data not in places.STATES:
            raise ValidationError(_("Choose a state, or “Outside the United States”."))

    def validate_country(self, field: Field) -> None:
        """Asked only outside the United States."""
        if self.state.data == places.ELSEWHERE and field.data not in dict(countries()):
            raise ValidationError(_("Choose your country."))

    def validate_postal_code(self, field: Field) -> None:
        """Five digits or nine in the United States; may stay empty."""
        refused = places.refuse_postal_code(field.data or "", self.state.data or "")
        if refused is not None:
            raise ValidationError(_(refused.sentence, **refused.values))

    def validate_relation(self, field: Field) -> None:
        """One of four, or none."""
        if field.data and field.data not in RELATIONS:
            raise ValidationError(_("Choose one of the four, or none."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether everything can be kept as typed. A likely slip in the address is asked about once."""
        if self.email_fix.data:
            self.email.data = self.email_checked.data = self.email_fix.data.strip()
        sound = super().validate(extra_validators)
        self.suggestion = self._suggestion()
        self.email_checked.data = self.email.data
        return sound and self.suggestion is None

    def sound_so_far(self) -> bool:
        """Whether nothing is to be corrected in a form that is not being sent, only read in another language."""
        self.email_checked.data = ""  # what was asked in the one language is asked in the other
        sound = self.validate()
        self.csrf_token.errors = ()
        return sound or not (self.errors or self.suggestion)

    def _suggestion(self) -> str | None:
        if self.email.errors or self.email.parts is None or self.email_checked.data == self.email.data:
            return None
        domain = addresses.suggestion(self.email.parts.domain)
        return f"{self.email.parts.local_part}@{domain}" if domain else None

    def typed(self) -> Typed:
        """What was typed, in canonical form. Only after `validate` has passed it."""
        elsewhere = self.state.data == places.ELSEWHERE
        return Typed(
            name=self.name.data or "",
            address=self.email.data or "",
            mailbox=self.email.mailbox,
            city=self.city.data or "",
            state=self.state.data,
            country=self.country.data if elsewhere else None,
            postal_code=self.postal_code.data or None,
            relation=self.relation.data or None,
            affiliation=self.affiliation.data or None,
            comment=self.comment.data or None,
            show_name=bool(self.show_name.data),
            updates=bool(self.updates.data),
        )


class CodeForm(PublicForm):
    """The code typed on the device on which the form was sent."""

    code = StringField()

    def validate_code(self, field: Field) -> None:
        """Something has to be there; whether it fits is not for a form to know."""
        if not (field.data or "").strip():
            raise ValidationError(_("Type the code from the e-mail."))


class AddressAndCodeForm(CodeForm):
    """The code typed on any device, with the address it was sent to."""

    email = AddressField(filters=[lambda value: (value or "").strip()])
