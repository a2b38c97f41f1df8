"""Bad input: a sentence at its field, status 422, nothing stored, nothing that was typed lost."""

import re

import pytest

from tests.filling import ALL_TYPED, SIGN, kept, refused
from tests.ground import House, hidden
from tests.witness import Page, words

pytestmark = pytest.mark.one_database("sqlite", "what was typed is refused before any database is asked")

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


# --- Codes --------------------------------------------------------------------------------------------


def test_a_wrong_code_says_so_counts_the_tries_and_leaves_the_link_alone(house: House) -> None:
    client = house.client()
    sent = house.sign(client).headers["Location"]
    house.work()
    (right,) = house.mails()[0].codes
    for left in (4, 3, 2, 1):
        answer = house.press(sent, client, code="WRNG-C0DE")
        assert answer.status_code == 422
        assert "That code does not fit. Check it against the newest e-mail." in words(answer.text)
        assert ("One try is left." if left == 1 else f"{left} tries are left.") in words(answer.text)
        assert Page(answer.text).all("input", id="code", value="WRNG-C0DE")
    last = "That was the last try today. Use the link in the e-mail: it still works."
    assert last in words(house.press("/confirm", client, code="WRNG-C0DE", email="ada@patron.example").text)
    assert last in words(house.press(sent, client, code=right).text)
    assert house.signature().status == "pending"
    assert house.confirm().status_code == 303


@pytest.mark.parametrize("code", ["", "   ", "x" * 500, "K7MQ-42XＤ", "٣٣٣٣-٣٣٣٣", "<b>", "\x00"])
def test_a_code_that_can_be_none_is_refused_calmly(house: House, code: str) -> None:
    sent = house.sign().headers["Location"]
    house.work()
    for path in (sent, "/confirm"):
        answer = house.press(path, code=code, email="ada@patron.example")
        assert answer.status_code == 422
        assert Page(answer.text).faults == []
        if not code.strip():
            assert "Type the code from the e-mail." in words(answer.text)


def test_a_code_needs_an_address_that_can_be_one(house: House) -> None:
    answer = house.press("/confirm", code="K7MQ-42XD", email="ada")
    assert answer.status_code == 422
    assert "This address has no @." in words(answer.text)
    assert Page(answer.text).all("input", id="email", value="ada")
    assert Page(answer.text).all("input", id="code", value="K7MQ-42XD")
