"""Chapters: the 51 as data, loaded once as good as twice, and the pages, links and pictures made of them."""

import shutil
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from petition.chapters import office
from petition.chapters.models import Chapter
from petition.config import Config
from petition.content import BadContent
from petition.paths import STATEMENTS
from petition.statements.models import Statement
from petition.text.places import STATES
from tests import prepared
from tests.ground import SLUG, House

FILE = STATEMENTS / "chapters.toml"
FIFTY_AND_DC = {state.code for state in STATES.values() if state.on_map}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the campaign's folder to change, with the chapters beside it."""
    shutil.copy(FILE, tmp_path / "chapters.toml")
    return Path(shutil.copytree(STATEMENTS / "ebooksforall", tmp_path / "content"))


def change(folder: Path, old: str, new: str) -> None:
    path = folder.with_name("chapters.toml")
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def load(config: Config, folder: Path) -> list[str]:
    return prepared.command(config, "load", str(folder)).splitlines()


def chapter_of(house: House, state: str) -> Chapter:
    (found,) = house.rows(Chapter, Chapter.state == state)
    return found


def office_of(house: House, state: str) -> str:
    return house.keys.open_address(chapter_of(house, state).office)


# --- The data -------------------------------------------------------------------------------------


@pytest.mark.one_database("sqlite", "a file")
def test_the_file_names_one_association_for_each_of_the_51_and_every_office_is_a_sample() -> None:
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    assert set(data) == FIFTY_AND_DC
    assert len(data) == 51
    assert len({entry["name"] for entry in data.values()}) == 51
    for state, entry in data.items():
        assert set(entry) == {"name", "office"}
        assert entry["office"] == f"office@{state.lower()}.chapter.example"
        assert STATES[state].name in entry["name"]


def test_a_loaded_house_has_every_chapter_and_no_address_in_the_clear(house: House) -> None:
    assert {chapter.state for chapter in house.rows(Chapter)} == FIFTY_AND_DC
    assert office_of(house, "NE") == "office@ne.chapter.example"
    assert "chapter.example" not in repr(house.dump())


def test_loading_again_changes_nothing(house: House, folder: Path) -> None:
    before = house.dump()
    assert load(house.config, folder) == ["Nothing has changed."]
    assert house.dump() == before


def test_a_changed_entry_is_named_and_a_missing_one_is_kept(house: House, folder: Path) -> None:
    change(folder, '"Ohio Library Council"', '"Sample Council of Ohio"')
    change(folder, "office@ne.chapter.example", "desk@ne.chapter.example")
    change(folder, '[WY]\nname = "Wyoming Library Association"\noffice = "office@wy.chapter.example"\n', "")
    said = load(house.config, folder)
    assert said == ["chapter NE: changed office", "chapter OH: changed name", "2 changed."]
    assert chapter_of(house, "OH").name == "Sample Council of Ohio"
    assert office_of(house, "NE") == "desk@ne.chapter.example"
    assert chapter_of(house, "WY").name == "Wyoming Library Association"


def test_what_an_organizer_wrote_stands_until_the_file_names_another_office(house: House, folder: Path) -> None:
    with house.writing() as session:
        own = session.query(Chapter).filter_by(state="NE").one()
        office.move(own, house.keys, address="real@ne.library.example", canonical="real@ne.library.example")
    assert load(house.config, folder) == ["Nothing has changed."]
    assert office_of(house, "NE") == "real@ne.library.example"
    change(folder, "office@ne.chapter.example", "newer@ne.chapter.example")
    assert load(house.config, folder) == ["chapter NE: changed office", "1 changed."]
    assert office_of(house, "NE") == "newer@ne.chapter.example"


FAULTS = {
    "no such state": ("[NE]", "[XX]", "[XX] is none of"),
    "a territory": ("[NE]", "[GU]", "[GU] is none of"),
    "no name": ('name = "Nebraska Library Association"\n', "", "[NE] has no `name`"),
    "an empty name": ('"Nebraska Library Association"', '" "', "[NE] has no `name`"),
    "a number for a name": ('"Nebraska Library Association"', "7", "[NE] has no `name`"),
    "a very long name": ("Nebraska Library Association", "N" * 161, "[NE] has a `name` of more than 160"),
    "no office": ('office = "office@ne.chapter.example"\n', "", "[NE] has no `office`"),
    "half an address": ("office@ne.chapter.example", "office@", "[NE] `office`: This address has no part after"),
    "a state twice": ("[NV]", "[NE]", "chapters.toml: "),
    "no table": ("[AL]", "AK = 3\n[AL]", "chapters.toml: "),
}


@pytest.mark.one_database("sqlite", "the file is judged before the database is written")
@pytest.mark.parametrize(("old", "new", "said"), FAULTS.values(), ids=FAULTS)
def test_a_fault_names_the_file_and_the_entry_and_nothing_is_loaded(
    house: House, folder: Path, old: str, new: str, said: str
) -> None:
    change(folder, old, new)
    before = house.dump()
    with pytest.raises(BadContent, match=r"^chapters\.toml: ") as refused:
        load(house.config, folder)
    assert said in str(refused.value)
    assert house.dump() == before


