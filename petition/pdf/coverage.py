"""Which characters this machine can draw, and what stands in for the others.

Asked before a document is laid out, so that a character without a font is a line in a report and never a
failed build. Fonts that we ship are read with fontTools; all others are known from one listing by fontconfig.
"""

import shutil
import subprocess
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from petition.pdf.document import PressRefused, Uncovered
from petition.pdf.faces import face
from petition.pdf.surroundings import clean_environment

_LISTING_SECONDS: Final = 60
_NEEDS_FONTCONFIG: Final = "PDF needs fontconfig. Install it with: sudo apt install fontconfig"


def spell_out(text: str, fonts: Sequence[Path]) -> tuple[str, tuple[Uncovered, ...]]:
    """The text with every character that no font covers written as [U+1F9FF], and the list of these."""
    missing = uncovered(text, fonts)
    if not missing:
        return text, ()
    times = Counter(character for character in text if character in missing)
    listed = tuple(Uncovered(character, code_point(character), times[character]) for character in sorted(missing))
    return text.translate({ord(one.character): f"[{one.code_point}]" for one in listed}), listed


def merged(*lists: tuple[Uncovered, ...]) -> tuple[Uncovered, ...]:
    """Several such lists as one, in the order of the code points."""
    times: Counter[str] = Counter()
    for one in (one for several in lists for one in several):
        times[one.character] += one.times
    return tuple(Uncovered(character, code_point(character), times[character]) for character in sorted(times))


def code_point(character: str) -> str:
    """U+1F9FF for that character: at least four hexadecimal digits, as the Unicode charts print it."""
    return f"U+{ord(character):04X}"


def uncovered(characters: Iterable[str], fonts: Sequence[Path]) -> frozenset[str]:
    """The characters among these for which neither the given fonts nor the machine's have a glyph."""
    wanted = {character for character in set(characters) if not _invisible(character)}
    for path in fonts:
        wanted -= {character for character in wanted if ord(character) in face(path).advances}
    return frozenset(character for character in wanted if not _on_this_machine(ord(character)))


def _invisible(character: str) -> bool:
    # Joiners, direction marks and variation selectors shape their neighbours and have no glyph of their own.
    number = ord(character)
    if character in "\t\n\r " or 0xFE00 <= number <= 0xFE0F or 0xE0100 <= number <= 0xE01EF:
        return True
    return unicodedata.category(character) == "Cf" or number == 0x034F


def _on_this_machine(number: int) -> bool:
    if number < 0x20 or 0x7F <= number < 0xA0 or 0xD800 <= number <= 0xDFFF:
        return False
    return any(first <= number <= last for first, last in _ranges_of_installed_fonts())


@lru_cache(maxsize=1)
def _ranges_of_installed_fonts() -> tuple[tuple[int, int], ...]:
    """What all installed outline fonts cover together, as merged ranges. Read once in a process's life."""
    program = shutil.which("fc-list")
    if program is None:
        raise PressRefused("fontconfig", _NEEDS_FONTCONFIG)
    with tempfile.TemporaryDirectory(prefix="petition-fonts-") as home:
        try:
            listing = subprocess.run(
                [program, "--format", "%{charset}\\n", ":scalable=True:color=False"],
                env=clean_environment(Path(home)),
                capture_output=True,
                text=True,
                timeout=_LISTING_SECONDS,
                check=True,
            ).stdout
        except (OSError, subprocess.SubprocessError) as error:
            raise PressRefused("fontconfig", _NEEDS_FONTCONFIG) from error
    pairs = set()
    for item in set(listing.split()):
        first, _, last = item.partition("-")
        pairs.add((int(first, 16), int(last or first, 16)))
    return _merged_ranges(sorted(pairs))


def _merged_ranges(pairs: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    ranges: list[tuple[int, int]] = []
    for first, last in pairs:
        if ranges and first <= ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], max(last, ranges[-1][1]))
        else:
            ranges.append((first, last))
    return tuple(ranges)
