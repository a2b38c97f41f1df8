"""Signing: each form that is sent is a row of its own, or is refused with a reason at its field."""

import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from petition import clock
from petition.signatures.models import Change, Signature, Status
from petition.statements.models import NOTICE, TEXT, Revision
from tests.ground import SLUG, House, hidden, reasons

TYPED = {
    "name": "  Ada  Lovelace ",
    "city": "Lincoln",
    "state": "NE",
    "postal_code": "68508",
    "relation": "librarian",
    "affiliation": "Lincoln City Libraries",
    "comment": "Our wait list is long.\r\nToo long.",
    "show_name": "y",
}


def test_what_was_typed_is_kept_as_pending_under_the_text_that_was_shown(house: House) -> None:
    answer = house.sign(**TYPED)
    assert answer.status_code == 303, reasons(answer)
    assert re.fullmatch(r"/statements/ebooksforall/sent/[\w-]{30,}", answer.headers["Location"])
    kept = house.signature()
    assert kept.status == Status.PENDING
    assert kept.name == "Ada Lovelace"
    assert (kept.city, kept.state, kept.country, kept.postal_code) == ("Lincoln", "NE", None, "68508")
    assert (kept.relation, kept.affiliation) == ("librarian", "Lincoln City Libraries")
    assert kept.comment == "Our wait list is long.\nToo long."
    assert kept.show_name is True
    assert kept.updates is False
    assert kept.withhold is False
    revisions = {row.id: row for row in house.rows(Revision)}
    assert revisions[kept.revision_id].role == TEXT
    assert revisions[kept.notice_id].role == NOTICE
    assert (kept.asked_at, kept.expires_at, kept.number) == (None, None, None)


def test_the_address_is_sealed_and_known_by_its_hash_only(house: House) -> None:
    house.sign(email="Ada+Books@Patron.Example")
    kept = house.signature()
    assert kept.address is not None
    assert b"atron" not in kept.address
    assert house.keys.open_address(kept.address) == "Ada+Books@Patron.Example"
    assert kept.mailbox == house.mailbox("ada@patron.example")


def test_an_email_is_owed_from_the_same_transaction_on(house: House) -> None:
    with house.refusing("email"):
        assert house.sign().status_code == 500
    assert house.rows(Signature) == []
    house.sign()
    (owed,) = house.emails()
    assert owed.subject_id == house.signature().id
    assert owed.mailbox == house.mailbox()
    assert owed.asks


def test_every_form_that_is_sent_is_a_row_of_its_own(house: House) -> None:
    client = house.client()
    form = house.form(client)
    for _ in range(3):
        assert client.post(f"/statements/{SLUG}/sign", data=form).status_code == 303
    assert [row.status for row in house.rows(Signature)] == [Status.PENDING] * 3
    assert house.rows(Change) == []


def test_many_people_sign_at_once_and_each_is_kept(house: House) -> None:
    form = house.form()
    answers: list[int] = []

    def sign(number: int) -> None:
        client = house.client()
        for more in range(4):
            typed = {**form, "email": f"reader-{number}-{more}@patron.example"}
            answers.append(client.post(f"/statements/{SLUG}/sign", data=typed).status_code)

    threads = [threading.Thread(target=sign, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [303] * 24
    assert len({row.mailbox for row in house.rows(Signature)}) == 24
    assert len(house.emails()) == 24


def test_sixty_people_behind_one_address_sign_within_ten_minutes(house: House) -> None:
    client = house.client()
    form = house.form(client)
    for number in range(60):
        answer = client.post(f"/statements/{SLUG}/sign", data={**form, "email": f"reader-{number}@patron.example"})
        assert answer.status_code == 303
    assert len(house.rows(Signature)) == 60


# --- Forms that are refused -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "", "name"),
        ("name", "=1+1", "Start with a letter"),
        ("email", "", "Type your e-mail address."),
        ("email", "ada", "has no @"),
        ("email", "ada@", "no part after the @"),
        ("email", "@patron.example", "no part before the @"),
        ("email", f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 63}.example", "too long"),
        ("email", "ada@patron..example", "letter by letter"),
        ("email", "ada@patron.example\r\nBcc: b@c.example", "letter by letter"),
        ("city", "", "town"),
        ("state", "", "Choose a state"),
        ("state", "XX", "Choose a state"),
        ("country", "", "Choose your country"),
        ("postal_code", "6850", "five digits"),
        ("relation", "publisher", "Choose one"),
        ("comment", "x" * 501, "500"),
    ],
)
def test_a_refused_field_says_why_and_keeps_what_was_typed(house: House, field: str, typed: str, said: str) -> None:
    kept = {"name": "Grace Hopper", "email": "grace@patron.example", "city": "Omaha", "comment": "Kept."}
    state = "ZZ" if field == "country" else "NE"
    answer = house.sign(**{"state": state, **kept, field: typed})
    assert answer.status_code == 422
    assert said in reasons(answer)[field]
    assert all(value in answer.text for name, value in kept.items() if name != field)
    assert answer.headers["Cache-Control"] == "no-store"
    assert house.rows(Signature) == []
    assert house.emails() == []


