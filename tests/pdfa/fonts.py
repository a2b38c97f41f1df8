"""6.2.11 of ISO 19005-3: fonts. Ours are all Type 0 with one CIDFont; anything else is a fault here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import pikepdf
from fontTools.ttLib import TTFont

from tests.pdfa import File, rule

_NEAR: Final = 1.0  # thousandths of an em, as veraPDF has it
_LARGEST_CID: Final = 65_535


@dataclass(frozen=True)
class Used:
    """A font that something is shown in: its dictionaries, its program, and the CIDs that are shown."""

    type0: Any
    cid_font: Any
    program: TTFont | None
    cids: frozenset[int]

    @property
    def name(self) -> str:
        """As its dictionary has it."""
        return str(self.type0.get("/BaseFont"))

    def glyph(self, cid: int) -> int | None:
        """The number of its glyph in the program; None if there is none."""
        assert self.program is not None
        if "CFF " in self.program:
            top = self.program["CFF "].cff[0]
            if hasattr(top, "ROS"):
                name = f"cid{cid:05d}" if cid else ".notdef"
                return self.program.getReverseGlyphMap().get(name)
        return cid if cid < self.program["maxp"].numGlyphs else None


def used(file: File) -> Iterator[Used]:
    """The fonts that something is shown in."""
    for font, codes in file.drawn.shown.values():
        if font.get("/Subtype") != "/Type0":
            yield Used(font, pikepdf.Dictionary(), None, frozenset())
            continue
        descendant = font.DescendantFonts[0]
        descriptor = descendant.get("/FontDescriptor", pikepdf.Dictionary())
        stream = descriptor.get("/FontFile2", descriptor.get("/FontFile3"))
        program = TTFont(BytesIO(stream.read_bytes())) if stream is not None else None
        yield Used(font, descendant, program, frozenset(int.from_bytes(code) for code in codes))


@rule("6.2.11.2")
def dictionaries(file: File) -> Iterator[str]:
    """Every font is a font of a kind that we know."""
    for _, font in ((one, one) for one in file.pdf.objects if isinstance(one, pikepdf.Dictionary)):
        if font.get("/Type") == "/Font" and font.get("/Subtype") not in ("/Type0", "/CIDFontType0", "/CIDFontType2"):
            yield f"a font of the kind {font.get('/Subtype')}"
    for font in used(file):
        if font.type0.get("/Type") != "/Font" or font.cid_font.get("/Type") != "/Font":
            yield f"{font.name} is no font"
        elif not font.type0.BaseFont == font.cid_font.BaseFont == font.cid_font.FontDescriptor.FontName:
            yield f"{font.name} has another name in its parts"


@rule("6.2.11.3")
def composite_fonts(file: File) -> Iterator[str]:
    """Codes are CIDs (Identity-H); a TrueType font says how CIDs become glyphs."""
    for font in used(file):
        if font.type0.get("/Encoding") not in ("/Identity-H", "/Identity-V"):
            yield f"{font.name} has an encoding of its own, which nothing here looks into"
        if not {"/Registry", "/Ordering", "/Supplement"} <= set(font.cid_font.get("/CIDSystemInfo", {}).keys()):
            yield f"{font.name} has no CIDSystemInfo"
        if font.cid_font.get("/Subtype") == "/CIDFontType2" and font.cid_font.get("/CIDToGIDMap") != "/Identity":
            yield f"{font.name} has no CIDToGIDMap that is the identity"


@rule("6.2.11.4")
def embedded(file: File) -> Iterator[str]:
    """Every font is embedded with every glyph that is shown; a CIDSet, if there is one, is whole."""
    for font in used(file):
        if font.program is None:
            yield f"{font.name} is not embedded"
            continue
        if missing := [cid for cid in font.cids if font.glyph(cid) is None]:
            yield f"{font.name} lacks the glyphs of {missing[:5]}"
        descriptor = font.cid_font.FontDescriptor
        if "/FontFile3" in descriptor and descriptor.FontFile3.get("/Subtype") not in ("/OpenType", "/CIDFontType0C"):
            yield f"{font.name} is embedded as {descriptor.FontFile3.get('/Subtype')}"
        if "/CIDSet" in descriptor:
            bits = "".join(f"{byte:08b}" for byte in descriptor.CIDSet.read_bytes())
            if any(bits[cid : cid + 1] != "1" for cid in range(font.program["maxp"].numGlyphs)):
                yield f"the CIDSet of {font.name} is not whole"


@rule("6.2.11.5")
def widths(file: File) -> Iterator[str]:
    """A glyph is as wide as its font program says."""
    for font in used(file):
        if font.program is None:
            continue
        said = dict(_widths(font.cid_font.get("/W", ())))
        em, metrics, names = font.program["head"].unitsPerEm, font.program["hmtx"], font.program.getGlyphOrder()
        for cid in font.cids:
            glyph = font.glyph(cid)
            there = said.get(cid, float(font.cid_font.get("/DW", 1000)))
            if glyph is not None and abs(there - metrics[names[glyph]][0] * 1000 / em) > _NEAR:
                own = metrics[names[glyph]][0] * 1000 / em
                yield f"glyph {cid} of {font.name} is {there} wide, and {own} in its font"


def _widths(array: Any) -> Iterator[tuple[int, float]]:
    items = list(array)
    while items:
        first, following = int(items.pop(0)), items.pop(0)
        if isinstance(following, pikepdf.Array):
            yield from ((first + at, float(width)) for at, width in enumerate(following))
        else:
            width = float(items.pop(0))
            yield from ((cid, width) for cid in range(first, int(following) + 1))


@rule("6.2.11.7")
def unicode(file: File) -> Iterator[str]:
    """Level U alone asks for it: fonts say what their glyphs are. One that is part of a syllable says nothing."""
    for font in used(file):
        if "/ToUnicode" not in font.type0:
            yield f"{font.name} does not say what its glyphs are"
            continue
        known = dict(re.findall(rb"<([0-9a-f]{4})> <([0-9a-f]*)>", font.type0.ToUnicode.read_bytes()))
        for cid in font.cids:
            if b"%04x" % cid not in known:
                yield f"glyph {cid} of {font.name} is not in its ToUnicode"
            elif {"\0", "\ufeff", "\ufffe"} & set(bytes.fromhex(known[b"%04x" % cid].decode()).decode("utf-16-be")):
                yield f"glyph {cid} of {font.name} is none of a text"


@rule("6.2.11.8")
def no_missing_glyph(file: File) -> Iterator[str]:
    """Nothing shown is the sign for a glyph that is not there. CIDs are in their bounds (6.1.13)."""
    for font in used(file):
        if font.program is not None and any(font.glyph(cid) == 0 for cid in font.cids):
            yield f"{font.name} shows its .notdef"
        if any(cid > _LARGEST_CID for cid in font.cids):
            yield f"{font.name} has a CID beyond {_LARGEST_CID}"
