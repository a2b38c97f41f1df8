"""Names as people write them: the canonical form that we keep, and what we refuse, with the reason.

Names, cities, countries and affiliations may be written in any script. What is refused is what cannot be
printed, hides something, breaks a spreadsheet, or advertises.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from petition.text.characters import (
    BIDI_CONTROLS,
    BLANK_LETTERS,
    JOINERS,
    MONGOLIAN_VOWEL_SEPARATOR,
    code_point,
    folded,
    folded_lines,
    is_letter,
    is_mark,
    is_symbol,
    joins,
    joins_emoji,
)
from petition.text.faults import N_, Fault, TextRefusal, refusal

LONGEST_NAME: Final = 120
LONGEST_CITY: Final = 80
LONGEST_COUNTRY: Final = 80
LONGEST_AFFILIATION: Final = 160
LONGEST_COMMENT: Final = 500
MOST_MARKS: Final = 4  # on one letter; fully pointed Hebrew and stacked Tibetan need no more

# Normalising a long run of marks costs the square of its length, and no field takes a text this long.
LONGEST_NORMALISED: Final = 2000

_FORMULA_STARTS = "=+-@"
_MINUS_SIGN = "\u2212"

# Endings that are surely domains. Those that are also names or begin them (.de, .la, .dev, .ru) are left out,
# for people who set no space after an initial; with a path or a www. they are caught all the same.
_ENDINGS = "com|net|org|edu|gov|mil|info|biz|app|xyz|online|site|shop|club|store|uk|cn|tv"
_LINK = re.compile(
    rf"""[a-z][a-z0-9+.-]*://            # https://…
    | (?<![^\W_])(?:mailto:|www\.)       # mailto:… www.…
    | [^\s@]@[^\s@]+\.[^\s@.]            # somebody@example.org
    | [^\W_]\.[a-z]{{2,}}/[^\s/]        # example.la/page
    | [^\W_]\.(?:{_ENDINGS})(?![\w-])  # example.com""",
    re.VERBOSE,
)


# Letters, digits and marks of ASCII that no rule about single characters refuses: most of what is ever typed. To
# look at each character of a comment six times took longer than to keep it.
_PLAIN = re.compile(r"""[A-Za-z0-9 \n!"#%&'()*,./:;?@\[\\\]_{}-]*""")


@dataclass(frozen=True, slots=True)
class _Rule:
    """What one field takes: its longest text, and how it differs from a name."""

    longest: int
    when_empty: str | None = None  # the sentence; None if the field may stay empty
    symbols: frozenset[str] | None = frozenset()  # those allowed; None allows all
    may_start_as_formula: bool = False
    needs_letter: bool = True
    keeps_lines: bool = False


_NAME = _Rule(LONGEST_NAME, N_("Type your name."))
_CITY = _Rule(LONGEST_CITY, N_("Type your city or town."))
_COUNTRY = _Rule(LONGEST_COUNTRY, N_("Type your country."))
_AFFILIATION = _Rule(LONGEST_AFFILIATION, symbols=frozenset("+|®™"))
# A comment may open with a dash and hold symbols and emoji; exports quote it, the renderer draws what it can.
_COMMENT = _Rule(
    LONGEST_COMMENT, symbols=None, may_start_as_formula=True, needs_letter=False, keeps_lines=True
)


def clean(value: str) -> str:
    """A one-line text as we keep it: white space folded and stripped, canonically composed (NFC)."""
    return _composed(folded(value))


def clean_lines(value: str) -> str:
    """A text of several lines as we keep it: lines folded, ends stripped, at most one empty line in a row."""
    lines = "\n".join(folded_lines(value)).strip("\n")
    return _composed(re.sub(r"\n{3,}", "\n\n", lines))


def refuse_name(value: str) -> TextRefusal | None:
    """Why this cannot be a signatory's name, or None. Mononyms, and digits beside letters, are names."""
    return _refuse(value, _NAME)


def refuse_city(value: str) -> TextRefusal | None:
    """Why this cannot be the name of a city or town, or None."""
    return _refuse(value, _CITY)


def refuse_country(value: str) -> TextRefusal | None:
    """Why this cannot be the name of a country, or None. Only asked outside the United States."""
    return _refuse(value, _COUNTRY)


