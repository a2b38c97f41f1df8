"""What a publisher sends for an audit: a seed of its own, and how many entries to draw."""

from typing import Any

from wtforms import StringField
from wtforms.validators import AnyOf, Length

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
        self["seed"].validators = [Length(SHORTEST_SEED, LONGEST_SEED, message=length)]  # type: ignore[index]
        sizes = [str(size) for size in SIZES]
        self["size"].validators = [AnyOf(sizes, message=_("Choose how many to draw."))]  # type: ignore[index]


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
