"""Forms: those that anyone may send without a session, and what a form's token is bound to."""

from typing import Any, Final

from flask import current_app, request
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from wtforms import Form
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.validators import ValidationError

from petition import clock, tokens
from petition.crypto import KeyRing
from petition.errors import StaleForm
from petition.web.language import _

TOKEN_FIELD: Final = "csrf_token"  # noqa: S105  (its name, not its value)


def keys() -> KeyRing:
    """The keys of the running app."""
    ring: KeyRing = current_app.extensions["keys"]
    return ring


class PurposeToken(CSRF):
    """A token without a session: signed, dated, bound to the form's purpose, the same for everyone.

    It guards pages that can be cached. The cookie-bound double of it belongs to signed-in forms.
    """

    def setup_form(self, form: Any) -> list[tuple[str, Any]]:
        self._form: PublicForm = form
        fields: list[tuple[str, Any]] = super().setup_form(form)
        return fields

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        return tokens.form(keys(), self._form.purpose, clock.now())

    def validate_csrf_token(self, form: Form, field: CSRFTokenField) -> None:
        try:
            tokens.check_form(keys(), self._form.purpose, field.data or "", clock.now())
        except StaleForm:
            said = _("This page was open for more than a day. Nothing is lost: send it again.")
            raise ValidationError(said) from None


class PublicForm(FlaskForm):
    """A form for everyone. `purpose` names what sending it does, and for whom or what."""

    class Meta(FlaskForm.Meta):
        csrf = True
        csrf_class = PurposeToken
        csrf_field_name = TOKEN_FIELD

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Take fields that were typed, never a file or JSON under a field's name."""
            if formdata is _Auto:
                return request.form if request.method == "POST" else None
            return formdata

    def __init__(self, purpose: str, *args: Any, **kwargs: Any) -> None:
        self.purpose = purpose
        super().__init__(*args, **kwargs)

    def rebind(self, purpose: str) -> None:
        """Change what the form's token is bound to, and make it anew."""
        self.purpose = purpose
        self.csrf_token.current_token = tokens.form(keys(), purpose, clock.now())


class PressForm(PublicForm):
    """A form that is nothing but its button."""


def refuse_stale(form: PublicForm) -> None:
    """For a form that is only a button: raises StaleForm unless its token holds."""
    if not form.validate():
        raise StaleForm(form.purpose)
