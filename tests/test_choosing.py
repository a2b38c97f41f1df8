"""Choosing who sees a name: everyone on the site, and the publisher in packets to come."""

from petition.signatures.models import Signature
from tests.ground import SLUG, House, hidden


def test_a_name_is_shown_on_the_site_only_when_its_owner_says_so(house: House) -> None:
    private = house.signed(name="Zuleika Unmistakable")
    public = f"/statements/{SLUG}"
    assert "Zuleika" not in house.client().get(public).text
    assert house.press(f"{private}/show-name", on=private, show_name="1").status_code == 303
    assert house.signature().show_name
    assert "Zuleika Unmistakable" in house.client().get(public).text
    assert house.press(f"{private}/show-name", on=private).status_code == 303
    assert not house.signature().show_name
    assert "Zuleika" not in house.client().get(public).text


def test_a_name_typed_into_a_pending_signature_is_shown_to_nobody(house: House) -> None:
    house.sign(name="Zuleika Unmistakable", show_name="y")
    house.work()
    assert "Zuleika" not in house.client().get(f"/statements/{SLUG}").text


def test_withholding_a_name_is_kept_and_the_signature_still_counts(house: House) -> None:
    private = house.signed()
    assert house.press(f"{private}/withhold", on=private, withhold="1").status_code == 303
    assert house.signature().withhold
    house.work()
    assert house.count() == 1
    assert house.press(f"{private}/withhold", on=private).status_code == 303
    assert not house.signature().withhold


def test_one_persons_choice_touches_nobody_else(house: House) -> None:
    private = house.signed()
    house.signed("grace@patron.example", name="Grace Hopper")
    house.press(f"{private}/show-name", on=private, show_name="1")
    house.press(f"{private}/withhold", on=private, withhold="1")
    assert [(row.show_name, row.withhold) for row in house.rows(Signature)] == [(True, True), (False, False)]


def test_the_private_page_tells_what_was_signed_for_the_record(house: House) -> None:
    private = house.signed(name="Ada Lovelace", affiliation="Lincoln City Libraries", comment="Too long.")
    page = house.client().get(private)
    for said in ("Ada Lovelace", "Lincoln, Nebraska", "Lincoln City Libraries", "Too long.", "Macmillan Publishers"):
        assert said in page.text
    assert "New ebooks belong in libraries from the first day" in page.text
    (revision,) = house.revisions()
    assert revision.sha256 in "".join(page.text.split())
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"


def test_a_choice_pressed_with_another_pages_token_is_refused(house: House) -> None:
    private = house.signed()
    token = hidden(house.client().get("/confirm"), "/confirm")
    for act in ("show-name", "withhold", "withdraw", "undo"):
        assert house.client().post(f"{private}/{act}", data={**token, "show_name": "1"}).status_code == 422
    assert not house.signature().show_name
