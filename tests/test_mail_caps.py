"""What a mailbox may receive: one e-mail in ten minutes for a statement, three a day, until somebody answers."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from petition.config import Config
from petition.jobs import State
from petition.paths import STATEMENTS
from petition.signatures.models import Signature, Status
from tests import prepared
from tests.ground import ADDRESS, House


@pytest.fixture
def wider(config: Config, tmp_path: Path) -> Iterator[House]:
    """A house with four more statements beside the petition."""
    folder = tmp_path / "content"
    shutil.copytree(STATEMENTS / "ebooksforall", folder)
    text = (folder / "petition.en.md").read_text(encoding="utf-8")
    for number in range(1, 5):
        letter = text.replace('slug = "ebooksforall"', f'slug = "letter-{number}"', 1).replace(
            'kind = "petition"', 'kind = "letter"', 1
        )
        (folder / f"letter-{number}.en.md").write_text(letter, encoding="utf-8")
    assert "statement letter-4: new" in prepared.command(config, "load", str(folder))
    house = House.open(config)
    yield house
    house.close()


def test_within_ten_minutes_a_mailbox_gets_one_email_for_a_statement(house: House) -> None:
    house.sign(name="Ada Lovelace")
    house.work()
    for name in ("Ada Byron", "Ada King"):
        house.later(minutes=4)
        house.sign(name=name, email="Ada+more@patron.example")
        house.work()
    assert len(house.mails()) == 1
    assert len(house.rows(Signature)) == 3


def test_what_a_cap_holds_back_is_deferred_and_one_email_lists_all_that_waits(house: House) -> None:
    house.sign(name="Ada Lovelace")
    house.work()
    for name in ("Ada Byron", "Ada King"):
        house.sign(name=name)
    house.work()
    assert [row.state for row in house.emails()] == [State.DONE, State.WAITING, State.WAITING]
    house.later(minutes=9, seconds=50)
    house.work()
    assert len(house.mails()) == 1
    house.later(seconds=20)
    house.work()
    first, second = house.mails(ADDRESS)
    assert second.subject == "These signatures wait for you"
    assert [name in second.text for name in ("Ada Lovelace", "Ada Byron", "Ada King")] == [True] * 3
    assert len([link for link in second.links if "/confirm/" in link]) == 3
    assert len(set(second.codes)) == 3
    assert second.codes[0] == first.codes[0]
    assert [row.state for row in house.emails()] == [State.DONE, State.DONE, State.DROPPED]
    house.later(days=1)
    house.work()
    assert len(house.mails()) == 2


def test_three_a_day_and_the_fourth_comes_a_day_after_the_first(house: House) -> None:
    for number in range(5):
        house.sign(name=f"Ada {'Lovelace'[: number + 2]}")
        house.work()
        house.later(minutes=15)
    assert len(house.mails()) == 3
    house.later(hours=22, minutes=40)
    house.work()
    assert len(house.mails()) == 3
    house.later(minutes=10)
    house.work()
    fourth = house.mails()[3:]
    assert len(fourth) == 1
    assert len([link for link in fourth[0].links if "/confirm/" in link]) == 5
    assert {row.state for row in house.emails()} == {State.DONE, State.DROPPED}


def test_the_daily_cap_counts_over_all_statements(wider: House) -> None:
    for number in range(1, 5):
        wider.sign(wider.client(), f"letter-{number}")
        wider.work()
    assert len(wider.mails()) == 3
    assert len([link for link in wider.mails()[-1].links if "/confirm/" in link]) == 3
    wider.later(days=1, minutes=1)
    wider.work()
    assert len(wider.mails()) == 4
    assert len([link for link in wider.mails()[-1].links if "/confirm/" in link]) == 4


def test_other_statements_need_not_wait_ten_minutes(wider: House) -> None:
    wider.sign(wider.client(), "letter-1")
    wider.work()
    wider.sign(wider.client(), "letter-2")
    wider.work()
    assert [mail.subject for mail in wider.mails()] == [
        "Please confirm your signature",
        "These signatures wait for you",
    ]


def test_each_of_several_waiting_is_confirmed_by_its_own_link(wider: House) -> None:
    wider.sign(wider.client(), "letter-1")
    wider.sign(wider.client(), "letter-2")
    wider.work()
    links = [link for link in wider.mails()[-1].links if "/confirm/" in link]
    assert len(links) == 2
    for link in links:
        assert wider.press(link.removeprefix(wider.config.base_url)).status_code == 303
    wider.work()
    assert [row.status for row in wider.rows(Signature)] == [Status.VERIFIED] * 2
    assert [wider.count("letter-1"), wider.count("letter-2"), wider.count()] == [1, 1, 0]


def test_an_answer_from_the_mailbox_lets_the_next_email_go_at_once(wider: House) -> None:
    for number in range(1, 4):
        wider.sign(wider.client(), f"letter-{number}")
        wider.work()
    assert len(wider.mails()) == 3
    first = next(link for link in wider.mails()[-1].links if "/confirm/" in link)
    wider.press(first.removeprefix(wider.config.base_url))
    wider.sign(wider.client(), "letter-4")
    wider.work()
    subjects = [mail.subject for mail in wider.mails()[3:]]
    assert sorted(subjects) == ["These signatures wait for you", "Your signature is confirmed"]


def test_what_follows_a_confirmation_is_not_held_back(house: House) -> None:
    private = house.signed()
    for _ in range(3):
        house.press(f"{private}/withdraw")
        house.work()
        house.press(f"{private}/undo", on=f"{private}/withdraw")
        house.work()
    assert len(house.mails()) == 2 + 6


def test_who_has_signed_already_is_told_within_the_same_caps(house: House) -> None:
    house.signed()
    told = len(house.mails())
    for number in range(5):
        house.sign(name=f"Mallory {'ABCDE'[number]}.")
        house.work()
        house.later(minutes=11)
    assert len(house.mails()) == told + 3


def test_asking_again_cannot_make_more_than_the_caps_allow(house: House) -> None:
    client = house.client()
    path = house.sign(client).headers["Location"]
    for _ in range(30):
        house.press(f"{path}/again", client, on=path)
        house.work()
        house.later(minutes=3)
    assert len(house.mails()) == 3
    assert len(house.emails()) <= 4


def test_an_email_that_was_held_back_is_not_sent_once_the_mailbox_has_answered(house: House) -> None:
    client = house.client()
    path = house.sign(client).headers["Location"]
    house.work()
    house.press(f"{path}/again", client, on=path)
    house.sign(name="Ada King")
    house.work()
    house.confirm()
    house.later(minutes=15)
    house.work()
    assert [mail.subject for mail in house.mails()] == ["Please confirm your signature", "Your signature is confirmed"]


def test_aliases_of_a_mailbox_share_its_caps(house: House) -> None:
    for number, address in enumerate(("adabooks@gmail.com", "a.da.books@gmail.com", "adabooks+x@googlemail.com")):
        house.sign(name=f"Ada {'BCD'[number]}.", email=address)
        house.work()
    assert [mail.to for mail in house.mails()] == ["adabooks@gmail.com"]
    house.later(minutes=11)
    house.work()
    assert len(house.mails()) == 2


def test_a_cap_on_one_mailbox_holds_up_nobody_else(house: House) -> None:
    for _ in range(3):
        house.sign()
    house.sign(email="grace@patron.example")
    house.work()
    assert sorted(mail.to for mail in house.mails()) == [ADDRESS, "grace@patron.example"]
