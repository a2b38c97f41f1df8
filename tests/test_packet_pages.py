"""The packet's pages: the roster's grid, what each page says, and that every name is drawn and can be found."""

import hashlib
import io
import os
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pikepdf
import pytest
from babel.support import Translations
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from petition import markdown
from petition.ledger.rates import rate_text
from petition.packets.contents import Addressee, PacketContents, RosterEntry, RosterGroup, SignedText
from petition.packets.counts import Counts, Removed, StateCount, WeekCount
from petition.packets.figures import in_columns, qr_code, tile_map
from petition.packets.options import Options, Roster
from petition.packets.rendering import compose, render
from petition.packets.title import on_cover
from petition.paths import STATEMENTS, TRANSLATIONS
from petition.pdf.grid import CLOSED_TO_HEADINGS, SLOTS, Heading, Row, paginate
from petition.text.places import in_list_order

PRIVATE_USE = "\U000f0000"
DAY = date(2019, 9, 11)

# One name of every script the packet promises, each with a place of the same script where there is one.
NAMES = (
    ("Zoë García-Whitfield", "Łódź, Poland"),
    ("Þórunn Ásgeirsdóttir", "Akureyri, Iceland"),
    ("Oluwaseun Adéyẹmí", "Ibadan, Nigeria"),
    ("Thị Hương Phạm", "Huế, Vietnam"),
    ("Тарас Коваль", "Львів, Ukraine"),
    ("Βασιλική Λάμπρου", "Πάτρα, Greece"),
    ("渡辺 さくら", "京都, Japan"),
    ("カタカナ ナマエ", "Osaka, Japan"),
    ("陳怡君", "臺南, Taiwan"),
    ("김민서", "대구, Korea"),
)
# Text tools change these: the direction of a line is marked by signs of its own, or parts of a syllable move.
RIGHT_TO_LEFT = (("נועה ברק", "Haifa, Israel"), ("ليلى حداد", "Amman, Jordan"))
REORDERED = (("अनन्या शर्मा", "Pune, India"), ("สมชาย ใจดี", "Chiang Mai, Thailand"))
FACES = (
    "Packet-Serif",
    "Noto-Serif-CJK",
    "Noto-Naskh-Arabic",
    "Noto-Serif-Hebrew",
    "Noto-Serif-Devanagari",
    "Noto-Serif-Thai",
)


def require(tool: str) -> None:
    """Skip, saying why, where a tool is missing; in CI nothing is skipped."""
    if shutil.which(tool) is None:
        _miss(f"{tool} is not installed (sudo apt install poppler-utils fontconfig)")


def require_fonts(*families: str) -> None:
    """Skip, saying why, where a font is missing; in CI nothing is skipped."""
    require("fc-list")
    installed = subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True, check=True).stdout
    missing = [family for family in families if family not in installed]
    if missing:
        _miss(f"fonts missing: {missing} (sudo apt install fonts-noto-core fonts-noto-cjk)")


