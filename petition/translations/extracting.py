"""Which messages the program and its content hold: read off the sources, for the translators.

English sentences are the keys. In Python and in templates they stand in a call that says so; in data files
they are the values of certain keys.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir

#: The checkout: the sources lie in it, and so do the texts.
ROOT: Final = Path(__file__).resolve().parents[2]
#: Calls that hold a message, beside those that Babel knows: N_ marks, lazy puts off, _translate is the packet's.
KEYWORDS: Final = {**DEFAULT_KEYWORDS, "lazy": None, "_translate": None}
#: A remark to the translators begins so, in a comment above the message.
REMARK: Final = "For translators:"

#: Values that pages translate when they show them. Names of bodies and titles of sources stay as they are.
_STATES: Final = ("name",)
_CONTENT: Final = ("sample_note", "delivery", "text", "note", "format", "model", "claim")
_AS_THEY_ARE: Final = ("source", "sources", "office_sources", "contact")

_Found = tuple[int, str, str, list[str]]


def extract(root: Path = ROOT) -> Catalog:
    """Every message below `root`, with the files that hold it."""
    template = Catalog(project="petition", charset="utf-8")
    found = extract_from_dir(root, _methods(), _options(), KEYWORDS, (REMARK,), strip_comment_tags=True)
    for file, _line, message, remarks, context in found:
        # Files without lines: a line that moves is nothing to a translator, and would be a change to review.
        template.add(message, locations=[(file, 0)], auto_comments=remarks, context=context)
    return template


def _methods() -> list[tuple[str, Any]]:
    return [
        ("petition/text/states.toml", _names_of_states),
        ("statements/*/*.toml", _words_of_content),
        ("petition/**.py", "python"),
        ("templates/**.html", "jinja2"),
        ("templates/**.txt", "jinja2"),
    ]


def _options() -> dict[str, dict[str, Any]]:
    # As in petition.web.language; and a template that cannot be read stops the extraction.
    template = {"newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
    return {"templates/**.html": template, "templates/**.txt": template}


def _names_of_states(
    file: IO[bytes], _keywords: Mapping[str, Any], _tags: Sequence[str], options: Mapping[str, Any]
) -> Iterator[_Found]:
    return _values(file, _STATES)


def _words_of_content(
    file: IO[bytes], _keywords: Mapping[str, Any], _tags: Sequence[str], options: Mapping[str, Any]
) -> Iterator[_Found]:
    return _values(file, _CONTENT)


def _values(file: IO[bytes], keys: Sequence[str]) -> Iterator[_Found]:
    data = tomllib.loads(file.read().decode())
    for text in _texts(data, keys):
        yield 0, "N_", text, []


def _texts(value: Any, keys: Sequence[str]) -> Iterator[str]:
    """The texts under these keys, in the order of the file."""
    if isinstance(value, list):
        for each in value:
            yield from _texts(each, keys)
    elif isinstance(value, dict):
        for key, each in value.items():
            if isinstance(each, str):
                if key in keys and each:
                    yield each
            elif key not in _AS_THEY_ARE:
                yield from _texts(each, keys)
