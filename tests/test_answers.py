"""What an answer and a log line tell: nothing of what we know of an address, and nothing of who somebody is."""

import io
import re
import sys

import pytest
import structlog
from sqlalchemy import text
from werkzeug.test import TestResponse

from petition.signatures.models import Signature
from petition.web.traces import set_up_logs
from tests.ground import ADDRESS, SLUG, House, hidden


def in_every_standing(house: House) -> dict[str, str]:
    """Addresses of every sort there is, by what we know of them."""
    house.signed("verified@patron.example")
    house.signed("adabooks@gmail.com")
    house.signed("withdrawn@patron.example")
    house.press(house.mails("withdrawn@patron.example")[-1].link("/signature/") + "/withdraw")
    house.sign(email="pending@patron.example")
    house.sign(email="paused@patron.example")
    house.work()
    link = house.mails("paused@patron.example")[-1].link("/confirm/")
    assert house.press(f"{link}/not-me", on=link).status_code == 303
    for _ in range(4):
        house.sign(email="capped@patron.example")
        house.work()
        house.later(minutes=11)
    return {
        "new": "new@patron.example",
        "pending": "pending@patron.example",
        "verified": "verified@patron.example",
        "capped": "capped@patron.example",
        "with a tag": "verified+again@patron.example",
        "with other dots": "a.da.books@googlemail.com",
        "paused": "paused@patron.example",
        "withdrawn": "withdrawn@patron.example",
    }


def as_shape(answer: TestResponse) -> tuple[int, list[tuple[str, str]], str]:
    """An answer without what is drawn by lot: handle, request id, date, and the minute of a form's token."""
    random = re.compile(r"(/sent/)[\w-]{30,}|(name=\"csrf_token\" value=\")[^\"]+")

    def plain(said: str) -> str:
        return random.sub(r"\1\2", said)

    headers = [(name, plain(value)) for name, value in answer.headers if name not in ("X-Request-Id", "Date")]
    return answer.status_code, sorted(headers), plain(answer.text)


def shown_for(house: House, address: str) -> tuple[object, ...]:
    """Everything a visitor can observe who signs with this address, and what the database was asked."""
    client = house.client()
    form = house.form(client, email=address)
    with house.statements() as asked:
        answer = client.post(f"/statements/{SLUG}/sign", data=form)
    sent = client.get(answer.headers["Location"])
    again = client.post(
        answer.headers["Location"] + "/again", data=hidden(sent, answer.headers["Location"] + "/again")
    )
    said_again = client.get(again.headers["Location"])
    assert len(asked) < 15
    assert not any("FROM signature" in statement or "FROM email" in statement for statement in asked)
    return (asked, *(as_shape(one) for one in (answer, sent, again, said_again)))


def test_every_address_gets_the_same_answer_by_the_same_statements(house: House) -> None:
    addresses = in_every_standing(house)
    before = len(house.rows(Signature))
    expected = shown_for(house, addresses.pop("new"))
    assert any("INSERT INTO signature" in statement for statement in expected[0])  # type: ignore[attr-defined]
    for standing, address in addresses.items():
        assert shown_for(house, address) == expected, standing
    assert len(house.rows(Signature)) == before + 8


def test_the_page_after_signing_never_shows_the_address_or_the_name(house: House) -> None:
    client = house.client()
    page = client.get(house.sign(client, name="Zuleika Unmistakable").headers["Location"])
    assert page.status_code == 200
    assert ADDRESS not in page.text
    assert "Zuleika" not in page.text


def test_no_log_line_holds_a_name_an_address_or_a_token(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    before = structlog.get_config()
    set_up_logs(quiet=False)
    try:
        private = house.signed("zuleika@patron.example", name="Zuleika Unmistakable", comment="Unmistakable words")
        house.client().get(private)
        with house.writing() as session:
            session.execute(text("ALTER TABLE email RENAME TO email_away"))
        # The database's own message would quote the row: name, city and all.
        assert house.sign(name="Zuleika Unmistakable", email="zuleika@patron.example").status_code == 500
        with house.writing() as session:
            session.execute(text("ALTER TABLE email_away RENAME TO email"))
        for table in ("email", "signature"):
            with house.refusing(table):
                assert house.sign(name="Zuleika Unmistakable", email="zuleika@patron.example").status_code == 500
    finally:
        structlog.configure(**before)
    log = written.getvalue()
    assert log.count('"fault"') == 3
    assert log.count('"request"') > 5
    for secret in ("zuleika", "nmistakable", "Lincoln", "127.0.0.1", private.rsplit("/", 1)[1]):
        assert secret not in log
