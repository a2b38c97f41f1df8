"""Languages: a page answers in one that we have, says where words are in another, and loses nothing on the way."""

import re
from html import unescape
from pathlib import Path

import pytest
from flask import render_template_string
from flask.testing import FlaskClient

from petition.signatures.models import Signature, Status
from petition.translations import CHECKED, keeping
from petition.web import language, places
from petition.web.language import SHOW_AGAIN, Language, speaking
from tests.ground import ADDRESS, SLUG, House, hidden, reasons

pytestmark = pytest.mark.one_database("sqlite", "words do not come from the database")

SIGN = f"/statements/{SLUG}/sign"
TYPED = {"name": "Ada Lovelace", "email": ADDRESS, "city": "Lincoln", "state": "NE", "comment": "Sí, <por favor>."}


@pytest.mark.parametrize("asked", ["en", "xx", "", "en-US", "<script>"])
def test_an_unknown_language_falls_back_and_every_page_varies_by_it(house: House, asked: str) -> None:
    for path in ("/", "/publishers/", f"/statements/{SLUG}", "/confirm"):
        answer = house.client().get(path, query_string={"lang": asked}, headers={"Accept-Language": "tlh, xx;q=0.5"})
        assert answer.status_code == 200
        assert '<html lang="en" dir="ltr">' in answer.text
        assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize("said", ["", "de-DE,de;q=0.9", "*", ";;;", "en;q=x", "a" * 5000])
def test_any_accept_language_is_answered(house: House, said: str) -> None:
    answer = house.client().get("/", headers={"Accept-Language": said})
    assert answer.status_code == 200
    assert 'lang="en"' in answer.text


# --- Numbers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("spoken", "said"), [("en", "1,234 tries are left."), ("es", "Quedan 1,234 intentos.")])
def test_a_counted_number_is_grouped_as_its_language_writes_it(house: House, spoken: str, said: str) -> None:
    """Jinja would fill in the bare digits."""
    page = '{{ ngettext("One try is left.", "%(num)s tries are left.", 1234) }}'
    with house.app.test_request_context("/"), house.reading(), speaking(spoken):
        assert render_template_string(page) == said


def test_what_else_is_counted_is_still_escaped(house: House) -> None:
    page = '{{ ngettext("%(who)s: %(num)s", "%(who)s: %(num)s", 1234567, who="<b>") }}'
    with house.app.test_request_context("/"), house.reading():
        assert render_template_string(page) == "&lt;b&gt;: 1,234,567"


