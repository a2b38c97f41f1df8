"""Servers under measurement, each with its processes and what the kernel says they took."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from petition.cli.running import web_server
from petition.config import Config

PATIENCE: Final = 60.0  # seconds for a server to answer on a busy machine
_TICKS: Final = os.sysconf("SC_CLK_TCK")
TICK: Final = 1 / _TICKS  # seconds: what the kernel counts by


@dataclass(frozen=True, slots=True)
class Cpu:
    """Seconds of CPU: of the web server's processes, and of the worker beside it."""

    web: float
    work: float

    def __sub__(self, other: "Cpu") -> "Cpu":
        return Cpu(self.web - other.web, self.work - other.work)


@dataclass(frozen=True, slots=True, eq=False)
class Server:
    """A running server: ours under its supervisor, or a bare one."""

    name: str
    port: int
    process: subprocess.Popen[bytes]

    def cpu(self) -> Cpu:
        """What all its processes have taken so far, whether they still run or were waited for."""
        taken = {"web": 0.0, "work": 0.0}
        processes = _processes()
        for pid, (_parent, seconds) in processes.items():
            if _descends(pid, self.process.pid, processes):
                taken["work" if _is_worker(pid) else "web"] += seconds
        return Cpu(**taken)

    def memory(self) -> int:
        """The bytes that the web server's processes hold at this moment, workers aside."""
        processes = _processes()
        mine = (pid for pid in processes if _descends(pid, self.process.pid, processes) and not _is_worker(pid))
        return sum(map(_held, mine))


def _held(pid: int) -> int:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")  # proc(5): resident
    return 0


def _processes() -> dict[int, tuple[int, float]]:
    """Every process of the machine: its parent, and the seconds of CPU in its /proc/PID/stat."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # proc(5): after the name in parentheses come state, ppid, and utime, stime, cutime, cstime at 14 to 17.
            fields = stat.read_text().rpartition(")")[2].split()
            found[int(stat.parent.name)] = (int(fields[1]), sum(map(int, fields[11:15])) / _TICKS)
    return found


def _descends(pid: int, ancestor: int, processes: Mapping[int, tuple[int, float]]) -> bool:
    while pid != ancestor and pid in processes:
        pid = processes[pid][0]
    return pid == ancestor


def _is_worker(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return b"petition\0work\0" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@contextlib.contextmanager
def ours(name: str, config: Config) -> Iterator[Server]:
    """`petition serve` as an operator runs it, worker and all."""
    command = [sys.executable, "-m", "petition", "serve"]
    with _running(name, command, config.port, "/readyz", environment(config), config.data_dir) as server:
        yield server


@contextlib.contextmanager
def bare(folder: Path, database_url: str, page_bytes: int) -> Iterator[Server]:
    """The bare views, under the same web server with the same settings."""
    port = free_port()
    command = web_server("bench.rivals:create_app", "127.0.0.1", port)
    variables = {"BENCH_DATABASE_URL": database_url, "BENCH_PAGE_BYTES": str(page_bytes)}
    with _running("bare", command, port, "/view", variables, folder) as server:
        yield server


def environment(config: Config) -> dict[str, str]:
    """The variables that make this configuration: a real site behind one proxy, with e-mail it cannot deliver."""
    return {
        "PETITION_DATA_DIR": str(config.data_dir),
        "PETITION_DATABASE_URL": config.database_url,
        "PETITION_SMTP_URL": config.smtp_url or "",
        "PETITION_REDIS_URL": config.redis_url or "",
        "PETITION_BASE_URL": config.base_url,
        "PETITION_TRUSTED_PROXIES": str(config.trusted_proxies),
        "PORT": str(config.port),
    }


@contextlib.contextmanager
def _running(
    name: str, command: list[str], port: int, path: str, variables: Mapping[str, str], folder: Path
) -> Iterator[Server]:
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{name}.log"
    around = {key: value for key, value in os.environ.items() if not key.startswith("PETITION_")}
    with log.open("wb") as written:
        process = subprocess.Popen(
            command, env={**around, **variables}, stdout=written, stderr=written, cwd=Path(__file__).parent.parent
        )
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}{path}", process, log)
        yield Server(name, port, process)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  (our own server)
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{url} did not answer:\n{log.read_text()}")
