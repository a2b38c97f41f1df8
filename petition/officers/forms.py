"""What is typed about officers at a chapter's desk."""

from typing import Any

from wtforms import Field, SelectField, StringField
from wtforms.validators import StopValidation

from petition.text import names
from petition.text.faults import TextRefusal
from petition.web.address_field import AddressField
from petition.web.form import SessionForm
from petition.web.language import _
from petition.web.language import names as languages


def _clean(value: str | None) -> str:
    return names.clean(value or "")


def _typed(value: str | None) -> str:
    return (value or "").strip()


class OfficerForm(SessionForm):
    """One more officer: name, office, and the address of their own mailbox."""

    name = StringField(filters=[_clean])
    title = StringField(filters=[_clean])
    email = AddressField(filters=[_typed])
    language = SelectField(validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = list(languages().items())

    def validate_name(self, field: Field) -> None:
        """A name like any."""
        _refuse(names.refuse_name(field.data))

    def validate_title(self, field: Field) -> None:
        """What they are in the chapter: as long as a name may be."""
        if not field.data:
            raise StopValidation(_("Type the office: President, Secretary, and so on."))
        _refuse(names.refuse_name(field.data))


    def validate_language(self, field: Field) -> None:
        """One of those that we write in."""
        if field.data not in languages():
            raise StopValidation(_("Choose a language."))


class OfficerAddressForm(SessionForm):
    """The right address of an officer's mailbox."""

    email = AddressField(filters=[_typed])


def _refuse(why: TextRefusal | None) -> None:
    if why is not None:
        raise StopValidation(_(why.sentence, **why.values))