def test_a_statement_may_belong_to_a_chapter_and_its_page_lists_it(house: House, folder: Path) -> None:
    assert [statement.chapter_id for statement in house.rows(Statement)] == [None]
    for path in folder.glob("petition.*.md"):
        text = path.read_text(encoding="utf-8").replace('slug = "ebooksforall"', 'slug = "ne-letter"\nchapter = "NE"')
        letter = path.with_name(path.name.replace("petition", "letter"))
        letter.write_text(text.replace('kind = "petition"', 'kind = "letter"'), encoding="utf-8")
    assert "statement ne-letter: new" in load(house.config, folder)
    assert load(house.config, folder) == ["Nothing has changed."]
    (own,) = house.rows(Statement, Statement.slug == "ne-letter")
    assert own.chapter_id == chapter_of(house, "NE").id
    client = house.client()
    assert "/statements/ne-letter" in client.get("/chapters/ne").text
    assert "/statements/ne-letter" not in client.get("/chapters/ks").text
    english = folder / "letter.en.md"
    english.write_text(english.read_text(encoding="utf-8").replace('"NE"', '"XX"'), encoding="utf-8")
    with pytest.raises(BadContent, match=r"^letter\.en\.md: chapters\.toml has no chapter XX\."):
        load(house.config, folder)


# --- The pages ------------------------------------------------------------------------------------


def test_a_chapters_count_is_that_of_its_state_under_the_petition(house: House) -> None:
    gone = house.signed("a@patron.example", state="NE")
    house.signed("b@patron.example", state="NE")
    house.signed("c@patron.example", state="KS")
    house.sign(email="waits@patron.example", state="NE")
    assert stamped(house, "ne") == "2"
    assert stamped(house, "ks") == "1"
    assert stamped(house, "wy") == "0"
    house.press(f"{gone}/withdraw")
    house.register()
    assert stamped(house, "ne") == "1"
    page = house.client().get("/chapters/ne").text
    assert '<time datetime="' in page.partition("stamp__time")[2][:40]
    listed = house.client().get("/chapters/").text
    assert listed.partition('<ul class="chapters">')[2].partition("</ul>")[0].count("<li>") == 51
    assert '<span class="count num">1<' in listed.partition('href="/chapters/ne"')[2][:160]


def stamped(house: House, state: str) -> str:
    """The figure on the stamp of a chapter's page."""
    return house.client().get(f"/chapters/{state}").text.partition('stamp__figure">')[2].partition("<")[0]


@pytest.mark.one_database("sqlite", "addresses are the same over every database")
def test_a_page_is_there_for_small_letters_of_the_51_and_for_nothing_else(house: House) -> None:
    client = house.client()
    for state in sorted(FIFTY_AND_DC):
        assert client.get(f"/chapters/{state.lower()}").status_code == 200, state
    for missing in ("NE", "gu", "zz", "xx", "nebraska", "n", "n%C3%A9", "1a", "ne%00"):
        assert client.get(f"/chapters/{missing}").status_code == 404, missing


@pytest.mark.one_database("sqlite", "a picture")
def test_the_qr_code_is_a_picture_without_style_of_the_link_without_a_language(house: House) -> None:
    client = house.client()
    answer = client.get("/chapters/ne/qr.svg")
    assert answer.mimetype == "image/svg+xml"
    assert answer.headers["Cache-Control"].startswith("public")
    picture = ElementTree.fromstring(answer.data)
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    for forbidden in ("style", "script", "href", "<image"):
        assert forbidden not in answer.text
    assert client.get("/chapters/ne/qr.svg?lang=es").data == answer.data
    assert client.get("/chapters/ks/qr.svg").data != answer.data
    assert client.get("/chapters/zz/qr.svg").status_code == 404
    page = client.get("/chapters/ne", headers={"Accept-Language": "es"}).text
    assert f">{house.config.base_url}/chapters/ne<" in page


@pytest.mark.one_database("sqlite", "what a page shows")
def test_a_house_without_chapters_or_statements_still_answers(tmp_path: Path) -> None:
    config = prepared.configured(tmp_path / "var")
    prepared.command(config, "init", "--demo")
    empty = House.open(config)
    client = empty.client()
    assert "No chapter has been entered yet." in client.get("/chapters/").text
    assert client.get("/chapters/ne").status_code == 404
    empty.close()


@pytest.mark.one_database("sqlite", "what a page shows")
def test_no_public_page_tells_an_offices_address(house: House) -> None:
    client = house.client()
    for path in ("/chapters/", "/chapters/ne", "/chapters/ne/access", "/chapters/ne/named", f"/statements/{SLUG}"):
        assert "chapter.example" not in client.get(path).text, path
