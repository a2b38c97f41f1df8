"""Previews of e-mails at the desk: every kind there is, in every language, with invented people only."""

from email import message_from_bytes, policy

import pytest

from petition.accounts.models import Role
from petition.app import post_office
from petition.console import samples, wording
from petition.paths import TEMPLATES
from petition.web.language import LANGUAGES
from tests.ground import House
from tests.signing_in import signed_in
from tests.witness import Page, words


def names(house: House) -> dict[str, samples.Sample]:
    with house.app.test_request_context():
        return {name: each for group in samples.samples(house.clock.now()).values() for name, each in group.items()}


def test_every_kind_of_e_mail_has_a_preview(house: House) -> None:
    folders = {path.name for path in (TEMPLATES / "mail").iterdir() if path.is_dir()} - {"parts"}
    assert {sample.folder for sample in names(house).values()} == folders


def test_each_shows_subject_text_and_html_in_every_language_and_keeps_the_rules_of_a_page(house: House) -> None:
    client = signed_in(house, Role.AUDITOR)
    listed = client.get("/organize/mail/previews").text
    for name in names(house):
        assert f"/organize/mail/previews/{name}" in listed
        page = client.get(f"/organize/mail/previews/{name}")
        assert page.status_code == 200, name
        assert Page(page.text).faults == [], name
        assert page.text.count('<pre class="letter"') == len(LANGUAGES)
        assert "style=" not in page.text


def test_a_preview_in_spanish_is_spanish(house: House) -> None:
    page = words(signed_in(house).get("/organize/mail/previews/confirm").text)
    assert "Please confirm your signature" in page
    assert "Confirme su firma" in page


def test_the_file_is_a_whole_e_mail(house: House) -> None:
    answer = signed_in(house).get("/organize/mail/previews/receipt/es.eml")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="receipt-es.eml"'
    message = message_from_bytes(answer.data, policy=policy.default)
    assert message["Content-Language"] == "es"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize("path", ["nothing", "confirm/fr.eml", "nothing/en.eml"])
def test_what_is_no_e_mail_of_ours_is_not_found(house: House, path: str) -> None:
    assert signed_in(house).get(f"/organize/mail/previews/{path}").status_code == 404


def test_the_list_of_what_was_given_up_names_every_kind_in_words(house: House) -> None:
    with house.app.test_request_context():
        kinds = set(post_office(house.app).correspondents)
        assert len(kinds) > 15
        assert {kind for kind in kinds if wording.letter(kind) == kind} == set()
