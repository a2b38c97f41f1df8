"""Sessions: kept on the server, only for who is signed in, listed, ended one by one, and never longer than they may."""

import threading
from dataclasses import replace

from flask.testing import FlaskClient

from petition import tokens
from petition.accounts.models import Account, AuditEntry, Grant, Role, SignedIn
from tests import prepared
from tests.ground import House, hidden
from tests.signing_in import admitted, signed_in


def token_of(client: FlaskClient, name: str = "session") -> str:
    cookie = client.get_cookie(name) or client.get_cookie(name, domain="petition.example")
    assert cookie is not None
    return cookie.value


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account/").status_code == 200


def test_whoever_is_signed_out_is_sent_to_sign_in_and_back(house: House) -> None:
    answer = house.client().get("/organize/people?before=3")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/account/sign-in?next=/organize/people?before%3D3"
    assert "Set-Cookie" not in answer.headers
    assert 'name="next" value="/organize/people?before=3"' in house.client().get(answer.headers["Location"]).text


def test_signing_in_takes_no_token_that_was_there_before_and_ends_the_session_that_was(house: House) -> None:
    # Whoever plants a cookie in a browser must not know the token it is signed in with.
    planted = "A" * 43
    client = house.client()
    client.set_cookie("session", planted)
    link = prepared.command(house.config, "organizer", "ada@library.example").split()[-1]
    answer = house.press(link.removeprefix(house.config.base_url), client)
    assert answer.status_code == 303
    assert token_of(client) != planted
    intruder = house.client()
    intruder.set_cookie("session", planted)
    assert not is_signed_in(intruder)
    before = token_of(client)
    link = prepared.command(house.config, "organizer", "ada@library.example").split()[-1]
    house.press(link.removeprefix(house.config.base_url), client)
    (row,) = house.rows(SignedIn)
    assert row.fingerprint == tokens.fingerprint(token_of(client)) != tokens.fingerprint(before)


def test_sessions_are_listed_and_ended_one_by_one_or_all_others(house: House) -> None:
    clients = [signed_in(house, Role.AUDITOR) for _ in range(4)]
    first = clients[0]
    page = first.get("/account/")
    assert page.text.count("End it") == 3
    ids = [row.id for row in house.rows(SignedIn)]
    assert house.press(f"/account/sessions/{ids[1]}/end", first, on="/account/").status_code == 303
    assert [is_signed_in(client) for client in clients] == [True, False, True, True]
    assert house.press("/account/sessions/end-others", first, on="/account/").status_code == 303
    assert [is_signed_in(client) for client in clients] == [True, False, False, False]
    form = hidden(first.get("/account/"), "/account/sign-out")
    assert first.post(f"/account/sessions/{ids[0]}/end", data=form).status_code == 303
    assert house.rows(SignedIn) == []
    assert first.get_cookie("session") is None


def test_who_ended_which_sessions_is_recorded(house: House) -> None:
    """Whoever asks afterwards why somebody was suddenly signed out finds who did it, and when."""
    clients = [signed_in(house, Role.AUDITOR) for _ in range(5)]
    first, ids = clients[0], [row.id for row in house.rows(SignedIn)]
    before = len(house.rows(AuditEntry))
    house.press(f"/account/sessions/{ids[1]}/end", first, on="/account/")
    house.press("/account/sign-out", clients[2], on="/account/")
    house.press("/account/sessions/end-others", first, on="/account/")
    form = hidden(first.get("/account/"), "/account/name")
    assert first.post("/account/sessions/end-others", data=form).status_code == 303  # there was none left to end
    first.post(f"/account/sessions/{ids[0]}/end", data=form)
    (account,) = house.rows(Account)
    entries = house.rows(AuditEntry)[before:]
    assert [(entry.act, entry.details) for entry in entries] == [
        ("session ended", "{}"),
        ("signed out", "{}"),
        ("other sessions ended", '{"number":"2"}'),
        ("signed out", "{}"),
    ]
    assert {(entry.account_id, entry.subject) for entry in entries} == {(account.id, f"account {account.id}")}


def test_whoever_signs_in_where_another_was_signed_in_ends_that_session_and_it_is_recorded(house: House) -> None:
    client = signed_in(house, Role.AUDITOR)
    link = prepared.command(house.config, "organizer", "ada@library.example").split()[-1]
    house.press(link.removeprefix(house.config.base_url), client)
    auditor, organizer = house.rows(Account)
    assert [(entry.act, entry.account_id) for entry in house.rows(AuditEntry)[-2:]] == [
        ("signed out", auditor.id),
        ("signed in", organizer.id),
    ]


