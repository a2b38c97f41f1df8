"""Files dropped on the page that checks them, in a real browser: hashed there, looked up by hash, sent nowhere."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pikepdf
import pytest
from playwright.sync_api import Browser, Page, Request, expect
from sqlalchemy import update

from petition.config import Config
from petition.packets.models import PacketFile
from tests import prepared
from tests.browsing import Watched
from tests.delivering import issued
from tests.ground import House

#: Drops files of these contents, or a piece of text, as a browser would after a drag.
DROP: Final = """([selector, contents, text]) => {
  const given = new DataTransfer();
  for (const content of contents) {
    given.items.add(new File([Uint8Array.from(content)], "packet.pdf", { type: "application/pdf" }));
  }
  if (text) given.setData("text/plain", text);
  const on = document.querySelector(selector);
  return ["dragenter", "dragover", "drop"].map((name) => {
    const event = new DragEvent(name, { dataTransfer: given, bubbles: true, cancelable: true });
    on.dispatchEvent(event);
    return event.defaultPrevented;
  });
}"""


@pytest.fixture(scope="module")
def packet() -> bytes:
    """A PDF with one page, as real as any."""
    made, whole = pikepdf.new(), BytesIO()
    made.add_blank_page()
    made.save(whole)
    return whole.getvalue()


@pytest.fixture(scope="module")
def site(made_ready: Config, packet: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site that has issued that PDF."""
    config = prepared.with_free_port(prepared.copied(made_ready, tmp_path_factory.mktemp("issuing")))
    house = House.open(config)
    issued(house)
    with house.writing() as session:
        brief = PacketFile.id == house.rows(PacketFile)[0].id
        session.execute(update(PacketFile).where(brief).values(sha256=hashlib.sha256(packet).hexdigest()))
    house.close()
    with prepared.serving(config) as served:
        yield served.url


@dataclass
class Desk:
    """The page at one browser, with everything that it has asked for since it was open."""

    page: Page
    watched: Watched
    sent: list[Request] = field(default_factory=list)

    def note(self, request: Request) -> None:
        """Something was asked for."""
        self.sent.append(request)

    def drop(self, *contents: bytes, on: str = "#drop", text: str = "") -> list[bool]:
        """Whether the page took each of the events upon itself."""
        given: list[bool] = self.page.evaluate(DROP, [on, [list(content) for content in contents], text])
        return given

    def drag(self, path: Path, on: str) -> None:
        """Have the browser itself drag a file of this computer over an element, and let go."""
        box = self.page.locator(on).bounding_box()
        assert box is not None
        data: dict[str, Any] = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
        hand = self.watched.context.new_cdp_session(self.page)
        for step in ("dragEnter", "dragOver", "drop"):
            at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
            hand.send("Input.dispatchDragEvent", {"type": step, **at, "data": data})


@pytest.fixture
def desk(browser: Browser, site: str) -> Iterator[Desk]:
    watched = Watched.open(browser, site, locale="en-US")
    page = watched.page()
    page.goto(f"{site}/verify")
    expect(page.locator("#drop")).to_be_visible()
    desk = Desk(page, watched)
    page.on("request", desk.note)
    yield desk
    assert watched.complaints == []
    assert watched.strangers == set()
    watched.context.close()


def test_a_dropped_pdf_is_known_and_nothing_but_its_hash_has_left_the_browser(
    desk: Desk, packet: bytes, site: str
) -> None:
    sha256 = hashlib.sha256(packet).hexdigest()
    assert desk.drop(packet) == [True, True, True]
    expect(desk.page.locator(".verdict")).to_contain_text("Yes. We issued this file on")
    shown = desk.page.locator("dl.issued dd.hash").first.inner_text()
    assert "".join(shown.split()) == sha256
    first, *others = desk.sent
    assert first.url == f"{site}/verify?sha256={sha256}"
    assert all(each.url.startswith(f"{site}/static/") for each in others)
    assert {(each.method, each.post_data) for each in desk.sent} == {("GET", None)}


def test_a_dropped_pdf_with_one_byte_changed_is_not_ours(desk: Desk, packet: bytes) -> None:
    changed = packet[:-1] + b"!"
    desk.drop(changed)
    expect(desk.page.locator(".verdict")).to_have_text("We have issued no file with this SHA-256.")
    assert "".join(desk.page.locator("p.hash").inner_text().split()) == hashlib.sha256(changed).hexdigest()


def test_two_files_at_once_are_answered_with_one_sentence(desk: Desk, packet: bytes) -> None:
    desk.drop(packet, packet)
    expect(desk.page.locator("#said")).to_have_text("Drop one file at a time: each has a SHA-256 of its own.")
    assert desk.sent == []


def test_text_is_answered_with_one_sentence(desk: Desk) -> None:
    desk.drop(text="packet.pdf")
    expect(desk.page.locator("#said")).to_have_text("That is not a file. Drop one file, not a folder and not text.")
    assert desk.sent == []


def test_a_folder_is_answered_with_the_same(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "packet.pdf").write_bytes(b"%PDF-1.7")
    desk.drag(tmp_path, "#drop")
    expect(desk.page.locator("#said")).to_have_text("That is not a file. Drop one file, not a folder and not text.")
    assert desk.sent == []


def test_a_file_that_the_browser_itself_drops_is_looked_up(desk: Desk, packet: bytes, tmp_path: Path) -> None:
    (tmp_path / "packet.pdf").write_bytes(packet)
    desk.drag(tmp_path / "packet.pdf", "#drop")
    expect(desk.page.locator(".verdict")).to_contain_text("Yes. We issued this file on")


@pytest.mark.parametrize("beside", ["h1", "#sha256", ".masthead"])
def test_a_file_dropped_beside_the_area_does_not_take_the_pages_place(
    desk: Desk, packet: bytes, tmp_path: Path, beside: str
) -> None:
    (tmp_path / "packet.pdf").write_bytes(packet)
    desk.drag(tmp_path / "packet.pdf", beside)
    desk.page.wait_for_timeout(500)
    expect(desk.page.locator("h1")).to_have_text("Is this file ours?")
    assert desk.sent == []
    assert len(desk.watched.context.pages) == 1


def test_nor_does_it_where_the_browser_cannot_hash(browser: Browser, site: str, packet: bytes, tmp_path: Path) -> None:
    watched = Watched.open(browser, site)
    watched.context.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false });")
    page = watched.page()
    page.goto(f"{site}/verify")
    desk = Desk(page, watched)
    (tmp_path / "packet.pdf").write_bytes(packet)
    desk.drag(tmp_path / "packet.pdf", "#drop")
    page.wait_for_timeout(500)
    expect(page.locator("#said")).to_contain_text("Paste the SHA-256 below instead.")
    assert len(watched.context.pages) == 1
    watched.context.close()


def test_text_can_be_dropped_into_the_field_for_the_hash(desk: Desk) -> None:
    assert desk.drop(on="#sha256", text="ab" * 32) == [False, False, False]
