"""The forms that people sign and confirm with, as pages show them."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import ValidationError

from petition.signatures.judging import RELATIONS, Judged, address, purpose
from petition.text import names, places
from petition.web.address_field import AddressField
from petition.web.form import PublicForm
from petition.web.language import _, words
from petition.web.places import countries, in_order


def _cleaned(clean: Callable[[str], str]) -> Callable[[str | None], str]:
    return lambda value: clean(value or "")


@lru_cache(maxsize=16)
def _states(_words: Any) -> tuple[tuple[str, str], ...]:
    """Every state as (code, name), in the order of the language whose words these are."""
    named = [(state.code, _(state.name)) for state in places.in_list_order()]
    return tuple(sorted(named, key=lambda pair: (pair[0] == places.ELSEWHERE, in_order(pair[1]))))


class SignForm(PublicForm):
    """The one form of the campaign, as a page shows it: empty, or with what was typed and what there is to mend."""

    shown = HiddenField()
    email_checked = HiddenField()
    name = StringField(filters=[_cleaned(names.clean)])
    email = EmailField(filters=[lambda value: (value or "").strip()])
    city = StringField(filters=[_cleaned(names.clean)])
    state = SelectField(validate_choice=False)
    country = SelectField(validate_choice=False)
    postal_code = StringField(filters=[_cleaned(places.clean_postal_code)])
    relation = RadioField(validate_choice=False)
    affiliation = StringField(filters=[_cleaned(names.clean)])
    comment = TextAreaField(filters=[_cleaned(names.clean_lines)])
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
        self.purpose = purpose(self._slug, shown)

    def mark(self, judged: Judged, sent: Mapping[str, str]) -> None:
        """Show what there is to mend. A likely slip in the address is not asked about again."""
        for name, sentence in judged.refused.items():
            self[name].errors = [sentence]
        self.suggestion = judged.suggestion
        self.email.data = self.email_checked.data = address(sent)


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