def test_signing_out_ends_the_session_takes_the_cookie_and_voids_its_forms(house: House) -> None:
    client = signed_in(house, Role.AUDITOR)
    token = token_of(client)
    # The database knows the token by its hash alone.
    assert [row.fingerprint for row in house.rows(SignedIn)] == [tokens.fingerprint(token)]
    assert token not in repr(house.dump())
    form = hidden(client.get("/account/"), "/account/name")
    assert house.press("/account/sign-out", client, on="/account/").status_code == 303
    assert client.get_cookie("session") is None
    client.set_cookie("session", token)
    assert not is_signed_in(client)
    other = signed_in(house, Role.AUDITOR)
    assert other.post("/account/name", data={**form, "name": "Eve"}).status_code == 422


def test_a_session_ends_after_two_hours_of_nothing_and_twelve_in_any_case(house: House) -> None:
    busy, idle = signed_in(house, Role.AUDITOR), signed_in(house, Role.AUDITOR)
    house.later(minutes=119)
    assert is_signed_in(busy)
    house.later(minutes=2)
    assert not is_signed_in(idle)
    assert is_signed_in(busy)
    for _ in range(6):
        house.later(minutes=99)
        assert is_signed_in(busy)
    house.later(minutes=10)
    assert not is_signed_in(busy)


def test_last_seen_is_written_at_most_once_a_minute(house: House) -> None:
    client = signed_in(house, Role.AUDITOR)
    writes = []
    for seconds in (0, 30, 31, 1):
        house.later(seconds=seconds)
        with house.statements() as said:
            assert is_signed_in(client)
        writes.append(sum(each.startswith("UPDATE") for each in said))
    assert writes == [0, 0, 1, 0]


def test_looking_writes_last_seen_and_nothing_else(house: House) -> None:
    client = signed_in(house, Role.ORGANIZER)
    house.later(minutes=5)
    before = dict(house.dump())
    for path in ("/account/", "/account/app", "/account/recovery", "/account/second", "/organize/people"):
        assert client.get(path).status_code == 200, path
    after = dict(house.dump())
    assert before.pop("signed_in") != after.pop("signed_in")
    assert before == after


