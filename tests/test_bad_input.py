"""Bad input: a sentence at its field, status 422, nothing stored, nothing that was typed lost."""

import html
import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from petition.signatures.models import Signature
from tests.ground import SLUG, House, hidden
from tests.witness import Page, words

SIGN = f"/statements/{SLUG}/sign"
ALL_TYPED = {
    "name": "Ada Sample-Okafor",
    "email": "ada@patron.example",
    "city": "Scottsbluff",
    "state": "NE",
    "country": "JP",
    "postal_code": "69361",
    "relation": "librarian",
    "affiliation": "Sample “Public” Library & Friends",
    "comment": "First line.\n\nSecond line, with <b>signs</b> & “quotes”.",
    "show_name": "1",
}


def kept(answer: TestResponse) -> dict[str, str]:
    """What a page's sign form holds, as a browser would send it."""
    page = Page(answer.text)
    found = {
        given["name"]: given.get("value", "")
        for given in page.all("input")
        if given.get("name") and (given["type"] not in ("checkbox", "radio") or "checked" in given)
    }
    for name in ("state", "country"):
        select = re.search(rf'<select id="{name}".*?</select>', answer.text, re.DOTALL)
        assert select is not None
        chosen = re.search(r'<option value="([^"]*)" selected', select.group())
        found[name] = chosen.group(1) if chosen else ""
    area = re.search(r'<textarea id="comment".*?>(.*?)</textarea>', answer.text, re.DOTALL)
    assert area is not None
    found["comment"] = html.unescape(area.group(1)).removeprefix("\n")
    return found


def refused(house: House, **typed: str) -> TestResponse:
    """Send the form with this in it: refused with 422, and nothing is stored."""
    client = house.client()
    data = {**hidden(client.get(f"/statements/{SLUG}")), **ALL_TYPED, **typed}
    before = house.dump()
    answer = client.post(SIGN, data=data)
    assert answer.status_code == 422, words(answer.text)
    assert house.dump() == before
    assert answer.headers["Cache-Control"] == "no-store"
    return answer


BAD = [
    ("name", "", "Type your name."),
    ("name", "   ", "Type your name."),
    ("name", "A" * 121, "Use at most 120 characters."),
    ("name", "Ada \u202eecalevoL", "turns the direction of writing (U+202E)"),
    ("name", "Ada \x07Sample", "control character (U+0007)"),
    ("name", "Ada \u0378 Sample", "We do not know the character U+0378"),
    ("name", "Z" + "\u0327\u0331\u0301\u0302\u0303\u0304", "at most four on one letter"),
    ("name", "=1+1", "not with “=”"),
    ("name", "+Ada", "not with “+”"),
    ("name", "-Ada", "not with “-”"),
    ("name", "@ada", "not with “@”"),
    ("name", "Ada www.spam.example", "Leave out web addresses and e-mail addresses."),
    ("name", "Ada https://spam.example/", "Leave out web addresses and e-mail addresses."),
    ("name", "Ada ❤", "Leave out the symbol “❤”."),
    ("name", "<script>alert(1)</script>", "Leave out the symbol “<”."),
    ("name", "12345", "Use at least one letter."),
    ("name", "Ada\u200bLovelace", "hidden character (U+200B)"),
    ("email", "", "Type your e-mail address."),
    ("email", "ada", "This address has no @."),
    ("email", "ada@", "no part after the @"),
    ("email", "@patron.example", "no part before the @"),
    ("email", "ada@patron example", "We cannot write to this address."),
    ("email", "ada@patron..example", "We cannot write to this address."),
    ("email", "ada@patron.example\r\nBcc: eve@patron.example", "We cannot write to this address."),
    ("email", "ada@patron.example,eve@patron.example", "We cannot write to this address."),
    ("email", "Ada <ada@patron.example>", "We cannot write to this address."),
    ("email", "ada@127.0.0.1", "We cannot write to this address."),
    ("email", "a" * 250 + "@patron.example", "This address is too long."),
    ("city", "", "Type your city or town."),
    ("city", "=HYPERLINK", "not with “=”"),
    ("state", "", "Choose a state, or “Outside the United States”."),
    ("state", "XX", "Choose a state, or “Outside the United States”."),
    ("state", "ne", "Choose a state, or “Outside the United States”."),
    ("postal_code", "ABC", "Type five digits, or nine such as 80202-1234."),
    ("postal_code", "1234", "Type five digits, or nine such as 80202-1234."),
    ("relation", "king", "Choose one of the four, or none."),
    ("affiliation", "See http://spam.example", "Leave out web addresses and e-mail addresses."),
    ("affiliation", "L" * 161, "Use at most 160 characters."),
    ("comment", "c" * 501, "Use at most 500 characters."),
    ("comment", "Read ada@spam.example", "Leave out web addresses and e-mail addresses."),
]


