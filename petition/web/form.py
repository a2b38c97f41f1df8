"""Forms: those that anyone may send without a session, and what a form's token is bound to."""

from typing import Any, Final

from flask import current_app, request
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from werkzeug.datastructures import MultiDict
from wtforms import Form
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.i18n import DummyTranslations
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


def stale() -> str:
    """What to do about a form whose token does not hold."""
    return _("This page was open for more than a day. Nothing is lost: send it again.")


class ShownToken(CSRFTokenField):
    """The field of a token that is made when a page shows it, not for each form that is read."""

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Take what was sent; WTForms would make a token here that nobody sees."""
        super(CSRFTokenField, self).process(*args, **kwargs)

    @property
    def current_token(self) -> str:
        """A new token for the form as it is bound now."""
        token: str = self.csrf_impl.generate_csrf_token(self)
        return token


class PurposeToken(CSRF):
    """A token without a session: signed, dated, bound to the form's purpose, the same for everyone.

    It guards pages that can be cached. The cookie-bound double of it belongs to signed-in forms.
    """

    field_class = ShownToken

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
            raise ValidationError(stale()) from None


class OnlyTyped(FlaskForm.Meta):
    """What every form of ours has in common: it takes fields that were typed, never a file or JSON for one."""

    csrf = True
    csrf_field_name = TOKEN_FIELD

    def get_translations(self, form: Any) -> DummyTranslations:
        """None but ours: Flask-WTF would read its own catalogue anew for each request, and we say none of its words."""
        return DummyTranslations()

    def wrap_formdata(self, form: Any, formdata: Any) -> Any:
        """What was sent to this request, without NULs: no text of ours holds one, and PostgreSQL keeps none."""
        if formdata is _Auto:
            formdata = request.form if request.method == "POST" else None
        return formdata and MultiDict((name, value.replace("\0", "")) for name, value in formdata.items(multi=True))


class PublicForm(FlaskForm):
    """A form for everyone. `purpose` names what sending it does, and for whom or what."""

    class Meta(OnlyTyped):
        csrf_class = PurposeToken

    def __init__(self, purpose: str, *args: Any, **kwargs: Any) -> None:
        self.purpose = purpose
        super().__init__(*args, **kwargs)


class SessionForm(FlaskForm):
    """A form of a signed-in page, guarded by the token of the session. Without fields it is only its button."""

    class Meta(OnlyTyped):
        """Flask-WTF's own token, whose secret is that of the session (web/session.py)."""


class PressForm(PublicForm):
    """A form that is nothing but its button."""


def pressed(purpose: str) -> None:
    """The button of `PressForm(purpose)` was pressed. Raises StaleForm unless its token holds."""
    tokens.check_form(keys(), purpose, request.form.get(TOKEN_FIELD, ""), clock.now())


def refuse_stale(form: SessionForm) -> None:
    """For a form that is only a button of a signed-in page: raises StaleForm unless its token holds."""
    if not form.validate():
        raise StaleForm(type(form).__name__)