def test_a_likely_slip_is_asked_about_once_and_either_answer_is_taken(house: House) -> None:
    client = house.client()
    asked = house.sign(client, email="ada@gmial.com")
    assert asked.status_code == 422
    assert "Did you mean ada@gmail.com?" in asked.text
    assert house.rows(Signature) == []
    form = {**house.form(client, email="ada@gmial.com"), **hidden(asked, f"/statements/{SLUG}/sign")}
    assert client.post(f"/statements/{SLUG}/sign", data=form).status_code == 303
    mended = client.post(f"/statements/{SLUG}/sign", data={**form, "email_checked": "", "email_fix": "ada@gmail.com"})
    assert mended.status_code == 303
    kept = [house.keys.open_address(row.address or b"") for row in house.rows(Signature)]
    assert kept == ["ada@gmial.com", "ada@gmail.com"]


@pytest.mark.parametrize("token", [None, "", "26000000.AAAAAAAAAAAAAAAAAAAAAA", "x"])
def test_a_form_without_a_token_of_ours_is_refused(house: House, token: str | None) -> None:
    form = {**house.form(), "csrf_token": token}
    if token is None:
        del form["csrf_token"]
    answer = house.client().post(f"/statements/{SLUG}/sign", data=form)
    assert answer.status_code == 422
    assert "Ada Lovelace" in answer.text
    assert house.rows(Signature) == []


def test_a_page_left_open_for_more_than_a_day_can_be_sent_again(house: House) -> None:
    client = house.client()
    form = house.form(client)
    house.later(hours=25)
    stale = client.post(f"/statements/{SLUG}/sign", data=form)
    assert stale.status_code == 422
    assert "open for more than a day" in stale.text
    fresh = {**form, **hidden(stale, f"/statements/{SLUG}/sign")}
    assert client.post(f"/statements/{SLUG}/sign", data=fresh).status_code == 303


def test_the_token_of_one_text_does_not_sign_another(house: House) -> None:
    form = house.form()
    form["shown"] = "0" * 64 + "." + "1" * 64
    assert house.client().post(f"/statements/{SLUG}/sign", data=form).status_code == 422
    assert house.rows(Signature) == []


@pytest.fixture(params=[TEXT, NOTICE])
def newer(house: House, request: pytest.FixtureRequest) -> str:
    """The form of a page whose text, or whose notice, has been followed by a newer one meanwhile."""
    form = house.form()
    with house.writing() as session:
        old = session.scalars(select(Revision).where(Revision.role == request.param, Revision.language == "en")).one()
        values = {c.name: getattr(old, c.name) for c in Revision.__table__.columns if c.name != "id"}
        session.add(Revision(**{**values, "number": 2, "sha256": "f" * 64, "body": "A newer text."}))
    return form["csrf_token"] + " " + form["shown"]


def test_a_text_that_changed_meanwhile_is_shown_before_it_is_signed(house: House, newer: str) -> None:
    token, shown = newer.split(" ")
    client = house.client()
    filled = {**house.form(client, name="Grace Hopper"), "csrf_token": token, "shown": shown}
    answer = client.post(f"/statements/{SLUG}/sign", data=filled)
    assert answer.status_code == 422
    assert "The text has changed" in answer.text
    assert "Grace Hopper" in answer.text
    assert house.rows(Signature) == []
    filled.update(hidden(answer, f"/statements/{SLUG}/sign"))
    assert client.post(f"/statements/{SLUG}/sign", data=filled).status_code == 303
    newest = {row.sha256: row.id for row in house.rows(Revision)}["f" * 64]
    assert newest in (house.signature().revision_id, house.signature().notice_id)


def test_nothing_can_be_signed_before_the_campaign_opens(house: House) -> None:
    clock.move(timedelta(days=-365 * 10))
    answer = house.client().post(f"/statements/{SLUG}/sign", data={"name": "Ada"})
    assert answer.status_code in (409, 422)
    assert house.rows(Signature) == []


def test_an_unknown_statement_is_not_found(house: House) -> None:
    form = house.form()
    assert house.client().post("/statements/nothing/sign", data=form).status_code == 404