@pytest.mark.parametrize(("field", "typed", "sentence"), BAD, ids=[f"{f}-{n}" for n, (f, _, _) in enumerate(BAD)])
def test_each_mistake_is_named_at_its_field_and_nothing_is_lost(
    house: House, field: str, typed: str, sentence: str
) -> None:
    answer = refused(house, **{field: typed})
    page = Page(answer.text)
    assert sentence in page.text
    assert page.all("p", id=f"{field}-why"), "no sentence at the field"
    assert page.all("a", href=f"#{field}"), "the summary does not lead to the field"
    if field != "relation":
        marked = next(given for _tag, given in page.elements if given.get("id") == field)
        assert f"{field}-why" in marked["aria-describedby"]
        assert marked["aria-invalid"] == "true"
    form = kept(answer)
    for name, value in ALL_TYPED.items():
        if name != field:
            assert form.get(name) == value, name
    assert "updates" not in form
    assert page.text.count("One thing to correct") == 1
    assert re.search("<title>Error:", answer.text)


def test_what_was_wrong_itself_stays_in_its_field(house: House) -> None:
    for field, typed in (("name", "12345"), ("email", "ada@"), ("city", "@home"), ("postal_code", "ABC")):
        assert kept(refused(house, **{field: typed}))[field] == typed


def test_every_mistake_is_named_at_once(house: House) -> None:
    answer = refused(house, name="", email="ada", city="", state="", postal_code="", relation="king")
    page = Page(answer.text)
    assert "5 things to correct" in page.text
    assert [given["href"] for given in page.all("a") if given.get("href", "") in ("#name", "#email", "#city")]


def test_unticked_boxes_stay_unticked_and_ticked_ones_ticked(house: House) -> None:
    ticked = kept(refused(house, name="", updates="1"))
    assert (ticked["show_name"], ticked["updates"]) == ("1", "1")
    client = house.client()
    typed = {**hidden(client.get("/")), **ALL_TYPED, "name": ""}
    del typed["show_name"], typed["relation"]
    form = kept(client.post(SIGN, data=typed))
    assert not {"show_name", "updates", "relation"} & set(form)


def test_outside_the_united_states_a_country_is_asked_for(house: House) -> None:
    for country in ("", "US", "ZZ", "QQ"):
        answer = refused(house, state="ZZ", country=country, postal_code="")
        assert "Choose your country." in words(answer.text)
        assert kept(answer)["state"] == "ZZ"
    good = house.sign(state="ZZ", country="JP", city="京都市", postal_code="〒604-8571".removeprefix("〒"))
    assert good.status_code == 303
    signature = house.signature()
    assert (signature.state, signature.country, signature.city) == ("ZZ", "JP", "京都市")


def test_inside_the_united_states_a_country_is_not_kept(house: House) -> None:
    assert house.sign(country="JP").status_code == 303
    assert house.signature().country is None


# --- Did you mean …? --------------------------------------------------------------------------------


def test_a_likely_slip_is_asked_about_once_and_then_taken_as_typed(house: House) -> None:
    answer = refused(house, email="ada@gmial.com")
    assert "Did you mean ada@gmail.com?" in words(answer.text)
    form = kept(answer)
    assert form["email"] == "ada@gmial.com"
    again = house.client().post(SIGN, data=form)
    assert again.status_code == 303
    house.work()
    assert [mail.to for mail in house.mails()] == ["ada@gmial.com"]


def test_the_offered_address_is_one_button_away(house: House) -> None:
    answer = refused(house, email="ada@gmial.com")
    (offer,) = Page(answer.text).all("button", name="email_fix")
    assert offer["value"] == "ada@gmail.com"
    taken = house.client().post(SIGN, data={**kept(answer), "email_fix": offer["value"]})
    assert taken.status_code == 303
    house.work()
    assert [mail.to for mail in house.mails()] == ["ada@gmail.com"]


def test_another_slip_is_asked_about_anew(house: House) -> None:
    form = kept(refused(house, email="ada@gmial.com"))
    answer = house.client().post(SIGN, data={**form, "email": "ada@yaho.com"})
    assert answer.status_code == 422
    assert "Did you mean ada@yahoo.com?" in words(answer.text)


