"""The national text: loaded with its local parts marked, taken up by a chapter, filled in, or made free text."""

import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from petition.content import BadContent
from petition.drafts.models import Draft
from petition.paths import STATEMENTS
from petition.statements.local_parts import PARTS, composed, marked
from petition.statements.models import TEXT, Revision, Submission, Template
from tests import prepared
from tests.chapters import editor_of
from tests.drafting import DRAFTS, begun, kept, publish, save
from tests.ground import House, reasons
from tests.witness import Page

FILE = "template-letter.en.md"
PARTS_TYPED = {
    "members": "the 640 members of our association",
    "figures": "Our largest system has 12,000 readers on its lists.",
    "effect": "A town of 900 people and the city of Omaha share one copy.",
}


@pytest.fixture
def editor(house: House) -> FlaskClient:
    return editor_of(house, "NE")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(STATEMENTS / "ebooksforall", tmp_path / "content"))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def load(house: House, folder: Path) -> list[str]:
    return prepared.command(house.config, "load", str(folder)).splitlines()


# --- Loading --------------------------------------------------------------------------------------


def test_letter_and_resolution_are_there_in_both_languages_with_every_part_marked(house: House) -> None:
    templates = house.rows(Template)
    assert {(each.kind, each.language) for each in templates} == {
        (kind, language) for kind in ("letter", "resolution") for language in ("en", "es")
    }
    for each in templates:
        assert sorted(marked(each.body)) == sorted(PARTS)
        assert len(each.body.split()) <= 450


def test_a_changed_template_is_named_and_loaded_once(house: House, folder: Path) -> None:
    change(folder / FILE, "One copy serves one reader at a time.", "A copy serves a single reader.")
    assert load(house, folder) == ["template of a letter (en): changed body", "1 changed."]
    assert load(house, folder) == ["Nothing has changed."]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{{members}}", "{{member}}", r"letter\.en\.md: \{\{member\}\} is no local part\. There are \{\{members"),
        ('of = "letter"', 'of = "petition"', r"template-letter\.en\.md: `of` is none of letter, resolution, notice"),
        ('of = "letter"', "", r"template-letter\.en\.md: `of` is missing"),
        ('title = "A letter', 'title = "{{members}}: a letter', r"a local part stands in `title` or `ask`"),
        ('ask = "', 'asks = "', r"`ask` is missing"),
    ],
)  # fmt: skip
def test_a_wrong_template_is_refused_in_a_sentence_and_nothing_changes(
    house: House, folder: Path, old: str, new: str, said: str
) -> None:
    change(folder / FILE, old, new)
    before = house.dump()
    with pytest.raises(BadContent, match=said):
        load(house, folder)
    assert house.dump() == before


def test_a_template_without_a_marked_part_is_refused(house: House, folder: Path) -> None:
    path = folder / FILE
    for part in PARTS:
        change(path, f"{{{{{part}}}}}", "all of us")
    with pytest.raises(BadContent, match=r"no local part is marked in it\. Write at least one of \{\{members\}\}"):
        load(house, folder)


def test_parts_are_put_in_their_place_and_what_they_say_is_not_read_again() -> None:
    assert composed("On behalf of {{members}}. {{effect}}", {"members": "{{effect}}"}) == (
        "On behalf of {{effect}}. {{effect}}"
    )


def test_a_point_that_the_text_has_already_is_not_doubled() -> None:
    parts = {"figures": "We lent 12,000 ebooks.", "members": "A."}
    assert composed("Whereas {{figures}};\n\n{{figures}}\n\n{{members}}", parts) == (
        "Whereas We lent 12,000 ebooks;\n\nWe lent 12,000 ebooks.\n\nA."
    )


# --- Writing on it --------------------------------------------------------------------------------


def test_each_local_part_is_a_question_with_the_words_around_it(house: House, editor: FlaskClient) -> None:
    page = editor.get(begun(house, editor, start="national"))
    words = Page(page.text).text
    assert "On whose behalf do you speak? It goes where the dots are: “We write on behalf of ….”" in words
    assert "It is a paragraph of its own." in words
    assert "It is not the petition text of the American Library Association" in words
    assert page.text.count('<mark class="gap">') == 3
    assert 'name="body"' not in page.text
    assert Page(page.text).faults == []


