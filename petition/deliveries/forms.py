"""What a recipient types: at most who they are."""

from typing import Any, Final

from wtforms import StringField
from wtforms.validators import Length

from petition.text import names
from petition.web.form import PublicForm
from petition.web.language import _

PURPOSE: Final = "delivery"
LONGEST_NAME: Final = 200


class ReceivedForm(PublicForm):
    """The button by which a recipient says that a delivery has come; with their name, if they like."""

    name = StringField(filters=[lambda value: names.clean(value or "")])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(PURPOSE, *args, **kwargs)
        too_long = _("Use no more than %(number)s characters.", number=LONGEST_NAME)
        self["name"].validators = [Length(max=LONGEST_NAME, message=too_long)]
