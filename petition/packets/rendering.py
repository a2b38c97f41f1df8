"""From contents to a PDF file: sets the packet's pages as HTML, and has them printed."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from petition.ledger.rates import rate_text
from petition.packets import spooling, title
from petition.packets.contents import PacketContents, RosterGroup
from petition.packets.counts import StateCount
from petition.packets.figures import columns_of, decimals_in_tiles, growth_chart, in_columns, qr_code, tile_map
from petition.packets.quoting import more_than
from petition.packets.volumes import Volume, cut
from petition.packets.wording import Translations, Wording
from petition.paths import FONTS, STATIC, TEMPLATES
from petition.pdf.coverage import code_point, spell_out, uncovered
from petition.pdf.document import Attachment, Document, Listing, Progress, Report, Uncovered, limits_for_rows
from petition.pdf.press import press
from petition.pdf.surroundings import workshop

SHEET: Final = "css/packet.css"
_OUTSIDE: Final = "ZZ"
_PAGES_BESIDE_ROSTER: Final = 4
_SAFE_IN_CSS: Final = re.compile(r"[^\w .,:–—-]", re.ASCII)


def render(
    contents: PacketContents,
    out: Path,
    progress: Callable[[Progress], None] | None = None,
    language: str = "en",
    translations: Translations | None = None,
    volume: Volume | None = None,
    attachments: tuple[Attachment, ...] = (),
) -> Report:
    """Print one file of the packet to `out`: the brief unless a volume is named.

    Raises PressRefused, and then leaves `out` as it was.
    """
    rows = volume.rows if volume is not None else contents.rows
    with workshop("packet") as folder:
        document = replace(compose(contents, folder, language, translations, volume), attachments=attachments)
        return press(document, out, limits_for_rows(rows, contents.annex), progress)


def compose(
    contents: PacketContents,
    folder: Path,
    language: str = "en",
    translations: Translations | None = None,
    volume: Volume | None = None,
) -> Document:
    """One file of the packet as an HTML document with its assets. The same contents make the same document.

    A roster that is not on disk yet is put into that folder.
    """
    parts = cut(contents)
    here = volume or parts.files[0]
    inside = [group for group in contents.roster if group.code in here.codes]
    fonts = packaged_fonts()
    words = translations or NullTranslations()
    spooled, groups = spooling.spooled(inside, folder)
    missing = uncovered(spooled.characters, tuple(fonts.values()))
    html = environment(words).get_template("packets/packet.html").render(
        **_said(contents), cut=parts, volume=here, language=language, days=spooled.days,
        **(_figures(contents) if here.is_brief else {"columns_of": columns_of}),
    )  # fmt: skip
    annex = {f"annex-{number}.png": png for number, png in enumerate(contents.annex, start=1)}
    return Document(
        html=html,
        assets={SHEET: STATIC / SHEET, **fonts, **annex},
        uncovered=_times(inside, missing) if missing else (),
        pages=len(annex) + _PAGES_BESIDE_ROSTER,
        archival=True,
        listing=Listing(
            groups=groups,
            page_of_pages=words.gettext("Page {page} of {pages}"),
            spelled={character: f"[{code_point(character)}]" for character in sorted(missing)},
        )
        if here.codes and here.rows
        else None,
    )


def _said(contents: PacketContents) -> dict[str, Any]:
    """What every file of a packet says of itself, and how its title is broken."""
    return {
        "packet": contents,
        "created": contents.count.as_of.isoformat(timespec="seconds"),
        "call": " ".join(contents.call_number),
        "lines_of": title.lines,
        "on_cover": title.on_cover,
    }


def _figures(contents: PacketContents) -> dict[str, Any]:
    """What the brief draws from its counts."""
    return {
        "decimals": decimals_in_tiles(contents.by_state),
        "map": tile_map(contents.by_state),
        "columns": in_columns(contents.by_state),
        "origins": _origins(contents.by_state),
        "code": qr_code(contents.verify_url),
        "chart": growth_chart(contents.growth),
        "columns_of": columns_of,
        "more_than": more_than(contents.count.verified),
    }


@lru_cache(maxsize=1)
def packaged_fonts() -> dict[str, Path]:
    """The font files that the packet's style sheet names, by the names it gives them."""
    sheet = (STATIC / SHEET).read_text(encoding="utf-8")
    names = re.findall(r'url\("asset:(fonts/[^"]+)"\)', sheet)
    return {name: FONTS / Path(name).name for name in names}


def spelled_out(
    roster: Sequence[RosterGroup], fonts: tuple[Path, ...]
) -> tuple[list[RosterGroup], tuple[Uncovered, ...]]:
    """The roster with characters that no font covers written as code points, before anything is measured."""
    text = "".join(entry.name + entry.place for group in roster for entry in group.entries)
    _, missing = spell_out(text, fonts)
    if not missing:
        return list(roster), ()
    table = {ord(one.character): f"[{one.code_point}]" for one in missing}
    spelled = []
    for group in roster:
        entries = [
            replace(entry, name=entry.name.translate(table), place=entry.place.translate(table))
            for entry in group.entries
        ]
        spelled.append(replace(group, entries=entries))
    return spelled, missing


def environment(translations: Translations) -> Environment:
    """The templates of what is printed, with their filters: the same for packets and for single papers."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    made.filters.update(Wording(translations).filters())
    made.filters.update(css=_css_string, page_of_pages=_page_of_pages, rate=rate_text, unbroken=_unbroken)
    return made


def _css_string(text: str) -> Markup:
    """The text as a string of CSS that can end neither the string nor the style element."""
    quoted = '"' + _SAFE_IN_CSS.sub(lambda found: f"\\{ord(found[0]):x} ", text) + '"'
    return Markup(quoted)  # noqa: S704  # nothing but letters, digits, a few signs and \\hex escapes is left


def _unbroken(text: str) -> Markup:
    """The text, with “e-mail” never parted at its hyphen."""
    escaped = str(escape(text)).replace("e-mail", '<span class="unbroken">e-mail</span>')
    return Markup(escaped)  # noqa: S704  # escaped one line above


def _page_of_pages(pattern: str) -> Markup:
    """“Page {page} of {pages}” as a value of the CSS property content."""
    # The press knows how to count a list's pages into the total; without a list it is a number like any other.
    counters = {"{page}": Markup("counter(page)"), "{pages}": Markup("counter(pages, total)")}
    pieces = re.split(r"(\{page\}|\{pages\})", pattern)
    return Markup(" ").join(counters.get(piece) or _css_string(piece) for piece in pieces)


def _origins(by_state: Sequence[StateCount]) -> dict[str, int]:
    """How many verified signatures came from the map's states, from elsewhere in the country, from abroad."""
    origins = {"states": 0, "elsewhere": 0, "abroad": 0}
    for state in by_state:
        where = "abroad" if state.code == _OUTSIDE else "elsewhere" if state.column is None else "states"
        origins[where] += state.verified
    return origins


def _times(roster: Sequence[RosterGroup], missing: frozenset[str]) -> tuple[Uncovered, ...]:
    """How often each of these stands in the roster."""
    times: Counter[str] = Counter()
    for entry in (entry for group in roster for entry in group.entries):
        times.update(character for character in entry.name + entry.place + entry.comment if character in missing)
    return tuple(Uncovered(character, code_point(character), times[character]) for character in sorted(times))
