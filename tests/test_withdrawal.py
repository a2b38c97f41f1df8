"""Withdrawal: at once, told by e-mail, undone within seven days, and then erased to the last byte."""

import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import text

from petition.jobs import State
from petition.ledger.models import Entry, Head, Opening
from petition.mail.outbox import Email
from petition.signatures.models import Change, Signature, Status
from tests.ground import ADDRESS, SLUG, House, hidden


def withdraw(house: House, private: str) -> None:
    assert house.press(f"{private}/withdraw").status_code == 303
    house.work()


def undo(house: House, private: str) -> int:
    return house.press(f"{private}/undo", on=f"{private}/withdraw").status_code


def test_withdrawing_counts_at_once_and_is_told_by_email(house: House) -> None:
    private = house.signed()
    house.signed("grace@patron.example", name="Grace Hopper")
    withdraw(house, private)
    assert house.count() == 1
    told = house.mails(ADDRESS)[-1]
    assert told.subject == "Your signature is withdrawn"
    assert "You can undo this until" in told.text
    assert told.link("/signature/") == private
    kept = house.rows(Signature)[0]
    assert (kept.status, kept.number, kept.name) == (Status.WITHDRAWN, 1, "Ada Lovelace")
    leaf = json.loads(house.rows(Entry)[-1].leaf)
    assert (leaf["kind"], leaf["of"], leaf["seq"]) == ("withdrawn", 1, 3)


def test_the_pages_change_nothing_until_a_button_is_pressed(house: House) -> None:
    private = house.signed()
    before = house.dump()
    for path in (private, f"{private}/withdraw"):
        for _ in range(5):
            assert house.client().get(path).status_code == 200
            assert house.client().head(path).status_code == 200
    for path in ("withdraw", "undo", "show-name", "withhold"):
        assert house.client().post(f"{private}/{path}").status_code == 422
    assert house.client().get(f"{private}/undo").status_code == 405
    assert house.dump() == before


def test_withdrawing_twice_withdraws_once(house: House) -> None:
    private = house.signed()
    token = hidden(house.client().get(f"{private}/withdraw"), f"{private}/withdraw")
    for _ in range(2):
        assert house.client().post(f"{private}/withdraw", data=token).status_code == 303
        house.work()
    assert house.count() == 0
    assert [change.kind for change in house.rows(Change)] == ["verified", "withdrawn"]


@pytest.mark.parametrize("act", ["withdraw", "undo"])
def test_a_button_pressed_many_times_at_once_acts_once(house: House, act: str) -> None:
    private = house.signed()
    if act == "undo":
        withdraw(house, private)
    token = hidden(house.client().get(f"{private}/withdraw"), f"{private}/{act}")
    answers: list[int] = []
    gate = threading.Barrier(8)

    def press() -> None:
        client = house.client()
        gate.wait()
        answers.append(client.post(f"{private}/{act}", data=token).status_code)

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [303] * 8
    house.work()
    assert [change.kind for change in house.rows(Change)][1:] == {
        "withdraw": ["withdrawn"],
        "undo": ["withdrawn", "restored"],
    }[act]
    assert house.count() == (1 if act == "undo" else 0)


def test_a_withdrawal_is_undone_within_seven_days(house: House) -> None:
    private = house.signed()
    withdraw(house, private)
    house.later(days=6, hours=23)
    assert "undo this until" in house.client().get(f"{private}/withdraw").text
    assert undo(house, private) == 303
    house.work()
    assert house.count() == 1
    kept = house.signature()
    assert (kept.status, kept.number, kept.withdrawn_at) == (Status.VERIFIED, 1, None)
    assert house.mails(ADDRESS)[-1].subject == "Your signature counts again"
    assert json.loads(house.rows(Entry)[-1].leaf)["kind"] == "restored"
    house.later(days=3)
    house.sweep()
    assert house.signature().name == "Ada Lovelace"


def test_after_seven_days_nothing_can_be_undone(house: House) -> None:
    private = house.signed()
    withdraw(house, private)
    token = hidden(house.client().get(f"{private}/withdraw"), f"{private}/undo")
    house.later(days=7)
    page = house.client().get(f"{private}/withdraw")
    assert page.status_code == 200
    assert "/undo" not in page.text
    fresh = {**token, **hidden(house.client().get(private))} if "<form" in house.client().get(private).text else token
    assert house.client().post(f"{private}/undo", data=fresh).status_code in (303, 422)
    assert house.signature().status == Status.WITHDRAWN
    house.work()
    assert house.count() == 0


def test_undoing_what_stands_changes_nothing(house: House) -> None:
    private = house.signed()
    token = hidden(house.client().get(f"{private}/withdraw"), f"{private}/withdraw")
    before = house.dump()
    assert house.client().post(f"{private}/undo", data=token).status_code == 303
    assert house.dump() == before


