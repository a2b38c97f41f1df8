"""Signing in: by a link or a code that work once and not for long, never by a GET, and telling strangers nothing."""

import re
import threading

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from petition.accounts import asking, permission
from petition.accounts.models import Account, Asking, AuditEntry, Role, SignedIn
from petition.jobs import State
from petition.mail.outbox import Email
from tests import prepared
from tests.ground import House, hidden
from tests.signing_in import admitted, signed_in

ADA = "ada@library.example"


def ask(house: House, client: FlaskClient, address: str = ADA, **more: str) -> TestResponse:
    """Ask for the e-mail through the page."""
    page = client.get("/account/sign-in", query_string=more)
    typed = {**hidden(page, "/account/sign-in"), "email": address}
    return client.post("/account/sign-in", data=typed)


def asked(house: House, client: FlaskClient, address: str = ADA, **more: str) -> str:
    """The same, and the e-mail is written; returns where the code is typed."""
    answer = ask(house, client, address, **more)
    assert answer.status_code == 303
    house.work()
    return answer.headers["Location"]


def link_to(house: House, address: str = ADA) -> str:
    return house.mails(address)[-1].link("/account/link/")


def code_to(house: House, address: str = ADA) -> str:
    (code,) = house.mails(address)[-1].codes
    return code


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account/").status_code == 200


@pytest.fixture
def auditor(house: House) -> Account:
    return admitted(house, Role.AUDITOR, address=ADA)


# --- The link -------------------------------------------------------------------------------------


def test_a_link_signs_in_once_and_leads_where_they_wanted_to_go(house: House, auditor: Account) -> None:
    client = house.client()
    asked(house, client, next="/organize/log")
    link = link_to(house)
    answer = house.press(link, client)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/organize/log")
    assert is_signed_in(client)
    again = house.client()
    assert again.get(link).status_code == 404
    assert [entry.act for entry in house.rows(AuditEntry)] == ["account made", "role given", "signed in"]


def test_looking_at_a_link_changes_nothing_however_often(house: House, auditor: Account) -> None:
    asked(house, house.client())
    before = house.dump()
    scanner = house.client()
    for _ in range(5):
        assert scanner.get(link_to(house)).status_code == 200
        assert scanner.head(link_to(house)).status_code == 200
    assert house.dump() == before
    assert not is_signed_in(scanner)


def test_a_link_is_pressed_on_our_own_page_and_within_fifteen_minutes(house: House, auditor: Account) -> None:
    client = house.client()
    asked(house, client)
    form = hidden(client.get(link_to(house)))
    answer = client.post(link_to(house), data=form, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert client.post(link_to(house)).status_code == 422
    house.later(minutes=15, seconds=1)
    assert client.get(link_to(house)).status_code == 404
    assert client.post(link_to(house), data=form).status_code == 404
    assert not is_signed_in(client)


def test_a_link_pressed_many_times_at_once_signs_in_one_browser(house: House, auditor: Account) -> None:
    asked(house, house.client())
    link = link_to(house)
    form = hidden(house.client().get(link))
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda: answers.append(house.client().post(link, data=form).status_code))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 404, 404, 404, 404, 404]
    assert len(house.rows(SignedIn)) == 1


# --- The code -------------------------------------------------------------------------------------


def test_the_code_signs_in_on_the_device_that_asked_and_on_no_other(house: House, auditor: Account) -> None:
    client, other = house.client(), house.client()
    where = asked(house, client)
    elsewhere = ask(house, other, "mallory@patron.example").headers["Location"]
    assert house.press(elsewhere, other, code=code_to(house)).status_code == 422
    assert not is_signed_in(other)
    answer = house.press(where, client, code=code_to(house).lower().replace("-", " "))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/organize/")
    assert is_signed_in(client)
    assert house.client().get(link_to(house)).status_code == 404


def test_after_five_wrong_codes_the_right_one_is_refused_and_the_link_still_works(
    house: House, auditor: Account
) -> None:
    client = house.client()
    where = asked(house, client)
    for left in (4, 3, 2, 1, 0):
        answer = house.press(where, client, code="K7MQ-42XD")
        assert answer.status_code == 422
        assert (f"{left} tries are left" in answer.text) == (left > 1)
    assert house.press(where, client, code=code_to(house)).status_code == 422
    assert not is_signed_in(client)
    assert house.press(link_to(house), client).status_code == 303