def refuse_affiliation(value: str) -> TextRefusal | None:
    """Why this cannot be a library or organization, or None. It may be empty, and hold + | ® ™."""
    return _refuse(value, _AFFILIATION)


def refuse_comment(value: str) -> TextRefusal | None:
    """Why this cannot be a comment, or None. It may be empty, have lines, symbols and emoji."""
    return _refuse(value, _COMMENT)


def _composed(value: str) -> str:
    return value if len(value) > LONGEST_NORMALISED else unicodedata.normalize("NFC", value)


def _refuse(value: str, rule: _Rule) -> TextRefusal | None:
    text = clean_lines(value) if rule.keeps_lines else clean(value)
    if not text:
        return TextRefusal(Fault.EMPTY, rule.when_empty) if rule.when_empty else None
    if len(text) > rule.longest:
        return refusal(Fault.TOO_LONG, longest=str(rule.longest))
    if _PLAIN.fullmatch(text):
        return _refuse_start(text, rule) or _refuse_link(text) or _refuse_without_letter(text, rule)
    return (
        _refuse_unprintable(text)
        or _refuse_marks(text)
        or _refuse_start(text, rule)
        or _refuse_link(text)
        or _refuse_symbols(text, rule)
        or _refuse_invisible(text, rule)
        or _refuse_without_letter(text, rule)
    )


def _refuse_unprintable(text: str) -> TextRefusal | None:
    for character in text:
        category = unicodedata.category(character)
        if category == "Cc" and character != "\n":
            return refusal(Fault.CONTROL, character=code_point(character))
        if character in BIDI_CONTROLS:
            return refusal(Fault.BIDI, character=code_point(character))
        if category in ("Cn", "Co", "Cs"):
            return refusal(Fault.UNASSIGNED, character=code_point(character))
    return None


def _refuse_marks(text: str) -> TextRefusal | None:
    """Refuse towers of marks, and a mark with no letter under it: it would sit on what is printed before."""
    run = 0
    before = " "
    for character in text:
        if is_mark(character):
            run += 1
            if run > MOST_MARKS or before in " \n":
                return refusal(Fault.MARKS)
        elif character not in JOINERS:  # a joiner carries nothing, so it must not start the count anew
            run = 0
        before = character
    return None


def _refuse_start(text: str, rule: _Rule) -> TextRefusal | None:
    """Refuse what a spreadsheet would take for a formula, in half-width, full-width and small forms."""
    first = text[0]
    plain = unicodedata.normalize("NFKC", first)
    if rule.may_start_as_formula or not (plain[:1] in _FORMULA_STARTS or first == _MINUS_SIGN):
        return None
    return refusal(Fault.FORMULA, character=first)


def _refuse_link(text: str) -> TextRefusal | None:
    # Compatibility forms and the ideographic full stop are read as dots by browsers, so we read them so too.
    plain = unicodedata.normalize("NFKC", text).replace("\u3002", ".").casefold()
    return refusal(Fault.LINK) if _LINK.search(plain) else None


def _refuse_symbols(text: str, rule: _Rule) -> TextRefusal | None:
    if rule.symbols is None:
        return None
    for character in text:
        if is_symbol(character) and character not in rule.symbols:
            shown = code_point(character) if is_mark(character) else character
            return refusal(Fault.SYMBOL, character=shown)
    return None


def _refuse_invisible(text: str, rule: _Rule) -> TextRefusal | None:
    """Refuse format characters and blanks; joiners pass where they are part of the spelling."""
    for position, character in enumerate(text):
        if unicodedata.category(character) != "Cf" and character not in BLANK_LETTERS:
            continue
        before, after = text[position - 1 : position], text[position + 1 : position + 2]
        if character in JOINERS or character == MONGOLIAN_VOWEL_SEPARATOR:
            if joins(before, character, after):
                continue
            if rule.symbols is None and joins_emoji(before, character, after):
                continue
        return refusal(Fault.INVISIBLE, character=code_point(character))
    return None


def _refuse_without_letter(text: str, rule: _Rule) -> TextRefusal | None:
    if rule.needs_letter and not any(map(is_letter, text)):
        return refusal(Fault.NO_LETTER)
    return None
