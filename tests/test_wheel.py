"""The wheel stands alone: beside nothing but the locked dependencies, it serves from an empty folder."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.overhearing import leaks_of_process
from tests.postmaster import free_port

ROOT: Final = Path(__file__).resolve().parent.parent
PATIENCE: Final = 240  # seconds for the server to answer on a busy machine of two cores


def uv(*arguments: str) -> None:
    """Run uv, from its cache if that will do, since these tests come after a set-up that has filled it."""
    command = [str(shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv") or "uv")]
    said = ""
    for offline in (["--offline"], []):
        done = subprocess.run(
            [*command, *offline, *arguments],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=environment(),
            check=False,
        )
        if done.returncode == 0:
            return
        said = done.stderr
    problem = f"uv {' '.join(arguments)} failed, neither from the cache nor from a package index:\n{said}"
    if os.environ.get("CI") == "true":
        pytest.fail(problem)
    pytest.skip(problem)


def environment(**more: str) -> dict[str, str]:
    """This process's environment, without what would steer the program or name another Python."""
    ours = {"PORT", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME"}
    kept = {name: value for name, value in os.environ.items() if name not in ours and "PETITION_" not in name}
    return kept | more


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    uv("build", "--quiet", "--wheel", "--out-dir", str(folder), str(ROOT))
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The commands of a fresh environment: what requirements.lock names, and the wheel, and no more.

    Not this environment with the checkout hidden: that would also lend the tests' own packages, and a
    dependency that only the tests declare would go unnoticed.
    """
    fresh = tmp_path_factory.mktemp("fresh") / "venv"
    python = str(fresh / "bin" / "python")
    lock = str(ROOT / "requirements.lock")
    uv("venv", "--quiet", "--python", sys.executable, str(fresh))
    wheels_only = ("--require-hashes", "--only-binary", ":all:")
    uv("pip", "install", "--quiet", "--python", python, *wheels_only, "--requirements", lock)
    uv("pip", "install", "--quiet", "--python", python, "--no-deps", str(wheel))
    return fresh / "bin"


def run(command: Path, *arguments: str, folder: Path) -> str:
    done = subprocess.run(
        [command, *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment(),
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, f"{command.name} {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def answer(url: str) -> tuple[int, bytes]:
    """The status and body of a page; status 0 while nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except OSError:
        return 0, b""


@pytest.fixture(scope="module")
def site(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demo that the installed wheel has made in an empty folder, and serves."""
    folder = tmp_path_factory.mktemp("empty")
    statements = run(
        installed / "python", "-c", "from petition import paths; print(paths.STATEMENTS)", folder=folder
    ).strip()
    assert Path(statements).is_relative_to(installed.parent)
    run(installed / "petition", "init", "--demo", folder=folder)
    run(installed / "petition", "load", str(Path(statements) / "ebooksforall"), folder=folder)
    port = free_port()
    log = folder / "serve.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [installed / "petition", "serve"],
            cwd=folder,
            env=environment(PORT=str(port)),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        until = time.monotonic() + PATIENCE
        while answer(f"{address}/healthz")[0] != 200:
            assert server.poll() is None, f"serve ended:\n{log.read_text()}"
            assert time.monotonic() < until, f"serve does not answer:\n{log.read_text()}"
            time.sleep(0.2)
        yield address
    finally:
        stop(server)
    assert leaks_of_process(log) == []


def stop(server: "subprocess.Popen[bytes]") -> None:
    """End the server and whatever it started: politely, then not."""
    server.terminate()
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def test_the_wheel_carries_all_that_is_shipped_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    shipped = {
        *(f"petition/{path.relative_to(ROOT / 'petition')}" for path in files_in(ROOT / "petition")),
        *(
            f"petition/templates/{path.relative_to(ROOT / 'templates')}"
            for path in files_in(ROOT / "templates")
        ),
        *(f"petition/static/{path.relative_to(ROOT / 'static')}" for path in files_in(ROOT / "static")),
        *(
            f"petition/content/{path.relative_to(ROOT / 'statements')}"
            for path in files_in(ROOT / "statements")
        ),
    }
    assert names == shipped
    assert "petition/static/css/base.css" in names
    assert "petition/migrations/env.py" in names


def files_in(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


@pytest.mark.parametrize("path", ["/", "/static/css/base.css", "/healthz"])
def test_an_installed_wheel_serves(site: str, path: str) -> None:
    status, body = answer(site + path)
    assert status == 200
    assert body


def test_the_two_locks_pin_the_same_versions() -> None:
    runtime, tests = pins(ROOT / "requirements.lock"), pins(ROOT / "tests" / "requirements.lock")
    assert runtime <= tests


def test_the_locks_hold_every_dependency_and_name_no_index() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {
        "requirements.lock": project["dependencies"],
        "tests/requirements.lock": project["dependencies"] + project["optional-dependencies"]["test"],
    }
    for lock, dependencies in wanted.items():
        named = {pin.partition("==")[0] for pin in pins(ROOT / lock)}
        assert {re.split(r"[\[<>=~! ;]", dependency)[0] for dependency in dependencies} <= named
        assert "://" not in (ROOT / lock).read_text(encoding="utf-8")


def pins(lock: Path) -> set[str]:
    return set(re.findall(r"^\S+==[^\s;\\]+", lock.read_text(encoding="utf-8"), re.MULTILINE))
