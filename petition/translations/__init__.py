"""What the program says in other languages: one catalogue for each, the tools that keep them, and who checked them."""

from collections.abc import Mapping
from typing import Final

from petition.text.faults import N_

#: The header of a catalogue that names who has read it whole, knowing both languages. Empty: nobody yet.
CHECKED_BY: Final = "X-Checked-By"
NOT_CHECKED: Final = N_("Nobody has checked this translation yet.")
CHECKED: Final = N_("This translation was checked by %(who)s.")


def checked_by(headers: Mapping[str, str]) -> str:
    """Who has checked a translation, by the headers of its catalogue (`info()` of what gettext loads); or nothing."""
    return headers.get(CHECKED_BY.lower(), "").strip()
