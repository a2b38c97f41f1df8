"""Fixtures for every test: a house of its own, on either database, and one that is served to browsers."""

import gc
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

import hypothesis
import pytest

from petition import clock
from petition.config import Config
from petition.papers import printing
from tests import prepared
from tests.ground import House
from tests.keeping import Keeping
from tests.leaving_out import miss
from tests.overhearing import Overheard
from tests.prepared import Served
from tests.pressing import Pressing
from tests.reading import (  # noqa: F401
    browser,
    every_page,
    every_page_in_nobodys_words,
    every_page_in_spanish,
    reader,
)
from tests.servers import Postgres, Redis, Restored

DATABASES = ("sqlite", "postgresql")

# Begun first, the longest first, so that no process is left with a long file while the other has nothing to do.
LONG = (
    "accessibility",
    "packet_volumes",
    "reflow",
    "serving",
    "scanners",
    "journey",
    "keyboard",
    "weight",
    "press",
    "sheets",
    "packet_build",
    "arrivals",
    "packet_pages",
    "rules",
    "uploads_hostile",
    "organizer_journey",
    "numbers_in_addresses",
    "chapter_journey",
    "spoken",
    "install",
    "statement_pdf",
    "stopping",
    "newspaper",
    "wheel",
    "officers",
    "packet_sealed",
    "ledger_pages",
    "bench",
)

# How long an example takes, or is looked for, says more about what else the machine does than about us. Each run tries
# the same examples, so that one that fails was broken by what was changed; pytest's own option asks for others.
_PATIENT: Final[dict[str, Any]] = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("house", derandomize=True, **_PATIENT)
hypothesis.settings.register_profile("long", derandomize=False, max_examples=1_000, **_PATIENT)
hypothesis.settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "one_database(name, why): what the test is about is there on this database and not on the other"
    )


def pytest_collection_finish() -> None:
    """Nothing that is loaded by now ever goes, and to look through it again and again is a good part of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=DATABASES, help="leave out what stands in a house on the other one")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that stands in a house runs on SQLite, and on PostgreSQL with Redis; or where its marker says."""
    if "database" not in metafunc.fixturenames:
        return
    if any("database" in marker.args[0] for marker in metafunc.definition.iter_markers("parametrize")):
        return
    one = metafunc.definition.get_closest_marker("one_database")
    if one:
        name, _why = one.args
        assert name in DATABASES
    metafunc.parametrize("database", [one.args[0]] if one else DATABASES, indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    begin = {f"test_{name}.py": place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: begin.get(item.path.name, len(LONG)))
    chosen = config.getoption("--database")
    if chosen is None:
        return
    other = [item for item in items if _database_of(item) not in (None, chosen)]
    config.hook.pytest_deselected(items=other)
    items[:] = [item for item in items if item not in set(other)]


def _database_of(item: pytest.Item) -> str | None:
    found = getattr(item, "callspec", None)
    return found.params.get("database") if found else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was left out: a test is skipped for nothing else than what the machine does not have."""
    missed = {report.longrepr[2]: None for report in terminalreporter.stats.get("skipped", [])}
    if missed:
        terminalreporter.section("left out on this machine", red=True)
        for what in missed:
            terminalreporter.line(what, red=True)


@pytest.fixture(autouse=True)
def true_time() -> Iterator[None]:
    """Each test begins and ends at the true time."""
    clock.reset()
    yield
    clock.reset()


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of whoever runs the tests reaches the house."""
    for name in ("DATA_DIR", "DATABASE_URL", "REDIS_URL", "SMTP_URL", "BASE_URL", "KEY_FILE"):
        monkeypatch.delenv(f"PETITION_{name}", raising=False)


@pytest.fixture(autouse=True)
def patience_with_the_press(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine has one press, and tests run beside each other: none is refused since another one prints."""
    monkeypatch.setattr(printing, "SINGLE", replace(printing.SINGLE, wait_seconds=300, wall_seconds=300))


@pytest.fixture(scope="session")
def pressing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pressing]:
    """A press whose children are forked."""
    pressing = Pressing(tmp_path_factory.mktemp("press"))
    yield pressing
    pressing.close()


@pytest.fixture(autouse=True)
def press_at_hand(pressing: Pressing, monkeypatch: pytest.MonkeyPatch) -> None:
    """How the press starts its child is the subject of tests/test_press.py alone, which has another of this name."""
    pressing.stand_in(monkeypatch)


@pytest.fixture(autouse=True)
def nobody_in_the_log() -> Iterator[None]:
    """Whatever a test does, the log it leaves tells of nobody."""
    overheard = Overheard()
    with overheard.listening():
        yield
    assert overheard.leaks() == []


@pytest.fixture(scope="session")
def made_ready(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A loaded demo on SQLite, to be copied and never opened."""
    config = prepared.configured(tmp_path_factory.mktemp("ready"))
    prepared.make(config)
    return config


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server, or a reason for doing without."""
    with Postgres.find() as postgres:
        yield postgres


@pytest.fixture(scope="session")
def redis() -> Iterator[Redis]:
    """A Redis server's database of this test run's own, or a reason for doing without."""
    with Redis.find() as redis:
        yield redis


@pytest.fixture(scope="session")
def restored(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Config, Restored]]:
    """A loaded demo on PostgreSQL, and a copy of it that is put back after each test."""
    with postgres.database(postgres.template) as url:
        config = prepared.configured(tmp_path_factory.mktemp("ready"), PETITION_DATABASE_URL=url)
        prepared.make(config)
        restored = Restored(postgres, f"{postgres.template}_one", postgres.template)
        yield config, restored
        restored.drop()


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """Which database the test runs on."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture(scope="session")
def keeping(tmp_path_factory: pytest.TempPathFactory) -> Keeping:
    """The apps that houses stand in, kept from test to test, and the folder of their data."""
    return Keeping(tmp_path_factory.mktemp("houses"))


@pytest.fixture
def config(database: str, keeping: Keeping, request: pytest.FixtureRequest) -> Iterator[Config]:
    """A loaded demo that is this test's own."""
    folder = keeping.emptied(database)
    if database == "sqlite":
        yield prepared.copied(request.getfixturevalue("made_ready"), folder)
        return
    ready, restored = request.getfixturevalue("restored")
    redis: Redis = request.getfixturevalue("redis")
    redis.empty()
    own = prepared.configured(folder, PETITION_DATABASE_URL=restored.url).database_url
    yield prepared.copied(ready, folder, database_url=own, redis_url=redis.url)
    restored.put_back()


@pytest.fixture
def house(config: Config, keeping: Keeping) -> Iterator[House]:
    """A house with the campaign of the content folder, opened; nobody has signed yet."""
    app, take_back = keeping.lend(config)
    yield House.around(app, config)
    take_back()


@pytest.fixture(scope="session")
def needs() -> Callable[[str], str]:
    """Ask for a program of the system: its path, or the test is left out and says so."""

    def find(program: str) -> str:
        found = shutil.which(program)
        return found or miss(f"{program} is not installed")

    return find


@pytest.fixture(scope="session")
def served(made_ready: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A demo that `petition serve` runs on a free port, for browsers and HTTP; shared by the session."""
    config = prepared.with_free_port(prepared.copied(made_ready, tmp_path_factory.mktemp("served")))
    # In a temporary folder of its own nobody else holds the press, for which it waits no longer than a reader would.
    with prepared.serving(config, TMPDIR=str(tmp_path_factory.mktemp("temporary"))) as served:
        yield served
