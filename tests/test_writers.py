"""The writers' queue: in the order of coming, bounded, across threads and processes, and open after a kill."""

import contextlib
import multiprocessing
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from petition.errors import Busy
from petition.paths import STATEMENTS
from petition.writers import WritersQueue

HOLD = """
import sys, time
from pathlib import Path
from petition.writers import WritersQueue
turn = WritersQueue(Path(sys.argv[1])).wait()
print("mine", flush=True)
time.sleep(60)
"""

TAKE_TURNS = """
import sys, threading, time
from pathlib import Path
from petition.writers import WritersQueue
queue, taken, longest = WritersQueue(Path(sys.argv[1])), [0], [0.0]
print("ready", flush=True)
sys.stdin.readline()
until = time.monotonic() + float(sys.argv[2])
def work():
    while time.monotonic() < until:
        asked = time.monotonic()
        turn = queue.wait()
        longest[0] = max(longest[0], time.monotonic() - asked)
        taken[0] += 1
        time.sleep(0.001)
        turn.end()
threads = [threading.Thread(target=work) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(taken[0], longest[0], flush=True)
"""


def child(code: str, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=STATEMENTS.parent,
    )


def test_writers_pass_in_the_order_of_their_coming(tmp_path: Path) -> None:
    queue = WritersQueue(tmp_path / "writers", patience=30)
    first = queue.wait()
    passed: list[int] = []

    def write(number: int) -> None:
        turn = queue.wait()
        passed.append(number)
        turn.end()

    threads = []
    for number in range(10):
        threads.append(threading.Thread(target=write, args=(number,)))
        threads[-1].start()
        while len(queue._line) < number + 2:
            time.sleep(0.001)
    first.end()
    for thread in threads:
        thread.join()
    assert passed == list(range(10))


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    queue = WritersQueue(tmp_path / "writers", patience=30)
    inside, most = [0], [0]

    def write() -> None:
        for _ in range(20):
            turn = queue.wait()
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            time.sleep(0)
            inside[0] -= 1
            turn.end()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]


def test_patience_runs_out_and_the_line_moves_on(tmp_path: Path) -> None:
    queue = WritersQueue(tmp_path / "writers", patience=0.2)
    turn = queue.wait()
    began = time.monotonic()
    with pytest.raises(Busy):
        queue.wait()
    assert 0.15 < time.monotonic() - began < 4.5  # and not the five seconds that a writer waits in earnest
    turn.end()
    queue.wait().end()


def test_a_turn_may_be_ended_twice(tmp_path: Path) -> None:
    queue = WritersQueue(tmp_path / "writers", patience=0.2)
    turn = queue.wait()
    turn.end()
    following = queue.wait()
    turn.end()
    with pytest.raises(Busy):
        WritersQueue(tmp_path / "writers", patience=0.1).wait()
    following.end()


def test_another_process_keeps_us_waiting_and_its_death_lets_us_go(tmp_path: Path) -> None:
    holder = child(HOLD, str(tmp_path / "writers"))
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "mine\n"
        with pytest.raises(Busy):
            WritersQueue(tmp_path / "writers", patience=0.2).wait()
        holder.kill()
        holder.wait()
        began = time.monotonic()
        WritersQueue(tmp_path / "writers", patience=5).wait().end()
        assert time.monotonic() - began < 4
    finally:
        holder.kill()
        holder.communicate()


def test_processes_share_the_turns_and_none_starves(tmp_path: Path) -> None:
    children = [child(TAKE_TURNS, str(tmp_path / "writers"), "3") for _ in range(3)]
    try:
        for one in children:
            assert one.stdout is not None
            assert one.stdout.readline() == "ready\n"
        for one in children:
            assert one.stdin is not None
            one.stdin.write("go\n")
            one.stdin.flush()
        said = [one.communicate(timeout=90)[0].split() for one in children]
    finally:
        for one in children:
            one.kill()
            with contextlib.suppress(ValueError):
                one.communicate()
    turns, longest = [int(taken) for taken, _ in said], max(float(wait) for _, wait in said)
    assert min(turns) > sum(turns) / 50, turns
    assert longest < 4, "somebody came near the five seconds after which a writer is turned away"


def _write_as_a_child(queue: WritersQueue, said: "multiprocessing.SimpleQueue[str]") -> None:
    try:
        queue.wait().end()
        said.put("wrote")
    except Busy:
        said.put("busy")


def test_a_forked_child_does_not_share_its_parents_turn(tmp_path: Path) -> None:
    queue = WritersQueue(tmp_path / "writers", patience=0.3)
    forking = multiprocessing.get_context("fork")
    said = forking.SimpleQueue()
    turn = queue.wait()
    process = forking.Process(target=_write_as_a_child, args=(queue, said))
    process.start()
    process.join()
    assert said.get() == "busy"
    turn.end()
    process = forking.Process(target=_write_as_a_child, args=(queue, said))
    process.start()
    process.join()
    assert said.get() == "wrote"
    queue.wait().end()
