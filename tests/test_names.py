"""Names, cities, affiliations and comments: what is kept, what passes, what is refused and why."""

import re
import string
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from petition.text import names
from petition.text.faults import Fault, TextRefusal
from petition.text.names import (
    LONGEST_NORMALISED,
    clean,
    clean_lines,
    refuse_affiliation,
    refuse_city,
    refuse_comment,
    refuse_country,
    refuse_name,
)

# fmt: off
REAL_NAMES = [
    "Ada Sample-Okafor", "Björk", "E", "Ng", "J.R.R. Tolkien", "Jean St. John", "Sean O'Neil Jr.",
    "John Sample, Jr.", "Ada Sample III", "Ada 3rd", "X Æ A-12", "O'Brien", "O’Brien",
    "O‘Brien", "OʼBrien", "O`Brien", "O´Brien", "O′Brien", "O＇Brien", "N'Golo Kanté",
    "María José Carreño Quiñones", "Mª José", "Ramon Llull i Gal·la", "Łukasz Żółć",
    "Þorgerður Ólafsdóttir", "Søren Aabye Kierkegaard", "Dvořák, Antonín", "Ștefan Țurcanu",
    "İbrahim Iğdır", "Jean-Baptiste de La Salle", "Anne-Marie Smith-Jones", "Keliʻihoʻomalu",
    "Nguyễn Thị Hường", "Trần Đại Nghĩa",
    "Nguye\u0302\u0303n",  # decomposed
    "Ọláyínká Ṣóyinká", "ǃXóõ ǂKhomani", "Tohono Oʼodham", "Ἀριστοτέλης", "Γιώργος Σεφέρης",
    "Анна Ахматова", "Леся Українка", "Հովհաննես Թումանյան", "შოთა რუსთაველი", "שרה כהן",
    "שָׂרָה בַּת־אַשֵּׁר",  # pointed
    "فاطمة بنت يوسف", "مُحَمَّد",
    "علی‌رضا حسینی",  # Persian with ZWNJ
    "محمود ۲", "अमित कुमार",
    "क्‍षत्रिय",  # Devanagari with ZWJ
    "শর্মিষ্ঠা র‍্যাচেল",  # Bengali with ZWJ before the virama
    "മോഹന്‍ ലാല്‍",  # Malayalam, older spelling: ZWJ ends the word
    "ශ්‍රී ලාල්",  # Sinhala with ZWJ
    "சுப்பிரமணியன்", "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ",
    "ณัฐวุฒิ เปี่ยมปิ่น",  # Thai, stacked marks
    "ນາງ ແກ້ວ", "ကျော်စွာ", "សុខ សុភា", "བསྟན་འཛིན་རྒྱ་མཚོ", "ᠪᠣᠯᠣᠳ", "김철수",
    "\u1100\u1175\u11b7\u110e\u1165\u11af",  # Korean in conjoining jamo
    "山田 太郎",
    "山田　太郎",  # ideographic space
    "佐々木ゆうこ", "スティーヴン・キング",
    "葛󠄀城",  # with an ideographic variation selector
    "王小明", "列奥纳多·达·芬奇",
    "𠮷野家",  # Extension B
    "𪚥", "አበበ በቂላ", "ᏍᏏᏉᏯ", "ᐃᓄᒃ", "ⵜⵉⴼⵉⵏⴰⵖ", "𞤀𞤣𞤤𞤢𞤥",
]
# fmt: on

