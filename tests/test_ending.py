"""Ending: one reminder, expiry of what nobody confirmed, and nothing typed kept beyond its time."""

import pytest

from petition.jobs import State
from petition.mail.refusals import PermanentRefusal
from petition.signatures.models import Signature, Status
from petition.worker import steps
from tests.ground import ADDRESS, House
from tests.transports import Answering

TYPED = ("name", "city", "state", "country", "postal_code", "relation", "affiliation", "comment", "address", "mailbox")


def is_bare(signature: Signature) -> bool:
    return all(getattr(signature, field) is None for field in TYPED)


def test_one_reminder_goes_out_after_two_days(house: House) -> None:
    house.sign()
    house.work()
    house.later(days=1, hours=23)
    assert house.sweep()["reminded"] == 0
    house.later(hours=2)
    assert house.sweep()["reminded"] == 1
    house.work()
    first, reminder = house.mails(ADDRESS)
    assert reminder.subject == "Your signature still waits: please confirm it"
    assert reminder.link("/confirm/") == first.link("/confirm/")
    for _ in range(4):
        house.later(days=1)
        assert house.sweep()["reminded"] == 0
        house.work()
    assert len(house.mails(ADDRESS)) == 2


def test_a_reminder_does_not_make_the_link_last_longer(house: House) -> None:
    house.sign()
    house.work()
    until = house.signature().expires_at
    house.later(days=2, minutes=1)
    house.sweep()
    house.work()
    assert house.signature().expires_at == until
    assert len(house.mails(ADDRESS)) == 2


def test_who_has_confirmed_is_not_reminded(house: House) -> None:
    house.signed()
    house.later(days=3)
    assert house.sweep() == {"reminded": 0, "expired": 0, "erased": 0}


def test_who_confirms_before_the_reminder_leaves_does_not_get_it(house: House) -> None:
    house.sign()
    house.work()
    house.later(days=3)
    house.sweep()
    house.confirm()
    house.work()
    assert [mail.subject for mail in house.mails()] == ["Please confirm your signature", "Your signature is confirmed"]


def test_a_mailbox_with_two_waiting_gets_one_reminder_for_both(house: House) -> None:
    house.sign(name="Ada Lovelace")
    house.sign(name="Ada King")
    house.work()
    house.later(minutes=11)
    house.work()
    asked = len(house.mails(ADDRESS))
    house.later(days=2, minutes=5)
    house.sweep()
    for _ in range(3):
        house.work()
        house.later(minutes=11)
    reminders = house.mails(ADDRESS)[asked:]
    assert len(reminders) == 1
    assert "Ada Lovelace" in reminders[0].text
    assert "Ada King" in reminders[0].text


def test_after_seven_days_what_was_typed_is_erased(house: House) -> None:
    house.sign(comment="Too long.", affiliation="A library", postal_code="68508")
    house.signed("grace@patron.example", name="Grace Hopper")
    house.later(days=6, hours=23)
    assert house.sweep()["expired"] == 0
    house.later(hours=2)
    assert house.sweep()["expired"] == 1
    gone, stays = house.rows(Signature)
    assert gone.status == Status.EXPIRED
    assert is_bare(gone)
    assert gone.erased_at is not None
    assert stays.name == "Grace Hopper"
    assert house.sweep() == {"reminded": 0, "expired": 0, "erased": 0}


def test_what_another_signature_of_the_mailbox_replaced_is_erased_too(house: House) -> None:
    house.sign(name="Ada King")
    house.work()
    house.sign(name="Ada Lovelace")
    house.confirm()
    assert [row.status for row in house.rows(Signature)] == [Status.VERIFIED, Status.EXPIRED]
    house.later(days=7, minutes=1)
    house.sweep()
    stays, gone = house.rows(Signature)
    assert stays.name == "Ada King"
    assert is_bare(gone)


def test_what_was_never_asked_about_is_erased_after_two_weeks(house: House) -> None:
    house.sign()
    house.work(Answering(house.transport, [PermanentRefusal("No such user.", "recipient")]))
    assert house.emails()[0].state == State.DEAD
    house.later(days=13, hours=23)
    assert house.sweep()["expired"] == 0
    house.later(hours=2)
    assert house.sweep()["expired"] == 1
    assert is_bare(house.signature())


def test_nothing_that_was_typed_on_an_expired_form_is_left_in_the_file(house: House) -> None:
    house.sign(name="Zuleika Unmistakable", city="Unforgettable Falls")
    house.work()
    house.later(days=7, minutes=1)
    house.sweep()
    left = b"".join(path.read_bytes() for path in house.config.data_dir.glob("petition.db*"))
    assert b"Zuleika" not in left
    assert b"Unforgettable" not in left


def test_what_is_due_is_what_a_sweep_then_does(house: House) -> None:
    private = house.signed("grace@patron.example")
    house.press(f"{private}/withdraw")
    house.sign(email="old@patron.example")
    house.work()
    house.later(days=4, hours=23)
    house.sign(email="young@patron.example")
    house.work()
    house.later(days=2, hours=2)
    with house.app.app_context():
        due = steps.due()
    assert due == {"reminded": 1, "expired": 1, "erased": 1}
    assert house.sweep() == due
    with house.app.app_context():
        assert set(steps.due().values()) == {0}


def test_a_long_line_is_swept_in_small_transactions_to_its_end(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("petition.signatures.ending.BATCH", 2)
    client = house.client()
    form = house.form(client)
    for number in range(5):
        client.post("/statements/ebooksforall/sign", data={**form, "email": f"reader-{number}@patron.example"})
    house.work()
    house.later(days=2, minutes=1)
    assert house.sweep()["reminded"] == 5
    house.later(days=5)
    assert house.sweep()["expired"] == 5
    assert all(is_bare(row) for row in house.rows(Signature))
