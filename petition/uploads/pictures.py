"""Photographs of a document's pages, and every page image that we make: drawn anew, upright, with nothing beside it.

What a camera notes, such as where it was, stays in the file; so does everything else that is not its looks.
"""

import io
from collections.abc import Iterator, Sequence
from typing import Final

# Pillow imports some of these, and its formats, when it first needs them, and by then no file can be opened.
from PIL import Image, ImageColor, ImageOps, ImagePalette, TiffImagePlugin  # noqa: F401
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from petition.uploads.blocks import Unreadable
from petition.uploads.kinds import JPEG

Image.preinit()

_PIXELS: Final = 64_000_000  # telephones take 50 million
_LONGEST_TO_SHORTEST: Final = 20
#: More are in a photograph or a scan, which a palette keeps legible at a fifth of the size.
_COLORS_OF_A_DRAWING: Final = 4_096
_PALETTE: Final = 64
_LARGE: Final = 1_000_000  # bytes, as only noise is


def images(files: Sequence[bytes], pixels_a_side: int) -> Iterator[bytes]:
    """Each photograph as a PNG image of ours, at most so large. Raises Unreadable."""
    for data in files:
        yield png(_small(_opened(data), pixels_a_side))


def png(image: Image.Image) -> bytes:
    """A page image as a file that holds its looks and nothing else."""
    flat = image.convert("RGB")
    flat.info.clear()
    if flat.getcolors(_COLORS_OF_A_DRAWING) is not None:
        drawing = _written(flat)
        if len(drawing) <= _LARGE:
            return drawing
    return _written(flat.quantize(_PALETTE, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE))


def _written(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=4)
    return out.getvalue()


def _opened(data: bytes) -> Image.Image:
    # Not by Image.open, which would look for more in it: photographs of newer telephones hold several pictures.
    try:
        image: Image.Image = (JpegImageFile if data.startswith(JPEG) else PngImageFile)(io.BytesIO(data))
    except (OSError, SyntaxError, ValueError):
        raise Unreadable("damaged") from None
    if image.width * image.height > _PIXELS:
        raise Unreadable("pixels", most=str(_PIXELS // 1_000_000))
    if max(image.size) > _LONGEST_TO_SHORTEST * min(image.size):
        raise Unreadable("damaged")
    if getattr(image, "is_animated", False):
        raise Unreadable("animated")
    return image


def _small(image: Image.Image, pixels_a_side: int) -> Image.Image:
    try:
        image.thumbnail((pixels_a_side, pixels_a_side), Image.Resampling.BICUBIC, reducing_gap=1.2)
        image.load()
    except (OSError, SyntaxError, ValueError):
        raise Unreadable("damaged") from None
    upright = _upright(image)
    if upright.has_transparency_data:
        ground = Image.new("RGBA", upright.size, "white")
        ground.alpha_composite(upright.convert("RGBA"))
        return ground
    if upright.mode.startswith("I"):  # sixteen bits for each shade of gray
        return upright.convert("I").point(lambda shade: shade / 256).convert("L")
    return upright


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # what the camera noted may be anything; then the picture is shown as it lies
        return image