def test_a_language_more_is_a_catalogue_and_a_line(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """French is prepared. Until it has the petition's text, its pages show the English one, and say so."""
    monkeypatch.setitem(language.LANGUAGES, "fr", Language("Français", "fr", "d MMM y"))
    for module in (keeping, language):
        monkeypatch.setattr(module, "TRANSLATIONS", tmp_path)
    french = keeping.read("fr")
    french.checked_by = "Ada Sample-Okafor, November 2026"
    french.add(CHECKED, "Vérifié par %(who)s.")
    keeping.keep(french, "fr")
    page = house.client().get("/?lang=fr").text
    assert '<html lang="fr" dir="ltr">' in page
    assert "<p>Vérifié par Ada Sample-Okafor, November 2026.</p>" in page
    assert '<h1 lang="en" dir="auto">' in page
    assert '<a href="?lang=es" lang="es" hreflang="es">Español</a>' in page
    with house.app.test_request_context("/?lang=fr"):
        assert language.number(103418) == "103\u202f418"
        assert language.partial_day("2019-10-14") == "14 oct. 2019"
        assert ("DE", "Allemagne") in places.countries()


# --- A form in another language -----------------------------------------------------------------------


def show_in(spoken: str, page: str) -> tuple[str, dict[str, str]]:
    """Where the button of that language on a page sends its form, and what pressing it adds."""
    buttons = re.findall(r'<button form="typed" formaction="([^"]+)" name="(\w+)" value="1" lang="(\w+)">', page)
    ((where, name, _lang),) = {button for button in buttons if button[2] == spoken}
    return where, {name: "1"}


def values(page: str) -> dict[str, str]:
    """What the sign form holds, field by field."""
    found = dict(re.findall(r'<input type="(?:text|email)" id="(\w+)" name="\w+" value="([^"]*)"', page))
    found["state"] = "".join(re.findall(r'<option value="(\w+)" selected>', page))
    found["comment"] = "".join(re.findall(r"<textarea[^>]*>([^<]*)</textarea>", page))
    return {name: unescape(value) for name, value in found.items()}


def test_a_refused_form_is_shown_in_the_other_language_with_everything_typed(house: House) -> None:
    client = house.client()
    refused = house.sign(client, **{**TYPED, "city": ""})
    assert refused.status_code == 422
    where, pressed = show_in("es", refused.text)
    assert (where, pressed) == ("?lang=es", {SHOW_AGAIN: "1"})
    typed = {**hidden(refused, SIGN), **TYPED, "city": "", "relation": "author", "show_name": "1"}
    shown = client.post(SIGN + where, data={**typed, **pressed})
    assert shown.status_code == 422
    assert '<html lang="es"' in shown.text
    assert reasons(shown) == {"city": "Escriba su ciudad o pueblo."}
    kept = values(shown.text)
    assert {name: kept[name] for name in TYPED} == {**TYPED, "city": ""}
    assert 'value="author" checked' in shown.text
    assert 'name="show_name" value="1" checked' in shown.text
    assert house.rows(Signature) == []
    # From there it is signed, in Spanish, under the Spanish text.
    signed = client.post(f"{SIGN}?lang=es", data={**hidden(shown, f"{SIGN}?lang=es"), **TYPED, "relation": "author"})
    assert signed.status_code == 303
    signature = house.signature(name="Ada Lovelace")
    assert (signature.language, signature.comment) == ("es", TYPED["comment"])
    with house.reading() as session:
        assert session.merge(signature, load=True).revision.language == "es"


def test_a_sound_form_is_only_shown_and_a_likely_slip_asked_about_again(house: House) -> None:
    client = house.client()
    refused = house.sign(client, email="ada@gmial.com")
    where, pressed = show_in("es", refused.text)
    typed = {**hidden(refused, SIGN), **TYPED, "email": "ada@gmial.com"}
    asked = client.post(SIGN + where, data={**typed, **pressed})
    assert asked.status_code == 422
    assert "gmail.com" in reasons(asked)["email"]
    shown = client.post(SIGN + where, data={**hidden(asked, f"{SIGN}?lang=es"), **TYPED, **pressed})
    assert shown.status_code == 200
    assert reasons(shown) == {}
    assert "data-errors" not in shown.text
    assert "<title>Error" not in shown.text
    back, pressed = show_in("en", shown.text)
    stale = {**hidden(shown, f"{SIGN}?lang=es"), **TYPED, "csrf_token": "old"}
    shown = client.post(SIGN + back, data={**stale, **pressed})
    assert shown.status_code == 200
    assert house.rows(Signature) == []
    assert house.mails() == []


def test_the_enter_key_sends_a_form_that_can_be_shown_in_another_language(house: House) -> None:
    """The first button of a form is what Enter presses: here one that says nothing but “send”."""
    for page in (house.sign(name="").text, house.press("/confirm", email="", code="").text):
        first = re.findall(r'<button[^>]*form="typed"[^>]*>', page)[0]
        assert first == '<button class="vh" form="typed" tabindex="-1" aria-hidden="true">'


def code_pages(house: House, client: FlaskClient) -> dict[str, dict[str, str]]:
    """The two pages that take a code, and what is typed on each."""
    sent = house.sign(client).location
    house.work()
    return {sent: {"code": "K7MQ-42XD"}, "/confirm": {"code": "K7MQ-42XD", "email": ADDRESS}}


def test_a_code_is_shown_in_the_other_language_and_costs_no_try(house: House) -> None:
    client = house.client()
    for left, (path, typed) in zip((4, 3), code_pages(house, client).items(), strict=True):
        assert "show_again" not in client.get(path).text
        wrong = house.press(path, client, **typed)
        assert wrong.status_code == 422
        assert f"{left} tries are left." in wrong.text
        where, pressed = show_in("es", wrong.text)
        shown = client.post(path + where, data={**hidden(wrong, path), **typed, **pressed})
        assert shown.status_code == 200
        assert '<html lang="es"' in shown.text
        for value in typed.values():
            assert f'value="{value}"' in shown.text
    (right,) = house.mails(ADDRESS)[-1].codes
    client.post(path + where, data={**hidden(shown, path), **typed, "code": right, **pressed})
    assert house.signature().status == Status.PENDING


# --- Words in another language than their page --------------------------------------------------------


def test_a_text_says_its_language_where_the_page_has_another(house: House) -> None:
    client = house.client()
    private = house.signed(ADDRESS)
    page = client.get(f"{private}?lang=es").text
    assert '<p class="of"><span lang="en" dir="auto">' in page
    page = client.get(f"/statements/{SLUG}/revisions/1?lang=es").text
    assert '<h1 lang="es"' not in page
    house.sign(client, email="eve@patron.example")
    house.work()
    link = house.mails("eve@patron.example")[-1].link("/confirm/")
    assert '<dd class="title" lang="en" dir="auto">' in client.get(f"{link}?lang=es").text
    assert '<dd class="title">' in client.get(link).text
    assert '<span class="subject" lang="en" dir="auto">' in client.get("/mailbox?lang=es").text
    publishers = client.get("/publishers/?lang=es").text
    sources = re.findall(r'<li([^>]*)>(?:<a href="http[^>]*>)?[^<]+(?:</a>)?, <span([^>]*)>', publishers)
    assert set(sources) == {(' lang="en" dir="auto"', ' lang="es"')}
