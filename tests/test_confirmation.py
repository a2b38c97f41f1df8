"""Confirmation: a button and never a look, once and never twice, for seven days from when the e-mail was taken."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from petition import clock
from petition.db import db
from petition.jobs import State
from petition.mail.mailboxes import Mailbox
from petition.mail.refusals import TemporaryRefusal
from petition.signatures import settling
from petition.signatures.models import Change, Signature, Status
from tests.ground import ADDRESS, SLUG, House, hidden
from tests.transports import Answering


def confirm_link(house: House, address: str = ADDRESS) -> str:
    """Sign, and return the path of the confirmation link that comes."""
    house.sign(email=address)
    house.work()
    return house.mails(address)[-1].link("/confirm/")


def test_the_email_says_what_would_be_signed_and_how(house: House) -> None:
    house.sign(name="Ada Lovelace")
    house.work()
    (mail,) = house.mails(ADDRESS)
    for said in (mail.text, mail.html):
        assert "Ada Lovelace" in said
        assert "New ebooks belong in libraries from the first day" in said
        assert "Sample Library Association" in said
        assert mail.codes[0] in said
        assert mail.link("/confirm/") in said
        assert "This was not me" in said
    assert all(link.startswith(house.config.base_url) for link in mail.links)
    assert not any("/signature/" in link for link in mail.links)
    assert mail.message["Auto-Submitted"] == "auto-generated"


def test_the_page_shows_title_and_name_and_asks_for_a_press(house: House) -> None:
    page = house.client().get(confirm_link(house))
    assert page.status_code == 200
    assert "Ada Lovelace" in page.text
    assert "New ebooks belong in libraries from the first day" in page.text
    assert "/signature/" not in page.text
    assert ADDRESS not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.text.index('action="/confirm/') < page.text.index("/not-me")


def test_a_press_verifies_and_counts(house: House) -> None:
    link = confirm_link(house)
    answer = house.press(link)
    assert answer.status_code == 303
    house.work()
    kept = house.signature()
    assert (kept.status, kept.method, kept.number) == (Status.VERIFIED, "link", 1)
    assert kept.confirmed_at is not None
    assert house.count() == 1
    thanks = house.client().get(answer.headers["Location"])
    assert thanks.status_code == 200
    assert "Ada" not in thanks.text
    assert "/signature/" not in thanks.text
    confirmed = house.mails(ADDRESS)[-1]
    assert confirmed.subject == "Your signature is confirmed"
    assert "no. 1 " in confirmed.text
    assert house.client().get(confirmed.link("/signature/")).status_code == 200


def test_looking_changes_nothing_however_often(house: House) -> None:
    link = confirm_link(house)
    before = house.dump()
    for _ in range(20):
        assert house.client().get(link).status_code == 200
        assert house.client().head(link).status_code == 200
    assert house.dump() == before


def test_a_second_press_says_already_and_counts_once(house: House) -> None:
    link = confirm_link(house)
    client = house.client()
    token = hidden(client.get(link), link)
    client.post(link, data=token)
    house.work()
    before = house.dump()
    again = client.post(link, data=token, follow_redirects=True)
    assert again.status_code == 200
    assert "Already" in again.text or "already" in again.text
    assert "Ada" not in again.text
    assert "/signature/" not in again.text
    assert house.work() == 0
    assert house.dump() == before
    assert house.count() == 1


def test_a_press_without_our_token_does_nothing(house: House) -> None:
    link = confirm_link(house)
    assert house.client().post(link).status_code == 422
    assert house.client().post(link, data={"csrf_token": "1.x"}).status_code == 422
    assert house.signature().status == Status.PENDING


def test_a_press_that_another_site_made_does_nothing(house: House) -> None:
    link = confirm_link(house)
    client = house.client()
    token = hidden(client.get(link), link)
    for header, value in (("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example"), ("Origin", "null")):
        assert client.post(link, data=token, headers={header: value}).status_code == 403
    assert house.signature().status == Status.PENDING
    assert client.post(link, data=token, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_many_presses_at_once_count_once(house: House) -> None:
    link = confirm_link(house)
    token = hidden(house.client().get(link), link)
    answers: list[int] = []

    def press() -> None:
        answers.append(house.client().post(link, data=token).status_code)

    threads = [threading.Thread(target=press) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [303] * 12
    assert len(house.rows(Change)) == 1
    house.work()
    assert house.count() == 1
    assert [mail.subject for mail in house.mails()][1:] == ["Your signature is confirmed"]


def test_two_signatures_of_one_mailbox_confirmed_at_once_count_once(house: House) -> None:
    house.sign(name="Ada Lovelace")
    house.sign(name="Ada King")
    house.work()
    house.later(minutes=11)
    house.work()
    links = [link for link in house.mails(ADDRESS)[-1].links if "/confirm/" in link]
    assert len(links) == 2
    paths = [link.removeprefix(house.config.base_url) for link in links]
    token = hidden(house.client().get(paths[0]), paths[0])
    answers: list[int] = []

    def press(path: str) -> None:
        answers.append(house.client().post(path, data=token).status_code)

    threads = [threading.Thread(target=press, args=(path,)) for path in paths * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) <= {303, 410}
    assert sorted(row.status for row in house.rows(Signature)) == [Status.EXPIRED, Status.VERIFIED]
    house.work()
    assert house.count() == 1


@pytest.mark.one_database("postgresql", "SQLite lets nobody in between a look and a change")
def test_a_press_that_comes_too_late_for_its_row_leaves_the_mailboxs_others_alone(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = confirm_link(house)
    house.sign(name="The Other One")
    page = hidden(house.client().get(path), path)
    settle = settling.settle

    def disowned_meanwhile(*given: Any, **told: Any) -> settling.Settled:
        with db.engine.begin() as another:
            another.execute(delete(Signature).where(Signature.name != "The Other One"))
        return settle(*given, **told)

    with monkeypatch.context() as patched:
        patched.setattr(settling, "settle", disowned_meanwhile)
        assert house.client().post(path, data=page).status_code == 303
    assert house.signature().status == Status.PENDING
    assert house.rows(Mailbox) == []


def test_confirming_one_ends_the_mailboxs_others_for_this_statement(house: House) -> None:
    first = confirm_link(house)
    house.sign(name="Ada Byron", email="ADA+second@patron.example")
    house.sign(email="other@patron.example")
    assert house.press(first).status_code == 303
    standing = [row.status for row in house.rows(Signature)]
    assert standing == [Status.VERIFIED, Status.EXPIRED, Status.PENDING]


def test_the_link_of_one_that_was_replaced_no_longer_confirms(house: House) -> None:
    house.sign(name="Ada Lovelace")
    house.sign(name="Ada King")
    house.work()
    house.later(minutes=11)
    house.work()
    first, second = (link for link in house.mails(ADDRESS)[-1].links if "/confirm/" in link)
    second = second.removeprefix(house.config.base_url)
    token = hidden(house.client().get(second), second)
    house.press(first.removeprefix(house.config.base_url))
    assert house.client().get(second).status_code == 410
    assert house.client().post(second, data=token).status_code == 410
    house.work()
    assert house.count() == 1


def test_signing_again_after_all_is_told_by_email_only(house: House) -> None:
    house.signed(name="Ada Lovelace")
    house.sign(name="Mallory")
    house.work()
    told = house.mails(ADDRESS)[-1]
    assert told.subject == "You have signed already"
    assert "no. 1" in told.text
    assert "Ada Lovelace" in told.text
    assert "Mallory" not in told.text
    assert not any("/confirm/" in link for link in told.links)
    assert house.client().get(told.link("/signature/")).status_code == 200
    assert house.count() == 1


# --- Seven days -----------------------------------------------------------------------------------


def test_seven_days_count_from_when_the_email_was_taken(house: House) -> None:
    house.sign()
    answering = Answering(house.transport, [TemporaryRefusal("Not now.", "connection")] * 5)
    house.work(answering)
    for _ in range(5):
        house.later(hours=1)
        house.work(answering)
    taken = clock.now()
    kept = house.signature()
    assert kept.expires_at is not None
    assert abs(kept.expires_at - taken - timedelta(days=7)) < timedelta(minutes=1)
    link = house.mails()[-1].link("/confirm/")
    house.later(days=6, hours=23, minutes=58)
    assert house.client().get(link).status_code == 200
    assert house.press(link).status_code == 303
    assert house.signature().status == Status.VERIFIED


def test_after_seven_days_a_link_says_what_to_do_and_does_nothing(house: House) -> None:
    link = confirm_link(house)
    token = hidden(house.client().get(link), link)
    house.later(days=7)
    fresh = {**token, "csrf_token": hidden(house.client().get("/confirm"), "/confirm")["csrf_token"]}
    page = house.client().get(link)
    assert page.status_code == 410
    assert "Sign again" in page.text
    assert "Ada" not in page.text
    assert house.client().post(link, data=fresh).status_code in (410, 422)
    assert house.signature().status == Status.PENDING
    house.sweep()
    assert house.client().get(link).status_code == 410
    house.work()
    assert house.count() == 0


@pytest.mark.parametrize("path", ["/confirm/", "/signature/", "/lift/", "/not-me/"])
def test_a_made_up_token_gets_a_page_that_says_what_to_do(house: House, path: str) -> None:
    for token in ("x", "A" * 43, "%00", "ä"):
        page = house.client().get(path + token)
        assert page.status_code == 404
        assert "<h1" in page.text


def test_a_token_opens_what_it_was_made_for_and_nothing_else(house: House) -> None:
    link = confirm_link(house)
    private = house.signed("grace@patron.example")
    tokens = {path.rsplit("/", 1)[1] for path in (link, private)}
    lift = house.mails(ADDRESS)[0].link("/lift/").rsplit("/", 1)[1]
    assert house.client().get(f"/signature/{link.rsplit('/', 1)[1]}").status_code == 404
    assert house.client().get(f"/confirm/{private.rsplit('/', 1)[1]}").status_code == 404
    assert house.client().get(f"/confirm/{lift}").status_code == 404
    assert all(house.client().get(f"/lift/{token}").status_code == 404 for token in tokens)


def test_a_retried_email_carries_the_same_link_code_and_message_id(house: House) -> None:
    house.sign()
    answering = Answering(house.transport, [TemporaryRefusal("Broke off.", "lost")])
    house.work(answering)
    house.later(minutes=2)
    house.work(answering)
    first, second = answering.offered
    assert first.link("/confirm/") == second.link("/confirm/")
    assert first.codes == second.codes
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert [row.state for row in house.emails()] == [State.DONE]


def test_the_confirmed_page_needs_a_handle_of_ours(house: House) -> None:
    assert house.client().get(f"/statements/{SLUG}/confirmed/{'A' * 32}").status_code == 404
    assert house.client().get(f"/statements/{SLUG}/sent/{'A' * 32}").status_code == 404
