"""What single characters are, as far as names care: marks, symbols, joiners, what nobody sees.

Categories come from the Unicode data of the running Python (Unicode 14 in Python 3.11). A character that is
newer than that counts as unassigned: we could not say what it is, and no font of ours would draw it.
"""

import re
import unicodedata

# Unicode's White_Space property (PropList.txt). str.isspace() also takes U+001C to U+001F, mere controls.
WHITE_SPACE = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_WHITE_SPACE_RUN = re.compile(f"[{WHITE_SPACE}]+")
_LINE_END = re.compile("\r\n|[\n\x0b\x0c\r\x85\u2028\u2029]")

# Embeddings, overrides and isolates (UAX #9), and the marks that steer direction without being seen.
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")

# Letters that draw nothing (the Hangul fillers): a name made of them would be a blank line in the roster.
BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")

# Modifier symbols that stand for a letter or an apostrophe in real names: the grave and the acute accent as
# typed in O'Brien, and the modifier colon and short equals sign of African and American orthographies.
LETTERLIKE_SYMBOLS = frozenset("`\u00b4\ua789\ua78a")

# These two choose the text or the emoji form of the character before them. Only an emoji needs them.
EMOJI_SELECTORS = frozenset("\ufe0e\ufe0f")

ZERO_WIDTH_NON_JOINER = "\u200c"
ZERO_WIDTH_JOINER = "\u200d"
JOINERS = frozenset((ZERO_WIDTH_NON_JOINER, ZERO_WIDTH_JOINER))

# Scripts whose spelling needs the joiners (Unicode core specification, 23.2): the cursive and the Indic ones.
# The script is the first word of a character's name.
CURSIVE_SCRIPTS = frozenset({"ARABIC", "SYRIAC", "MANDAIC", "NKO", "MONGOLIAN"})
INDIC_SCRIPTS = (
    frozenset({"DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA"})
    | {"MALAYALAM", "SINHALA", "KHMER", "MYANMAR", "TIBETAN", "BALINESE", "JAVANESE", "SUNDANESE"}
    | {"CHAKMA", "MEETEI", "SYLOTI", "GRANTHA"}
)
JOINING_SCRIPTS = CURSIVE_SCRIPTS | INDIC_SCRIPTS

# U+180E separates a last vowel in Mongolian; nowhere else does it mean anything.
MONGOLIAN_VOWEL_SEPARATOR = "\u180e"

VIRAMA_CLASS = 9  # canonical combining class of the Indic vowel killers


def folded(value: str) -> str:
    """The text with each run of white space made one space, and none at the ends."""
    return _WHITE_SPACE_RUN.sub(" ", value).strip(" ")


def folded_lines(value: str) -> list[str]:
    """The text's lines, each folded, whatever ends them."""
    return [folded(line) for line in _LINE_END.split(value)]


def code_point(character: str) -> str:
    """The character by its number, such as U+202E: for what cannot be shown or should not be."""
    return f"U+{ord(character):04X}"


def is_letter(character: str) -> bool:
    """Whether it is a letter that is seen and stands by itself, in any script."""
    return unicodedata.category(character) in ("Lu", "Ll", "Lt", "Lo") and character not in BLANK_LETTERS


def is_mark(character: str) -> bool:
    """Whether it is drawn on the character before it."""
    return unicodedata.category(character) in ("Mn", "Mc", "Me")


def is_symbol(character: str) -> bool:
    """Whether it is an emoji, a currency, mathematical or other sign rather than part of a written name."""
    if character in LETTERLIKE_SYMBOLS:
        return False
    category = unicodedata.category(character)
    return category in ("So", "Sk", "Sm", "Sc", "Me") or character in EMOJI_SELECTORS


def joining_script(character: str) -> str | None:
    """The script of a letter or mark, if its spelling uses joiners; otherwise nothing."""
    if not character or unicodedata.category(character)[0] not in "LM":
        return None
    script = unicodedata.name(character, "").partition(" ")[0]
    return script if script in JOINING_SCRIPTS else None


def joins(before: str, joiner: str, after: str) -> bool:
    """Whether a joiner is part of the spelling here.

    It stands between two characters of one joining script, or it ends a word after a vowel killer, as in
    older spellings of Malayalam, Sinhala and Bengali names.
    """
    script = joining_script(before)
    if script is None:
        return False
    if joiner == MONGOLIAN_VOWEL_SEPARATOR:
        return script == "MONGOLIAN" and joining_script(after) == script
    if joining_script(after) == script:
        return True
    ends_word = not after or after in " -" or unicodedata.category(after)[0] == "P"
    return ends_word and unicodedata.combining(before) == VIRAMA_CLASS


def joins_emoji(before: str, joiner: str, after: str) -> bool:
    """Whether a joiner makes one emoji out of two."""
    return joiner == ZERO_WIDTH_JOINER and bool(before and after) and is_symbol(before) and is_symbol(after)
