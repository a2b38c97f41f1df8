"""What an organizer types about signatures on paper."""

import re
from datetime import date
from typing import Any, Final

from wtforms import DateField, Field, StringField
from wtforms.validators import StopValidation

from petition.console.delivery_forms import fill, past
from petition.sheets.entering import Counted
from petition.sheets.models import LONGEST_CORRECTION, LONGEST_PLACE, MOST
from petition.text import names
from petition.web.form import SessionForm
from petition.web.language import _

#: 412 and 1,204: digits, and commas between threes of them.
_NUMBER: Final = re.compile(r"[0-9]{1,12}|[0-9]{1,3}(,[0-9]{3}){1,3}")


def _clean(value: str | None) -> str:
    return names.clean(value or "")


class SheetsForm(SessionForm):
    """How many signatures there are on paper, who counted them, when, and where the sheets are."""

    number = StringField(filters=[_clean])
    collected_by = StringField(filters=[_clean])
    counted_on = DateField()
    kept_at = StringField(filters=[_clean])
    correction = StringField(filters=[_clean])

    def __init__(self, year: int, *args: Any, corrects: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year, self.corrects = year, corrects

    def validate_number(self, field: Field) -> None:
        """At least 1; a correction may take an entry out by 0."""
        if _NUMBER.fullmatch(field.data) is None:
            raise StopValidation(_("Give the number in digits, as in 412 or 1,204."))
        if self._number > MOST:
            raise StopValidation(_("Give at most %(number)s.", number=f"{MOST:,}"))
        if not self._number and not self.corrects:
            raise StopValidation(_("Give at least 1. Where nothing was collected, nothing is entered."))

    def validate_collected_by(self, field: Field) -> None:
        """A library or an association, as packets name it."""
        if not field.data:
            raise StopValidation(_("Say which library or association collected and counted them."))
        why = names.refuse_affiliation(field.data)
        if why is not None:
            raise StopValidation(_(why.sentence, **why.values))

    def validate_counted_on(self, field: Field) -> None:
        """A day that has come. A text may have been adopted, and signed on paper, some time before it came here."""
        field.errors = []
        past(field, date(self.year - 1, 1, 1), _("This is long before the text that was signed. Look at the year."))

    def validate_kept_at(self, field: Field) -> None:
        """Where somebody could look at the sheets."""
        fill(field, LONGEST_PLACE, _("Say where the sheets are, so that somebody can look at them."))

    def validate_correction(self, field: Field) -> None:
        """What was wrong, where it corrects an earlier entry."""
        if self.corrects:
            fill(field, LONGEST_CORRECTION, _("Say what was wrong in the earlier entry."))

    @property
    def _number(self) -> int:
        return int(self.number.data.replace(",", ""))

    @property
    def counted(self) -> Counted:
        """The count, once it was found well formed."""
        return Counted(self._number, self.collected_by.data, self.counted_on.data, self.kept_at.data)
