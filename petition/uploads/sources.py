"""Markdown that somebody has written, brought to what our pages show: two headings, lists from 1, no pictures."""

import re
from collections.abc import Iterator
from typing import Final

from petition.uploads.blocks import Found
from petition.uploads.plain import decode
from petition.uploads.tidying import may_link

_FRONT_MATTER: Final = re.compile(r"\A(---|\+\+\+)[ \t]*\n.{0,5000}?\n\1[ \t]*\n", re.DOTALL)
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_PICTURE: Final = re.compile(r"!\[([^\]\n]{0,500})\](?:\([^)\n]{0,2000}\)|\[[^\]\n]{0,200}\])")
_LINK: Final = re.compile(r"\[([^\]\n]{0,1000})\]\(\s*<?([^\s)>]{0,2000})>?[^)\n]{0,500}\)")
_DEFINED_LINK: Final = re.compile(r"^ {0,3}\[(?!\^)[^\]\n]{1,200}\]:[ \t]*<?(\S{1,2000}?)>?(?:[ \t].*)?$", re.MULTILINE)
_NOTE: Final = re.compile(r"^ {0,3}\[\^([^\]\n]{1,50})\]:[ \t]*(.*)$", re.MULTILINE)
_CALL: Final = re.compile(r"\[\^([^\]\n]{1,50})\]")
_HEADING: Final = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*$")
_UNDERLINE: Final = re.compile(r"^ {0,3}=+[ \t]*$")
_FENCE: Final = re.compile(r"^ {0,3}(?:```|~~~)")
_NUMBERED: Final = re.compile(r"^ {0,3}(\d{1,9})([.)])[ \t]+(.*)$")
_TABLE_RULE: Final = re.compile(r"^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-*:?[ \t]*)+$")


def read_markdown(data: bytes, longest: int) -> Found:
    """The source, with what our pages would not show made text or taken out, and counted."""
    text, guessed = decode(data, longest)
    found = Found("md")
    if guessed:
        found.warnings["guessed"] += 1
    text = _FRONT_MATTER.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text, comments = _COMMENT.subn("", text)
    text, pictures = _PICTURE.subn(r"\1", text)
    found.warnings += {"hidden": comments, "pictures": pictures}
    text = _links(text, found)
    text = _notes(text)
    found.markdown = "\n".join(_lines(text.split("\n"), found))
    found.warnings = +found.warnings
    return found


def _links(text: str, found: Found) -> str:
    def kept(link: re.Match[str]) -> str:
        if may_link(link[2]):
            return link[0]
        found.warnings["links"] += 1
        return link[1]

    def defined(link: re.Match[str]) -> str:
        if may_link(link[1]):
            return link[0]
        found.warnings["links"] += 1
        return ""

    return _DEFINED_LINK.sub(defined, _LINK.sub(kept, text))


def _notes(text: str) -> str:
    """Footnotes numbered in the order of their definitions, at the end behind a rule."""
    notes = dict(_NOTE.findall(text))
    numbers = {name: number for number, name in enumerate(notes, 1)}
    if not notes:
        return text
    body = _CALL.sub(lambda call: f"\\[{numbers.get(call[1], call[1])}\\]", _NOTE.sub("", text))
    end = "\n\n".join(f"\\[{numbers[name]}\\] {said}" for name, said in notes.items())
    return f"{body.rstrip()}\n\n---\n\n{end}\n"


def _lines(lines: list[str], found: Found) -> Iterator[str]:
    in_code = False
    counting: int | None = None  # the number that an item gets as text, while one list of such goes on
    before = ""
    for number, line in enumerate(lines):
        if _FENCE.match(line):
            in_code = not in_code
        if not in_code and "|" in before and _TABLE_RULE.match(line):
            found.warnings["tables"] += 1
            continue
        following = lines[number + 1] if number + 1 < len(lines) else ""
        item = None if in_code else _NUMBERED.match(line)
        if item and not _goes_on(before):
            counting = int(item[1]) if item[1] != "1" or item[2] == ")" else None
        if line.strip():
            before = line
        if item and counting is not None:
            yield ""
            yield f"{counting}\\{item[2]} {item[3]}"
            counting += 1
        else:
            yield line if in_code else _line(line, following)


def _goes_on(before: str) -> bool:
    """Whether an item after this line is one more of its list."""
    return bool(_NUMBERED.match(before)) or before.startswith(("   ", "\t"))


def _line(line: str, following: str) -> str:
    if heading := _HEADING.match(line):
        return f"{'##' if len(heading[1]) == 1 else '###'} {heading[2]}"
    if _UNDERLINE.match(line):
        return ""
    if _UNDERLINE.match(following) and line.strip():
        return f"## {line.strip()}"
    if line.lstrip().startswith("|") and following.strip():
        return f"{line}\\"
    return line
