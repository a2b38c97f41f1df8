"""Letterheads: the picture at the head of a chapter's paper, decoded and drawn anew as a plain PNG.

What comes out holds pixels and nothing else: no metadata, no profile, no second picture. All of Pillow that is
needed is loaded with this module, since nothing can be opened later.
"""

from contextlib import suppress
from io import BytesIO
from typing import Final

from PIL import Image, ImageFile, ImageOps, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin

from petition.uploads.blocks import Unreadable

__all__ = ["JpegImagePlugin", "MpoImagePlugin", "PngImagePlugin", "TiffImagePlugin", "redraw"]

#: A letterhead on paper is 8.5 inches wide: at 300 dots to the inch this is more than any printer shows.
WIDEST: Final = 2_400
HIGHEST: Final = 600
NARROWEST: Final = 600
#: A phone's photograph has 12 to 50 million; opened, each takes four bytes.
PIXELS: Final = 50_000_000
_SIXTEEN_BITS: Final = ("I", "I;16", "I;16B", "I;16L", "I;16N")
_FORMATS: Final = ("PNG", "JPEG")
_MILLION: Final = 1_000_000

# We look at the size ourselves, before anything is unpacked; and a picture that ends early is no picture.
Image.MAX_IMAGE_PIXELS = None
ImageFile.LOAD_TRUNCATED_IMAGES = False
Image.preinit()


def redraw(data: bytes) -> tuple[bytes, int, int]:
    """The picture as a PNG of our own, with its width and height in pixels. Raises Unreadable."""
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as opened:
            if opened.width * opened.height > PIXELS:
                raise Unreadable("picture_pixels", most=str(PIXELS // _MILLION))
            # A camera's preview beside its photograph is no animation; a PNG of several frames is one.
            if opened.format == "PNG" and getattr(opened, "n_frames", 1) > 1:
                raise Unreadable("picture_moves")
            opened.load()
            upright = _upright(opened)
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError):
        raise Unreadable("picture_damaged") from None
    drawn = _fitted(_on_white(upright))
    drawn.info = {}
    written = BytesIO()
    drawn.save(written, "PNG", compress_level=9)
    return written.getvalue(), drawn.width, drawn.height


def _upright(image: Image.Image) -> Image.Image:
    """Turned as the camera says it was held; as it lies where that cannot be read."""
    with suppress(Exception):
        return ImageOps.exif_transpose(image)
    return image


def _on_white(image: Image.Image) -> Image.Image:
    """In gray or color of eight bits, with white behind whatever was transparent."""
    if image.mode in _SIXTEEN_BITS:
        # Pillow would clip these at 255 instead of dividing them.
        return image.convert("I").point(lambda level: level / 256).convert("L")
    if image.has_transparency_data:
        seen = image.convert("RGBA")
        paper = Image.new("RGBA", seen.size, "white")
        return Image.alpha_composite(paper, seen).convert("RGB")
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def _fitted(image: Image.Image) -> Image.Image:
    """No larger than a letterhead needs, in its own proportions. Raises Unreadable when it would be too narrow."""
    if image.width < NARROWEST:
        raise Unreadable("picture_narrow", least=str(NARROWEST))
    share = min(1.0, WIDEST / image.width, HIGHEST / image.height)
    width, height = round(image.width * share), max(1, round(image.height * share))
    if width < NARROWEST:
        raise Unreadable("picture_tall")
    return image if share == 1.0 else image.resize((width, height), Image.Resampling.LANCZOS)
