"""What ISO 19005-3 (PDF/A-3) asks of a level B file, rule by rule, as far as pikepdf and fontTools can see it.

The rules are those of the veraPDF consortium's profile for PDF/A-3B, each under its clause of the standard, and a few
that the standard has beside it. What our files never have (JPEG 2000, DeviceN, optional content, Type 3 and simple
fonts, extension schemas) is no rule here but a fault. This is no validator: what it finds is wrong, what it
does not find may be.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pikepdf

from tests.pdfa.contents import Drawn, drawn


@dataclass(frozen=True)
class File:
    """One PDF as a rule sees it: its bytes, its objects, and what its pages show."""

    raw: bytes
    pdf: pikepdf.Pdf
    drawn: Drawn


Rule = Callable[[File], Iterator[str]]
RULES: Final[list[tuple[str, Rule]]] = []


def rule(clause: str) -> Callable[[Rule], Rule]:
    """A function that yields what is wrong by that clause of ISO 19005-3."""

    def register(one: Rule) -> Rule:
        RULES.append((clause, one))
        return one

    return register


def faults(path: Path) -> list[str]:
    """What is wrong with that file, each fault with its clause; nothing if no rule is broken."""
    from tests.pdfa import document, fonts, graphics, syntax  # noqa: F401  # each registers its rules

    with pikepdf.open(path) as pdf:
        file = File(path.read_bytes(), pdf, drawn(pdf))
        return [f"{clause}: {fault}" for clause, one in RULES for fault in one(file)]
