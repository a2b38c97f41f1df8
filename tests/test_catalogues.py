"""The catalogues: every message of the program in each language, none that it no longer says, and compiled."""

import io
import re
import tomllib
from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path
from typing import Final

import pytest
from babel.messages import Catalog

from petition import translations
from petition.paths import STATEMENTS
from petition.text.places import STATES
from petition.translations import extracting, keeping
from petition.web.language import LANGUAGES
from tests import pseudo
from tests.ground import House

SHIPPED: Final = ("es",)
CONTENT: Final = STATEMENTS / "ebooksforall"
Ids = set[tuple[str | None, str | tuple[str, ...]]]


@pytest.fixture(scope="module")
def template() -> Catalog:
    return extracting.extract()


def ids(catalog: Catalog) -> Ids:
    found = ((message.context, message.id) for message in catalog if message.id)
    return {(context, said if isinstance(said, str) else tuple(said)) for context, said in found}


def singulars(catalog: Catalog) -> set[str]:
    return {said if isinstance(said, str) else said[0] for _, said in ids(catalog)}


# --- What is extracted ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "file"),
    [
        ("Choose your country.", "petition/signatures/judging.py"),
        ("Leave out web addresses and e-mail addresses.", "petition/text/faults.py"),
        ("%(month)s %(day)s, %(year)s", "petition/packets/wording.py"),
        ("Skip to the content", "templates/base.html"),
        ("You have signed already", "templates/mail/already/subject.txt"),
        ("Ledger %(size)s, root %(root)s", "templates/packets/packet.html"),
        ("New Mexico", "petition/text/states.toml"),
        ("Hachette does the same.", "statements/ebooksforall/campaign.toml"),
        ("A license ends after 26 loans.", "statements/ebooksforall/publishers.toml"),
        (translations.NOT_CHECKED, "petition/translations/__init__.py"),
    ],
)
def test_messages_are_found_in_code_templates_and_content(template: Catalog, message: str, file: str) -> None:
    assert file in {name for name, _ in template[message].locations}


def test_every_place_of_the_form_is_a_message(template: Catalog) -> None:
    assert {state.name for state in STATES.values()} <= singulars(template)


def test_titles_of_sources_and_names_of_bodies_are_not(template: Catalog) -> None:
    publishers = tomllib.loads((CONTENT / "publishers.toml").read_text(encoding="utf-8"))["publisher"]
    claims = [claim for publisher in publishers for claim in publisher["claim"]]
    titles = {source["title"] for claim in claims for source in claim["sources"]}
    assert not ({publisher["name"] for publisher in publishers} | titles) & singulars(template)


def test_places_to_fill_in_are_named(template: Catalog) -> None:
    # A translator cannot turn around two nameless ones; and a bare per cent sign breaks a template.
    for message in singulars(template):
        assert "%s" not in message
        assert "%" not in message.replace("%(", ""), message


# --- Each language --------------------------------------------------------------------------------


def test_every_catalogue_is_one_we_ship_and_the_other_way_round() -> None:
    assert tuple(keeping.languages()) == SHIPPED
    assert set(LANGUAGES) <= {"en", *SHIPPED}


@pytest.mark.parametrize("language", SHIPPED)
def test_no_message_is_missing_or_unused(language: str, template: Catalog) -> None:
    kept = keeping.read(language)
    assert ids(template) - ids(kept) == set(), "run make strings, then translate what it lists"
    assert ids(kept) - ids(template) == set(), "run make strings"


@pytest.mark.parametrize("language", SHIPPED)
def test_no_message_is_empty_fuzzy_or_ill_fitting(language: str) -> None:
    assert list(keeping.faults(keeping.read(language))) == []


@pytest.mark.parametrize("language", SHIPPED)
def test_no_file_keeps_what_the_program_no_longer_says(language: str) -> None:
    assert "\n#~" not in keeping.po_file(language).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", SHIPPED)
