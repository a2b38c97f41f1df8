"""The rules of signing, held against a model of them: whatever happens, in whatever order hypothesis thinks of.

Each run tries the same few examples. `--hypothesis-profile=long` tries many more, others each time, makes a failing
one as short as it can, and looks for every planted fault by chance alone.
"""

import dataclasses
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from petition import clock
from petition.config import Config
from petition.jobs import State
from petition.paths import STATEMENTS
from petition.signatures.models import Signature, Status
from petition.statements.models import TEXT, Revision
from tests import prepared
from tests.agreement import stopped
from tests.ground import ADDRESS, House, hidden
from tests.rules import Rules
from tests.stories import STORIES, Story, tell

LONG: Final = settings.get_current_profile_name() == "long"
#: Making a failing example shorter takes minutes, so it is left to whoever asks for it.
PHASES: Final = (Phase.generate, Phase.shrink) if LONG else (Phase.generate,)
EXAMPLES: Final = {"sqlite": 10, "postgresql": 6}
MANY: Final = 300
FREELY: Final = dict.fromkeys(("sign", "confirm", "code", "again", "private"), "100000 per minute")


@pytest.fixture(scope="module")
def widened(made_ready: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One such house on SQLite for all stories: whoever begins one empties it."""
    folder = tmp_path_factory.mktemp("widened")
    house = widen(prepared.copied(made_ready, folder / "var"), folder)
    yield house
    house.close()


@pytest.fixture
def wider(
    database: str, widened: House, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    """A house with a letter beside the petition, whose text has a second revision; its clock stands still."""
    house = widened if database == "sqlite" else widen(request.getfixturevalue("config"), tmp_path)
    monkeypatch.setattr(clock, "now", stopped.now)
    yield house
    if house is not widened:
        house.close()


def widen(config: Config, near: Path) -> House:
    """Give a loaded house its letter and second revision, and open it."""
    folder = near / "content"
    shutil.copytree(STATEMENTS / "ebooksforall", folder)
    text = (folder / "petition.en.md").read_text(encoding="utf-8")
    letter = text.replace('slug = "ebooksforall"', 'slug = "letter"', 1).replace('"petition"', '"letter"', 1)
    (folder / "letter.en.md").write_text(letter, encoding="utf-8")
    prepared.command(config, "load", str(folder))
    house = House.open(dataclasses.replace(config, limits=FREELY))
    first = house.revisions()[0]
    same = {name: getattr(first, name) for name in ("statement_id", "title", "ask", "body", "published_at")}
    with house.writing() as session:
        session.add(Revision(role=TEXT, language="en", number=2, text="Once more.", sha256="0" * 64, **same))
    return house


def machine(house: House) -> type[Rules]:
    """The machine in this house."""
    return type("Here", (Rules,), {"house": house})


def search(house: House, examples: int) -> None:
    """Let hypothesis look for an order of things in which house and model differ."""
    run_state_machine_as_test(
        machine(house),
        settings=settings(
            max_examples=examples,
            stateful_step_count=60 if LONG else 40,
            derandomize=not LONG,
            database=None,
            deadline=None,
            phases=PHASES,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_whatever_happens_the_house_keeps_the_rules(wider: House, database: str) -> None:
    search(wider, MANY if LONG else EXAMPLES[database])


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_the_house_comes_through_a_story(story: Story, wider: House) -> None:
    tell(machine(wider), story)


# --- What the machine has found --------------------------------------------------------------------


def test_the_link_of_a_disowned_signature_never_confirms_one_of_another_mailbox(house: House) -> None:
    # SQLite gave the deleted row's id to the next, and with it the link that was out there already.
    house.sign(email="mallory@patron.example")
    house.work()
    link = house.mails("mallory@patron.example")[-1].link("/confirm/")
    token = hidden(house.client().get(link), link)
    house.press(f"{link}/not-me", on=link)
    house.sign(email=ADDRESS)
    house.work()
    assert house.client().post(link, data=token).status_code == 404
    assert house.signature().status == Status.PENDING
    assert house.mails(ADDRESS)[-1].link("/confirm/") != link


def test_an_email_owed_to_a_disowned_signature_is_not_written_to_the_next_mailbox(house: House) -> None:
    client = house.client()
    path = house.sign(client, email="mallory@patron.example").headers["Location"]
    house.work()
    link = house.mails("mallory@patron.example")[-1].link("/confirm/")
    house.press(f"{path}/again", client, on=path)
    house.press(f"{link}/not-me", on=link)
    house.sign(email=ADDRESS)
    house.work()
    assert [row.state for row in house.emails()] == [State.DONE, State.DROPPED, State.DONE]
    assert len(house.mails(ADDRESS)) == 1


def test_the_number_of_a_row_that_is_gone_is_not_given_out_again(house: House) -> None:
    house.sign()
    house.work()
    (first,) = house.rows(Signature)
    link = house.mails(ADDRESS)[-1].link("/confirm/")
    house.press(f"{link}/not-me", on=link)
    house.sign()
    assert house.signature().id > first.id
