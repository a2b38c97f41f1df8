"""What a page weighs, when it can be read, and who may keep it for how long."""

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from fontTools.ttLib import TTFont
from playwright.sync_api import Browser, Page, Route
from sqlalchemy import select

from petition import clock
from petition.config import Config
from petition.paths import FONTS, STATIC
from petition.signatures.models import Signature, Status
from petition.web.assets import asset
from tests import prepared
from tests.browsing import Watched
from tests.ground import SLUG, House, path_of
from tests.prepared import Served

pytestmark = pytest.mark.one_database("sqlite", "a page weighs the same from either database")

LIMIT: Final = 100_000  # bytes on the wire, headers included; for fonts, and for all the rest
FIRST_VISIT: Final = {"serif-latin", "serif-latin-italic", "sans-latin", "typed-latin-400", "typed-capitals-700"}
LATE: Final = 3_000  # milliseconds
MOVED: Final = 0.02  # cumulative layout shift; 0.1 is commonly called good
YEAR, DAY = "public, max-age=31536000, immutable", "max-age=86400, public"
PACKING: Final = {"Accept-Encoding": "gzip, deflate, br, zstd"}
COUNTED: Final = ("/", "/statements/", f"/statements/{SLUG}", f"/statements/{SLUG}/revisions/1")
STEADY: Final = ("/publishers/", "/your-data", "/how-we-count", "/accessibility")
WESTERN: Final = "áéíóúüñÁÉÍÓÚÜÑ¿¡«»àâæçèêëîïôœùûÿÀÂÆÇÈÊËÎÏÔŒÙÛ–—‘’“”…·"
ASCII: Final = "".join(map(chr, range(0x20, 0x7F)))
STAMPED: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ ÁÉÍÓÚÜÑÀÂÆÇÈÊËÎÏÔÙÛ 0123456789.,:;/()+-–—’·"
_FACE: Final = re.compile(r"@font-face \{.*?\}", re.DOTALL)
_FILE: Final = re.compile(r'url\("\.\./(fonts/[^"]+)"\)')
_MOVES: Final = (
    "window.moved = 0; new PerformanceObserver((list) => { for (const entry of list.getEntries())"
    " window.moved += entry.value; }).observe({type: 'layout-shift', buffered: true});"
)


