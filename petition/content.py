"""Reading content that is kept as files: TOML, and Markdown with TOML front matter between +++ lines."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from petition.db import Row
from petition.errors import Refusal

_FENCE: Final = "+++"


class BadContent(Refusal):
    """A file of a campaign's folder is missing something; the message names the file and says what."""


class Table(dict[str, Any]):
    """A TOML table that says which key it lacks, and of which file it is."""

    def __init__(self, path: Path, values: dict[str, Any]) -> None:
        super().__init__({key: _named(path, value) for key, value in values.items()})
        self._path = path

    def __missing__(self, key: str) -> Any:
        raise BadContent(f"{self._path.name}: `{key}` is missing.")


def _named(path: Path, value: Any) -> Any:
    if isinstance(value, dict):
        return Table(path, value)
    return [_named(path, each) for each in value] if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class Document:
    """A text file: what stands above it, and the text."""

    path: Path
    front: dict[str, Any]
    body: str

    def need(self, key: str) -> Any:
        """A value of the front matter. Raises BadContent when it is not there."""
        if key not in self.front:
            raise BadContent(f"{self.path.name}: `{key}` is missing between the +++ lines.")
        return self.front[key]


def table(path: Path) -> Table:
    """A TOML file. Raises BadContent when it is missing or malformed, and later for each key it lacks."""
    try:
        return Table(path, tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise BadContent(f"{path.name}: there is no such file in {path.parent}.") from None
    except tomllib.TOMLDecodeError as fault:
        raise BadContent(f"{path.name}: {fault}.") from None


def document(path: Path) -> Document:
    """A Markdown file with front matter. Raises BadContent when either is missing or malformed."""
    source = path.read_text(encoding="utf-8")
    before, fence, rest = source.partition(f"{_FENCE}\n")
    head, fence_again, body = rest.partition(f"\n{_FENCE}\n")
    if before.strip() or not fence or not fence_again:
        raise BadContent(f"{path.name}: it must begin with front matter between two lines of +++.")
    try:
        return Document(path, tomllib.loads(head), body)
    except tomllib.TOMLDecodeError as fault:
        raise BadContent(f"{path.name}: {fault}.") from None


def settle(row: Row, values: dict[str, Any]) -> list[str]:
    """Bring a row to these values; returns the names of those that were different."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed
