"""The form by which an institution co-signs, and what an organizer types about one."""

from typing import Any, Final

from wtforms import Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import StopValidation

from petition.institutions.cosigning import Typed
from petition.text import addresses, domains, names, places
from petition.text.faults import TextRefusal
from petition.web.address_field import AddressField
from petition.web.form import PublicForm, SessionForm
from petition.web.language import _
from petition.web.places import in_order

LONGEST_NOTE: Final = 1000


def _clean(value: str | None) -> str:
    return names.clean(value or "")


def _lines(value: str | None) -> str:
    return names.clean_lines(value or "")


def _refuse(why: TextRefusal | None) -> None:
    if why is not None:
        raise StopValidation(_(why.sentence, **why.values))


class InstitutionForm(PublicForm):
    """Which institution signs, who speaks for it, and what entitles them."""

    shown = HiddenField()
    email_checked = HiddenField()
    name = StringField(filters=[_clean])
    city = StringField(filters=[_clean])
    state = SelectField(validate_choice=False)
    domain = StringField(filters=[lambda value: domains.clean(value or "")])
    officer = StringField(filters=[_clean])
    title = StringField(filters=[_clean])
    authority = TextAreaField(filters=[_lines])
    email = AddressField(filters=[lambda value: (value or "").strip()])

    def __init__(self, slug: str, *args: Any, **kwargs: Any) -> None:
        super().__init__("institution", *args, **kwargs)
        self._slug = slug
        self.bind(self.shown.data or "")
        named = [(state.code, _(state.name)) for state in places.in_list_order()]
        named.sort(key=lambda pair: (pair[0] == places.ELSEWHERE, in_order(pair[1])))
        self.state.choices = [("", _("Choose")), *named]

    def bind(self, shown: str) -> None:
        """Bind the form to the text on its page, by its SHA-256."""
        self.shown.data = shown
        self.purpose = f"institution {self._slug} {shown}"

    @property
    def typed(self) -> Typed:
        """What was typed, once it has been found sound."""
        kept = ("name", "city", "state", "domain", "officer", "title", "authority")
        values = {name: self[name].data for name in kept}
        return Typed(**values, address=self.email.data or "", canonical=self.email.mailbox)

    def validate_name(self, field: Field) -> None:
        """The institution's."""
        if not field.data:
            raise StopValidation(_("Type the name of the institution."))
        _refuse(names.refuse_affiliation(field.data))

    def validate_city(self, field: Field) -> None:
        """Where it is."""
        _refuse(names.refuse_city(field.data))

    def validate_state(self, field: Field) -> None:
        """One of the list."""
        if field.data not in places.STATES:
            raise StopValidation(_("Choose a state, or “Outside the United States”."))

    def validate_domain(self, field: Field) -> None:
        """Of its own web site."""
        _refuse(domains.refuse(field.data))

    def validate_officer(self, field: Field) -> None:
        """Who speaks for it."""
        _refuse(names.refuse_name(field.data))

    def validate_title(self, field: Field) -> None:
        """What they are there."""
        if not field.data:
            raise StopValidation(_("Type the office: Director, Board president, and so on."))
        _refuse(names.refuse_name(field.data))

    def validate_authority(self, field: Field) -> None:
        """What entitles them."""
        if not field.data:
            raise StopValidation(_("Say what entitles you: a vote of the board, a by-law, a decision of the director."))
        _refuse(names.refuse_comment(field.data))

    def validate_email(self, field: Field) -> None:
        """A likely slip in the address is asked about once."""
        parts = self.email.parts
        near = addresses.suggestion(parts.domain) if parts is not None else None
        seen, self.email_checked.data = self.email_checked.data == field.data, field.data
        if near is not None and not seen and parts is not None:
            meant = f"{parts.local_part}@{near}"
            said = _("Did you mean %(address)s? If what you typed is right, send it again.", address=meant)
            raise StopValidation(said)


class ConfirmForm(SessionForm):
    """Why an institution is who it says; it stays inside."""

    note = TextAreaField(filters=[_lines])

    def validate_note(self, field: Field) -> None:
        """Needed: whoever looks next has to know."""
        if not field.data:
            raise StopValidation(_("Say how you know, for whoever looks next."))
        if len(field.data) > LONGEST_NOTE:
            raise StopValidation(_("Use no more than %(number)s characters.", number=LONGEST_NOTE))


class RefuseForm(SessionForm):
    """Why an institution is not counted, which it is told."""

    note = TextAreaField(filters=[_lines])

    def validate_note(self, field: Field) -> None:
        """Needed: nobody is refused without a reason."""
        if not field.data:
            raise StopValidation(_("Give the reason. The institution reads it."))
        if len(field.data) > LONGEST_NOTE:
            raise StopValidation(_("Use no more than %(number)s characters.", number=LONGEST_NOTE))