@pytest.fixture
def still(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A house in which it stays half past."""
    moment = clock.now().replace(minute=30, second=30)
    monkeypatch.setattr(clock, "now", lambda: moment)
    return house


# --- Who may keep what ----------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", [*COUNTED, *STEADY, f"/statements/{SLUG}/count.json"])
def test_who_has_a_public_page_already_is_told_so_and_sent_nothing(still: House, path: str, method: str) -> None:
    first = still.client().get(path)
    again = still.client().open(path, method=method, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary"):
        assert again.headers[name] == first.headers[name], name
    assert {"Accept-Language", "Accept-Encoding"} <= set(re.split(", *", first.headers["Vary"]))
    assert "Set-Cookie" not in {*first.headers.keys(), *again.headers.keys()}
    other = still.client().open(path, method=method, headers={"If-None-Match": 'W/"another"'})
    assert (other.status_code, other.headers["ETag"]) == (200, first.headers["ETag"])


def test_a_page_that_has_changed_is_sent_anew(house: House) -> None:
    before = house.client().get("/").headers["ETag"]
    house.signed()
    answer = house.client().get("/", headers={"If-None-Match": before})
    assert answer.status_code == 200
    assert answer.headers["ETag"] != before


def test_the_form_token_of_the_next_minute_makes_a_new_page(house: House) -> None:
    before = house.client().get("/")
    clock.move(timedelta(minutes=1))
    answer = house.client().get("/", headers={"If-None-Match": before.headers["ETag"]})
    assert answer.status_code == 200
    assert answer.text != before.text


def test_a_page_in_another_language_is_another_page(house: House) -> None:
    english, spanish = (house.client().get("/your-data", headers={"Accept-Language": said}) for said in ("en", "es"))
    assert english.headers["ETag"] != spanish.headers["ETag"]


def test_no_count_is_shown_for_more_than_two_seconds(house: House) -> None:
    for path in (*COUNTED, f"/statements/{SLUG}/count.json"):
        kept = house.client().get(path).headers["Cache-Control"]
        assert kept == "public, max-age=1, stale-while-revalidate=1", f"{path}: {kept}"
    for path in STEADY:
        kept = house.client().get(path).headers["Cache-Control"]
        assert re.fullmatch(r"public, max-age=\d+, stale-while-revalidate=\d+", kept), f"{path}: {kept}"


def test_the_file_of_a_text_is_kept_for_good_once_the_text_can_no_longer_be_replaced(house: House) -> None:
    path = f"/statements/{SLUG}/revisions/1.md"
    unsigned = house.client().get(path)
    house.signed()
    signed = house.client().get(path)
    assert unsigned.data == signed.data
    assert unsigned.headers["Cache-Control"] == "public, max-age=60"
    assert signed.headers["Cache-Control"] == YEAR


def test_public_pages_are_packed_for_those_who_can_unpack_them(still: House) -> None:
    for path in (*COUNTED, *STEADY):
        plain, packed = still.client().get(path), still.client().get(path, headers=PACKING)
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert packed.headers["ETag"] == plain.headers["ETag"]
        assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
        refused = still.client().get(path, headers={"Accept-Encoding": "gzip;q=0, br"})
        assert refused.data == plain.data


def test_what_is_one_persons_is_neither_kept_nor_packed_nor_marked(house: House) -> None:
    """A packed length, and a mark of the content, could both tell a stranger what the page says."""
    sent = house.sign()
    house.work()
    confirm = house.mails()[-1].link("/confirm/")
    pages = [house.client().get(path, headers=PACKING) for path in (path_of(sent.location), confirm, "/confirm", "/no")]
    pages.append(house.client().post(f"/statements/{SLUG}/sign", data={"name": "Ada"}, headers=PACKING))
    house.confirm()
    house.work()
    pages.append(house.client().get(house.mails()[-1].link("/signature/"), headers=PACKING))
    assert [page.status_code for page in pages] == [200, 200, 200, 404, 422, 200]
    for page in pages:
        assert page.headers["Cache-Control"] == "no-store"
        assert {"ETag", "Content-Encoding", "Last-Modified"}.isdisjoint(page.headers.keys())


@pytest.mark.parametrize("name", ["css/base.css", "js/form.js", "favicon.svg", "fonts/serif-latin.woff2"])
def test_a_static_file_is_kept_for_good_under_its_version_only(house: House, name: str) -> None:
    client, whole = house.client(), (STATIC / name).read_bytes()
    path, _, version = asset(name).partition("?")
    for query, kept in ((f"?{version}", YEAR), ("", DAY), ("?v=0123456789", DAY)):
        with client.get(path + query) as plain, client.get(path + query, headers=PACKING) as packed:
            assert plain.headers["Cache-Control"] == packed.headers["Cache-Control"] == kept
            assert plain.data == whole
            if name.endswith(".woff2"):
                assert packed.data == whole
            else:
                assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
                assert gzip.decompress(packed.data) == whole
            head = client.head(path + query, headers=PACKING)
            assert (head.data, head.headers["Content-Length"]) == (b"", packed.headers["Content-Length"])
            again = client.get(path + query, headers={"If-None-Match": packed.headers["ETag"]})
            assert (again.status_code, again.data, again.headers["Cache-Control"]) == (304, b"", kept)


# --- What the font files hold ---------------------------------------------------------------------


def faces() -> list[str]:
    return _FACE.findall((STATIC / "css/tokens.css").read_text())


def test_every_font_is_named_by_the_version_of_its_file() -> None:
    named = [found for face in faces() for found in _FILE.findall(face)]
    assert len(named) > 20
    assert [f"/static/{name}" for name in named] == [asset(name.partition("?")[0]) for name in named]


def test_every_face_shows_its_text_before_its_file_is_there() -> None:
    for face in faces():
        assert ("font-display: swap" in face) if "url(" in face else ("size-adjust" in face and "local(" in face)


@pytest.mark.parametrize("name", sorted(FIRST_VISIT))
def test_the_first_files_hold_all_that_english_spanish_and_french_need(name: str) -> None:
    letters = ASCII + WESTERN if "latin" in name else STAMPED
    with TTFont(FONTS / f"{name}.woff2") as font:
        assert {letter for letter in letters if ord(letter) not in font.getBestCmap()} == set()
        axes = {axis.axisTag: (axis.minValue, axis.maxValue) for axis in font["fvar"].axes} if "fvar" in font else {}
    serif, sans = {"wght": (400, 600), "opsz": (20, 60)}, {"wght": (400, 600)}
    assert axes == {"serif-latin": serif, "sans-latin": sans}.get(name, {})


def test_no_cut_bears_the_reserved_name_and_each_keeps_its_licence() -> None:
    for file in [*FONTS.glob("serif-*"), *FONTS.glob("sans-*"), *FONTS.glob("typed-*")]:
        with TTFont(file) as font:
            kept = {record.nameID for record in font["name"].names}
        assert kept.isdisjoint({1, 2, 3, 4, 6, 16, 17, 25}), file.name
        assert 0 in kept, file.name


# --- In a browser with nothing kept ---------------------------------------------------------------


@pytest.fixture(scope="module")
def busy(made_ready: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A served house with 3,000 signatures."""
    config = prepared.with_free_port(prepared.copied(made_ready, tmp_path_factory.mktemp("busy")))
    prepared.command(config, "signatures", "sample", SLUG, "3000")
    with prepared.serving(config) as served:
        yield served


@dataclass
class Visit:
    """A first visit: what came over the wire, by address, with its kind and its size."""

    page: Page
    watched: Watched
    kinds: dict[str, tuple[str, str]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    @classmethod
    def begin(cls, browser: Browser, url: str, width: int = 1280, said: str = "en-US") -> "Visit":
        watched = Watched.open(browser, url, viewport={"width": width, "height": 812}, locale=said)
        visit = cls(watched.page(), watched)
        visit.page.add_init_script(_MOVES)
        wire = watched.context.new_cdp_session(visit.page)
        wire.send("Network.enable")
        wire.on("Network.responseReceived", visit._received)
        wire.on("Network.loadingFinished", visit._finished)
        return visit

    def _received(self, event: dict[str, Any]) -> None:
        self.kinds[event["requestId"]] = (event["type"], event["response"]["url"])

    def _finished(self, event: dict[str, Any]) -> None:
        self.sizes[event["requestId"]] = int(event["encodedDataLength"])

    def arrive(self, url: str) -> None:
        self.page.goto(url)
        self.settle()

    def settle(self) -> None:
        self.page.wait_for_load_state("networkidle")
        self.page.evaluate("document.fonts.ready.then(() => true)")

    def weight(self, *, fonts: bool) -> int:
        return sum(self.sizes[key] for key, (kind, _) in self.kinds.items() if (kind == "Font") is fonts)

    @property
    def fonts(self) -> set[str]:
        """The font files that were fetched, without folder and ending; each once."""
        found = [Path(urlsplit(url).path).stem for kind, url in self.kinds.values() if kind == "Font"]
        assert len(found) == len(set(found))
        return set(found)


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("said", ["en-US", "es-US", "fr-FR"])
def test_a_first_visit_weighs_little(browser: Browser, busy: Served, width: int, said: str) -> None:
    visit = Visit.begin(browser, busy.url, width, said)
    visit.arrive(busy.url)
    assert "3,000" in visit.page.locator(".stamp__figure").first.inner_text()
    assert visit.fonts == FIRST_VISIT
    assert 0 < visit.weight(fonts=True) <= LIMIT
    assert 0 < visit.weight(fonts=False) <= LIMIT
    early = visit.page.locator("link[rel=preload]").evaluate_all("(all) => all.map((one) => one.href)")
    assert {Path(urlsplit(each).path).stem for each in early} <= visit.fonts
    assert (visit.watched.complaints, visit.watched.strangers, visit.watched.context.cookies()) == ([], set(), [])
    visit.watched.context.close()


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("said", ["en-US", "es-US"])
def test_late_fonts_and_scripts_hold_up_nothing_and_move_nothing(
    browser: Browser, busy: Served, width: int, said: str
) -> None:
    visit, held = Visit.begin(browser, busy.url, width, said), list[Route]()
    visit.page.route(re.compile(r"\.(woff2|js)\b"), lambda route: held.append(route))
    visit.page.goto(busy.url, wait_until="commit")
    visit.page.locator("h1").wait_for()
    assert visit.page.locator(".prose").first.is_visible()
    visit.page.wait_for_timeout(LATE)
    assert {Path(urlsplit(route.request.url).path).suffix for route in held} == {".woff2", ".js"}
    # A busy machine may paint later than that, but it paints while fonts and scripts are held.
    visit.page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length === 1")
    assert visit.fonts == set()
    visit.page.unroute_all()  # lets go of what is held
    visit.settle()
    assert visit.fonts == FIRST_VISIT
    visit.page.wait_for_timeout(300)
    assert visit.page.evaluate("window.moved") < MOVED
    visit.watched.context.close()


def test_a_name_in_another_script_fetches_the_letters_of_its_script_only(browser: Browser, busy: Served) -> None:
    house = House.open(busy.config)
    shown = select(Signature).where(Signature.show_name, Signature.status == Status.VERIFIED)
    for name, fetched in (("Łukasz Šimko", {"serif-european"}), ("Тарас Коваль", {"serif-cyrillic"})):
        with house.writing() as session:
            session.scalars(shown.order_by(Signature.number.desc()).limit(1)).one().name = name
        visit = Visit.begin(browser, busy.url)
        visit.page.wait_for_timeout(1_100)  # the page as it was is kept for a second
        visit.arrive(busy.url)
        assert name in visit.page.locator(".names").inner_text()
        assert visit.fonts == FIRST_VISIT | fetched
        if "serif-european" in fetched:  # common among names in the United States, so within the limit too
            assert visit.weight(fonts=True) <= LIMIT
        visit.watched.context.close()
    house.close()
