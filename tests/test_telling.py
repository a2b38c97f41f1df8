"""The owner of an account hears by e-mail when the ways into it change: whoever did not change them must know."""

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from petition import clock
from petition.accounts import recovering, second, telling
from petition.accounts.models import Account, Passkey, Role
from petition.accounts.telling import WayIn
from petition.jobs import State
from petition.mail.outbox import Email
from petition.web.language import LANGUAGES
from tests import prepared
from tests.ground import House
from tests.signing_in import ORGANIZER, signed_in
from tests.test_sign_in_second_factor import app_of, now_on

SUBJECT = "How you sign in at #ebooksforall has changed"
WHEN = "It was on"


def told(house: House) -> list[str]:
    """What the owner's e-mails say has changed, in the order in which they came."""
    house.work()
    mails = [mail for mail in house.mails(ORGANIZER) if mail.subject == SUBJECT]
    for mail in mails:
        first = mail.text.partition("\n")[0]
        assert first in mail.html
        assert WHEN in mail.text
        assert WHEN in mail.html
    return [mail.text.partition("\n")[0] for mail in mails]


def owner(house: House, role: Role = Role.AUDITOR) -> FlaskClient:
    return signed_in(house, role, address=ORGANIZER)


def with_passkey(house: House) -> int:
    """A passkey of the owner, as one that a device has made."""
    with house.writing() as session:
        account = session.query(Account).one()
        session.add(
            Passkey(account_id=account.id, credential=b"c", public_key=b"k", uses=0, name="Blue", made_at=clock.now())
        )
    return house.rows(Passkey)[0].id


def set_app_up(house: House, client: FlaskClient) -> pyotp.TOTP:
    app = app_of(client)
    assert house.press("/account/app", client, code=now_on(app)).status_code == 303
    return app


def test_an_authenticator_app_that_is_set_up_and_removed_is_told_each_time(house: House) -> None:
    client = owner(house)
    set_app_up(house, client)
    assert told(house) == ["An authenticator app was set up for your account."]
    house.press("/account/app/remove", client, on="/account/")
    assert told(house)[1:] == ["The authenticator app of your account was removed."]
    # There is none left: nothing was removed, and nothing is told.
    with house.writing() as session:
        second.take_down(session, session.query(Account).one(), clock.now())
    assert len(told(house)) == 2


def test_recovery_codes_made_anew_are_told_and_stand_in_no_e_mail(house: House) -> None:
    client = owner(house)
    codes = house.press("/account/recovery", client).text
    assert told(house) == ["Ten new recovery codes were made for your account. Older ones are void."]
    for mail in house.mails(ORGANIZER):
        assert not [code for code in mail.codes if code in codes]


def test_a_passkey_that_is_removed_is_told(house: House) -> None:
    client = owner(house)
    row = with_passkey(house)
    assert house.press(f"/account/passkeys/{row}/remove", client, on="/account/").status_code == 303
    assert told(house) == ["A passkey of your account was removed."]


def test_a_second_factor_that_an_operator_has_forgotten_is_told(house: House) -> None:
    client = owner(house, Role.ORGANIZER)
    with_passkey(house)
    printed = prepared.command(house.config, "organizer", ORGANIZER, "--new-second-factor")
    assert client.get("/account/").status_code == 303
    (said,) = told(house)
    assert said.startswith("Whoever runs the server has removed every passkey, authenticator app and recovery code")
    # The way in that was printed is for the terminal alone.
    (mail,) = house.mails(ORGANIZER)
    assert printed.split()[-1] not in mail.text + mail.html


def test_the_e_mail_says_what_to_do_if_it_was_somebody_else_and_leads_there(house: House) -> None:
    client = owner(house)
    house.press("/account/recovery", client)
    house.work()
    (mail,) = house.mails(ORGANIZER)
    for said in ("If it was you, there is nothing to do.", "“End all others”", "Tell an organizer"):
        assert said in mail.text
        assert said in mail.html
    (link,) = mail.links
    stranger = house.client()
    page = stranger.get(link.removeprefix(house.config.base_url))
    assert page.status_code == 200
    # Signing in from there leads on to the sessions and the passkeys.
    assert 'name="next" value="/account/"' in page.text
    assert "End all others" not in client.get("/account/").text
    owner(house)
    assert "End all others" in client.get("/account/").text


@pytest.mark.parametrize("way", WayIn)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_e_mail_is_written_in_its_owners_language(house: House, way: WayIn, language: str) -> None:
    owner(house)
    with house.writing() as session:
        account = session.query(Account).one()
        account.language = language
        telling.tell(session, account, way, clock.now())
    house.work()
    (mail,) = house.mails(ORGANIZER)
    assert mail.message["Content-Language"] == language
    assert f'<html lang="{language}">' in mail.html
    assert (mail.subject == SUBJECT) is (language == "en")
    assert ("If it was not you" in mail.text) is (language == "en")


def test_one_that_was_given_up_is_named_in_the_consoles_language(house: House) -> None:
    client = owner(house)
    house.press("/account/recovery", client)
    with house.writing() as session:
        session.execute(update(Email).values(state=State.DEAD, ended_at=clock.now()))
    page = client.get("/organize/mail?lang=es")
    assert '<th scope="row">Códigos de recuperación generados</th>' in page.text


def test_what_is_undone_is_not_told(house: House) -> None:
    """The e-mail is owed by the same transaction as the change."""
    owner(house)
    with house.writing() as session:
        recovering.make(session, house.keys, session.query(Account).one(), clock.now())
        session.rollback()
    assert told(house) == []