def test_gathering_the_strings_anew_changes_nothing(language: str, template: Catalog) -> None:
    anew = keeping.as_po(keeping.updated(language, template))
    assert anew == keeping.po_file(language).read_bytes(), "run make strings"


@pytest.mark.parametrize("language", SHIPPED)
def test_the_compiled_catalogue_says_what_the_other_does(language: str) -> None:
    shipped = GNUTranslations(io.BytesIO(keeping.mo_file(language).read_bytes()))
    made = GNUTranslations(io.BytesIO(keeping.as_mo(keeping.read(language))))
    # Not byte by byte, which another version of Babel may order otherwise.
    assert vars(shipped)["_catalog"] == vars(made)["_catalog"], "run make strings"
    assert shipped.info() == made.info(), "run make strings"


@pytest.mark.parametrize("language", SHIPPED)
def test_no_translation_shouts(language: str) -> None:
    assert [text for text in spoken(keeping.read(language)) if "!" in text or "¡" in text] == []


def test_spanish_speaks_to_its_reader_as_usted() -> None:
    familiar = ("tú", "tu", "tus", "contigo", "vosotros", "vuestra", "vuestro", "haz", "pulsa")
    for text in spoken(keeping.read("es")):
        assert not {word.strip(".,:;?¿«»“”()").lower() for word in text.split()} & set(familiar), text


def test_spanish_quotes_with_one_kind_of_marks_and_closes_what_it_opens() -> None:
    for text in spoken(keeping.read("es")):
        assert text.count("«") == text.count("»"), text
        # The other kind is for a quotation within one.
        outside = re.sub("«[^»]*»", "", text)
        assert not set("«»“”„\"") & set(outside), text


def test_nothing_is_left_in_english_but_what_is_the_same_in_spanish() -> None:
    alike = {state.name for state in STATES.values()} | {"SHA-256", "SHA-256: %(sha256)s", "Error:", "embargo"}
    for message in keeping.read("es"):
        if message.id and message.id == message.string:
            assert message.id in alike, message.id


def spoken(catalog: Catalog) -> Iterator[str]:
    for message in catalog:
        if message.id:
            yield from [message.string] if isinstance(message.string, str) else message.string or ()


# --- Who has checked it ---------------------------------------------------------------------------


@pytest.mark.parametrize("language", SHIPPED)
def test_a_catalogue_says_who_has_checked_it_or_that_nobody_has(language: str) -> None:
    shipped = GNUTranslations(io.BytesIO(keeping.mo_file(language).read_bytes()))
    assert translations.CHECKED_BY.lower() in shipped.info()
    assert translations.checked_by(shipped.info()) == keeping.read(language).checked_by


def test_who_checked_it_stays_when_the_strings_are_gathered_anew(
    template: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "TRANSLATIONS", tmp_path)
    kept = keeping.updated("es", template)
    kept.checked_by = "Ada Sample-Okafor, November 2026"
    keeping.keep(kept, "es")
    keeping.keep(keeping.updated("es", template), "es")
    shipped = GNUTranslations(io.BytesIO(keeping.mo_file("es").read_bytes()))
    assert translations.checked_by(shipped.info()) == "Ada Sample-Okafor, November 2026"


@pytest.mark.parametrize("name", ["petition", "notice"])
@pytest.mark.parametrize("language", SHIPPED)
def test_a_translated_text_says_who_has_checked_it(name: str, language: str) -> None:
    ours, english = text(name, "en")
    theirs, translated = text(name, language)
    assert set(theirs) == {*ours, "checked_by"}
    assert theirs["language"] == language
    same = set(ours) - {"language", "title", "ask"}
    assert {key: theirs[key] for key in same} == {key: ours[key] for key in same}
    assert translated.count("{addressee}") == english.count("{addressee}")
    # Paragraph for paragraph, and as many asks.
    assert translated.count("\n\n") == english.count("\n\n")
    assert re.findall(r"^\d+\.", translated, re.MULTILINE) == re.findall(r"^\d+\.", english, re.MULTILINE)


