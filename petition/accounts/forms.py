"""What people type to sign in, and about those who may."""

from typing import Any

from wtforms import Field, HiddenField, SelectField, StringField
from wtforms.validators import StopValidation, ValidationError

from petition.accounts.models import Role
from petition.text import names
from petition.web.address_field import AddressField
from petition.web.form import PublicForm, SessionForm
from petition.web.language import _

LONGEST_NAME = 60


def _typed(value: str | None) -> str:
    return (value or "").strip()


class AskForm(PublicForm):
    """Whose mailbox the link goes to, and where it leads."""

    email = AddressField(filters=[_typed])
    next = HiddenField()


class SignInCodeForm(PublicForm):
    """The code of the e-mail."""

    code = StringField(filters=[_typed])

    def validate_code(self, field: Field) -> None:
        """Something has to be there; whether it fits is not for a form to know."""
        if not field.data:
            raise ValidationError(_("Type the code from the e-mail."))


class PasskeyForm(PublicForm):
    """A device's answer to the challenge on the page."""

    answer = HiddenField()
    next = HiddenField()


class SecondForm(SessionForm):
    """A code of the authenticator app, or a recovery code."""

    code = StringField(filters=[_typed])
    next = HiddenField()

    def validate_code(self, field: Field) -> None:
        """Something has to be there."""
        if not field.data:
            raise ValidationError(_("Type the code."))


class AnswerForm(SessionForm):
    """A device's answer on a signed-in page, and what its owner calls the device."""

    answer = HiddenField()
    next = HiddenField()
    name = StringField(filters=[_typed])


class NameForm(SessionForm):
    """What the others call somebody."""

    name = StringField(filters=[lambda value: names.clean(value or "")])

    def validate_name(self, field: Field) -> None:
        """May stay empty; else it is a name like any."""
        refused = names.refuse_name(field.data) if field.data else None
        if refused is not None:
            raise StopValidation(_(refused.sentence, **refused.values))


class NameEditorForm(PublicForm):
    """Whom a chapter's office names as its editor."""

    email = AddressField(filters=[_typed])


class InviteEditorForm(SessionForm):
    """Who is to be a chapter's editor."""

    email = AddressField(filters=[_typed])


class OfficeForm(SessionForm):
    """Where the e-mail of a chapter's office goes."""

    office = AddressField(filters=[_typed])


class InviteForm(SessionForm):
    """Who is to be admitted, and as what."""

    email = AddressField(filters=[_typed])
    role = SelectField(validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = [(Role.AUDITOR.value, _("auditor")), (Role.ORGANIZER.value, _("organizer"))]

    def validate_role(self, field: Field) -> None:
        """One of the two that there are now."""
        if field.data not in dict(self.role.choices):
            raise ValidationError(_("Choose what they may do."))
