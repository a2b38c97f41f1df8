"""The catalogue files: brought up to what the program says, compiled, and checked.

`messages.po` is what translators edit. `messages.mo` is made from it and is what the program reads; both are
kept in the repository, so that neither a checkout nor a wheel needs a build step. Nothing in them depends on
when or with which version of Babel they were made, so that making them anew changes nothing.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.core import Locale
from babel.messages import Catalog
from babel.messages.catalog import Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from petition.paths import TRANSLATIONS
from petition.translations import CHECKED_BY

WIDTH: Final = 110
_CHECKED: Final = re.compile(rf'^"{CHECKED_BY}:(.*)\\n"$', re.MULTILINE)
_PLACE: Final = re.compile(r"%\([^)]*\)[#0\- +]?[\d.]*[a-zA-Z]|\{\w+\}|%%|%")


class Translated(Catalog):
    """The messages of one language, and who has checked them."""

    checked_by: str = ""

    def _headers(self) -> list[tuple[str, str]]:
        return [
            ("Project-Id-Version", "petition"),
            ("Language", str(self.locale_identifier)),
            ("Plural-Forms", self.plural_forms),
            ("MIME-Version", "1.0"),
            ("Content-Type", f"text/plain; charset={self.charset}"),
            ("Content-Transfer-Encoding", "8bit"),
            (CHECKED_BY, f"{self.checked_by}\n"),
        ]

    mime_headers = property(_headers, Catalog._set_mime_headers)


def languages() -> list[str]:
    """The languages that have a catalogue."""
    return sorted(po.parent.parent.name for po in TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))


def po_file(language: str) -> Path:
    """Where the catalogue of a language is edited."""
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def mo_file(language: str) -> Path:
    """Where the program reads it."""
    return po_file(language).with_suffix(".mo")


def read(language: str) -> Translated:
    """The catalogue of a language as it stands, or an empty one that begins it."""
    kept = Translated(locale=Locale.parse(language), charset="utf-8", fuzzy=False)
    kept.header_comment = (
        f"# What the petition says in {Locale.parse(language).english_name}. See docs/translators.md.\n"
        f"# {CHECKED_BY}: who has read all of it, knowing both languages; empty while nobody has."
    )
    file = po_file(language)
    if file.exists():
        text = file.read_text(encoding="utf-8")
        for message in read_po(io.StringIO(text), locale=language):
            if message.id:
                kept[message.id] = message
        checked = _CHECKED.search(text)
        kept.checked_by = checked[1].strip() if checked else ""
    return kept


def updated(language: str, template: Catalog) -> Translated:
    """The catalogue with every message of the template and no other; what was reworded is marked fuzzy."""
    kept = read(language)
    kept.update(template, no_fuzzy_matching=False, update_header_comment=False)
    return kept


def as_po(catalog: Translated) -> bytes:
    """The file that translators edit."""
    file = io.BytesIO()
    write_po(
        file, catalog, width=WIDTH, include_lineno=False, include_previous=True, ignore_obsolete=True,
        sort_by_file=True,
    )  # fmt: skip
    return file.getvalue().rstrip() + b"\n"


def as_mo(catalog: Translated) -> bytes:
    """The file that the program reads. What is fuzzy or empty is left out, and stays English."""
    file = io.BytesIO()
    write_mo(file, catalog, use_fuzzy=False)
    return file.getvalue()


def keep(catalog: Translated, language: str) -> None:
    """Write both files."""
    po_file(language).parent.mkdir(parents=True, exist_ok=True)
    po_file(language).write_bytes(as_po(catalog))
    mo_file(language).write_bytes(as_mo(read(language)))


def faults(catalog: Translated) -> Iterator[str]:
    """What a translator still has to do, one line for each message."""
    for message in catalog:
        if message.id:
            for fault in _faults_of(message, catalog.num_plurals):
                yield f"{fault}: {message.id[0] if message.pluralizable else message.id}"


def _faults_of(message: Message, forms: int) -> Iterator[str]:
    sources = _forms(message.id)
    said = _forms(message.string)
    if message.fuzzy:
        yield "reworded, look at it again"
    if not all(said) or len(said) != (forms if message.pluralizable else 1):
        yield "not translated"
        return
    # One of the forms may do without its number: “One copy”, “%(num)s copies”.
    allowed = [sorted(_PLACE.findall(source)) for source in sources]
    for form, text in enumerate(said):
        fitting = allowed[-1:] if form or len(sources) == 1 else allowed
        if sorted(_PLACE.findall(text)) not in fitting:
            yield f"places to fill in differ ({', '.join(allowed[-1]) or 'none'})"
        if _edges(text) != _edges(sources[-1]):
            yield "spaces at an end differ"


def _forms(said: str | tuple[str, ...] | list[str] | None) -> list[str]:
    if said is None:
        return [""]
    return [said] if isinstance(said, str) else list(said)


def _edges(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
