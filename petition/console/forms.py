"""What is typed at the desk: whom to look for, and why something is decided."""

import re
from typing import Any, Final

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import AnyOf, Optional, ValidationError

from petition.console import wording
from petition.packets.options import Options, Redaction, Roster
from petition.review.invalidating import REASONS
from petition.review.models import LONGEST_NOTE
from petition.signatures.finding import STATUSES
from petition.text import places
from petition.web.address_field import AddressField
from petition.web.form import SessionForm
from petition.web.language import _, names
from petition.web.places import in_order

_COPY: Final = re.compile("[0-9]{1,6}")
#: What a file of signatures is for: what it may hold follows from that.
PUBLISHER: Final = "publisher"
NEWS: Final = "news"
#: Its sorts, as their names end.
CSV, JSON, SHEET = KINDS = ("csv", "json", "xlsx")


class SearchForm(SessionForm):
    """Whom to look for, by an address that can be kept: names and places only, never an e-mail address."""

    q = StringField()
    state = SelectField(validate_choice=False, validators=[Optional()])
    status = SelectField(validate_choice=False, validators=[Optional()])

    def __init__(self, status_words: dict[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(state.code, _(state.name)) for state in places.in_list_order()]
        named.sort(key=lambda pair: (pair[0] == places.ELSEWHERE, in_order(pair[1])))
        self.state.choices = [("", _("Everywhere")), *named]
        self.status.choices = [("", _("Any")), *((status, status_words[status]) for status in STATUSES)]


class AddressForm(SessionForm):
    """The signatures of one mailbox, by its address, which is hashed and not kept."""

    email = AddressField(filters=[lambda value: (value or "").strip()])


class NoteForm(SessionForm):
    """What a reviewer notes beside a decision; it stays inside."""

    note = TextAreaField(filters=[lambda value: (value or "").strip()])

    def validate_note(self, field: Any) -> None:
        """A few sentences at most."""
        if len(field.data) > LONGEST_NOTE:
            raise ValidationError(_("Use no more than %(number)s characters.", number=LONGEST_NOTE))


class HoldForm(NoteForm):
    """Why a signature is held: whoever decides has to know."""

    def validate_note(self, field: Any) -> None:
        """Needed."""
        if not field.data:
            raise ValidationError(_("Say why, for whoever decides."))
        super().validate_note(field)


class InvalidateForm(NoteForm):
    """Why a signature does not count: the reason is told to its signatory, the note is not."""

    reason = RadioField(validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = wording.reasons()
        self.reason.choices = [(reason.value, words[reason]) for reason in REASONS]

    def validate_reason(self, field: Any) -> None:
        """One of those that the ledger knows."""
        if field.data not in REASONS:
            raise ValidationError(_("Choose a reason."))


class BuildForm(SessionForm):
    """How a packet is built: in which language, cut into which files, saying how much, since which copy."""

    language = SelectField()
    roster = SelectField(default=Roster.INSIDE, validators=[Optional()])
    redaction = SelectField(default=Redaction.NAMES, validators=[Optional()])
    since = StringField(filters=[lambda value: (value or "").strip()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = list(names().items())
        self.roster.choices = list(wording.rosters().items())
        self.redaction.choices = list(wording.redactions().items())

    def validate_since(self, field: Any) -> None:
        """Empty, or the number of a copy."""
        # Python turns no more than some thousand digits into a number, and says so by raising.
        if field.data and not (_COPY.fullmatch(field.data) and int(field.data)):
            raise ValidationError(_("Type the number of a copy, such as 2, or leave this empty."))

    def options(self) -> Options:
        """What was chosen."""
        return Options(
            roster=Roster(self.roster.data or Roster.INSIDE),
            redaction=Redaction(self.redaction.data or Redaction.NAMES),
            since=int(self.since.data) if self.since.data else None,
            language=self.language.data,
        )


class ExportForm(SessionForm):
    """What a file of signatures is for, and of which sort it is."""

    purpose = StringField(validators=[AnyOf((PUBLISHER, NEWS))])
    kind = StringField(validators=[AnyOf(KINDS)])

    def validate_kind(self, field: Any) -> None:
        """A spreadsheet is kept here for a week, and addresses are kept nowhere in the clear."""
        if field.data == SHEET and self.purpose.data == NEWS:
            raise ValidationError(_("A file with e-mail addresses is not kept here. Take it as CSV or JSON."))


class LetterheadForm(SessionForm):
    """A picture for the head of a chapter’s paper. WTForms takes no file: it is only told what is wrong with it."""

    picture = StringField()