HOSTILE_NAMES = [
    ("", Fault.EMPTY),
    ("   \t\r\n", Fault.EMPTY),
    ("\u3000\u00a0\u2003", Fault.EMPTY),
    ("a" * 121, Fault.TOO_LONG),
    ("a" * 100_000, Fault.TOO_LONG),
    ("a" + "\u0315\u0300" * 50_000, Fault.TOO_LONG),
    ("Ada\x00Okafor", Fault.CONTROL),
    ("Ada\x1bOkafor", Fault.CONTROL),
    ("Ada\x7f", Fault.CONTROL),
    ("Ada\x9d", Fault.CONTROL),
    ("Ada\x1cOkafor", Fault.CONTROL),
    ("Ada \u202erofakO", Fault.BIDI),
    ("\u202aAda", Fault.BIDI),
    ("Ada\u2066Okafor\u2069", Fault.BIDI),
    ("Ada\u200f", Fault.BIDI),
    ("Ada\u200e", Fault.BIDI),
    ("Ada\u061c", Fault.BIDI),
    ("Ada \ue000", Fault.UNASSIGNED),
    ("Ada \U000f0000", Fault.UNASSIGNED),
    ("Ada \ufdd0", Fault.UNASSIGNED),
    ("Ada \u0378", Fault.UNASSIGNED),
    ("Ada \ud800", Fault.UNASSIGNED),
    ("Z\u0335\u0321\u0315\u0316\u0300\u0301a", Fault.MARKS),
    ("नाम" + "\u0947" * 5, Fault.MARKS),
    ("\u0301Ada", Fault.MARKS),
    ("Ada \u0301Okafor", Fault.MARKS),
    ("क" + "\u0941\u0941\u0941\u200d\u0941\u0941", Fault.MARKS),  # a joiner does not start the count anew
    ("=1+1", Fault.FORMULA),
    ("+1 202 555 0100", Fault.FORMULA),
    ("-Ada", Fault.FORMULA),
    ("@ada", Fault.FORMULA),
    ("\t=cmd|' /C calc'!A0", Fault.FORMULA),
    ("\r@SUM(A1)", Fault.FORMULA),
    (" \u00a0=1+1", Fault.FORMULA),
    ("＝1+1", Fault.FORMULA),
    ("＋1", Fault.FORMULA),
    ("－1", Fault.FORMULA),
    ("＠SUM", Fault.FORMULA),
    ("﹣2", Fault.FORMULA),
    ("﹢2", Fault.FORMULA),
    ("−2", Fault.FORMULA),
    ("https://example.com", Fault.LINK),
    ("Ada http://evil", Fault.LINK),
    ("HTTPS://EVIL", Fault.LINK),
    ("Ada www.example", Fault.LINK),
    ("ｗｗｗ．example．com", Fault.LINK),
    ("Cheap pills example.com/buy", Fault.LINK),
    ("example.com", Fault.LINK),
    ("пример.com", Fault.LINK),
    ("example。com", Fault.LINK),
    ("bit.ly/3xYz", Fault.LINK),
    ("shop.example.co.uk", Fault.LINK),
    ("ada@example.org", Fault.LINK),
    ("mailto:ada", Fault.LINK),
    ("Ada 😀", Fault.SYMBOL),
    ("👩‍💻", Fault.SYMBOL),
    ("Ada ❤️", Fault.SYMBOL),
    ("Ada 🇺🇸", Fault.SYMBOL),
    ("Ada 1️⃣", Fault.SYMBOL),
    ("Ada ★ Okafor", Fault.SYMBOL),
    ("A$AP", Fault.SYMBOL),
    ("Ada™", Fault.SYMBOL),
    ("Ada <b>", Fault.SYMBOL),
    ("Ada | Okafor", Fault.SYMBOL),
    ("Ada^2", Fault.SYMBOL),
    ("Ada\u200bOkafor", Fault.INVISIBLE),
    ("\ufeffAda", Fault.INVISIBLE),
    ("Ada\u00adOkafor", Fault.INVISIBLE),
    ("Ada\u2060", Fault.INVISIBLE),
    ("Ada\u200dOkafor", Fault.INVISIBLE),
    ("Ada\u200c", Fault.INVISIBLE),
    ("\u200dमोहन", Fault.INVISIBLE),
    ("अ\u200d\u200dम", Fault.INVISIBLE),
    ("अमित\u200d", Fault.INVISIBLE),  # no vowel killer before it
    ("علی\u200cAda", Fault.INVISIBLE),
    ("Ada\U000e0041", Fault.INVISIBLE),
    ("\u3164", Fault.INVISIBLE),
    ("\u115f\u1160", Fault.INVISIBLE),
    ("12345", Fault.NO_LETTER),
    ("٣٤٥", Fault.NO_LETTER),
    ("...", Fault.NO_LETTER),
    ("’’", Fault.NO_LETTER),
    ("ʻ", Fault.NO_LETTER),
]

