"""docs/install.md, followed word for word: its commands are taken from the page and run in a folder of their own.

What belongs to the whole machine stands in for itself: `apt`, `systemctl`, `useradd` and their like only say that they
were called, owners are left out, and the packages of Python are those that are here.
"""

import contextlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from configparser import RawConfigParser
from pathlib import Path
from typing import Final

import pytest

from tests import postmaster
from tests.forking import forked_commands
from tests.postmaster import Postmaster

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
OURS: Final = "petition.libraries.org"  # instead of the page's petition.example, which doctor does not take
#: Where the page works, and what a machine has there besides.
PLACES: Final = ("/opt/petition", "/srv/petition", "/var/backups/petition", "/etc/", "/usr/local/bin/")
ONLY_CALLED: Final = ("apt", "useradd", "chown", "systemctl", "nginx", "certbot", "createuser", "createdb", "docker")
STAND_IN: Final = {
    "sudo": 'while case "$1" in -u|-g) true;; *) false;; esac; do shift 2; done\nexec "$@"',
    "install": 'set -- $(echo " $* " | sed "s/ -[og] [a-z]* / /g; s/ -[og] [a-z]* / /g")\nexec /usr/bin/install "$@"',
    "git": 'case "$*" in clone*) ln -s "$2"/* "$3"/ && mkdir -p "$3/.ci" && echo true >"$3/.ci/setup";; esac',
}


def chapters() -> dict[str, list[str]]:
    """The commands of each chapter, block by block."""
    found: dict[str, list[str]] = {}
    for chapter in PAGE.split("\n## ")[1:]:
        found[chapter.splitlines()[0]] = re.findall(r"^```sh\n(.*?)^```", chapter, re.MULTILINE | re.DOTALL)
    return found


