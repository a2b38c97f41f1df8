"""Why a typed text is refused, in words that a reader can act on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


def N_(sentence: str) -> str:  # noqa: N802 (translation tools look for this name)
    """Mark a sentence for the translators and return it unchanged; pages translate it when they show it."""
    return sentence


class Fault(Enum):
    """What is wrong with a text. The value is the English sentence, which is also the key for translation."""

    EMPTY = N_("Fill this in.")
    TOO_LONG = N_("Use at most %(longest)s characters.")
    LONG_WORD = N_("The word that begins “%(word)s” has more than %(longest)s characters. Divide it.")
    CONTROL = N_("This holds a control character (%(character)s). Type it again instead of pasting it.")
    BIDI = N_("This holds a character that turns the direction of writing (%(character)s). Type it without.")
    UNASSIGNED = N_("We do not know the character %(character)s. Leave it out.")
    MARKS = N_("Put accents on letters only, and at most four on one letter.")
    FORMULA = N_("Start with a letter or a digit, not with “%(character)s”.")
    LINK = N_("Leave out web addresses and e-mail addresses.")
    SYMBOL = N_("Leave out the symbol “%(character)s”.")
    INVISIBLE = N_("This holds a hidden character (%(character)s). Type it again instead of pasting it.")
    NO_LETTER = N_("Use at least one letter.")
    ZIP_CODE = N_("Type five digits, or nine such as 80202-1234. You may also leave it empty.")
    POSTAL_CODE = N_("Use at most 12 letters, digits, spaces or hyphens. You may also leave it empty.")


@dataclass(frozen=True, slots=True)
class TextRefusal:
    """One text refused: the fault, the sentence for its field (a msgid), and the values that it names."""

    fault: Fault
    sentence: str
    values: Mapping[str, str] = field(default_factory=dict)

    def in_english(self) -> str:
        """The sentence with its values filled in, untranslated: for commands and logs of tests."""
        return self.sentence % self.values


def refusal(fault: Fault, **values: str) -> TextRefusal:
    """The refusal of a text for this fault, in the fault's own sentence."""
    return TextRefusal(fault, fault.value, values)
