"""The second factor: due for organizers, by app or by recovery code, each code once, and not guessable."""

import re
import threading
from datetime import timedelta
from html import unescape

import pyotp
import pytest
from flask.testing import FlaskClient

from petition import clock
from petition.accounts.models import Account, AuditEntry, RecoveryCode, Role, SignedIn, Totp
from tests import prepared
from tests.ground import House, hidden
from tests.signing_in import admitted, signed_in

ORGANIZER = "organizer@library.example"
BARRED = ("/account/", "/organize/people", "/organize/log", "/account/recovery")


@pytest.fixture(autouse=True)
def at_the_beginning_of_a_code(true_time: None) -> None:
    """No test begins at the end of a half minute, where the app's code is another one before it is sent."""
    clock.move(timedelta(seconds=30 - clock.now().timestamp() % 30))


def half_way(house: House) -> FlaskClient:
    """A browser in which an organizer has come in by e-mail."""
    return signed_in(house, Role.ORGANIZER, address=ORGANIZER, second=False)


def app_of(client: FlaskClient) -> pyotp.TOTP:
    """The authenticator app that has scanned the page's secret."""
    found = re.search(r'class="typed secret">([A-Z2-7 ]+)<', client.get("/account/app").text)
    assert found is not None
    return pyotp.TOTP(found[1].replace(" ", ""))


def now_on(app: pyotp.TOTP) -> str:
    return app.at(clock.now())


def set_up(house: House) -> tuple[FlaskClient, pyotp.TOTP]:
    client = half_way(house)
    app = app_of(client)
    answer = house.press("/account/app", client, code=now_on(app))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/recovery")
    house.later(seconds=30)
    return client, app


def token_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("session")
    assert cookie is not None
    return cookie.value


def test_an_organizer_without_one_is_led_to_set_it_up_and_can_do_nothing_else(house: House) -> None:
    admitted(house, Role.ORGANIZER, address=ORGANIZER)
    client = house.client()
    house.press("/account/sign-in", client, email=ORGANIZER)
    house.work()
    assert house.press(house.mails(ORGANIZER)[-1].link("/account/link/"), client).status_code == 303
    for path in BARRED:
        assert client.get(path).headers["Location"].startswith("/account/set-up"), path
    assert client.get("/account/second").headers["Location"].startswith("/account/set-up")
    assert client.get("/account/set-up").status_code == 200
    form = hidden(client.get("/account/app"), "/account/app")
    typed = {**form, "email": "eve@patron.example", "role": "organizer"}
    assert client.post("/organize/people", data=typed).headers["Location"] == "/account/set-up"
    assert len(house.rows(Account)) == 1


def test_a_code_of_the_app_opens_everything_under_a_new_token(house: House) -> None:
    client = half_way(house)
    before = token_of(client)
    app = app_of(client)
    assert house.press("/account/app", client, code="000000").status_code == 422
    assert house.rows(Totp) == []
    house.press("/account/app", client, code=now_on(app))
    assert client.get("/account/").status_code == 200
    assert token_of(client) != before
    thief = house.client()
    thief.set_cookie("session", before)
    assert thief.get("/account/").status_code == 303
    (kept,) = house.rows(Totp)
    assert app.secret.encode() not in kept.secret
    assert house.keys.unseal(f"totp {kept.account_id}", kept.secret) == app.secret
    assert app_of(client).secret != app.secret


def test_who_has_the_mailbox_alone_gets_no_further_and_sets_up_nothing(house: House) -> None:
    _client, app = set_up(house)
    thief = half_way(house)
    for path in (*BARRED, "/account/app", "/account/set-up", "/account/passkeys/new"):
        assert thief.get(path).headers["Location"].startswith("/account/second"), path
    form = hidden(thief.get("/account/second"), "/account/second")
    for path in ("/account/app", "/account/recovery", "/account/app/remove", "/account/passkeys/new"):
        answer = thief.post(path, data={**form, "code": now_on(app)})
        assert answer.headers["Location"] == "/account/second", path
    answer = house.press("/account/second", thief, code=now_on(app))
    assert answer.status_code == 303
    assert thief.get("/account/").status_code == 200


def test_a_code_is_taken_once_and_so_is_its_time(house: House) -> None:
    _client, app = set_up(house)
    first, second = half_way(house), half_way(house)
    # The code that set the app up, half a minute ago, signs nobody in.
    spent = app.at(clock.now() - timedelta(seconds=30))
    assert house.press("/account/second", first, code=spent).status_code == 422
    code = now_on(app)
    assert house.press("/account/second", first, code=code).status_code == 303
    assert house.press("/account/second", second, code=code).status_code == 422
    # Nor is the code of the half minute before, which would have been good by itself.
    earlier = app.at(clock.now() - timedelta(seconds=30))
    assert house.press("/account/second", second, code=earlier).status_code == 422
    house.later(seconds=30)
    spaced = f"{now_on(app)[:3]} {now_on(app)[3:]}"
    assert house.press("/account/second", second, code=spaced).status_code == 303