class Machine:
    """A folder that stands for a machine."""

    def __init__(self, root: Path, mail: Postmaster) -> None:
        self.root, self.calls = root, root / "calls"
        self.port = postmaster.free_port()
        self._mail = f"smtp://127.0.0.1:{mail.controller.port}"
        programs = root / "programs"
        for folder in (programs, root / "opt/petition/.venv/bin", root / "usr/local/bin",
                       root / "etc/systemd/system", root / "etc/caddy", root / "etc/nginx/sites-available",
                       root / "etc/nginx/sites-enabled"):  # fmt: skip
            folder.mkdir(parents=True)
        for name in ONLY_CALLED:
            program(programs / name, f'echo {name} "$@" >>{self.calls}')
        for name, said in STAND_IN.items():
            program(programs / name, said)
        ours = root / "opt/petition/.venv/bin"
        program(ours / "python", "exit 0")
        self.command = ours / "petition"
        self.environment = {"PATH": f"{programs}:{root / 'usr/local/bin'}:{os.environ['PATH']}", "SOURCE": str(ROOT)}

    def here(self, said: str) -> str:
        """What the page says, with the paths of this folder and an e-mail server that is there."""
        for place in PLACES:
            said = re.sub(rf"(?<![\w/]){re.escape(place)}", f"{self.root}{place}", said)
        said = said.replace("petition.example", OURS).replace("mail.example", "mail.libraries.org")
        said = said.replace("smtp://petition:secret@mail.libraries.org:587?starttls=required", self._mail)
        return said.replace("PORT='8000'", f"PORT='{self.port}'")

    def follow(self, chapter: str) -> str:
        """Run every block of a chapter; returns what was printed."""
        said = ""
        for block in chapters()[chapter]:
            done = subprocess.run(
                ["bash", "-eu", "-c", self.here(block)],
                env=self.environment,
                cwd=self.root,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{chapter}:\n{block}\n{done.stdout}\n{done.stderr}"
            said += done.stdout
        return said

    def unit(self, name: str) -> dict[str, str]:
        """The service section of a unit that the page has written."""
        read = RawConfigParser(strict=False)
        read.read(self.root / "etc/systemd/system" / name)
        return dict(read["Service"])

    def start(self, name: str) -> subprocess.Popen[bytes]:
        """Start a unit as systemd would: its command, with its settings and nothing else."""
        unit = self.unit(name)
        settings = dict(
            shlex.split(line)[0].split("=", 1) for line in Path(unit["environmentfile"]).read_text().splitlines()
        )
        words = [word.replace("%%", "%") for word in shlex.split(unit["execstart"])]
        if words[1:] == ["serve"]:  # what stays is a process of its own
            words, settings["PYTHONPATH"] = [sys.executable, "-m", "petition", "serve"], str(ROOT)
        return subprocess.Popen(words, env={"PATH": "/usr/bin:/bin", **settings}, cwd=unit["workingdirectory"])


def program(path: Path, said: str) -> None:
    path.write_text(f"#!/bin/sh\n{said}\n")
    path.chmod(0o755)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine on which the page was followed up to the service."""
    with contextlib.ExitStack() as stack:
        mail = stack.enter_context(postmaster.serving())
        machine = Machine(tmp_path_factory.mktemp("machine"), mail)
        stack.enter_context(forked_commands(machine.command))
        for chapter in list(chapters())[:5]:
            machine.follow(chapter)
        sheet = machine.follow("6. Keys, database, texts")
        assert f"RECOVERY SHEET of https://{OURS}" in sheet
        assert "The e-mail server took it" in machine.follow("7. E-mail")
        assert [envelope.rcpt_tos for envelope in mail.taken] == [[f"office@{OURS}"]]
        machine.follow("8. The service")
        machine.follow("9. The proxy")
        yield machine


def test_the_service_serves_and_ends_in_good_order(machine: Machine) -> None:
    service = machine.start("petition.service")
    try:
        address, deadline = f"http://127.0.0.1:{machine.port}/healthz", time.monotonic() + 240
        while not answers(address):
            assert service.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
    finally:
        service.send_signal(signal.SIGTERM)
    assert service.wait(45) == 0


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_backups_the_drill_and_an_upgrade(machine: Machine) -> None:
    backups = machine.root / "var/backups/petition"
    said = machine.follow("10. Backups, every night").splitlines()
    assert "ready" in said
    assert said[-1].startswith(f"https://{OURS}/account/")
    assert machine.start("petition-backup.service").wait(240) == 0
    assert len(list(backups.glob("*.zip"))) == 1
    assert "The ledger adds up" in machine.follow("Try the backup once")
    assert not (machine.root / "srv/petition/drill").exists()
    assert "already; nothing was changed" in machine.follow("Upgrade")
    assert len(list(backups.glob("*.zip"))) == 2


def test_the_other_ways_only_call_what_they_name(machine: Machine) -> None:
    machine.follow("With nginx")
    kept = machine.root / "etc/petition/environment"
    before = kept.read_text()
    machine.follow("With PostgreSQL and Redis")
    kept.write_text(before)
    machine.follow("With containers")
    called = machine.calls.read_text()
    for call in ("nginx -t", "certbot --nginx", "createdb --owner=petition", "docker compose up --detach"):
        assert call in called


def test_systemd_finds_nothing_wrong_with_the_units(machine: Machine) -> None:
    analyze = shutil.which("systemd-analyze") or pytest.skip("systemd-analyze is not installed")
    units = sorted((machine.root / "etc/systemd/system").glob("petition*"))
    if not any(unit.suffix == ".timer" for unit in units):
        machine.follow("10. Backups, every night")
        units = sorted((machine.root / "etc/systemd/system").glob("petition*"))
    done = subprocess.run([analyze, "verify", *units], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if "petition" in line] == []
    assert len(units) == 3


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [("caddy", ("validate", "--adapter", "caddyfile", "--config", "etc/caddy/Caddyfile"))],
)
def test_the_proxy_takes_its_settings(machine: Machine, tool: str, arguments: tuple[str, ...]) -> None:
    found = shutil.which(tool) or pytest.skip(f"{tool} is not installed")
    subprocess.run([found, *arguments], cwd=machine.root, check=True, capture_output=True)


def test_every_package_that_is_named_can_be_had() -> None:
    asked = " ".join(re.findall(r"apt install --yes ((?:\\\n|[^\n])+)", PAGE)).replace("\\\n", " ").split()
    assert "caddy" in asked
    found = shutil.which("apt-cache") or pytest.skip("apt is not here")
    said = subprocess.run([found, "policy", *asked], capture_output=True, text=True, check=True).stdout
    if "Candidate: (none)" in said or said.count("Candidate:") < len(asked):
        missing = set(asked) - set(re.findall(r"^(\S+):\n.*\n  Candidate: \d", said, re.MULTILINE))
        if missing == set(asked):
            pytest.skip("apt has no lists")
        assert missing == set()
