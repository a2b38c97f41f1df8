"""Dockerfile and compose.yaml name only what there is. No image is built here: that needs a daemon and a registry."""

import inspect
import json
import re
import shlex
import shutil
import subprocess
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final

import click
import pytest

from petition import config
from petition.cli import petition

ROOT: Final = Path(__file__).resolve().parent.parent
DOCKERFILE: Final = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
STEPS: Final = [
    tuple(line.split(None, 1)) for line in DOCKERFILE.splitlines() if line.strip() and not line.startswith("#")
]
KNOWN: Final = set(re.findall(r'"(PETITION_[A-Z_]+|PORT)"', inspect.getsource(config)))


def steps(word: str) -> list[str]:
    return [rest for first, rest in STEPS if first == word]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """What compose.yaml says, read by whichever Python of this machine reads YAML."""
    reads = "import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)"
    for python in filter(None, (shutil.which(name) for name in ("/usr/bin/python3", "python3"))):
        with (ROOT / "compose.yaml").open() as file:
            done = subprocess.run([python, "-c", reads], stdin=file, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return dict(json.loads(done.stdout))
        assert "No module named" in done.stderr, done.stderr
    pytest.skip("no Python here reads YAML")


def runs(command: list[str]) -> None:
    """Assert that a command of ours exists, with these options."""
    assert command[0] == "petition"
    words, found = list(command[1:]), petition
    while isinstance(found, click.Group):
        found = found.commands[words.pop(0)]  # type: ignore[assignment]
    found.make_parser(click.Context(found)).parse_args(words)


def test_everything_that_is_copied_is_there_and_not_ignored() -> None:
    ignoring = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    kept = {line.removeprefix("!") for line in ignoring if line.startswith("!")}
    copied = {name for rest in steps("COPY") if not rest.startswith("--from") for name in rest.split()[:-1]}
    assert copied == kept
    assert all((ROOT / name).exists() for name in copied)
    assert "*" in ignoring
    assert not any(fnmatch(secret, name) for name in kept for secret in ("keys.json", "var", ".git", ".env"))


def test_what_the_wheel_needs_is_copied() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    carried = re.search(r"only-include = \[(.*?)\]", project)
    assert carried
    copied = " ".join(steps("COPY"))
    assert all(f"{name} " in copied for name in re.findall(r'"(\w+)"', carried[1]))
    assert "README.md" in copied


def test_the_image_runs_as_nobody_in_particular_and_says_how_it_is() -> None:
    assert steps("USER") == ["petition"]
    assert steps("HEALTHCHECK")[0].count("/healthz") == 1
    runs(json.loads(steps("CMD")[-1]))
    check = json.loads(steps("HEALTHCHECK")[0].partition("CMD ")[2])
    compile(check[2], "healthcheck", "exec")


def test_system_packages_are_those_of_the_set_up() -> None:
    wanted = re.findall(r"(?:PDF|DRAWING)_PACKAGES=\((.*?)\)", (ROOT / ".ci" / "setup").read_text(encoding="utf-8"))
    assert len(wanted) == 2
    assert set(" ".join(wanted).split()) <= set(" ".join(steps("RUN")).split())


def test_every_variable_is_one_we_know(compose: dict[str, Any]) -> None:
    assert len(KNOWN) > 10
    set_in_image = {pair.partition("=")[0] for rest in steps("ENV") for pair in shlex.split(rest)}
    assert {name for name in set_in_image if name.startswith("PETITION_")} <= KNOWN
    for service in ("web", "worker"):
        assert set(compose["services"][service]["environment"]) <= KNOWN


def test_the_settings_of_the_containers_make_a_configuration(compose: dict[str, Any]) -> None:
    given = {"PETITION_HOST": "petition.libraries.org", "POSTGRES_PASSWORD": "pages", "PETITION_MAIL_FROM": "a@b.org",
             "PETITION_SMTP_URL": "smtp://a:b@mail.libraries.org:587?starttls=required"}  # fmt: skip

    def filled(value: str) -> str:
        return re.sub(r"\$\{(\w+)(?::[-?]([^}]*))?\}", lambda found: given.get(found[1], found[2] or ""), value)

    environment = {name: filled(value) for name, value in compose["services"]["web"]["environment"].items()}
    made = config.Config.from_environment({**environment, "PETITION_DATA_DIR": "/srv/petition"})
    assert made.database_url.endswith("@postgres/petition")
    assert (made.trusted_proxies, made.secure, made.redis_url) == (1, True, "redis://redis/0")
    asked = set(re.findall(r"\$\{(\w+):\?", (ROOT / "compose.yaml").read_text(encoding="utf-8")))
    page = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    assert all(f"\n{name}=" in page for name in asked)


def test_the_services_start_what_there_is_and_keep_what_they_must(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert set(services) == {"proxy", "web", "worker", "postgres", "redis"}
    for name in ("web", "worker"):
        runs(services[name]["command"].split())
        assert services[name]["volumes"] == ["house:/srv/petition"]
        assert services[name]["read_only"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    named = {volume.partition(":")[0] for service in services.values() for volume in service.get("volumes", [])}
    assert named == set(compose["volumes"])


def test_no_registry_is_named(compose: dict[str, Any]) -> None:
    images = [rest.split()[0] for rest in steps("FROM")] + [each["image"] for each in compose["services"].values()]
    assert all("/" not in image and "." not in image.partition(":")[0] for image in images)
