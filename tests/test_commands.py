"""The commands: what they print, and the one line of reason when they cannot."""

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from petition.mail import outbox
from petition.mail.outbox import Email
from petition.signatures.models import Signature, Status
from tests.forking import forked_commands
from tests.ground import ADDRESS, House
from tests.postmaster import free_port
from tests.prepared import command, configured, environment

Run = Callable[..., subprocess.CompletedProcess[str]]
pytestmark = pytest.mark.one_database("sqlite", "how a command speaks is the same for every database")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """The command as an operator runs it."""
    program = tmp_path_factory.mktemp("commands") / "petition"

    def run(variables: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
        plain = {key: value for key, value in os.environ.items() if not key.startswith("PETITION_")}
        return subprocess.run(
            [program, *arguments], env={**plain, **variables}, capture_output=True, text=True, check=False, timeout=240
        )

    with forked_commands(program):
        yield run


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """The reason of a command that could not do its work."""
    assert done.returncode != 0, done.stdout
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    return done.stderr


def test_without_keys_or_a_database_a_command_says_what_makes_them(tmp_path: Path, run: Run) -> None:
    assert "`petition init` makes it" in one_line(run({"PETITION_DATA_DIR": str(tmp_path)}, "load"))


def test_a_bad_variable_is_named(tmp_path: Path, run: Run) -> None:
    done = run({"PETITION_DATA_DIR": str(tmp_path), "PETITION_MAIL_PER_MINUTE": "many"}, "init")
    assert "PETITION_MAIL_PER_MINUTE" in one_line(done)


def test_init_never_touches_a_database_that_is_there(house: House, run: Run) -> None:
    house.signed()
    assert "already" in one_line(run(environment(house.config), "init"))
    assert house.count() == 1


def test_init_keep_leaves_everything_as_it_is(house: House) -> None:
    house.signed()
    before = house.dump()
    assert command(house.config, "init", "--demo", "--keep") == ""
    assert house.dump() == before


def test_what_init_makes_is_its_owners_alone(tmp_path: Path, run: Run) -> None:
    assert run({"PETITION_DATA_DIR": str(tmp_path / "var")}, "init").returncode == 0
    for path in (tmp_path / "var").iterdir():
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_real_database_without_an_e_mail_server_does_not_open_signing(tmp_path: Path, run: Run) -> None:
    config = configured(tmp_path / "var")
    command(config, "init")
    command(config, "load")
    house = House.open(config)
    page = house.client().get("/", base_url=config.base_url).text
    assert "Signing is not open" in page
    assert "<form" not in page
    house.close()
    assert "PETITION_SMTP_URL" in one_line(run(environment(config), "doctor"))


def test_more_web_processes_than_one_need_redis(house: House, run: Run) -> None:
    without = environment(replace(house.config, redis_url=None))
    assert "PETITION_REDIS_URL" in one_line(run(without, "serve", "--processes", "2"))


def test_synthetic_signatures_are_refused_outside_a_demo(tmp_path: Path, run: Run) -> None:
    config = configured(tmp_path / "var")
    command(config, "init")
    command(config, "load")
    assert "only in a demo" in one_line(run(environment(config), "signatures", "sample", "ebooksforall", "1"))


def test_synthetic_signatures_are_counted_and_the_same_for_the_same_seed(house: House) -> None:
    command(house.config, "signatures", "sample", "ebooksforall", "25", "--seed", "7")
    assert house.count() == 25
    names = [signature.name for signature in house.rows(Signature)]
    command(house.config, "signatures", "sample", "ebooksforall", "25", "--seed", "8")
    assert house.count() == 50
    assert [signature.name for signature in house.rows(Signature)][:25] == names


def test_purge_says_what_is_due_and_then_does_it(house: House) -> None:
    house.sign()
    house.work()
    house.later(days=8)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("NO_COLOR", "1")
        assert "1 expired" in command(house.config, "purge", "--dry-run")
        assert house.signature().name is not None
        assert "1 expired" in command(house.config, "purge")
    assert house.signature().name is None
    assert house.signature().status == Status.EXPIRED


def test_doctor_sends_one_e_mail_and_says_where_it_lies(house: House) -> None:
    assert str(house.config.mail_dir) in command(house.config, "doctor", "--mail", ADDRESS)
    (mail,) = house.mails(ADDRESS)
    assert "doctor" in mail.text


def test_doctor_explains_a_refusal(house: House, run: Run) -> None:
    variables = {**environment(house.config), "PETITION_SMTP_URL": f"smtp://127.0.0.1:{free_port()}"}
    said = one_line(run(variables, "doctor", "--mail", ADDRESS))
    assert "connect" in said.lower() or "refused" in said.lower()
    assert ADDRESS not in said


def test_doctor_counts_what_was_given_up(house: House) -> None:
    with house.writing() as session:
        outbox.owe(session.connection(), "signing", now=house.clock.now(), language="en")
        session.execute(update(Email).values(state="dead", error="550 no such user"))
    said = command(house.config, "doctor")
    assert "1 given up" in said
    assert "550 no such user" in said


def test_load_names_the_file_and_what_is_missing(house: House, tmp_path: Path, run: Run) -> None:
    (tmp_path / "campaign.toml").write_text('slug = "x"\n')
    assert "publishers.toml" in one_line(run(environment(house.config), "load", str(tmp_path)))
    (tmp_path / "publishers.toml").write_text("")
    assert "campaign.toml" in one_line(run(environment(house.config), "load", str(tmp_path)))


@pytest.mark.parametrize("arguments", [(), ("init",), ("packet", "build"), ("signatures", "sample"), ("doctor",)])
def test_every_command_has_help(arguments: tuple[str, ...], run: Run) -> None:
    done = run({}, *arguments, "--help")
    assert done.returncode == 0
    assert "Usage:" in done.stdout
