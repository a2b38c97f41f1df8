"""Links that are wrong, old, used or of another purpose: each page says what to do next."""

import pytest

from petition import clock, tokens
from tests.ground import SLUG, House
from tests.witness import Page, words


@pytest.mark.parametrize("path", ["/confirm/{}", "/signature/{}", "/lift/{}", "/not-me/{}", "/signature/{}/withdraw"])
@pytest.mark.parametrize("token", ["cut-off", "x" * 500, "%00", "ünbekannt", "A" * 43])
def test_an_unknown_link_says_what_to_do(house: House, path: str, token: str) -> None:
    answer = house.client().get(path.format(token))
    assert answer.status_code == 404
    said = Page(answer.text)
    assert "We do not know this link. It may be cut off." in said.text
    assert said.all("a", href="/confirm")
    assert said.all("a", href="/")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("handle", ["x", "A" * 32, "%00", "é", "====", "A" * 5000])
def test_an_unknown_handle_is_a_calm_404(house: House, handle: str) -> None:
    for page in ("sent", "confirmed"):
        assert house.client().get(f"/statements/{SLUG}/{page}/{handle}").status_code == 404


def test_a_link_of_one_purpose_opens_no_other_page(house: House) -> None:
    page = house.signed()
    house.sign(email="bo@patron.example")
    house.work()
    mail = house.mails("bo@patron.example")[-1]
    confirm, lift = mail.link("/confirm/").rpartition("/")[2], mail.link("/lift/").rpartition("/")[2]
    own = page.rpartition("/")[2]
    for path in (f"/confirm/{own}", f"/confirm/{lift}", f"/signature/{confirm}", f"/lift/{own}", f"/signature/{lift}"):
        assert house.client().get(path).status_code == 404, path


def test_an_expired_link_says_so_and_counts_nothing(house: House) -> None:
    house.sign()
    house.work()
    path = house.mails()[-1].link("/confirm/")
    client = house.client()
    house.later(days=7, minutes=1)
    answer = client.get(path)
    assert answer.status_code == 410
    assert "Links work for seven days. Nothing was counted. Sign again" in words(answer.text)
    before = house.dump()
    with house.app.app_context():
        token = tokens.form(house.keys, "confirm", clock.now())
    pressed = client.post(path, data={"csrf_token": token})
    assert pressed.status_code == 410
    assert house.dump() == before
    house.sweep()
    assert client.get(path).status_code == 410
    assert house.count() == 0


def test_a_used_link_shows_no_name_and_no_private_link(house: House) -> None:
    page = house.signed(name="Ada Sample-Okafor")
    path = house.mails()[0].link("/confirm/")
    client = house.client()
    answer = client.get(path)
    assert answer.status_code == 200
    assert "Already confirmed. It counts once." in words(answer.text)
    assert "Okafor" not in answer.text
    assert page not in answer.text
    assert "/signature/" not in answer.text