def test_one_code_sent_many_times_at_once_is_taken_once(house: House) -> None:
    _client, app = set_up(house)
    browsers = [half_way(house) for _ in range(4)]
    forms = [hidden(browser.get("/account/second"), "/account/second") for browser in browsers]
    code, answers = now_on(app), list[int]()

    def send(browser: FlaskClient, form: dict[str, str]) -> None:
        answers.append(browser.post("/account/second", data={**form, "code": code}).status_code)

    threads = [threading.Thread(target=send, args=each) for each in zip(browsers, forms, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 422, 422, 422]


def test_after_five_wrong_codes_a_quarter_of_an_hour_has_to_pass(house: House) -> None:
    _client, app = set_up(house)
    guess = "000000" if now_on(app) != "000000" else "000001"
    first, other = half_way(house), half_way(house)
    answers = [house.press("/account/second", first, code=guess).status_code for _ in range(4)]
    answers += [house.press("/account/second", other, code=guess).status_code for _ in range(2)]
    assert answers == [422, 422, 422, 422, 422, 429]
    answer = house.press("/account/second", other, code=now_on(app))
    assert answer.status_code == 429
    assert 890 < int(answer.headers["Retry-After"]) <= 900
    assert "second factor refused" in [entry.act for entry in house.rows(AuditEntry)]
    house.later(minutes=15, seconds=1)
    # After five more it is twice as long, and a code that fits begins anew.
    other = half_way(house)
    answers = [house.press("/account/second", other, code=guess).status_code for _ in range(6)]
    assert answers == [422, 422, 422, 422, 422, 429]
    house.later(minutes=29)
    assert house.press("/account/second", other, code=now_on(app)).status_code == 429
    house.later(minutes=1, seconds=1)
    assert house.press("/account/second", other, code=now_on(app)).status_code == 303
    assert house.rows(Account)[0].wrong == 0


def test_recovery_codes_are_shown_once_work_once_and_new_ones_void_the_old(house: House) -> None:
    client, _app = set_up(house)

    def make() -> list[str]:
        answer = house.press("/account/recovery", client)
        assert answer.headers["Cache-Control"] == "no-store"
        return re.findall(r'<li class="typed">([0-9A-Z-]{14})</li>', unescape(answer.text))

    old, new = make(), make()
    assert len(set(old) | set(new)) == 20
    assert not [code for code in new if code in client.get("/account/recovery").text]
    assert not [code for code in new if code in repr(house.dump()) or code.replace("-", "") in repr(house.dump())]
    other = half_way(house)
    assert house.press("/account/second", other, code=old[0]).status_code == 422
    assert house.press("/account/second", other, code=new[0].lower()).status_code == 303
    assert house.press("/account/second", half_way(house), code=new[0]).status_code == 422
    assert [code.used_at is None for code in house.rows(RecoveryCode)].count(True) == 9
    assert "You have 9 codes left" in client.get("/account/recovery").text


def test_an_auditor_with_an_app_is_asked_for_it_and_may_remove_it(house: House) -> None:
    client = signed_in(house, Role.AUDITOR, address=ORGANIZER, second=False)
    assert client.get("/account/").status_code == 200
    app = app_of(client)
    house.press("/account/app", client, code=now_on(app))
    other = signed_in(house, Role.AUDITOR, address=ORGANIZER, second=False)
    assert other.get("/account/").headers["Location"].startswith("/account/second")
    house.later(seconds=30)
    assert house.press("/account/app/remove", client, on="/account/").status_code == 303
    assert other.get("/account/").status_code == 200


def test_what_guards_the_account_asks_again_after_a_quarter_of_an_hour(house: House) -> None:
    client, app = set_up(house)
    house.later(minutes=16)
    for path in ("/account/app", "/account/recovery", "/account/passkeys/new"):
        assert client.get(path).headers["Location"].startswith("/account/second?next="), path
    answer = house.press("/account/second", client, on="/account/second?next=/account/recovery", code=now_on(app))
    assert answer.headers["Location"] == "/account/recovery"
    assert client.get("/account/recovery").status_code == 200


def test_the_operator_can_let_an_organizer_begin_anew(house: House) -> None:
    client, _app = set_up(house)
    printed = prepared.command(house.config, "organizer", ORGANIZER, "--new-second-factor")
    assert client.get("/account/").status_code == 303
    assert house.rows(Totp) == house.rows(SignedIn) == []
    fresh = house.client()
    assert house.press(printed.split()[-1].removeprefix(house.config.base_url), fresh).status_code == 303


def test_on_a_real_site_the_command_lines_link_does_not_replace_the_second_factor(house: House) -> None:
    link = prepared.command(house.config, "organizer", ORGANIZER).split()[-1]
    house.app.extensions["demo"] = False
    client = house.client()
    house.press(link.removeprefix(house.config.base_url), client)
    assert client.get("/organize/people").headers["Location"].startswith("/account/set-up")
