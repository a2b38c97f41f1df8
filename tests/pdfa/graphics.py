"""6.2 of ISO 19005-3 without its fonts: content streams, the output intent, color, transparency, images."""

import struct
from collections.abc import Iterator
from typing import Any, Final

import pikepdf

from tests.pdfa import File, rule
from tests.pdfa.contents import OPERATORS, objects

_INTENTS: Final = {"/RelativeColorimetric", "/AbsoluteColorimetric", "/Perceptual", "/Saturation"}
_BLEND_MODES: Final = {
    f"/{mode}"
    for mode in "Normal Compatible Multiply Screen Overlay Darken Lighten ColorDodge ColorBurn HardLight SoftLight "
    "Difference Exclusion Hue Saturation Color Luminosity".split()
}
_COLOR_SPACES: Final = {"/DeviceRGB", "/DeviceGray", "/CalRGB", "/CalGray", "/Lab", "/ICCBased", "/Pattern", "/Indexed"}
_OF_CMYK: Final = {"K", "k"}


@rule("6.2.2")
def content_streams(file: File) -> Iterator[str]:
    """Only operators of the standard, and what they name in resources of their own."""
    if unknown := file.drawn.operators - OPERATORS:
        yield f"operators {sorted(unknown)}"
    yield from file.drawn.missing


@rule("6.2.3")
def output_intent(file: File) -> Iterator[str]:
    """One for PDF/A, with a profile of a screen or a printer."""
    intents = [one for one in file.pdf.Root.get("/OutputIntents", ()) if one.get("/S") == "/GTS_PDFA1"]
    if len(intents) != 1 or "/OutputConditionIdentifier" not in intents[0]:
        yield f"{len(intents)} output intents"
        return
    if "/DestOutputProfileRef" in intents[0]:
        yield "its profile lies elsewhere"
    yield from _profile(intents[0].DestOutputProfile, (b"prtr", b"mntr"))


def _profile(stream: Any, kinds: tuple[bytes, ...]) -> Iterator[str]:
    data = stream.read_bytes()
    size, version, kind, space, signature = struct.unpack(">I4xB3x4s4s16x4s", data[:40])
    if size != len(data) or signature != b"acsp":
        yield "what should be a color profile is none"
    if version >= 5 or kind not in kinds or space not in (b"RGB ", b"GRAY"):
        yield f"a color profile of version {version}, kind {kind!r}, space {space!r}"
    if int(stream.N) != {b"RGB ": 3, b"GRAY": 1}.get(space):
        yield f"a color profile of {stream.N} components for {space!r}"


@rule("6.2.4")
def color(file: File) -> Iterator[str]:
    """RGB and gray after the output intent, profiles that are some, no CMYK, no spot colors."""
    if used := file.drawn.operators & _OF_CMYK:
        yield f"CMYK by {sorted(used)}"
    for holder, one in objects(file.pdf):
        if isinstance(one, pikepdf.Array) and len(one) == 2 and one[0] == "/ICCBased":
            yield from _profile(one[1], (b"prtr", b"mntr", b"scnr", b"spac"))
        elif isinstance(one, pikepdf.Array) and len(one) and str(one[0]) in ("/DeviceN", "/Separation", "/DeviceCMYK"):
            yield f"a color space {one[0]} in {holder.objgen}"
    for image in file.drawn.images:
        space = image.get("/ColorSpace")
        named = space[0] if isinstance(space, pikepdf.Array) else space
        if not image.get("/ImageMask", False) and str(named) not in _COLOR_SPACES:
            yield f"an image's color space is {named}"


@rule("6.2.5")
def graphics_states(file: File) -> Iterator[str]:
    """No transfer functions, no halftones."""
    for state in file.drawn.states:
        if {"/TR", "/HTP", "/HT"} & set(state.keys()) or state.get("/TR2", "/Default") != "/Default":
            yield f"a graphics state says {list(state.keys())}"


@rule("6.2.6")
def rendering_intents(file: File) -> Iterator[str]:
    """One of the four."""
    said = set(file.drawn.named.get("ri", ()))
    said |= {str(one["/RI"]) for one in file.drawn.states if "/RI" in one}
    said |= {str(one["/Intent"]) for one in file.drawn.images if "/Intent" in one}
    if said - _INTENTS:
        yield f"rendering intents {said - _INTENTS}"


@rule("6.2.8")
def images(file: File) -> Iterator[str]:
    """No alternates, no OPI, no interpolation; JPEG 2000 we have none."""
    for _, one in objects(file.pdf):
        if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image":
            if {"/Alternates", "/OPI"} & set(one.keys()) or one.get("/Interpolate", False):
                yield f"an image {one.objgen} has alternates, OPI or interpolation"
            if "/JPXDecode" in str(one.get("/Filter")):
                yield "an image is JPEG 2000, which nothing here looks into"


@rule("6.2.9")
def forms(file: File) -> Iterator[str]:
    """No PostScript, no references to other files."""
    for _, one in objects(file.pdf):
        if not isinstance(one, pikepdf.Stream) or one.get("/Subtype") not in ("/Form", "/PS"):
            continue
        if {"/OPI", "/PS", "/Ref"} & set(one.keys()) or "/PS" in (one.get("/Subtype2"), one.get("/Subtype")):
            yield f"a form {one.objgen} says {list(one.keys())}"


@rule("6.2.10")
def transparency(file: File) -> Iterator[str]:
    """Blend modes of the standard; the output intent gives the space in which is blended."""
    for _, one in objects(file.pdf):
        mode = one.get("/BM") if isinstance(one, pikepdf.Dictionary) else None
        for name in mode if isinstance(mode, pikepdf.Array) else [mode] if mode is not None else []:
            if str(name) not in _BLEND_MODES:
                yield f"the blend mode {name}"
