"""What a publisher sends for an audit: a seed of its own, and how many entries to draw."""

from typing import Any

from wtforms import Form, StringField
from wtforms.validators import AnyOf, Length, ValidationError

from petition.audits.drawing import SIZES
from petition.audits.models import LONGEST_SEED, SHORTEST_SEED
from petition.web.form import PublicForm, SessionForm
from petition.web.language import _

PURPOSE = "audit"


class _Asked:
    """The fields of both forms."""

    seed = StringField(filters=[lambda value: " ".join((value or "").split())])
    size = StringField()

    def guard(self) -> None:
        """Say what is wrong in the language spoken now."""
        length = _("Use %(least)s to %(most)s characters.", least=SHORTEST_SEED, most=LONGEST_SEED)
        self["seed"].validators = [Length(SHORTEST_SEED, LONGEST_SEED, message=length), _seen]  # type: ignore[index]
        sizes = [str(size) for size in SIZES]
        self["size"].validators = [AnyOf(sizes, message=_("Choose how many to draw."))]  # type: ignore[index]


def _seen(_form: Form, field: StringField) -> None:
    """Whoever draws again takes the seed from the result's page: nothing may stand in it that no page shows."""
    if field.data and not field.data.isprintable():
        raise ValidationError(_("Use characters that can be seen."))


class AskForm(_Asked, PublicForm):
    """Behind a delivery's link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(PURPOSE, *args, **kwargs)
        self.guard()


class DeskForm(_Asked, SessionForm):
    """At the desk, for a seed that came by letter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.guard()
