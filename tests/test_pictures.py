"""Photographs of pages: drawn anew, upright, with nothing of what the camera noted; what means harm is a sentence."""

import io
import zlib
from typing import Final

import pytest
from PIL import Image

from petition.uploads.document import LIMITS, UploadRefused
from petition.uploads.reading import pictures
from petition.uploads.wording import REFUSALS
from tests.bringing import photograph

NOTED: Final = b"Sample camera"


def drawn(data: bytes, name: str = "a.jpg") -> Image.Image:
    (png,) = pictures([(name, data)])
    assert NOTED not in png
    image = Image.open(io.BytesIO(png))
    assert image.format == "PNG"
    assert not image.info.keys() - {"transparency"}
    return image.convert("RGB")


def saved(image: Image.Image, kind: str, **more: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **more)  # type: ignore[arg-type]
    return out.getvalue()


@pytest.mark.parametrize("turned", range(1, 9))
def test_a_photograph_stands_upright_however_the_telephone_was_held(turned: int) -> None:
    assert drawn(photograph((400, 300), turned)).size == ((300, 400) if turned > 4 else (400, 300))


def test_a_large_one_is_made_as_small_as_a_page_image() -> None:
    assert max(drawn(photograph((4_000, 3_000))).size) == LIMITS.pixels_a_side


def test_what_is_transparent_lies_on_white_and_every_kind_of_picture_is_drawn() -> None:
    clear = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    assert drawn(saved(clear, "PNG"), "a.png").getpixel((1, 1)) == (255, 255, 255)
    assert drawn(saved(Image.new("I;16", (20, 20), 40_000), "PNG"), "a.png").getpixel((1, 1)) == (156, 156, 156)
    for mode in ("1", "L", "LA", "P", "RGB"):
        assert drawn(saved(Image.new(mode, (20, 20)), "PNG"), "a.png").size == (20, 20)
    assert drawn(saved(Image.new("CMYK", (20, 20)), "JPEG")).size == (20, 20)


def test_a_photograph_with_more_pictures_in_it_is_its_first() -> None:
    both = saved(Image.new("RGB", (40, 30)), "MPO", save_all=True, append_images=[Image.new("RGB", (40, 30))])
    assert drawn(both).size == (40, 30)


def test_a_noisy_photograph_takes_no_more_than_a_page_should() -> None:
    noisy = Image.effect_noise((2_000, 1_500), 40).convert("RGB")
    (png,) = pictures([("a.jpg", saved(noisy, "JPEG", quality=85))])
    assert len(png) < 2_000_000


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"
    begin = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
    return begin + chunk(b"IDAT", zlib.compress(bytes(1_000))) + chunk(b"IEND", b"")


MOVING: Final = saved(Image.new("RGB", (9, 9)), "PNG", save_all=True, append_images=[Image.new("RGB", (9, 9), "red")])


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.png", _png(60_000, 60_000), "pixels"),
        ("a.png", _png(2**31 - 1, 2**31 - 1), "pixels"),
        ("a.png", _png(0, 0), "damaged"),
        ("a.png", _png(40_000, 10), "damaged"),
        ("a.png", _png(800, 600), "damaged"),
        ("a.png", saved(Image.new("1", (30_000, 30_000)), "PNG"), "pixels"),
        ("a.png", MOVING, "animated"),
        ("a.jpg", photograph()[:400], "damaged"),
        ("a.jpg", b"\xff\xd8\xff" + bytes(5_000), "damaged"),
        ("a.jpg", b"\xff\xd8\xff\xe1\xff\xff" + bytes(70_000), "damaged"),
        ("a.jpg", b"GIF89a", "mismatch"),
        ("a.jpg", b"%PDF-1.7", "mismatch"),
        ("a.jpg", b"", "empty"),
        ("a.jpg", b"\0\0\0\x18ftypheic" + bytes(100), "heic"),
        ("a.jpg", bytes(LIMITS.file_bytes + 1), "large"),
    ],
)
def test_what_means_harm_or_is_broken_is_a_sentence(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(UploadRefused) as refused:
        pictures([(name, data)])
    assert refused.value.reason == reason, refused.value.because
    assert reason in REFUSALS


def test_twenty_are_taken_at_once_and_no_more() -> None:
    small = ("a.jpg", photograph((60, 40)))
    assert len(pictures([small] * 20)) == 20
    with pytest.raises(UploadRefused, match="more than 20 pictures"):
        pictures([small] * 21)
