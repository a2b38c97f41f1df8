"""A chapter publishes its draft: an immutable revision, a receipt to the editor and one to the office."""

import pytest

from petition import clock, markdown
from petition.accounts.models import AuditEntry
from petition.drafts import publishing
from petition.drafts.models import Draft
from petition.officers.models import Officer
from petition.officers.naming import Named
from petition.statements.models import NOTICE, TEXT, End, Revision, Statement, Submission
from tests.chapters import OFFICE
from tests.ground import House
from tests.publishing import BODY, drafted, published

EDITOR = "editor@ne.library.example"


def test_a_published_draft_is_a_numbered_revision_with_its_sha256(house: House) -> None:
    slug = published(house)
    assert slug == f"ne-resolution-{clock.now().year}"
    (text,) = house.rows(Revision, Revision.role == TEXT, Revision.statement.has(slug=slug))
    assert (text.number, text.sha256) == (1, markdown.digest(text.text))
    assert text.text.startswith("# Resolution on one copy for a whole state\n\nSell libraries")
    (submission,) = house.rows(Submission)
    assert (submission.adopted_by, str(submission.adopted_on), submission.vote) == (
        "Executive board", "2019-10-04", "11 to 0",
    )  # fmt: skip
    assert house.rows(Draft) == []


def test_its_page_shows_the_text_and_takes_no_signature_unless_the_chapter_opened_it(house: House) -> None:
    slug = published(house)
    page = house.client().get(f"/statements/{slug}")
    assert page.status_code == 200
    assert "one copy serves one reader at a time" in page.text
    assert "Signing is not open." in page.text
    assert f'action="/statements/{slug}/sign"' not in page.text
    open_too = published(house, "KS", takes_signatures=True)
    assert f'action="/statements/{open_too}/sign"' in house.client().get(f"/statements/{open_too}").text


def test_what_takes_no_signatures_refuses_one_that_is_sent_all_the_same(house: House) -> None:
    slug = published(house, takes_signatures=True)
    client = house.client()
    form = house.form(client, slug)
    assert client.post(f"/statements/{slug}/sign", data=form).status_code == 303
    for closing in ({"takes_signatures": False}, {"takes_signatures": True, "ended": End.RETRACTED}):
        with house.writing() as session:
            session.query(Statement).filter_by(slug=slug).update(closing)
        before = house.dump()
        answer = client.post(f"/statements/{slug}/sign", data=form)
        assert answer.status_code == 409
        assert "Signing" in answer.text
        assert house.dump() == before


def test_the_editor_and_the_office_get_a_receipt(house: House) -> None:
    published(house)
    house.work()
    (text,) = house.rows(Revision, Revision.role == TEXT, Revision.title.startswith("Resolution"))
    for address in (EDITOR, OFFICE):
        mail = house.mails(address)[-1]
        assert mail.subject == "Published: Resolution on one copy for a whole state"
        assert text.sha256 in mail.text
        assert f"RES NE {clock.now().year} r.1" in mail.text
    assert "did not publish this" in house.mails(OFFICE)[-1].text
    assert "did not publish this" not in house.mails(EDITOR)[-1].text


def test_a_changed_draft_is_the_next_revision_and_the_one_before_stays(house: House) -> None:
    slug = published(house)
    published(house, slug=slug, body=BODY.replace("first day", "day of publication"), note="Says which day.")
    texts = house.rows(Revision, Revision.role == TEXT, Revision.statement.has(slug=slug))
    assert [text.number for text in texts] == [1, 2]
    assert "first day" in texts[0].text
    assert len(house.rows(Revision, Revision.role == NOTICE, Revision.statement.has(slug=slug))) == 1
    assert [entry.act for entry in house.rows(AuditEntry)].count("revision published") == 2


def test_a_second_statement_of_the_same_kind_has_a_name_of_its_own(house: House) -> None:
    first = published(house)
    assert published(house, title="Another") == f"{first}-2"


@pytest.mark.parametrize(
    ("fields", "lacking"),
    [({"title": " "}, ("title",)), ({"body": ""}, ("body",)), ({"title": "", "body": ""}, ("title", "body"))],
)
def test_a_draft_that_lacks_something_says_what(house: House, fields: dict[str, str], lacking: tuple[str, ...]) -> None:
    draft = drafted(house, **fields)
    with house.writing() as session:
        own = session.get_one(Draft, draft)
        with pytest.raises(publishing.Unfinished) as refused:
            publishing.publish(session, house.keys, own, own.account, clock.now())
    assert refused.value.lacks == lacking


def test_the_same_text_again_is_refused(house: House) -> None:
    slug = published(house)
    with pytest.raises(publishing.Unchanged):
        published(house, slug=slug, note="Nothing.")


def test_nothing_follows_a_text_that_was_retracted_while_its_next_was_written(house: House) -> None:
    slug = published(house)
    with house.writing() as session:
        session.query(Statement).filter_by(slug=slug).update({"ended": End.RETRACTED})
    with pytest.raises(publishing.Over):
        published(house, slug=slug, body="Another text.", note="More.")
    texts = house.rows(Revision, Revision.role == TEXT, Revision.statement.has(slug=slug))
    assert [text.number for text in texts] == [1]


def test_officers_stand_encrypted_in_the_draft_and_in_order_under_the_revision(house: House) -> None:
    kim = Named("Kim Sample-Reyes", "President", "kim@library.example", "kim@library.example")
    draft = drafted(house, "NE", kim, Named("Lee Sample-Hart", "Secretary"))
    (row,) = house.rows(Draft, Draft.id == draft)
    assert row.officers is not None
    assert b"kim@" not in row.officers
    with house.writing() as session:
        own = session.get_one(Draft, draft)
        publishing.publish(session, house.keys, own, own.account, clock.now())
    officers = house.rows(Officer)
    assert [(each.name, each.title, each.address is not None) for each in officers] == [
        ("Kim Sample-Reyes", "President", True),
        ("Lee Sample-Hart", "Secretary", False),
    ]


def test_a_chapters_text_in_a_sample_says_so_in_words_that_do_not_deny_its_adoption(house: House) -> None:
    page = house.client().get(f"/statements/{published(house)}").text
    assert "Adopted Oct 4, 2019" in page
    assert "A sample. This campaign and every text in it are there to try the software." in page
    assert "no association has adopted it" not in page
    assert "no association has adopted it" in house.client().get("/").text
