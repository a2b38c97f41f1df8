"""Fixtures for every test: a house of its own, on either database, and one that is served to browsers."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from petition import clock
from petition.config import Config
from tests import prepared
from tests.ground import House
from tests.prepared import Postgres, Redis, Served, miss
from tests.reading import browser, every_page, every_page_in_nobodys_words, reader  # noqa: F401

DATABASES = ("sqlite", "postgresql")

# How long an example takes says more about what else the machine does than about us.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "both_databases: run the test on SQLite, and on PostgreSQL with Redis")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=DATABASES, help="run every test that stands in a house on this one")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that stands in a house runs on SQLite; where it is marked so, on PostgreSQL with Redis as well."""
    if "database" not in metafunc.fixturenames:
        return
    if any("database" in marker.args[0] for marker in metafunc.definition.iter_markers("parametrize")):
        return
    chosen = metafunc.config.getoption("--database")
    both = metafunc.definition.get_closest_marker("both_databases")
    metafunc.parametrize("database", [chosen] if chosen else DATABASES if both else ["sqlite"], indirect=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if prepared.missed:
        terminalreporter.section("left out on this machine", red=True)
        for what in prepared.missed:
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


@pytest.fixture(scope="session")
def made_ready(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A loaded demo on SQLite, to be copied and never opened."""
    config = prepared.configured(tmp_path_factory.mktemp("ready"))
    prepared.make(config)
    return config


@pytest.fixture(scope="session")
def postgres() -> Postgres:
    """A PostgreSQL server, or a reason for doing without."""
    return Postgres.find()


@pytest.fixture(scope="session")
def redis() -> Redis:
    """A Redis server's database of this test run's own, or a reason for doing without."""
    return Redis.find()


@pytest.fixture(scope="session")
def made_ready_on_postgres(
    postgres: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Config]:
    """A loaded demo on PostgreSQL, to be used as a template and never opened."""
    with postgres.database(postgres.template) as url:
        config = prepared.configured(tmp_path_factory.mktemp("ready"), PETITION_DATABASE_URL=url)
        prepared.make(config)
        yield config


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """Which database the test runs on."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def config(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Config]:
    """A loaded demo that is this test's own."""
    if database == "sqlite":
        yield prepared.copied(request.getfixturevalue("made_ready"), tmp_path / "var")
        return
    ready: Config = request.getfixturevalue("made_ready_on_postgres")
    postgres: Postgres = request.getfixturevalue("postgres")
    redis: Redis = request.getfixturevalue("redis")
    redis.empty()
    with postgres.database(f"{postgres.template}_one", postgres.template) as url:
        own = prepared.configured(tmp_path, PETITION_DATABASE_URL=url).database_url
        yield prepared.copied(ready, tmp_path / "var", database_url=own, redis_url=redis.url)


@pytest.fixture
def house(config: Config) -> Iterator[House]:
    """A house with the campaign of the content folder, opened; nobody has signed yet."""
    house = House.open(config)
    yield house
    house.close()


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
    with prepared.serving(config) as served:
        yield served