def test_wrong_codes_at_once_are_all_counted(house: House, auditor: Account) -> None:
    where = asked(house, house.client())
    form = {**hidden(house.client().get(where)), "code": "K7MQ-42XD"}
    threads = [threading.Thread(target=lambda: house.client().post(where, data=form)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [row.tries for row in house.rows(Asking)] == [4]


# --- What strangers learn -------------------------------------------------------------------------


def test_asking_is_answered_alike_whoever_is_asked_for(house: House, auditor: Account) -> None:
    known, unknown = house.client(), house.client()
    known.get("/account/sign-in")  # what every page keeps is kept from here on
    pages = []
    for client, address in ((known, ADA), (unknown, "nobody@patron.example")):
        with house.statements() as said:
            answer = ask(house, client, address)
        where = answer.headers["Location"]
        page = client.get(where)
        # The form's token changes with the minute, which may be over between the two.
        shown = re.sub(r'(csrf_token" value=")[^"]+', r"\1", page.text.replace(where, ""))
        pages.append((page.status_code, shown, len(answer.data), [s[:40] for s in said]))
        wrong = client.post(where, data={**hidden(page), "code": "K7MQ-42XD"})
        pages[-1] += (wrong.status_code, "4 tries are left" in wrong.text)
        assert ADA not in page.text
    assert pages[0] == pages[1]
    house.work()
    assert [mail.to for mail in house.mails()] == [ADA]
    assert {email.state for email in house.emails()} == {State.DONE, State.DROPPED}


def test_whoever_lost_every_role_is_unknown(house: House) -> None:
    admitted(house, Role.ORGANIZER, address="other@library.example")
    gone = admitted(house, Role.AUDITOR, address=ADA)
    organizer = signed_in(house, Role.ORGANIZER)
    house.press(f"/organize/people/{gone.id}/dismiss/auditor", organizer, on="/organize/people")
    asked(house, house.client())
    assert house.mails(ADA) == []


def test_a_flood_of_asking_neither_fills_the_mailbox_nor_keeps_its_owner_out(house: House, auditor: Account) -> None:
    for _ in range(8):
        ask(house, house.client())
    house.work()
    assert len(house.mails(ADA)) == asking.AN_HOUR
    house.later(minutes=11)
    client = house.client()
    asked(house, client)
    assert len(house.mails(ADA)) == asking.AN_HOUR + 1
    assert house.press(link_to(house), client).status_code == 303


def test_too_many_tries_from_one_network_are_told_to_wait(house: House) -> None:
    client = house.client()
    form = {**hidden(client.get("/account/sign-in"), "/account/sign-in"), "email": ""}
    answers = [client.post("/account/sign-in", data=form) for _ in range(61)]
    assert [answer.status_code for answer in answers] == [422] * 60 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0


ASTRAY = (
    "https://evil.example/", "//evil.example", "/\\evil.example", "/organize/../../evil", "/organize//evil.example",
    "javascript:alert(1)", "/organize/\r\nSet-Cookie: a=b", "/elsewhere", "/organizer.evil.example", "\t//evil", "",
)  # fmt: skip


def test_signing_in_leads_to_no_other_site(house: House, auditor: Account) -> None:
    assert [path for path in ASTRAY if permission.inside(path)] == []
    assert permission.inside("/organize/log?before=3") == "/organize/log?before=3"
    client = house.client()
    form = {**hidden(client.get("/account/sign-in"), "/account/sign-in"), "email": ADA}
    for path in ASTRAY[:3]:
        assert client.post("/account/sign-in", data={**form, "next": path}).status_code == 303
        house.work()
        assert house.press(link_to(house), client).headers["Location"] == "/organize/"


# --- The command line -----------------------------------------------------------------------------


def test_the_command_lines_link_signs_an_organizer_in_without_e_mail(house: House) -> None:
    link = prepared.command(house.config, "organizer", ADA).splitlines()[-1].removeprefix(house.config.base_url)
    client = house.client()
    assert house.press(link, client).status_code == 303
    # On a sample site nothing more is needed.
    assert client.get("/organize/people").status_code == 200
    assert house.client().get(link).status_code == 404
    assert [entry.account_id for entry in house.rows(AuditEntry)][:2] == [None, None]
    prepared.command(house.config, "organizer", ADA)
    assert len(house.rows(Account)) == 1


def test_old_wishes_sessions_and_challenges_are_forgotten(house: House, auditor: Account) -> None:
    client = house.client()
    asked(house, client)
    house.press(link_to(house), client)
    house.later(days=2)
    house.sweep()
    assert house.rows(Asking) == house.rows(SignedIn) == []
    assert house.rows(Email, Email.kind == asking.LETTER)