# --- Scripts, headers and HTML ------------------------------------------------------------------------

SCRIPTS = {
    "Latin": "Zoë Sample-Łukasiewicz",
    "Greek": "Νίκη Παπαδοπούλου",
    "Cyrillic": "Олена Шевченко",
    "Hebrew": "רות כהן",
    "Arabic": "فاطمة الزهراء",
    "Han": "山田花子",
    "Hangul": "김수민",
    "Devanagari": "अनुराधा शर्मा",
    "Thai": "สมชาย ใจดี",
    "Ethiopic": "አበበ ቢቂላ",
    "Cherokee": "ᏍᏏᏉᏯ",
    "Persian": "علی‌رضا",
}


@pytest.mark.parametrize("name", SCRIPTS.values(), ids=SCRIPTS)
def test_a_name_in_any_script_passes_whole_from_form_to_page_and_email(house: House, name: str) -> None:
    page = house.signed(name=name, show_name="1", city=name)
    assert house.signature().name == name
    for mail in house.mails():
        assert name in mail.text
        assert name in mail.html
    assert f'<bdi class="name">{name}</bdi>' in house.client().get(page).text
    assert name in house.client().get("/").text


def test_a_line_end_in_a_name_adds_no_header_and_no_line(house: House) -> None:
    answer = house.sign(name="Ada\r\nBcc: eve@patron", city="Lincoln\nSubject: hello")
    assert answer.status_code == 303
    house.work()
    (mail,) = house.mails()
    assert mail.message["Bcc"] is None
    assert mail.message.get_all("Subject") == ["Please confirm your signature"]
    assert mail.message.get_all("To") == ["ada@patron.example"]
    assert "Ada Bcc: eve@patron" in mail.text


HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>{{ 7*7 }}'


def test_html_in_what_was_typed_is_shown_as_text_everywhere(house: House) -> None:
    """The form refuses most of it; a row that came in otherwise must be harmless all the same."""
    page = house.signed(show_name="1")
    house.sign(email="bo@patron.example", name="Bo")
    with house.writing() as session:
        for signature in session.query(Signature):
            signature.name = signature.city = signature.affiliation = signature.comment = HOSTILE
    house.work()
    waiting = house.mails("bo@patron.example")[-1].link("/confirm/")
    shown = [house.client().get(path).text for path in (page, f"{page}/withdraw", waiting, "/", f"/statements/{SLUG}")]
    house.press(f"{page}/withdraw")
    house.work()
    shown.append(house.client().get(f"{page}/withdraw").text)
    shown.append(house.client().get(page).text)
    for source in shown:
        assert Page(source).faults == []
        assert "<img" not in source
        assert "alert(2)</script>" not in source
    assert sum("{{ 7*7 }}" in source for source in shown) >= 5
    letters = [mail for mail in house.mails() if "{{ 7*7 }}" in mail.text]
    assert {mail.subject for mail in letters} >= {"Please confirm your signature", "Your signature is withdrawn"}
    for mail in letters:
        assert "<img" not in mail.html
        assert "<script" not in mail.html
        assert "49" not in mail.subject


def test_template_words_in_a_name_stay_words(house: House) -> None:
    page = house.signed(name="Ada {{ 7*7 }} {% raw %}", comment="${7*7} #{7*7}")
    assert "Ada {{ 7*7 }} {% raw %}" in words(house.client().get(page).text)
    assert "Ada {{ 7*7 }} {% raw %}" in house.mails()[0].text


# --- Forms that are out of date or tampered with ----------------------------------------------------


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


@pytest.mark.parametrize("token", ["", "x", "29000000.", ".AAAA", "29000000.AAAAAAAAAAAAAAAAAAAAAA", "٣٣.é", "1" * 9000])
def test_a_forged_token_keeps_the_text_too(house: House, token: str) -> None:
    answer = refused(house, csrf_token=token)
    assert kept(answer)["name"] == ALL_TYPED["name"]


def test_a_form_cannot_be_bound_to_a_text_that_was_not_shown(house: House) -> None:
    answer = refused(house, shown="0" * 64 + "." + "0" * 64)
    assert kept(answer)["comment"] == ALL_TYPED["comment"]


@pytest.mark.parametrize("role", ["text", "notice"])
def test_a_text_that_changed_meanwhile_is_shown_and_the_form_kept(house: House, role: str) -> None:
    from petition.statements.models import Revision

    client = house.client()
    typed = {**hidden(client.get("/")), **ALL_TYPED}
    with house.writing() as session:
        old = session.query(Revision).filter_by(role=role).one()
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
