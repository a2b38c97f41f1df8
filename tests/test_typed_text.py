"""What people type travels whole, in any script, and never becomes a header, an element or a command."""

import pytest

from petition.signatures.models import Signature
from tests.ground import SLUG, House
from tests.witness import Page, words

pytestmark = pytest.mark.one_database("sqlite", "what was typed is cleaned before any database is asked")

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