def test_a_form_needs_the_token_of_its_own_session(house: House) -> None:
    mine, theirs = signed_in(house, Role.ORGANIZER), signed_in(house, Role.AUDITOR)
    foreign = hidden(theirs.get("/account/"), "/account/name")
    before = house.dump()
    actions = [
        "/account/name", "/account/sign-out", "/account/sessions/1/end", "/account/sessions/end-others",
        "/account/second", "/account/second/passkey", "/account/app", "/account/app/remove", "/account/recovery",
        "/account/passkeys/new", "/account/passkeys/1/remove", "/organize/people",
        "/organize/people/1/dismiss/organizer",
    ]  # fmt: skip
    for action in actions:
        typed = {"name": "Eve", "code": "123456", "email": "eve@patron.example", "role": "organizer", **foreign}
        assert mine.post(action, data=typed).status_code in (422, 404), action
        assert mine.post(action, data=foreign, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403, action
    assert house.dump() == before


def test_over_https_the_cookie_is_bound_to_the_host_and_never_sent_in_the_clear(
    house: House,
) -> None:
    config = replace(house.config, base_url="https://petition.example")
    secure = House.open(config)
    link = prepared.command(config, "organizer", "ada@library.example").split()[-1]
    client = secure.app.test_client()
    base = "https://petition.example"
    path = link.removeprefix(base)
    answer = client.post(path, data=hidden(client.get(path, base_url=base)), base_url=base)
    assert client.get("/account/", base_url=base).status_code == 200
    plain = secure.app.test_client()
    plain.set_cookie("session", token_of(client, "__Host-session"), domain="petition.example")
    assert plain.get("/account/", base_url=base).status_code == 303
    secure.close()
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_a_public_page_sets_no_cookie_for_anybody(house: House) -> None:
    client = signed_in(house, Role.ORGANIZER)
    for path in ("/", "/statements/", "/account/sign-in", "/account/", "/publishers/"):
        assert "Set-Cookie" not in client.get(path).headers, path
        assert "Set-Cookie" not in house.client().get(path).headers, path


# --- Roles ----------------------------------------------------------------------------------------


def test_an_auditor_reads_and_every_form_of_the_console_is_refused(house: House) -> None:
    auditor = signed_in(house, Role.AUDITOR)
    page = auditor.get("/organize/people")
    assert page.status_code == 200
    assert "Invite" not in page.text
    form = hidden(auditor.get("/account/"), "/account/name")
    answer = auditor.post("/organize/people", data={**form, "email": "eve@patron.example", "role": "organizer"})
    assert answer.status_code == 403
    assert "not open to your account" in answer.text


def test_a_role_that_is_taken_away_ends_what_is_open_in_every_browser(house: House) -> None:
    organizer = signed_in(house, Role.ORGANIZER)
    other = signed_in(house, Role.ORGANIZER, address="other@library.example")
    gone = house.rows(SignedIn)[1].account_id
    form = hidden(other.get("/organize/people"), "/organize/people")
    house.press(f"/organize/people/{gone}/dismiss/organizer", organizer, on="/organize/people")
    typed = {**form, "email": "eve@patron.example", "role": "organizer"}
    assert other.post("/organize/people", data=typed).headers["Location"] == "/account/sign-in"
    assert [entry.act for entry in house.rows(AuditEntry)][-1] == "role taken"


def test_a_role_taken_at_the_database_counts_at_once(house: House) -> None:
    client = signed_in(house, Role.ORGANIZER)
    admitted(house, Role.ORGANIZER, address="other@library.example")
    with house.writing() as session:
        account = session.get_one(SignedIn, 1).account
        session.delete(account.grants[0])
    assert client.get("/organize/people").status_code == 303


def test_the_last_organizer_stays(house: House) -> None:
    organizer = signed_in(house, Role.ORGANIZER)
    mine = house.rows(SignedIn)[0].account_id
    answer = house.press(f"/organize/people/{mine}/dismiss/organizer", organizer, on="/organize/people")
    assert answer.status_code == 409
    assert "last organizer" in answer.text
    assert organizer.get("/organize/people").status_code == 200


def test_two_organizers_who_remove_each_other_at_once_leave_one(house: House) -> None:
    clients = [signed_in(house, Role.ORGANIZER, address=f"{name}@library.example") for name in ("ada", "bo")]
    forms = [hidden(client.get("/account/"), "/account/name") for client in clients]
    answers: list[int] = []

    def remove(client: FlaskClient, form: dict[str, str], whom: int) -> None:
        answers.append(client.post(f"/organize/people/{whom}/dismiss/organizer", data=form).status_code)

    threads = [threading.Thread(target=remove, args=(clients[one], forms[one], 2 - one)) for one in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(house.rows(Grant)) == 1
    assert answers.count(303) in (1, 2)


def test_nobody_ends_the_session_of_another_and_no_number_is_too_large(house: House) -> None:
    client, other = signed_in(house, Role.ORGANIZER), signed_in(house, Role.AUDITOR)
    form = hidden(client.get("/account/"), "/account/name")
    theirs = house.rows(SignedIn)[1].id
    assert client.post(f"/account/sessions/{theirs}/end", data=form).status_code == 404
    assert is_signed_in(other)
    for number in (0, 2**63 - 1, 2**63, 10**40):
        for path in ("/account/sessions/{}/end", "/account/passkeys/{}/remove", "/organize/people/{}/dismiss/auditor"):
            assert client.post(path.format(number), data=form).status_code == 404, (path, number)


def test_what_somebody_calls_themselves_is_kept_and_recorded_without_the_name(house: House) -> None:
    client = signed_in(house, Role.AUDITOR)
    assert house.press("/account/name", client, on="/account/", name="  Grace\0 Hopper ").status_code == 303
    assert house.rows(Account)[0].name == "Grace Hopper"
    assert house.press("/account/name", client, on="/account/", name="=1+1").status_code == 422
    entry = house.rows(AuditEntry)[-1]
    assert (entry.act, entry.details) == ("account renamed", "{}")


def test_who_is_invited_gets_an_e_mail_without_a_secret_and_can_sign_in(house: House) -> None:
    organizer = signed_in(house, Role.ORGANIZER)
    typed = {"email": "New.Auditor@Library.example", "role": "auditor"}
    assert house.press("/organize/people", organizer, **typed).status_code == 303
    house.work()
    (mail,) = house.mails()
    assert mail.links == [f"{house.config.base_url}/account/sign-in"]
    assert "read all and change nothing" in mail.text
    client = house.client()
    assert house.press("/account/sign-in", client, email="new.auditor@library.example").status_code == 303
    house.work()
    assert house.press(house.mails()[-1].link("/account/link/"), client).status_code == 303
    assert client.get("/organize/people").status_code == 200


def test_inviting_asks_again_who_signed_in_a_while_ago(house: House) -> None:
    organizer = signed_in(house, Role.ORGANIZER)
    form = hidden(organizer.get("/organize/people"), "/organize/people")
    house.later(minutes=16)
    typed = {**form, "email": "eve@patron.example", "role": "organizer"}
    answer = organizer.post("/organize/people", data=typed)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/sign-in")
    assert organizer.get("/organize/people").status_code == 200
