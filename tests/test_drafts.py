"""A chapter writes: it begins a text, saves it, looks once more, and publishes; of two editors neither loses a word."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from petition import clock
from petition.accounts.models import AuditEntry, Role
from petition.drafts import publishing
from petition.drafts.models import Draft, Original
from petition.officers.models import Officer
from petition.officers.naming import Named
from petition.statements.models import TEXT, Revision, Statement, Submission
from tests.chapters import editor_of
from tests.drafting import DESK, DRAFTS, begun, kept, publish, save
from tests.ground import SLUG, House, hidden, reasons
from tests.publishing import BODY, drafted, published
from tests.signing_in import signed_in
from tests.witness import Page

COLLEAGUE = "cal@ne.library.example"


@pytest.fixture
def editor(house: House) -> FlaskClient:
    return editor_of(house, "NE")


def the_draft(house: House) -> Draft:
    (found,) = house.rows(Draft)
    return found


# --- Beginning ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["letter", "resolution", "notice"])
def test_a_blank_text_of_each_kind_is_begun_for_this_chapter(house: House, editor: FlaskClient, kind: str) -> None:
    path = begun(house, editor, kind)
    draft = the_draft(house)
    assert (path, draft.kind, draft.chapter.state, draft.local) == (f"{DRAFTS}{draft.id}", kind, "NE", None)
    assert draft.addressee.slug == "macmillan"
    page = editor.get(path)
    assert "120 Broadway" in page.text
    assert Page(page.text).faults == []
    assert [entry.act for entry in house.rows(AuditEntry)][-1] == "draft begun"


def test_what_is_not_chosen_is_asked_for_and_nothing_is_begun(house: House, editor: FlaskClient) -> None:
    answer = house.press(DRAFTS, editor, on=f"{DRAFTS}new", language="en", start="magic")
    assert answer.status_code == 422
    assert reasons(answer) == {"kind": "Choose what you want to write.", "start": "Choose how to begin."}
    assert house.rows(Draft) == []


def test_the_desk_lists_the_open_drafts_with_who_changed_them_last(house: House, editor: FlaskClient) -> None:
    assert "Nothing is being written." in editor.get(DESK).text
    path = begun(house, editor)
    save(editor_of(house, "NE", COLLEAGUE), path, title="On one copy for a state")
    page = Page(editor.get(DESK).text)
    assert page.all("a", href=path)
    assert "On one copy for a state Letter" in page.text
    assert COLLEAGUE in page.text


def test_the_next_revision_begins_from_the_newest_text_its_adoption_and_its_officers(
    house: House, editor: FlaskClient
) -> None:
    kim = Named("Kim Sample-Reyes", "President", "Kim@library.example", "kim@library.example")
    slug = published(house, "NE", kim, takes_signatures=True)
    desk = f"{DESK}statements/{slug}/next"
    answer = house.press(desk, editor, on=DESK)
    assert answer.status_code == 303
    held = kept(editor.get(answer.headers["Location"]), answer.headers["Location"])
    assert held["body"].strip() == BODY
    assert (held["adopted_by"], held["adopted_on"], held["vote"]) == ("Executive board", "2019-10-04", "11 to 0")
    assert (held["officer1_name"], held["officer1_email"]) == ("Kim Sample-Reyes", "Kim@library.example")
    assert held["takes_signatures"] == "1"
    assert "kind" not in held
    assert "addressee" not in held
    again = house.press(desk, editor, on=DESK)
    assert again.headers["Location"] == answer.headers["Location"]
    assert len(house.rows(Draft)) == 1


def test_the_petition_and_what_has_ended_have_no_next_revision_at_the_desk(house: House, editor: FlaskClient) -> None:
    slug = published(house)
    form = hidden(editor.get(DESK), f"{DESK}statements/{slug}/next")
    with house.writing() as session:
        session.query(Statement).filter_by(slug=slug).update({"ended": "retracted"})
    assert f"{DESK}statements/{slug}/next" not in editor.get(DESK).text
    for unknown in (SLUG, slug, "no-such-text"):
        assert editor.post(f"{DESK}statements/{unknown}/next", data=form).status_code == 404
    assert house.rows(Draft) == []


# --- Saving ---------------------------------------------------------------------------------------

ALL = {
    "kind": "resolution",
    "language": "es",
    "addressee": "hachette",
    "title": "Resolución & “más”",
    "ask": "Vendan <libros> a las bibliotecas.",
    "body": "Considerando que hay 3 bibliotecas;\n\nSe resuelve pedirlo.",
    "adopted_by": "Junta",
    "adopted_on": "2019-10-10",
    "vote": "11 a 0",
    "officer1_name": "Kim Sample-Reyes",
    "officer1_title": "Presidenta",
    "officer1_email": "kim@library.example",
    "officer6_name": "Lee Sample-Hart",
    "officer6_title": "Secretary",
    "takes_signatures": "1",
}


def test_everything_that_was_typed_is_kept_and_shown_again(house: House, editor: FlaskClient) -> None:
    path = begun(house, editor)
    saved = save(editor, path, **ALL)
    assert saved.status_code == 303
    assert saved.headers["Location"] == f"{path}#preview"
    held = kept(editor.get(path), path)
    moved = {"officer2_name": "Lee Sample-Hart", "officer2_title": "Secretary"}
    expected = {**ALL, **moved, "officer6_name": "", "officer6_title": "", "version": "2"}
    assert {name: held[name] for name in expected} == expected
    draft = the_draft(house)
    assert draft.officers is not None
    assert b"kim@" not in draft.officers
    assert draft.account_id == house.rows(AuditEntry)[-1].account_id


def test_the_preview_is_the_page_as_it_will_be_and_nothing_typed_is_html(house: House, editor: FlaskClient) -> None:
    path = begun(house, editor)
    save(editor, path, title="A <i>title</i>", body="## Why\n\n- one\n- *two*\n\n<script>alert(1)</script>")
    page = editor.get(path)
    assert "<h2>Why</h2>" in page.text
    assert "<li><em>two</em></li>" in page.text
    assert '<p class="title">A &lt;i&gt;title&lt;/i&gt;</p>' in page.text
    assert Page(page.text).faults == []


def test_saving_the_same_again_changes_nothing(house: House, editor: FlaskClient) -> None:
    path = begun(house, editor)
    save(editor, path, **ALL)
    assert save(editor_of(house, "NE", COLLEAGUE), path).status_code == 303
    assert the_draft(house).version == 2
    assert COLLEAGUE not in editor.get(path).text


KIM = {"officer1_name": "Kim", "officer1_title": "Chair"}
NOT_YET = "This day has not come yet. Say when it was adopted, or leave it empty."


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"title": "x" * 301}, "title", "Use at most 300 characters."),
        ({"ask": "ask " * 151}, "ask", "Use at most 600 characters."),
        ({"body": "word " * 6001}, "body", "Use at most 30,000 characters."),
        ({"body": "x" * 1001}, "body", f"The word that begins “{'x' * 20}” has more than 1,000 characters. Divide it."),
        ({"adopted_by": "x" * 161}, "adopted_by", "Use at most 160 characters."),
        ({"vote": "x" * 81}, "vote", "Use at most 80 characters."),
        ({"adopted_on": "4 October"}, "adopted_on", "Write the day as year, month, day: 2019-10-04."),
        ({"adopted_on": "10/4/2019"}, "adopted_on", "Write the day as year, month, day: 2019-10-04."),
        ({"adopted_on": "2019-02-30"}, "adopted_on", "Write the day as year, month, day: 2019-10-04."),
        ({"adopted_on": "2999-01-01"}, "adopted_on", NOT_YET),
        ({"adopted_on": "0219-10-04"}, "adopted_on", "This day is long ago. Check the year."),
        ({"kind": "petition"}, "kind", "Choose what you want to write."),
        ({"language": "fr"}, "language", "Choose the language of the text."),
        ({"addressee": "nobody"}, "addressee", "Choose whom it is for."),
        ({"officer2_title": "President"}, "officer2_name", "Type the name of this officer, or empty the line."),
        ({"officer1_name": "Kim Sample-Reyes"}, "officer1_title", "Type their title, such as President."),
        ({**KIM, "officer1_email": "kim@"}, "officer1_email", "This address has no part after the @."),
        ({**KIM, "officer1_name": "=1"}, "officer1_name", "Start with a letter or a digit, not with “=”."),
        ({**KIM, "officer1_title": "x" * 121}, "officer1_title", "Use no more than 120 characters."),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_field_and_everything_typed_stays(
    house: House, editor: FlaskClient, typed: dict[str, str], field: str, said: str
) -> None:
    path = begun(house, editor)
    before = the_draft(house).version
    answer = save(editor, path, **{"title": "My title", **typed})
    assert answer.status_code == 422
    assert reasons(answer)[field] == said
    held = kept(answer, path)
    expected = {"title": "My title", **{name: text.strip() for name, text in typed.items()}}
    if field not in ("kind", "language", "addressee"):
        assert {name: held[name] for name in expected} == expected
    assert "to correct" in answer.text
    assert Page(answer.text).faults == []
    assert the_draft(house).version == before


@pytest.mark.parametrize("typed", ["2019-10-04", "2019-10-4", " 2019/10/04 ", "2019.10.4", "2019 10 04"])
def test_the_day_may_be_typed_with_any_sign_between_its_figures(
    house: House, editor: FlaskClient, typed: str
) -> None:
    path = begun(house, editor)
    assert save(editor, path, title="My title", adopted_on=typed).status_code == 303
    assert the_draft(house).adopted_on == date(2019, 10, 4)
    assert kept(editor.get(path), path)["adopted_on"] == "2019-10-04"


def test_texts_at_their_longest_and_six_officers_are_kept(house: House, editor: FlaskClient) -> None:
    path = begun(house, editor)
    six = {}
    for place in range(1, 7):
        six |= {f"officer{place}_name": "N" * 120, f"officer{place}_title": "T" * 120}
        six[f"officer{place}_email"] = f"{'a' * 64}@{place}{'b' * 60}.library.example"
    typed = {"title": "t" * 300, "ask": "a" * 600, "adopted_by": "b" * 160, "vote": "v" * 80}
    assert save(editor, path, body="mañana " * 4285 + "final", **typed, **six).status_code == 303
    with house.reading() as session:
        assert len(publishing.officers(house.keys, session.get_one(Draft, the_draft(house).id))) == 6


def test_one_mailbox_for_two_officers_is_refused(house: House, editor: FlaskClient) -> None:
    officers = {f"officer{n}_{what}": text for n in (1, 2) for what, text in (("name", "Kim"), ("title", "Chair"))}
    both = {"officer1_email": "kim@library.example", "officer2_email": "KIM@library.example"}
    answer = save(editor, begun(house, editor), **officers, **both)
    assert reasons(answer) == {"officer2_email": "This mailbox stands with another officer. Each signs from their own."}


def test_hidden_characters_of_a_word_processor_are_left_out(house: House, editor: FlaskClient) -> None:
    path = begun(house, editor)
    save(editor, path, title="One\u200b copy\u202e", body="Soft\u00adly\r\nand \u0007 quietly\u2028here")
    draft = the_draft(house)
    assert (draft.title, draft.body) == ("One copy", "Softly\nand  quietly\nhere\n")


def test_a_form_without_the_token_keeps_what_was_typed(house: House, editor: FlaskClient) -> None:
    path = begun(house, editor)
    typed = {**kept(editor.get(path), path), "body": "A long evening’s work.", "csrf_token": "old"}
    answer = editor.post(path, data=typed)
    assert answer.status_code == 422
    assert kept(answer, path)["body"] == "A long evening’s work."


# --- Two editors ----------------------------------------------------------------------------------


def test_who_is_overtaken_keeps_every_word_and_sees_the_others(house: House, editor: FlaskClient) -> None:
    path = begun(house, editor)
    mine = {**kept(editor.get(path), path), "title": "Mine", "body": "My text.", "vote": "11 to 0", "then": "preview"}
    save(editor_of(house, "NE", COLLEAGUE), path, title="Theirs", body="Their text.", **KIM)
    answer = editor.post(path, data=mine)
    assert answer.status_code == 409
    held = kept(answer, path)
    assert (held["title"], held["body"], held["vote"]) == ("Mine", "My text.", "11 to 0")
    saved = answer.text.partition("What was saved")[2].partition("</dl>")[0]
    theirs = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", saved)
    assert theirs == [("Title", "Theirs"), ("Text", "Their text."), ("Vote", "(empty)"), ("Officers", "Kim, Chair")]
    assert COLLEAGUE in answer.text
    assert the_draft(house).body == "Their text.\n"
    assert editor.post(path, data={**held, "then": "preview"}).status_code == 303
    assert (the_draft(house).body, the_draft(house).version) == ("My text.\n", 3)


def test_what_somebody_saved_since_is_neither_discarded_nor_published_unseen(house: House, editor: FlaskClient) -> None:
    path = f"{DRAFTS}{drafted(house)}"
    discard = hidden(editor.get(path), f"{path}/discard")
    look = hidden(editor.get(f"{path}/publish"), f"{path}/publish")
    save(editor_of(house, "NE", COLLEAGUE), path, body="Theirs since.")
    gone = editor.post(f"{path}/discard", data=discard)
    assert gone.status_code == 409
    assert "Not discarded" in gone.text
    out = editor.post(f"{path}/publish", data={**look, "looked": "1"})
    assert out.status_code == 409
    assert "Theirs since." in out.text
    assert len(house.rows(Draft)) == 1
    assert publish(editor, path).status_code == 303
    assert house.rows(Revision)[-2].body == "Theirs since.\n"


def test_a_discarded_draft_is_gone_and_recorded(house: House, editor: FlaskClient) -> None:
    path = begun(house, editor)
    assert house.press(f"{path}/discard", editor, on=path).headers["Location"] == DESK
    assert house.rows(Draft) == []
    assert editor.get(path).status_code == 404
    assert [entry.act for entry in house.rows(AuditEntry)][-2:] == ["draft begun", "draft discarded"]
    log = signed_in(house).get("/organize/log").text
    assert "Draft discarded" in log


# --- Publishing -----------------------------------------------------------------------------------


def test_a_draft_that_lacks_something_shows_it_at_the_field(house: House, editor: FlaskClient) -> None:
    path = begun(house, editor)
    away = save(editor, path, then="look")
    assert away.headers["Location"] == f"{path}/publish"
    answer = editor.get(f"{path}/publish")
    assert answer.status_code == 422
    assert reasons(answer) == {"title": "Give the text a title.", "body": "Write the text."}
    save(editor, path, title="T", body="Text with {{members}} in it.")
    assert reasons(editor.get(f"{path}/publish")) == {
        "body": "Put your own words in place of what stands between {{ and }}."
    }


def test_a_next_revision_needs_its_note_and_a_change(house: House, editor: FlaskClient) -> None:
    slug = published(house, body="No figures.", adopted_on=None)
    path = house.press(f"{DESK}statements/{slug}/next", editor, on=DESK).headers["Location"]
    assert reasons(editor.get(f"{path}/publish")) == {
        "note": "Say what is new, for those who signed the text before."
    }
    save(editor, path, note="Nothing yet.", takes_signatures="1")
    answer = publish(editor, path)
    assert answer.status_code == 422
    assert reasons(answer)["body"].startswith("This says, letter for letter, what is published already.")
    assert not house.rows(Statement, Statement.slug == slug)[0].takes_signatures
    save(editor, path, body="A new clause.", note="Adds a clause.")
    assert publish(editor, path).status_code == 303
    texts = house.rows(Revision, Revision.role == TEXT, Revision.statement.has(slug=slug))
    assert [text.number for text in texts] == [1, 2]
    assert [each.note for each in house.rows(Submission)] == ["", "Adds a clause."]


def test_the_last_look_marks_each_figure_names_slips_and_says_what_will_happen(
    house: House, editor: FlaskClient
) -> None:
    kim = Named("Kim Sample-Reyes", "President", "kim@library.example", "kim@library.example")
    body = "We lent 2,133,687 million ebooks to 27 towns in 2019 for R&D <now>."
    path = f"{DRAFTS}{drafted(house, 'NE', kim, Named('Lee Sample-Hart', 'Secretary'), body=body)}"
    page = editor.get(f"{path}/publish")
    assert page.status_code == 200
    assert '<mark class="odd">2,133,687 million</mark>' in page.text
    for figure in ("27", "2019"):
        assert f"<mark>{figure}</mark>" in page.text
    assert "for R&amp;D &lt;now&gt;." in page.text
    words = Page(page.text).text
    assert "One figure may be a slip" in words
    assert "one is too many" in words
    assert f"RES NE {clock.now().year} r.1" in words
    for said in ("editor@ne.library.example", "1 officer is asked", "1 officer without an address"):
        assert said in words, said
    assert Page(page.text).faults == []


def test_figures_have_to_be_looked_at_where_there_are_any(house: House, editor: FlaskClient) -> None:
    path = f"{DRAFTS}{drafted(house, body='All 27 towns.')}"
    refused = publish(editor, path)
    assert refused.status_code == 422
    assert reasons(refused) == {"looked": "Look at the figures and say so here."}
    assert publish(editor, path, looked="1").status_code == 303
    plain = f"{DRAFTS}{drafted(house, body='All towns.', title='On all towns')}"
    assert publish(editor, plain).status_code == 303


def test_a_published_text_shows_its_address_to_forward_and_what_comes_next(house: House, editor: FlaskClient) -> None:
    kim = Named("Kim Sample-Reyes", "President", "kim@library.example", "kim@library.example")
    path = f"{DRAFTS}{drafted(house, 'NE', kim, body='All towns.')}"
    answer = publish(editor, path)
    assert answer.status_code == 303
    slug = f"ne-resolution-{clock.now().year}"
    assert answer.headers["Location"] == f"{DESK}published/{slug}"
    page = editor.get(answer.headers["Location"])
    assert f"{house.config.base_url}/statements/{slug}" in page.text
    assert "A receipt is on its way" in page.text
    assert "The organizers look at it" in page.text
    assert Page(page.text).faults == []
    assert house.rows(Draft) == []
    assert [each.name for each in house.rows(Officer)] == ["Kim Sample-Reyes"]
    assert house.client().get(f"/statements/{slug}").status_code == 200
    for other in (SLUG, "no-such-text"):
        assert editor.get(f"{DESK}published/{other}").status_code == 404


def test_publishing_asks_again_who_signed_in_long_ago_and_leads_back(house: House, editor: FlaskClient) -> None:
    path = f"{DRAFTS}{drafted(house)}"
    house.later(minutes=16)
    answer = editor.get(f"{path}/publish")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/account/sign-in?next=/organize/chapters/ne/drafts/")
    assert save(editor, path, title="Saved all the same").status_code == 303


# --- Whose is what --------------------------------------------------------------------------------


def test_a_draft_is_found_only_in_its_own_chapter(house: House, editor: FlaskClient) -> None:
    foreign = drafted(house, "KS", title="Secret of Kansas")
    slug = published(house, "KS")
    form = hidden(editor.get("/account/"), "/account/name")
    before = house.dump()
    for path in (f"{DRAFTS}{foreign}", f"{DRAFTS}{foreign}/publish", f"{DESK}published/{slug}"):
        answer = editor.get(path)
        assert answer.status_code == 404
        assert "Secret" not in answer.text
    acts = [f"{DRAFTS}{foreign}{act}" for act in ("", "/publish", "/discard")]
    for path in (*acts, f"{DESK}statements/{slug}/next"):
        assert editor.post(path, data={**form, "version": "1", "title": "Mine now"}).status_code == 404
    assert "Secret" not in editor.get(DESK).text
    assert house.dump() == before


def test_an_organizer_writes_too_and_an_auditor_only_reads(house: House) -> None:
    path = f"{DRAFTS}{drafted(house, body='All towns.')}"
    auditor = signed_in(house, Role.AUDITOR)
    page = auditor.get(path)
    assert page.status_code == 200
    assert "All towns." in page.text
    assert not Page(page.text).all("form", method="post")
    assert auditor.get(f"{path}/publish").status_code == 403
    assert auditor.get(f"{DRAFTS}new").status_code == 403
    organizer = signed_in(house)
    assert save(organizer, path, title="By an organizer").status_code == 303
    assert the_draft(house).title == "By an organizer"
    assert publish(organizer, path).status_code == 303


def test_what_came_from_a_document_leads_to_the_comparison_until_it_is_accepted(
    house: House, editor: FlaskClient
) -> None:
    number = drafted(house)
    assert "Compare and accept" not in editor.get(f"{DRAFTS}{number}").text
    with house.writing() as session:
        draft = session.get_one(Draft, number)
        draft.original_id = _original(session, draft)
    page = editor.get(f"{DRAFTS}{number}").text
    assert f'href="{DRAFTS}{number}/original"' in page
    assert "Compare and accept" in page
    refused = editor.get(f"{DRAFTS}{number}/publish")
    assert refused.status_code == 422
    assert "accept it" in refused.text
    with house.writing() as session:
        session.get_one(Draft, number).accepted_at = clock.now()
    save(editor, f"{DRAFTS}{number}", body="One clause is mended.")
    assert the_draft(house).accepted_at is not None
    assert editor.get(f"{DRAFTS}{number}/publish").status_code == 200


def _original(session: Session, draft: Draft) -> int:
    original = Original(
        chapter_id=draft.chapter_id, account_id=draft.account_id, name="r.docx", kind="docx", size=1, sha256="0" * 64,
        data=b"x", markdown="", marks=[], warnings=[], pages=1, scan=False, made_at=clock.now(),
    )  # fmt: skip
    session.add(original)
    session.flush()
    return original.id