anything = st.text(st.characters(exclude_categories=()), max_size=200) | st.text(max_size=60)


@pytest.mark.parametrize("name", REAL_NAMES)
def test_a_real_name_passes(name: str) -> None:
    assert refuse_name(name) is None
    assert refuse_name(clean(name)) is None


@pytest.mark.parametrize(("name", "fault"), HOSTILE_NAMES)
def test_a_hostile_name_is_refused_with_its_reason(name: str, fault: Fault) -> None:
    refused = refuse_name(name)
    assert refused is not None
    assert refused.fault is fault


@pytest.mark.parametrize(
    "city",
    [
        "St. John's",
        "Winston-Salem",
        "Coeur d’Alene",
        "Washington, D.C.",
        "29 Palms",
        "Kahoʻolawe",
        "Truth or Consequences",
        "Cañon City",
        "Utqiaġvik",
        "E",
        "東京",
        "القاهرة",
    ],
)
def test_a_real_city_passes(city: str) -> None:
    assert refuse_city(city) is None


@pytest.mark.parametrize(
    "affiliation",
    [
        "",
        "  ",
        "Smith & Sons, Ltd.",
        "Friends of the Library (est. 1923)",
        "A+ Books",
        "Library™ of Things",
        "Branch #12",
        "Department of English/History",
        "Bibliothèque nationale de France",
    ],
)
def test_a_real_affiliation_passes_and_may_be_empty(affiliation: str) -> None:
    assert refuse_affiliation(affiliation) is None


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "- first\n- second",
        "I drive 40 miles = 64 km to the branch. Costs > $10!",
        "Love it ❤️ 👩‍💻 😀",
        "J. R. R. Tolkien, e.g., waits 12 weeks",
        "12345",
        "图书馆很好。谢谢。",
    ],
)
def test_a_comment_takes_lines_numbers_symbols_and_emoji(comment: str) -> None:
    assert refuse_comment(comment) is None


@pytest.mark.parametrize(
    ("comment", "fault"),
    [
        ("See https://example.com", Fault.LINK),
        ("see example.com, it is cheap", Fault.LINK),
        ("bell \x07", Fault.CONTROL),
        ("turned \u202e", Fault.BIDI),
        ("\ue001", Fault.UNASSIGNED),
        ("z\u0300\u0300\u0300\u0300\u0300", Fault.MARKS),
        ("line\n\u0300", Fault.MARKS),
        ("zero\u200bwidth", Fault.INVISIBLE),
        ("a\u200db", Fault.INVISIBLE),
        ("x" * 501, Fault.TOO_LONG),
    ],
)
def test_a_hostile_comment_is_refused_with_its_reason(comment: str, fault: Fault) -> None:
    refused = refuse_comment(comment)
    assert refused is not None
    assert refused.fault is fault


def test_each_field_asks_for_itself_when_empty() -> None:
    sentences = [refuse(" ") for refuse in (refuse_name, refuse_city, refuse_country)]
    assert [refused.in_english() for refused in sentences if refused] == [
        "Type your name.",
        "Type your city or town.",
        "Type your country.",
    ]


