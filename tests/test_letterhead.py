"""The letterhead: a chapter's picture is drawn anew in a child that can open nothing, and shown at its desk alone."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any, Final

import pytest
from flask.testing import FlaskClient
from PIL import Image, ImageDraw, PngImagePlugin
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from petition.accounts.models import AuditEntry, Role
from petition.chapters.models import Letterhead
from petition.uploads.document import LETTERHEADS, UploadRefused
from petition.uploads.reading import letterhead
from tests.chapters import editor_of
from tests.ground import House, hidden
from tests.signing_in import signed_in

PATH: Final = "/organize/chapters/ne/letterhead"
RED: Final = (166, 28, 26)


def picture(size: tuple[int, int] = (1200, 200), mode: str = "RGB", kind: str = "PNG", **saved: Any) -> bytes:
    """A picture whose left half is red."""
    drawn = Image.new("RGB", size, "white")
    ImageDraw.Draw(drawn).rectangle((0, 0, size[0] // 2, size[1]), fill=RED)
    written = BytesIO()
    drawn.convert(mode).save(written, kind, **saved)
    return written.getvalue()


def opened(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png), formats=("PNG",))


def near(found: Any, wanted: tuple[int, int, int], by: int = 12) -> bool:
    return all(abs(one - other) <= by for one, other in zip(found, wanted, strict=True))


# --- Drawing anew ---------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "LA", "1"])
def test_every_kind_of_png_becomes_a_plain_one(mode: str) -> None:
    drawn = opened(letterhead(picture(mode=mode)).png)
    assert drawn.mode in ("RGB", "L")
    assert drawn.size == (1200, 200)


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_jpeg_is_taken_also_in_the_colors_of_printers(mode: str) -> None:
    drawn = opened(letterhead(picture(mode=mode, kind="JPEG", quality=95)).png)
    assert drawn.format == "PNG"
    if mode != "L":
        assert near(drawn.convert("RGB").getpixel((100, 100)), RED, by=40)
    assert near(drawn.convert("RGB").getpixel((1000, 100)), (255, 255, 255))


def test_sixteen_bits_are_divided_and_not_cut_off() -> None:
    half = Image.new("I;16", (800, 100), 0x8000)
    written = BytesIO()
    half.save(written, "PNG")
    assert opened(letterhead(written.getvalue()).png).getpixel((5, 5)) in (127, 128)


def test_what_is_transparent_becomes_white() -> None:
    clear = Image.new("RGBA", (800, 100), (0, 0, 0, 0))
    written = BytesIO()
    clear.save(written, "PNG")
    drawn = opened(letterhead(written.getvalue()).png)
    assert (drawn.mode, drawn.getpixel((5, 5))) == ("RGB", (255, 255, 255))


def test_a_large_picture_is_scaled_in_its_proportions() -> None:
    assert (lambda one: (one.width, one.height))(letterhead(picture((4800, 900)))) == (2400, 450)
    assert (lambda one: (one.width, one.height))(letterhead(picture((3000, 1500)))) == (1200, 600)


def test_a_picture_that_a_camera_turned_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter to the right
    drawn = letterhead(picture((200, 1200), kind="JPEG", exif=exif.tobytes()))
    assert (drawn.width, drawn.height) == (1200, 200)


def test_nothing_but_pixels_is_left() -> None:
    said = PngImagePlugin.PngInfo()
    said.add_text("Author", "Ada Sample-Okafor")
    exif = Image.Exif()
    exif[0x010E] = "Taken at 41.2 N"
    drawn = letterhead(picture(pnginfo=said, exif=exif, icc_profile=b"profile", dpi=(300, 300))).png
    chunks, at = [], 8
    while at < len(drawn):
        chunks.append(drawn[at + 4 : at + 8])
        at += 12 + int.from_bytes(drawn[at : at + 4], "big")
    assert set(chunks) == {b"IHDR", b"IDAT", b"IEND"}


def test_drawing_the_same_picture_twice_gives_the_same_bytes() -> None:
    assert letterhead(picture()) == letterhead(picture())


# --- Pictures that mean harm ----------------------------------------------------------------------


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_that_says(width: int, height: int, data: bytes = b"") -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rest = chunk(b"IDAT", data or zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + rest


def animated() -> bytes:
    frames = [Image.new("RGB", (800, 100), color) for color in ("red", "blue")]
    written = BytesIO()
    frames[0].save(written, "PNG", save_all=True, append_images=frames[1:])
    return written.getvalue()


def bomb_of_text() -> bytes:
    """Two thousand comments that unpack to a megabyte each."""
    one = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"A" * 2**20, 9))
    plain = picture()
    return plain[:33] + one * 1500 + plain[33:]


HOSTILE: Final[dict[str, tuple[Callable[[], bytes], str]]] = {
    "empty": (lambda: b"", "picture_missing"),
    "more than 2 MB": (lambda: b"\x89PNG\r\n\x1a\n" + b"x" * (2 << 20), "picture_large"),
    "a GIF": (lambda: picture(kind="GIF"), "picture_kind"),
    "SVG": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture_kind"),
    "a web page named .png": (lambda: b"<html><script>alert(1)</script>", "picture_kind"),
    "a JPEG's first bytes alone": (lambda: b"\xff\xd8\xff\xe0", "picture_damaged"),
    "a TIFF under a PNG's first bytes": (lambda: b"\x89PNG\r\n\x1a\n" + picture(kind="TIFF"), "picture_damaged"),
    "a bomb of 400 million pixels": (lambda: png_that_says(20_000, 20_000), "picture_pixels"),
    "sides of two thousand million": (lambda: png_that_says(2**31 - 1, 2**31 - 1), "picture_pixels"),
    "pixels that are not there": (lambda: png_that_says(1200, 200), "picture_damaged"),
    "a PNG cut short": (lambda: picture()[:-40], "picture_damaged"),
    "a JPEG cut short": (lambda: picture(kind="JPEG")[:2000], "picture_damaged"),
    "a moving PNG": (animated, "picture_moves"),
    "a narrow one": (lambda: picture((599, 100)), "picture_narrow"),
    "a high one": (lambda: picture((1000, 1300)), "picture_tall"),
    "comments that unpack to gigabytes": (bomb_of_text, "picture_damaged"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_picture_that_cannot_be_used_is_refused_with_what_to_do(name: str) -> None:
    make, reason = HOSTILE[name]
    with pytest.raises(UploadRefused) as refused:
        letterhead(make())
    assert refused.value.reason == reason, refused.value.because
    assert refused.value.sentence.endswith(".")


def test_the_largest_picture_that_is_taken_keeps_within_the_memory_of_the_child() -> None:
    plain = Image.new("L", (10_000, 4_999), 255)
    written = BytesIO()
    plain.save(written, "PNG", compress_level=9)
    assert len(written.getvalue()) <= LETTERHEADS.file_bytes
    assert letterhead(written.getvalue()).height == 600


# --- At the desk ----------------------------------------------------------------------------------


def send(client: FlaskClient, data: bytes | None, name: str = "head.png", path: str = PATH) -> TestResponse:
    typed: dict[str, Any] = hidden(client.get(path), path)
    return client.post(path, **with_file(typed, data, name))


def with_file(typed: dict[str, Any], data: bytes | None, name: str = "head.png") -> dict[str, Any]:
    """A form with a file as a browser sends it."""
    sent: dict[str, Any] = dict(typed) if data is None else {**typed, "picture": FileStorage(BytesIO(data), name)}
    boundary, body = encode_multipart(sent)
    return {"data": body, "content_type": f'multipart/form-data; boundary="{boundary}"'}


def test_an_editor_uploads_a_letterhead_sees_it_and_removes_it(house: House) -> None:
    client = editor_of(house, "NE")
    assert "set in type" in client.get(PATH).text
    assert send(client, picture((1800, 300))).status_code == 303
    (kept,) = house.rows(Letterhead)
    assert (kept.width, kept.height) == (1800, 300)
    shown = client.get("/organize/chapters/ne/letterhead.png")
    assert shown.content_type == "image/png"
    assert shown.headers["Cache-Control"] == "private, no-cache"
    assert opened(shown.data).size == (1800, 300)
    assert "1,800 × 300 pixels" in client.get(PATH).text
    assert house.press(f"{PATH}/remove", client, on=PATH).status_code == 303
    assert house.rows(Letterhead) == []
    acts = [each.act for each in house.rows(AuditEntry) if each.act.startswith("letterhead")]
    assert acts == ["letterhead kept", "letterhead removed"]


def test_another_picture_takes_the_place_of_the_first(house: House) -> None:
    client = editor_of(house, "NE")
    send(client, picture((1800, 300)))
    first = house.rows(Letterhead)[0].sha256
    assert send(client, picture((900, 150), kind="JPEG"), "head.jpg").status_code == 303
    (kept,) = house.rows(Letterhead)
    assert (kept.width, kept.sha256 != first) == (900, True)


@pytest.mark.one_database("sqlite", "a picture")
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (None, "Choose a picture first"),
        (b"", "Choose a picture first"),
        (b"GIF89a" + b"\0" * 99, "This is not a PNG or JPEG picture."),
        (b"\x89PNG\r\n\x1a\n" + b"x" * (2 << 20), "larger than 2 MB"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * (4 << 20), "larger than 2 MB"),
    ],
    ids=["none", "empty", "gif", "2 MB", "4 MB"],
)
def test_a_refused_picture_is_a_sentence_at_its_field_and_what_was_kept_stays(
    house: House, data: bytes | None, sentence: str
) -> None:
    client = editor_of(house, "NE")
    send(client, picture())
    answer = send(client, data)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'href="#picture"' in answer.text
    assert len(house.rows(Letterhead)) == 1


def test_only_this_form_takes_more_than_a_form_of_words(house: House) -> None:
    client = editor_of(house, "NE")
    path = "/organize/chapters/ne/editors"
    typed = hidden(client.get("/organize/chapters/ne/"), path)
    assert client.post(path, **with_file(typed, b"x" * 200_000)).status_code == 413


def test_a_picture_is_drawn_while_nobody_waits_in_the_writers_queue(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = editor_of(house, "NE")

    def draw(data: bytes) -> Any:
        assert house.sign().status_code == 303
        return letterhead(data)

    monkeypatch.setattr("petition.console.letterhead_views.uploads.letterhead", draw)
    assert send(client, picture()).status_code == 303


def test_a_letterhead_is_its_chapters_alone(house: House) -> None:
    send(editor_of(house, "NE"), picture())
    stranger = editor_of(house, "KS")
    for path in (PATH, f"{PATH}.png"):
        assert stranger.get(path).status_code == 404
        assert house.client().get(path).status_code == 303
    token = hidden(stranger.get("/account/"), "/account/name")
    assert stranger.post(PATH, **with_file(token, picture())).status_code == 404
    auditor = signed_in(house, Role.AUDITOR)
    assert auditor.get(f"{PATH}.png").status_code == 200
    assert "Use this picture" not in auditor.get(PATH).text
