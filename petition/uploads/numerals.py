"""Automatic numbers as word processors write them: 3 is 3, c, C, iii, III, third or Three."""

from typing import Final

_ROMAN: Final = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
    (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_CARDINALS: Final = (
    "Zero One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen Fifteen Sixteen Seventeen "
    "Eighteen Nineteen Twenty"
).split()
_ORDINALS: Final = (
    "Zeroth First Second Third Fourth Fifth Sixth Seventh Eighth Ninth Tenth Eleventh Twelfth Thirteenth Fourteenth "
    "Fifteenth Sixteenth Seventeenth Eighteenth Nineteenth Twentieth"
).split()
_GREATEST: Final = 3_999


def letters(number: int) -> str:
    """a to z, then aa, bb and so on: word processors repeat the letter."""
    turn, place = divmod(number - 1, 26)
    return chr(ord("a") + place) * min(turn + 1, 20)


def roman(number: int) -> str:
    """A Roman number in small letters."""
    written = ""
    for value, digits in _ROMAN:
        times, number = divmod(number, value)
        written += digits * times
    return written


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def numeral(number: int, style: str) -> str:
    """The number in a style by its name in WordprocessingML; styles we do not know are digits."""
    if not 0 < number <= _GREATEST:
        return str(number)
    match style:
        case "none":
            return ""
        case "lowerLetter" | "upperLetter":
            return letters(number).upper() if style == "upperLetter" else letters(number)
        case "lowerRoman" | "upperRoman":
            return roman(number).upper() if style == "upperRoman" else roman(number)
        case "decimalZero":
            return f"{number:02}"
        case "ordinal":
            return ordinal(number)
        case "cardinalText" if number < len(_CARDINALS):
            return _CARDINALS[number]
        case "ordinalText" if number < len(_ORDINALS):
            return _ORDINALS[number]
    return str(number)