@pytest.mark.parametrize(
    ("refuse", "longest"),
    [
        (refuse_name, 120),
        (refuse_city, 80),
        (refuse_country, 80),
        (refuse_affiliation, 160),
        (refuse_comment, 500),
    ],
)
def test_the_longest_text_passes_and_one_more_letter_does_not(
    refuse: Callable[[str], TextRefusal | None], longest: int
) -> None:
    assert refuse("ю" * longest) is None
    refused = refuse("ю" * (longest + 1))
    assert refused == TextRefusal(
        Fault.TOO_LONG, "Use at most %(longest)s characters.", {"longest": str(longest)}
    )


def test_length_is_measured_after_composing() -> None:
    assert refuse_name("e\u0301" * 120) is None


def test_a_refusal_names_the_character_it_stumbled_over() -> None:
    shown = refuse_name("Ada ★")
    hidden = refuse_name("Ada\u202e")
    assert shown is not None
    assert shown.in_english() == "Leave out the symbol “★”."
    assert hidden is not None
    assert "U+202E" in hidden.in_english()


def test_white_space_is_folded_and_letters_composed() -> None:
    assert clean("\ufeff") == "\ufeff"  # not white space: refused as hidden, not silently dropped
    assert clean("  Jose\u0301 \t\r\n\u00a0 Ortega\u3000") == "José Ortega"


def test_lines_of_a_comment_are_kept_and_empty_ones_thinned() -> None:
    assert clean_lines(" one \r\n\r\n\r\n\r\n two\u2028three\r") == "one\n\ntwo\nthree"


def test_every_sentence_of_a_fault_is_plain_and_its_own() -> None:
    sentences = [fault.value for fault in Fault]
    assert len(set(sentences)) == len(Fault)
    for sentence in sentences:
        assert sentence.endswith(".")
        assert "!" not in sentence
        assert set(re.findall(r"%\((\w+)\)", sentence)) <= {"character", "longest", "word"}


@given(anything)
@example("\u1e9b\u0323")
@example(" " * (LONGEST_NORMALISED + 1) + "\u0344")
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean_lines(clean_lines(text)) == clean_lines(text)


@given(anything)
def test_any_text_is_either_fine_or_refused_with_a_sentence_that_fills_in(text: str) -> None:
    for refuse in (refuse_name, refuse_city, refuse_country, refuse_affiliation, refuse_comment):
        refused = refuse(text)
        assert refused is None or refused.in_english()


@given(anything)
def test_the_verdict_is_the_same_before_and_after_cleaning(text: str) -> None:
    assert refuse_name(text) == refuse_name(clean(text))
    assert refuse_comment(text) == refuse_comment(clean_lines(text))


@given(st.text(string.printable))
def test_plain_text_gets_the_verdict_of_the_whole_walk(text: str) -> None:
    verdicts = [refuse(text) for refuse in (refuse_name, refuse_affiliation, refuse_comment)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(names, "_PLAIN", re.compile(r"(?!)"))
        assert [refuse(text) for refuse in (refuse_name, refuse_affiliation, refuse_comment)] == verdicts


@given(anything)
def test_what_passes_is_safe_to_print_and_to_open_in_a_spreadsheet(text: str) -> None:
    name = clean(text)
    if refuse_name(text) is not None:
        return
    categories = {unicodedata.category(character) for character in name}
    assert not categories & {"Cc", "Cn", "Co", "Cs", "So", "Sm", "Sc"}
    assert unicodedata.normalize("NFKC", name)[0] not in "=+-@\t\r"
    assert name == name.strip()
    assert 0 < len(name) <= 120


@given(st.text(string.ascii_letters, min_size=1, max_size=60))
def test_plain_letters_always_pass(name: str) -> None:
    assert refuse_name(name) is None


@given(st.sampled_from(REAL_NAMES), st.sampled_from(["=", "+", "-", "@", "＝", "＠", "\t=", "\r-"]))
def test_a_formula_sign_before_any_name_is_refused(name: str, sign: str) -> None:
    refused = refuse_name(sign + name)
    assert refused is not None
    assert refused.fault is Fault.FORMULA
