"""Forms that are out of date, tampered with, too large or no forms at all."""

from typing import Any

import pytest

from petition.signatures.models import Signature
from petition.statements.models import Revision
from tests.filling import ALL_TYPED, SIGN, kept, refused
from tests.ground import House, hidden
from tests.signing_in import signed_in
from tests.witness import words


def test_a_form_older_than_a_day_keeps_its_text_and_works_when_sent_again(house: House) -> None:
    client = house.client()
    typed = {**hidden(client.get("/")), **ALL_TYPED}
    house.later(hours=24, minutes=3)
    before = house.dump()
    answer = client.post(SIGN, data=typed)
    assert answer.status_code == 422
    assert "This page was open for more than a day. Nothing is lost: send it again." in words(answer.text)
    assert house.dump() == before
    form = kept(answer)
    assert {name: form[name] for name in ALL_TYPED} == ALL_TYPED
    assert client.post(SIGN, data=form).status_code == 303


def test_a_form_of_yesterday_within_its_day_is_taken(house: House) -> None:
    client = house.client()
    typed = {**hidden(client.get("/")), **ALL_TYPED}
    house.later(hours=23, minutes=58)
    assert client.post(SIGN, data=typed).status_code == 303


@pytest.mark.parametrize("token", ["", "x", "29000000.", ".AAAA", "29000000." + "A" * 22, "٣٣.é", "1" * 9000])
def test_a_forged_token_keeps_the_text_too(house: House, token: str) -> None:
    answer = refused(house, csrf_token=token)
    assert kept(answer)["name"] == ALL_TYPED["name"]


def test_a_form_cannot_be_bound_to_a_text_that_was_not_shown(house: House) -> None:
    answer = refused(house, shown="0" * 64 + "." + "0" * 64)
    assert kept(answer)["comment"] == ALL_TYPED["comment"]


@pytest.mark.parametrize("role", ["text", "notice"])
def test_a_text_that_changed_meanwhile_is_shown_and_the_form_kept(house: House, role: str) -> None:
    client = house.client()
    typed = {**hidden(client.get("/")), **ALL_TYPED}
    with house.writing() as session:
        old = session.query(Revision).filter_by(role=role, language="en").one()
        values = {name: getattr(old, name) for name in ("statement_id", "role", "language", "title", "ask")}
        new = Revision(
            **values, number=2, body="Another.\n", text="Another.\n", sha256="f" * 64, published_at=old.published_at
        )
        session.add(new)
        session.flush()
        new_id = new.id
    before = house.dump()
    answer = client.post(SIGN, data=typed)
    assert answer.status_code == 422
    assert "The text has changed since you opened this page." in words(answer.text)
    assert house.dump() == before
    form = kept(answer)
    assert {name: form[name] for name in ALL_TYPED} == ALL_TYPED
    assert client.post(SIGN, data=form).status_code == 303
    signature = house.signature()
    assert new_id == (signature.revision_id if role == "text" else signature.notice_id)


def test_extra_fields_decide_nothing(house: House) -> None:
    extra: dict[str, Any] = {
        "id": "4711", "status": "verified", "number": "1", "confirmed_at": "2026-01-01", "method": "link",
        "slot": "2", "mailbox": "x", "address": "x", "generation": "9", "statement_id": "9", "revision_id": "9",
        "withhold": "1", "signed_at": "2001-01-01", "language": "xx", "expires_at": "2099-01-01", "reason": "x",
    }  # fmt: skip
    assert house.sign(**extra).status_code == 303
    signature = house.signature()
    assert (signature.id, signature.status, signature.number, signature.slot) == (1, "pending", None, 1)
    assert (signature.confirmed_at, signature.method, signature.withhold) == (None, None, False)
    assert (signature.generation, signature.language, signature.reason) == (0, "en", None)
    assert signature.signed_at.year > 2001
    assert house.count() == 0


# --- Requests that are no forms of ours -------------------------------------------------------------


def test_too_large_a_body_is_refused_before_it_is_read(house: House) -> None:
    before = house.dump()
    answer = house.client().post(SIGN, data={**house.form(), "comment": "c" * 200_000})
    assert answer.status_code == 413
    assert "That is too much at once." in answer.text
    parts = {f"field{number}": "x" for number in range(200)}
    many = house.client().post(SIGN, data=parts, content_type="multipart/form-data")
    assert many.status_code == 413
    assert house.dump() == before


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "BREW"])
def test_an_unknown_method_gets_a_calm_page(house: House, method: str) -> None:
    for path in ("/", SIGN, "/confirm"):
        answer = house.client().open(path, method=method)
        assert answer.status_code == 405
        assert "This address takes no such request." in answer.text
        assert answer.headers["Allow"]


def test_bytes_that_are_no_text_are_refused_calmly(house: House) -> None:
    client = house.client()
    token = hidden(client.get("/"))["csrf_token"]
    body = b"name=%ff%fe%00&email=%80@x&city=%c3%28&state=NE&csrf_token=" + token.encode()
    answer = client.post(SIGN, data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 422
    for kind in ("application/json", "text/plain", "multipart/form-data; boundary="):
        assert client.post(SIGN, data=b"\x00{", content_type=kind).status_code in (400, 422), kind
    assert not house.rows(Signature)


@pytest.mark.parametrize("path", ["/?lang=%00", "/?lang=../../etc", "/statements/%00", "/statements/" + "x" * 3000])
def test_odd_addresses_are_no_fault_of_ours(house: House, path: str) -> None:
    assert house.client().get(path).status_code in (200, 404)


def test_a_nul_in_what_an_organizer_types_is_left_out(house: House) -> None:
    house.signed()
    number = house.signature().id
    client = signed_in(house)
    path = f"/organize/signatures/{number}"
    answer = house.press(f"{path}/hold", client, on=path, note="Looks\0 odd\0")
    assert answer.status_code == 303
    assert "Looks odd" in client.get(path).text