def test_undo_is_refused_when_the_mailbox_has_signed_anew(house: House) -> None:
    private = house.signed(name="Ada Lovelace")
    withdraw(house, private)
    newer = house.signed(name="Ada King")
    assert newer != private
    assert house.count() == 1
    assert undo(house, private) == 409
    house.work()
    assert house.count() == 1
    assert [row.status for row in house.rows(Signature)] == [Status.WITHDRAWN, Status.VERIFIED]
    assert [change.kind for change in house.rows(Change)] == ["verified", "withdrawn", "verified"]


def test_the_name_leaves_the_public_page_with_the_signature(house: House) -> None:
    private = house.signed(name="Zuleika Unmistakable", show_name="y")
    assert "Zuleika" in house.client().get(f"/statements/{SLUG}").text
    withdraw(house, private)
    assert "Zuleika" not in house.client().get(f"/statements/{SLUG}").text


# --- Erasure --------------------------------------------------------------------------------------


def test_after_seven_days_details_and_salts_are_erased_and_the_ledger_adds_up(house: House) -> None:
    private = house.signed(comment="Unmistakable words", affiliation="A library", postal_code="68508")
    house.signed("grace@patron.example", name="Grace Hopper")
    withdraw(house, private)
    leaves = [(entry.seq, entry.leaf) for entry in house.rows(Entry)]
    house.later(days=6, hours=23)
    assert house.sweep()["erased"] == 0
    assert len(house.rows(Opening)) == 2
    house.later(hours=2)
    assert house.sweep()["erased"] == 1
    gone, other = house.rows(Signature)
    for field in ("name", "city", "state", "country", "postal_code", "relation", "affiliation", "comment"):
        assert getattr(gone, field) is None
    assert (gone.address, gone.mailbox) == (None, None)
    assert (gone.status, gone.number, gone.show_name) == (Status.WITHDRAWN, 1, False)
    assert other.name == "Grace Hopper"
    assert len(house.rows(Opening)) == 1
    assert [(entry.seq, entry.leaf) for entry in house.rows(Entry)] == leaves
    assert house.count() == 1
    assert house.sweep()["erased"] == 0
    assert house.client().get(private).status_code == 200
    assert "Ada" not in house.client().get(private).text


@pytest.mark.one_database("sqlite", "whose file we can read")
def test_nothing_of_a_name_or_an_address_is_left_in_the_database_file(house: House) -> None:
    private = house.signed(
        name="Zuleika Unmistakable", city="Unforgettable Falls", comment="Unmistakable words", affiliation="Unheard-of"
    )
    house.signed("grace@patron.example", name="Grace Hopper")
    with house.reading() as session:
        (sealed,) = session.execute(text("SELECT address FROM signature WHERE id = 1")).one()
        salts = [*session.execute(text("SELECT name, place, mailbox FROM opening WHERE entry_id = 1")).one()]
    assert len(salts) == 3
    secrets = [b"Zuleika", b"Unforgettable", b"Unmistakable", b"Unheard", ADDRESS.encode(), sealed, *salts]
    assert any(secret in everything(house) for secret in secrets)
    withdraw(house, private)
    house.later(days=7, minutes=1)
    house.sweep()
    left = everything(house)
    assert b"Grace Hopper" in left
    assert [secret for secret in secrets if secret in left] == []


def everything(house: House) -> bytes:
    """The raw bytes of the database, and of what SQLite keeps beside it while the house is running."""
    return b"".join(path.read_bytes() for path in house.config.data_dir.glob("petition.db*"))


def test_a_reader_who_is_in_the_way_of_a_sweep_does_not_stop_it(house: House) -> None:
    private = house.signed()
    withdraw(house, private)
    house.later(days=7, minutes=1)
    began, go_on = threading.Event(), threading.Event()

    def read() -> None:
        with house.reading() as session:
            session.execute(text("SELECT count(*) FROM signature"))
            began.set()
            assert go_on.wait(20)

    reader = threading.Thread(target=read)
    reader.start()
    assert began.wait(20)
    assert house.sweep()["erased"] == 1
    go_on.set()
    reader.join()
    assert house.sign().status_code == 303


def test_after_erasure_the_mailbox_can_sign_anew(house: House) -> None:
    private = house.signed()
    withdraw(house, private)
    house.later(days=8)
    house.sweep()
    house.signed(name="Ada King")
    assert house.count() == 1
    assert [row.number for row in house.rows(Signature)] == [1, 3]


def test_an_email_that_is_still_owed_after_the_erasure_is_dropped(house: House) -> None:
    private = house.signed()
    assert house.press(f"{private}/withdraw").status_code == 303
    house.register()
    house.later(days=7, minutes=1)
    house.sweep()
    before = len(house.mails())
    house.work()
    assert len(house.mails()) == before
    assert [row.state for row in house.rows(Email)] == [State.DONE, State.DONE, State.DEAD]


def test_the_heads_figures_tell_every_sort_of_change(house: House) -> None:
    private = house.signed()
    withdraw(house, private)
    assert undo(house, private) == 303
    house.work()
    withdraw(house, private)
    (head,) = house.rows(Head)
    assert (head.entered, head.withdrawn, head.restored, head.invalidated) == (1, 2, 1, 0)
    assert (head.size, head.verified) == (4, 0)
    assert head.as_of - house.signature().signed_at < timedelta(minutes=1)