def _miss(message: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def entry(number: int, name: str = "Ada Sample-Okafor", place: str = "Omaha", days: int = 0) -> RosterEntry:
    return RosterEntry(number, name, place, DAY + timedelta(days=days))


def group(entries: Sequence[RosterEntry], code: str = "NE", name: str = "Nebraska") -> RosterGroup:
    return RosterGroup(code, name, tuple(entries))


def signed(html: str = "<p>We ask for <em>ebooks</em>.</p>", number: int = 1, verified: int = 0) -> SignedText:
    return SignedText(number, "en", digest(html + str(number)), html, verified, DAY)


def contents(*roster: RosterGroup, sample: bool = True, texts: tuple[SignedText, ...] = ()) -> PacketContents:
    of = {one.code: len(one.entries) for one in roster}
    verified = sum(of.values())
    return PacketContents(
        call_number=("PET", "US", "2019", "r.2"),
        copy=3,
        sample=sample,
        title="A new ebook should reach the library on the day it is published",
        ask="To Macmillan Publishers: drop the embargo.",
        kind_words="A petition",
        addressee=Addressee("Macmillan Publishers", ("120 Broadway", "New York, NY 10271")),
        issuer="The issuing association (sample)",
        date=date(2019, 10, 14),
        texts=texts or (signed(verified=verified),),
        count=Counts(
            verified=verified,
            mailboxes=verified,
            entered=verified + 4,
            withdrawn=3,
            invalidated=2,
            restored=1,
            never_confirmed=79,
            held=6,
            waiting=5,
            removed=(Removed("Same person twice", 1),),
            as_of=datetime(2019, 10, 14, 20, 0, tzinfo=UTC),
        ),
        by_state=tuple(
            StateCount(place.code, place.name, of.get(place.code, 0), place.population, place.column, place.row)
            for place in in_list_order()
        ),
        ledger_size=verified + 10,
        ledger_root_hex=digest("root"),
        notice_text="Your name, town and state go to Macmillan Publishers in the delivered list.",
        notice_sha256=digest("notice"),
        verify_url="https://petition.example/statements/ebooksforall",
        roster=roster,
    )


def text_of(path: Path, *options: str) -> str:
    require("pdftotext")
    command = ["pdftotext", "-raw", *options, str(path), "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def page_texts(path: Path) -> list[str]:
    return text_of(path).split("\f")[:-1]


class Box(NamedTuple):
    """A word or a line on a page: where it stands, in points from the left and the top."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def meets(self, other: "Box") -> bool:
        """Whether letters of both stand in one place; faces keep more room free than their letters take."""
        deep = min(self.bottom, other.bottom) - max(self.top, other.top)
        wide = min(self.right, other.right) - max(self.left, other.left)
        return wide > 0 and deep > min(self.height, other.height) / 4


def boxes_of(path: Path, page: int, of: str) -> list[Box]:
    """Each word, or each line, of a page in the order of the file."""
    require("pdftotext")
    command = ["pdftotext", "-bbox-layout", "-f", str(page), "-l", str(page), str(path), "-"]
    told = ElementTree.fromstring(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    boxes = []
    for found in told.iter(f"{{http://www.w3.org/1999/xhtml}}{of}"):
        edges = (float(found.attrib[edge]) for edge in ("xMin", "yMin", "xMax", "yMax"))
        boxes.append(Box(" ".join("".join(found.itertext()).split()), *edges))
    return boxes


def index_of(boxes: Sequence[Box], text: str) -> int:
    """Where the first of this text stands among them."""
    return next(at for at, one in enumerate(boxes) if one.text == text)


def flowing(text: str) -> str:
    """The text without line breaks, as a reader takes it in."""
    return re.sub(r"\s+", " ", text)


# The grid


def slots_of(item: Heading | Row) -> range:
    return range(item.slot, item.slot + 2) if isinstance(item, Heading) else range(item.slot, item.last_slot + 1)


names = st.text(alphabet=st.sampled_from("abcdefgh WMœ渡ש-"), min_size=1, max_size=120).filter(str.strip)
rosters = st.lists(st.lists(st.tuples(names, names), min_size=0, max_size=70), min_size=0, max_size=6)


@given(rosters)
def test_every_entry_stands_once_whole_and_in_order_on_the_grid(sizes: list[list[tuple[str, str]]]) -> None:
    number = 0
    groups = []
    for index, members in enumerate(sizes):
        entries = []
        for name, place in members:
            number += 1
            entries.append(entry(number, name, place))
        groups.append(group(entries, f"S{index}", f"State {index}"))
    pages = list(paginate(groups))
    placed: list[Row] = []
    for page in pages:
        on_page = []
        for column in page.columns:
            after = 0
            for item in column:
                slots = slots_of(item)
                assert after <= slots.start
                assert slots.stop <= SLOTS
                after = slots.stop
                if isinstance(item, Heading):
                    assert item.slot < SLOTS - CLOSED_TO_HEADINGS
                    assert item is not column[-1]
                else:
                    on_page.append(item)
        assert page.first.number == on_page[0].number
        assert page.last.number == on_page[-1].number
        placed += on_page
    wanted = [one for one_group in groups for one in one_group.entries]
    assert [row.number for row in placed] == [one.number for one in wanted]
    for row, one in zip(placed, wanted, strict=True):
        assert "".join(line.text for line in row.names) == one.name
        assert "".join(line.text for line in row.places) == one.place


def test_a_page_takes_sixty_short_entries_to_a_column_and_keeps_air_above_a_heading() -> None:
    pages = list(paginate([group([entry(n) for n in range(1, 49)]), group([entry(99)], "NV", "Nevada")]))
    (left, right) = pages[0].columns
    assert [item.slot for item in left[:3]] == [0, 2, 3]
    assert left[-2:] == (
        Heading(51, "NV", "Nevada", 1),
        left[-1],
    )
    assert left[-1].slot == 53
    assert right == ()
    later = list(paginate([group([entry(n) for n in range(1, 50)]), group([entry(99)], "NV", "Nevada")]))
    assert later[0].columns[1][0] == Heading(0, "NV", "Nevada", 1)


def test_a_name_is_set_beside_its_place_then_condensed_then_given_a_slot_of_its_own() -> None:
    by_length = {}
    for letters in range(10, 120):
        row = next(paginate([group([entry(1, "n" * letters, "Omaha")])])).columns[0][1]
        assert isinstance(row, Row)
        by_length[letters] = (len(row.names), row.names[0].condensed, row.last_slot - row.slot + 1)
    assert list(dict.fromkeys(by_length.values())) == [
        (1, False, 1),
        (1, True, 1),
        (1, False, 2),
        (1, True, 2),
        (2, True, 2),
        (2, True, 3),
        (3, True, 3),
        (3, True, 4),
    ]


def test_a_place_in_a_script_without_italics_stands_upright() -> None:
    page = next(paginate([group([entry(1, place="Brno"), entry(2, place="京都"), entry(3, place="Львів")])]))
    assert [item.upright for item in page.columns[0] if isinstance(item, Row)] == [False, True, False]


# The figures


def test_the_map_has_no_classes_without_signatures_and_one_for_one_state() -> None:
    none = tile_map(contents().by_state)
    assert none.key == ()
    assert {tile.fill for tile in none.tiles} == {None}
    assert len(none.tiles) == 51
    one = tile_map(contents(group([entry(1)])).by_state)
    assert len(one.key) == 1
    assert [tile.code for tile in one.tiles if tile.fill] == ["NE"]


@given(st.lists(st.integers(min_value=0, max_value=50_000), min_size=51, max_size=51))
def test_the_classes_of_the_map_do_not_overlap_and_hold_every_rate(verified: list[int]) -> None:
    states = [
        StateCount(place.code, place.name, count, place.population, place.column, place.row)
        for place, count in zip((p for p in in_list_order() if p.on_map), verified, strict=True)
    ]
    drawn = tile_map(states)
    assert len(drawn.key) <= 5
    assert len({step.fill for step in drawn.key}) == len(drawn.key)
    edges = [edge for step in drawn.key for edge in (step.lowest, step.highest)]
    assert edges == sorted(edges)
    assert all(above > below for below, above in zip(edges[1::2], edges[2::2], strict=False))
    for tile in drawn.tiles:
        assert (tile.fill is None) == (tile.rate == 0)
        assert tile.fill is None or tile.fill in {step.fill for step in drawn.key}


@pytest.mark.parametrize(
    ("rate", "decimals", "text"),
    [(None, 1, ""), (0.0, 1, "0"), (0.003, 2, "<0.01"), (0.3, 0, "<1"), (49.16, 0, "49"), (49.16, 1, "49.2")],
)
def test_a_rate_is_never_printed_as_nothing_when_it_is_something(rate: float | None, decimals: int, text: str) -> None:
    assert rate_text(rate, decimals) == text


def test_the_table_by_state_loses_no_row() -> None:
    states = contents().by_state
    columns = in_columns(states)
    assert [state for column in columns for state in column] == list(states)
    assert len(columns) == 3
    assert in_columns(()) == []


def test_the_code_is_square_and_has_its_finders() -> None:
    code = qr_code("https://petition.example/statements/ebooksforall")
    assert code.size >= 21
    assert code.path.startswith("M0 0h7v1h-7z")


def test_counts_that_do_not_add_up_are_no_counts() -> None:
    count = contents().count
    with pytest.raises(ValueError, match="add up"):
        replace(count, entered=count.entered + 1)
    with pytest.raises(ValueError, match="time zone"):
        replace(count, as_of=datetime(2019, 10, 14))  # noqa: DTZ001
    with pytest.raises(ValueError, match="more signatures are removed"):
        replace(count, removed=(Removed("Same person twice", count.out + 1),))


# The pages


@pytest.fixture(scope="module")
def every_script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    require_fonts(
        "Noto Serif CJK JP",
        "Noto Naskh Arabic",
        "Noto Serif Hebrew",
        "Noto Serif Devanagari",
        "Noto Serif Thai",
    )
    out = tmp_path_factory.mktemp("packet") / "scripts.pdf"
    everyone = (*NAMES, *RIGHT_TO_LEFT, *REORDERED)
    abroad = group(
        [entry(100 + n, name, place) for n, (name, place) in enumerate(everyone)],
        "ZZ",
        "Outside the United States",
    )
    report = render(contents(group([entry(n) for n in range(1, 80)]), abroad), out)
    assert report.uncovered == ()
    assert report.warnings == ()
    return out


def test_every_script_is_drawn_in_its_face(every_script: Path) -> None:
    require("pdffonts")
    fonts = subprocess.run(["pdffonts", str(every_script)], capture_output=True, text=True, check=True).stdout
    for face in FACES:
        assert face in fonts, fonts


def test_every_entry_is_one_line_of_text(every_script: Path) -> None:
    lines = text_of(every_script).splitlines()
    for number in range(1, 80):
        assert f"{number} Ada Sample-Okafor Omaha 9-11" in lines
    for position, (name, place) in enumerate(NAMES):
        assert f"{100 + position} {name} {place} 9-11" in lines


def test_names_written_from_right_to_left_are_found_letter_by_letter(every_script: Path) -> None:
    text = unicodedata.normalize("NFKC", text_of(every_script))
    marks = "\u202a\u202b\u202c\u200e\u200f"
    text = text.translate(dict.fromkeys(map(ord, marks)))
    for name, place in RIGHT_TO_LEFT:
        line = next(line for line in text.splitlines() if place in line)
        assert set(name.split()) <= set(line.split())


def test_names_whose_syllables_are_reordered_have_their_lines(every_script: Path) -> None:
    lines = text_of(every_script).splitlines()
    for position, (name, place) in enumerate(REORDERED):
        number = 100 + len(NAMES) + len(RIGHT_TO_LEFT) + position
        line = next(line for line in lines if line.startswith(f"{number} ") and line.endswith(f"{place} 9-11"))
        assert set(name) & set(line) >= {letter for letter in name if unicodedata.category(letter) == "Lo"}


def test_has_title_language_outline_and_page_numbers(every_script: Path) -> None:
    with pikepdf.open(every_script) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Packet PET US 2019 r.2, copy 3 (SAMPLE)"
        assert str(pdf.Root["/Lang"]) == "en"
        assert len(pdf.pages) == 6
        with pdf.open_outline() as outline:
            titles = {item.title: [child.title for child in item.children] for item in outline.root}
    assert titles == {
        "The letter": [],
        "Method and counts": [],
        "Where the count comes from": [],
        "The roster, by state": ["Nebraska", "Outside the United States"],
        "The record, and what it shows": [],
    }
    for number, text in enumerate(page_texts(every_script), start=1):
        assert f"Page {number} of 6" in text
        assert "SAMPLE" in text


def test_says_its_counts_and_what_it_does_not_prove(every_script: Path) -> None:
    cover, letter, counts, _, roster, record = map(flowing, page_texts(every_script))
    assert "93 signatures from 93 confirmed mailboxes." in cover
    assert "From the 50 states and the District of Columbia: 79. From abroad: 14." in cover
    assert "OCT 14 2019 4:00 PM ET" in cover
    assert "We ask for ebooks." in letter
    assert "revision 1, English" in letter
    assert digest("root")[:8] in letter
    for line in ("Confirmed and entered 97", "− 3", "− 2", "+ 1", "Verified 93", "Never confirmed, not counted 79"):
        assert line in counts
    assert "Entered and not counted now 4 Withdrawn by signatory 3 Same person twice 1 Confirmed mailboxes 93" in counts
    assert "Nebraska 79 1,962 4.0" in counts
    assert "Nebraska 1 – Outside the United States 113" in roster
    assert "This packet carries no cryptographic seal yet." in record
    assert "SEALED" not in record
    assert "103 ENTRIES" in record
    for value in (digest("root"), digest("notice"), signed().sha256):
        assert value[:8] in record
        assert value[-8:] in record


def test_a_real_packet_says_sample_nowhere(tmp_path: Path) -> None:
    out = tmp_path / "packet.pdf"
    packet = replace(contents(group([entry(1, "Ada Okafor")]), sample=False), issuer="The issuing association")
    assert render(packet, out).warnings == ()
    assert "SAMPLE" not in text_of(out).upper()


def test_nobody_has_signed_yet(tmp_path: Path) -> None:
    out = tmp_path / "packet.pdf"
    steps = []
    report = render(contents(), out, lambda progress: steps.append(progress.step))
    assert report.pages == 6
    assert steps[-1] == "write"
    cover, _, counts, _, roster, _ = page_texts(out)
    assert "0 signatures from 0 confirmed mailboxes." in flowing(cover)
    assert "Nebraska 0 1,962 0" in flowing(counts)
    assert "the roster is empty" in flowing(roster)


def test_one_person_has_signed(tmp_path: Path) -> None:
    out = tmp_path / "packet.pdf"
    assert render(contents(group([entry(7)])), out).pages == 6
    cover, letter, counts, sources, roster, _ = map(flowing, page_texts(out))
    assert "1 signature from 1 confirmed mailbox." in cover
    assert "with 1 verified signature" in letter
    assert "1 signature, confirmed by an answered e-mail, stood under" in sources
    assert "from Sep 11, 2019 to Sep 11, 2019" in counts
    assert "Nebraska 1 1,962 0.05" in counts
    assert "7 Ada Sample-Okafor Omaha 9-11" in roster


def test_a_long_letter_flows_over_pages_and_is_bound_on_its_last(tmp_path: Path) -> None:
    out = tmp_path / "packet.pdf"
    paragraphs = [f"Paragraph {n} asks for the same thing once more, at some length. " * 3 for n in range(40)]
    text = signed("".join(f"<p>{paragraph}</p>" for paragraph in paragraphs))
    render(contents(texts=(text,)), out)
    pages = [flowing(page) for page in page_texts(out)]
    bound = [number for number, page in enumerate(pages) if text.sha256[:8] in page]
    assert len(pages) > 6
    assert bound == [len(pages) - 5, len(pages) - 1]
    whole = " ".join(pages)
    assert all(f"Paragraph {number} asks" in whole for number in range(40))


def test_the_letter_of_the_campaign_is_one_page_in_the_language_that_takes_the_most_room(tmp_path: Path) -> None:
    spanish = (STATEMENTS / "ebooksforall" / "petition.es.md").read_text(encoding="utf-8").split("+++\n", 2)[2]
    texts = (signed(str(markdown.html(spanish)), 2, 102_807), signed("<p>The older text.</p>", 1, 611))
    out = tmp_path / "packet.pdf"
    render(contents(group([entry(1)]), texts=texts), out)
    _, letter, older, *_ = map(flowing, page_texts(out))
    assert "A Macmillan Publishers" in letter
    assert "with 1 verified signature" in letter
    assert "SHA-256" in letter
    assert "The older text." in older


def test_the_counts_are_one_page_with_every_reason_in_the_language_that_takes_the_most_room(tmp_path: Path) -> None:
    spanish = Translations.load(TRANSLATIONS, ["es"])
    reasons = ("Held until somebody has looked", "Same person twice", "Not a real name", "Made by a machine",
               "In another’s name", "Another reason")  # fmt: skip
    removed = tuple(Removed(spanish.gettext(reason), number) for number, reason in enumerate(reasons, 1))
    packet = contents(group([entry(1)]))
    count = replace(packet.count, entered=27, withdrawn=6, invalidated=23, restored=3, held=0, removed=removed)
    notice = (STATEMENTS / "ebooksforall" / "notice.es.md").read_text(encoding="utf-8").split("+++\n", 2)[2]
    out = tmp_path / "packet.pdf"
    render(replace(packet, count=count, notice_text=notice.strip()), out, None, "es", spanish)
    _, _, counts, _, roster, _ = map(flowing, page_texts(out))
    assert "Inscritas que ahora no cuentan 26 Retiradas por quien firmó 5" in counts
    for one in removed:
        assert f"{one.reason} {one.number}" in counts
    assert "Wyoming" in counts
    assert "Ada Sample-Okafor" in roster


def test_every_text_that_was_signed_is_in_the_packet(tmp_path: Path) -> None:
    out = tmp_path / "packet.pdf"
    texts = (signed("<p>The newer text.</p>", 2, 1), signed("<p>The older text.</p>", 1, 1))
    render(contents(group([entry(1), entry(2)]), texts=texts), out)
    _, first, second, *_, record = map(flowing, page_texts(out))
    assert "The newer text." in first
    assert "1 signature stands under it. The other text that was signed follows." in first
    assert "The older text." in second
    assert "Revision 1, English, published September 11, 2019" in second
    assert all(text.sha256[:8] in record for text in texts)


def test_a_name_without_a_font_is_spelled_out_and_reported(tmp_path: Path) -> None:
    out = tmp_path / "packet.pdf"
    report = render(contents(group([entry(1, f"Ada {PRIVATE_USE}", f"{PRIVATE_USE}ville")])), out)
    assert [(one.code_point, one.times) for one in report.uncovered] == [("U+F0000", 2)]
    assert "1 Ada [U+F0000] [U+F0000]ville 9-11" in text_of(out).splitlines()


def test_a_name_of_any_length_is_whole_and_in_one_piece(tmp_path: Path) -> None:
    out = tmp_path / "packet.pdf"
    long_names = ["Maximiliana Featherstonehaugh", "Wolfe" * 12, "Ana María de los Ángeles " * 6 + "Villavicencio"]
    place = "San Miguel de Allende, Mexico"
    render(contents(group([entry(n, name, place) for n, name in enumerate(long_names, 1)])), out)
    text = flowing(text_of(out))
    assert f"1 {long_names[0]} {place} 9-11" in text
    assert f"3 {long_names[2]} {place} 9-11" in text
    assert long_names[1] in text.replace(" ", "")


def test_nothing_in_a_packet_can_become_markup(tmp_path: Path) -> None:
    out = tmp_path / "packet.pdf"
    hostile = '</style><img src="http://127.0.0.1:9/x">\\"; } @import url(http://127.0.0.1:9/)'
    packet = contents(group([entry(1, "<b>Ada</b> & Co", "<i>Omaha")], name='"><script>'))
    packet = replace(packet, ask=hostile, title=hostile, issuer=hostile, notice_text=hostile, call_number=(hostile,))
    assert render(packet, out).uncovered == ()
    assert "1 <b>Ada</b> & Co <i>Omaha 9-11" in text_of(out).splitlines()


def test_the_same_contents_make_the_same_document_and_the_same_file(tmp_path: Path) -> None:
    packet = contents(group([entry(n) for n in range(1, 5)]))
    assert compose(packet, tmp_path) == compose(packet, tmp_path)
    first, second = tmp_path / "first.pdf", tmp_path / "second.pdf"
    render(packet, first)
    render(packet, second)
    assert first.read_bytes() == second.read_bytes()


def test_a_title_of_any_length_has_its_words_apart(tmp_path: Path) -> None:
    for letters in (91, 160, 300):
        title = ("On the lending of new electronic books by public libraries, a letter. " * 5)[:letters].strip()
        out = tmp_path / f"{letters}.pdf"
        render(replace(contents(group([entry(1)])), title=title), out)
        assert title in flowing(page_texts(out)[0])


def test_the_cover_is_as_airy_and_its_title_as_large_as_what_stands_below_leaves_room_for() -> None:
    title, to, said = "A new ebook should reach the library on the day it is published", "A petition to Sample", "Of 5."
    ordinary = on_cover(title, to, [said], 5)
    assert (ordinary.air, ordinary.size) == ("", "")
    assert " ".join(ordinary.lines) == title
    long = on_cover(title * 2, to, [said], 5)
    assert (long.air, long.size) == ("", "lesser")
    more = on_cover(title, to, [said * 30, said * 30], 8)
    assert (more.air, more.size) == ("close", "")
    most = on_cover(title * 4, to * 4, [said * 40, said * 40], 10)
    assert (most.air, most.size) == ("tight", "smallest")


def test_the_heads_of_a_table_are_of_one_size_and_stand_above_what_they_name(tmp_path: Path) -> None:
    out = tmp_path / "packet.pdf"
    weeks = tuple(WeekCount(DAY + timedelta(weeks=at), 1, at + 1) for at in range(9))
    packet = replace(contents(group([entry(1)])), options=Options(Roster.WHOLE), growth=weeks)
    render(packet, out)
    index = boxes_of(out, 5, "word")
    volume, contents_head, entries = (index[index_of(index, word)] for word in ("Vol.", "Contents", "Entries"))
    assert volume.height == pytest.approx(contents_head.height) == pytest.approx(entries.height)
    row = next(one for one in index if one.text == "The" and one.top > volume.top)
    assert row.left == pytest.approx(contents_head.left, abs=0.5)
    growth = boxes_of(out, 4, "word")
    week = growth[index_of(growth, "Week")]
    heads = [one for one in growth if abs(one.bottom - week.bottom) < 2]
    assert {one.text for one in heads} == {"Week", "of", "Growth", "Verified"}
    assert len({round(one.height, 2) for one in heads}) == 1
    # Beside a table of one column nothing is drawn, nor is the rule above it.
    require("pdftoppm")
    command = ["pdftoppm", "-r", "72", "-gray", "-f", "5", "-l", "5", str(out)]
    with Image.open(io.BytesIO(subprocess.run(command, capture_output=True, check=True).stdout)) as page:
        beside = page.crop((310, round(volume.top) - 12, 560, round(volume.top) + 40))
        across = page.crop((54, round(volume.top) - 12, 290, round(volume.top)))
    assert beside.getextrema() == (255, 255)
    assert across.getextrema()[0] < 128


def test_a_thousand_rows_are_printed_in_seconds(tmp_path: Path) -> None:
    rows = [entry(n, f"Ada Sample {n}", "Grand Island", n % 30) for n in range(1, 1001)]
    report = render(contents(group(rows)), tmp_path / "packet.pdf")
    assert report.pages == 6 + 1000 // 120
    assert report.cpu_seconds < 30