def text(name: str, language: str) -> tuple[dict[str, object], str]:
    _, front, body = (CONTENT / f"{name}.{language}.md").read_text(encoding="utf-8").split("+++\n", 2)
    return tomllib.loads(front), body


# --- The tools ------------------------------------------------------------------------------------


def test_another_language_is_begun_by_one_call(
    template: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "TRANSLATIONS", tmp_path)
    keeping.keep(keeping.updated("fr", template), "fr")
    assert keeping.languages() == ["fr"]
    assert ids(keeping.read("fr")) == ids(template)
    assert len(list(keeping.faults(keeping.read("fr")))) == len(template)
    untranslated = GNUTranslations(io.BytesIO(keeping.mo_file("fr").read_bytes()))
    assert untranslated.gettext("Sign") == "Sign"


FAULTY: Final = {
    "empty": ("Sign", "", "not translated"),
    "a lost place": ("Hello %(name)s", "Hola", "places to fill in differ"),
    "a misspelled place": ("Hello %(name)s", "Hola %(nombre)s", "places to fill in differ"),
    "a place of a script": ("Left: {left}", "Quedan: {restan}", "places to fill in differ"),
    "a lost space": ("SAMPLE. ", "MUESTRA.", "spaces at an end differ"),
    "one form of two": (("%(num)s try", "%(num)s tries"), ("%(num)s intento", ""), "not translated"),
    "a plural without its number": (("%(num)s try", "%(num)s tries"), ("%(num)s intento", "intentos"), "places"),
}


@pytest.mark.parametrize(("source", "said", "fault"), FAULTY.values(), ids=FAULTY.keys())
def test_what_a_translator_got_wrong_is_told(source: str, said: str, fault: str) -> None:
    catalog = keeping.Translated(locale="es", charset="utf-8")
    catalog.add(source, said)
    [told] = keeping.faults(catalog)
    assert told.startswith(fault)


def test_a_reworded_message_is_marked_and_stays_english_until_somebody_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "TRANSLATIONS", tmp_path)
    before, after = Catalog(charset="utf-8"), Catalog(charset="utf-8")
    before.add("Read the text again.")
    after.add("Read the text once again.")
    first = keeping.updated("es", before)
    first["Read the text again."].string = "Lea el texto otra vez."
    keeping.keep(first, "es")
    keeping.keep(keeping.updated("es", after), "es")
    assert list(keeping.faults(keeping.read("es"))) == ["reworded, look at it again: Read the text once again."]
    compiled = GNUTranslations(io.BytesIO(keeping.mo_file("es").read_bytes()))
    assert compiled.gettext("Read the text once again.") == "Read the text once again."


# --- The language of nobody -----------------------------------------------------------------------


def test_the_pseudo_language_is_longer_and_keeps_its_places() -> None:
    said = pseudo.said("Goal %(goal)s, %(left)s left")
    assert said % {"goal": "1,000", "left": 3} == "⟦Góál 1,000, 3 léftẋẋẋẋẋ⟧"
    assert pseudo.left_in_english(f"Ada {pseudo.said('signed')} on Monday") == "Ada  on Monday"


def test_what_is_filled_into_a_message_does_not_hide_what_was_not_extracted() -> None:
    outer = pseudo.said("To %(whom)s.") % {"whom": pseudo.said("the publisher")}
    assert pseudo.left_in_english(f"{outer} Oops") == " Oops"


def test_a_page_speaks_the_language_of_nobody(house: House) -> None:
    with pseudo.spoken():
        page = house.client().get("/").text
    assert pseudo.said("Sign the petition") in page
    assert "Sign the petition" not in pseudo.left_in_english(page)
    assert "Sign the petition" in house.client().get("/").text
