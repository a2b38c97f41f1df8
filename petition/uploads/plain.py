"""Plain text and Markdown, in whatever encoding somebody's editor wrote them."""

import codecs
import re
from typing import Final

from petition.uploads.blocks import Block, Found, Span, Unreadable

# Looked up while files can still be opened: each is a module of Python's own.
_NAMES: Final = "utf-8 utf-8-sig utf-16 utf-16-le utf-16-be utf-32 cp1252 mac_roman latin-1 cp437".split()
_ENCODINGS: Final = {name: codecs.lookup(name) for name in _NAMES}
_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
# Signs at the places where English, Spanish and French put them, and where nobody does.
_FITTING: Final = re.compile(
    r"(?<=[^\W\d_])’(?=[^\W\d_]|\s)|(?:^|(?<=[\s(]))[“‘«¿¡](?=\w)|(?<=[\w.,;:!?])[”»](?=\W|$)|\s[–—•]\s|\w[–—]\w"
    r"|[a-z][áéíóúüñàèìòùçâêîôûäöëï]|[áéíóúüñàèìòùçâêîôûäöëï][a-z]|\b[ÁÉÍÓÚÑÜ][a-zA-Z]|[§©®°½¼]",
    re.MULTILINE,
)
_ODD: Final = re.compile(
    r"[a-záéíóúñ][A-ZÀ-ÖØ-Þ]|[ŽŠŒ™¤¥†‡ƒˆ˜√∫∂∏∑Ω≈ﬁﬂıˇ˘˙˚¸˝˛]|\w[·¬±¨¯]\w|[ÓÕÒÔÐ](?=\s)|\s[’”»](?=\w)"
)
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0e-\x1f]")
_BULLET: Final = re.compile(r"[-*•–·]\s+(?=\S)")
_NUMBER: Final = re.compile(r"(\d{1,3}\.)\s+(?=\S)")
_WRAPPED_FROM, _WRAPPED_TO = 45, 110
_PARAGRAPH_FROM: Final = 120


def decode(data: bytes, longest: int) -> tuple[str, bool]:
    """The text, and whether its encoding had to be guessed. Raises Unreadable for what is no text, or too much."""
    if len(data) > 4 * longest:
        raise Unreadable("long", most=f"{longest:,}")
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _checked(_decoded(data, name)), False
    if name := _wide(data):
        return _checked(_decoded(data, name)), False
    try:
        return _checked(data.decode("utf-8")), False
    except UnicodeDecodeError:
        return _checked(max(_narrow(data), key=_likelihood)), True


def read_text(data: bytes, longest: int) -> Found:
    """Plain text: paragraphs, where lines that an editor has wrapped are joined again, and simple lists."""
    text, guessed = decode(data, longest)
    found = Found("txt")
    if guessed:
        found.warnings["guessed"] += 1
    lines = [line.strip() for line in re.split(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]", text)]
    one_a_line = sum(len(line) > _PARAGRAPH_FROM for line in lines) * 3 > sum(map(bool, lines))
    group: list[str] = []
    for line in [*lines, ""]:
        starts_item = bool(_BULLET.match(line) or _NUMBER.match(line))
        if group and (not line or starts_item or one_a_line):
            found.blocks.append(_paragraph(group))
            group = []
        if line:
            group.append(line)
    return found


def _paragraph(lines: list[str]) -> Block:
    wrapped = all(_WRAPPED_FROM <= len(line) <= _WRAPPED_TO for line in lines[:-1])
    text = (" " if wrapped else "\n").join(lines)
    if found := _BULLET.match(text):
        return Block([Span(text[found.end() :])], bullet=True)
    if found := _NUMBER.match(text):
        return Block([Span(text[found.end() :])], label=found[1], series="text")
    return Block([Span(text)])


# --- Encodings ------------------------------------------------------------------------------------


def _decoded(data: bytes, name: str) -> str:
    try:
        return _ENCODINGS[name].decode(data)[0]
    except UnicodeDecodeError:
        raise Unreadable("letters") from None


def _checked(text: str) -> str:
    if _CONTROLS.search(text):
        raise Unreadable("letters")
    return text


def _wide(data: bytes) -> str:
    """UTF-16 without a mark, told by where its zero bytes are: every second byte of Latin letters is one."""
    sample = data[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 4 < len(sample) // 2 or min(even, odd) * 10 > max(even, odd):
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def _narrow(data: bytes) -> list[str]:
    # Windows-1252 leaves five places empty; a text that has them is another's.
    texts = []
    for name in ("cp1252", "mac_roman"):
        try:
            texts.append(_ENCODINGS[name].decode(data)[0])
        except UnicodeDecodeError:
            continue
    return texts


def _likelihood(text: str) -> int:
    sample = text[:200_000]
    return len(_FITTING.findall(sample)) - 2 * len(_ODD.findall(sample))