def test_there_is_no_national_notice_and_the_page_says_so(house: House, editor: FlaskClient) -> None:
    new = f"{DRAFTS}new"
    answer = house.press(DRAFTS, editor, on=new, kind="notice", start="national", language="en")
    assert answer.status_code == 422
    assert reasons(answer)["start"].startswith("There is no national text of this kind")
    assert house.rows(Draft) == []


def test_the_text_is_composed_of_the_national_one_and_the_answers(house: House, editor: FlaskClient) -> None:
    path = begun(house, editor, start="national")
    assert set(reasons(editor.get(f"{path}/publish"))) == set(PARTS)
    save(editor, path, **{**PARTS_TYPED, "members": "", "body": "Smuggled in."})
    assert set(reasons(editor.get(f"{path}/publish"))) == {"members"}
    save(editor, path, **PARTS_TYPED)
    look = Page(editor.get(f"{path}/publish").text).text
    assert "are the national text’s" in look
    assert publish(editor, path, looked="1").status_code == 303
    (text,) = house.rows(Revision, Revision.role == TEXT, Revision.title.startswith("A letter to"))
    assert "We write on behalf of the 640 members of our association." in text.body
    assert "A town of 900 people and the city of Omaha share one copy." in text.body
    assert "Smuggled" not in text.body
    assert marked(text.body) == ()
    (handed_in,) = house.rows(Submission)
    assert 0.6 < handed_in.template_words / handed_in.words < 0.95


def test_a_resolution_in_spanish_is_begun_in_its_language(house: House, editor: FlaskClient) -> None:
    path = begun(house, editor, "resolution", "national", "es")
    page = editor.get(path)
    assert "Considerando que hablamos en nombre de" in page.text
    save(editor, path, kind="letter", language="en")
    (draft,) = house.rows(Draft)
    assert (draft.kind, draft.language) == ("resolution", "es")


def test_a_template_that_is_loaded_anew_leaves_a_draft_as_its_editor_saw_it(
    house: House, editor: FlaskClient, folder: Path
) -> None:
    path = begun(house, editor, start="national")
    change(folder / FILE, "One copy serves one reader at a time.", "A copy serves a single reader.")
    load(house, folder)
    save(editor, path, **PARTS_TYPED)
    assert "One copy serves one reader at a time." in editor.get(path).text


def test_a_free_text_holds_the_answers_and_marks_what_is_left(house: House, editor: FlaskClient) -> None:
    path = begun(house, editor, start="national")
    answer = save(editor, path, then="free", **{**PARTS_TYPED, "effect": ""})
    assert answer.headers["Location"] == f"{path}#body"
    held = kept(editor.get(path), path)
    assert "the 640 members of our association" in held["body"]
    assert "{{effect}}" in held["body"]
    assert "members" not in held
    assert set(reasons(editor.get(f"{path}/publish"))) == {"body"}
    save(editor, path, body=held["body"].replace("{{effect}}", "All of it is ours."))
    assert editor.get(f"{path}/publish").status_code == 200


def test_answers_given_while_a_colleague_made_it_free_text_are_not_lost(house: House, editor: FlaskClient) -> None:
    path = begun(house, editor, start="national")
    mine = {**kept(editor.get(path), path), "members": "the 640 members", "then": "preview"}
    save(editor_of(house, "NE", "cal@ne.library.example"), path, then="free", effect="Theirs.")
    answer = editor.post(path, data=mine)
    assert answer.status_code == 409
    assert "<dd>the 640 members</dd>" in answer.text
    assert "Theirs." in kept(answer, path)["body"]
    assert editor.post(path, data={**kept(answer, path), "then": "preview"}).status_code == 303
    (draft,) = house.rows(Draft)
    assert "Theirs." in draft.body


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"members": "x " * 1001}, "Use at most 2,000 characters."),
        ({"figures": "y" * 1001}, f"The word that begins “{'y' * 20}” has more than 1,000 characters. Divide it."),
        ({"effect": "As {{members}} say."}, "Leave out {{ and }}: they mark the places of the national text."),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_kept_is_refused_at_its_question(
    house: House, editor: FlaskClient, typed: dict[str, str], said: str
) -> None:
    path = begun(house, editor, start="national")
    answer = save(editor, path, **typed)
    assert answer.status_code == 422
    ((field, text),) = typed.items()
    assert reasons(answer) == {field: said}
    assert kept(answer, path)[field] == text.strip()
