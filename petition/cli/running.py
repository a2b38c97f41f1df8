"""Running: the web server and the worker, together under one supervisor or each alone."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import click
from sqlalchemy import select

from petition import metrics
from petition.accounts import asking
from petition.cli import accounts
from petition.cli.opening import fail, house, open_app
from petition.db import db, reading
from petition.paths import COMMAND, PACKAGE, PYTHON
from petition.statements.models import Statement
from petition.web.bodies import THREADS
from petition.web.lines import tell_strays
from petition.web.traces import set_up_logs
from petition.worker.running import Worker

PATIENCE = 15.0  # seconds a child may take to end
PR_SET_PDEATHSIG = 1  # linux/prctl.h
SAMPLE_ORGANIZER = "organizer@library.example"  # of a demo
RESTART = 1.0  # seconds before a child that died is started again


#: By its file: Granian searches the working folder for what is named like a module.
_APP = f"{PACKAGE / 'app.py'}:served_app"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--processes", default=1, show_default=True, help="Web processes; more than one needs Redis.")
@click.option("--web-only", is_flag=True, help="Leave the work to `petition work` elsewhere.")
def serve(host: str, processes: int, web_only: bool) -> None:
    """Serve the site, and do its work beside it."""
    app = open_app()
    config = app.extensions["config"]
    if processes > 1 and not config.redis_url:
        fail("PETITION_REDIS_URL must be set for more than one web process: limits are counted there.")
    web = web_server(_APP, host, config.port, processes)
    _refuse_taken(host, config.port)
    _announce(app, host)
    metrics.clear(config.data_dir)
    worker = {} if web_only else {"work": [*COMMAND, "work"]}
    Supervisor({"web": web, **worker}).run()


def web_server(factory: str, host: str, port: int, processes: int = 1) -> list[str]:
    """The command that serves the app which `factory` makes: ours, and what `bench/` compares us with."""
    return [
        *(*PYTHON, "-m", "granian", "--interface", "wsgi", "--factory", factory),
        *("--host", host, "--port", str(port), "--workers", str(processes)),
        *("--blocking-threads", str(THREADS), "--no-ws", "--log-level", "error"),
        *("--workers-kill-timeout", "12", "--respawn-failed-workers"),
        *("--working-dir", str(PACKAGE.parent)),  # which Granian would search first
        *("--log-config", str(PACKAGE / "web" / "granian.json")),
    ]


def _refuse_taken(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError:
            fail(f"PORT: something else listens at {host}:{port}. Choose another, as in PORT={port + 1}.")


def _announce(app: Any, host: str) -> None:
    config = app.extensions["config"]
    with app.app_context(), reading():
        slugs = db.session.scalars(select(Statement.slug)).all()
    click.echo(f"Serving on {config.base_url} (listening at {host}:{config.port}). Ctrl-C stops.")
    if app.extensions["demo"]:
        where = f"{config.base_url}/mailbox" if config.smtp_url is None else "the e-mail server that is set"
        click.echo(f"This is a demo: everything signed is a sample. Its e-mails: {where}")
        if config.loopback:
            link = accounts.link_for(app, SAMPLE_ORGANIZER, life=asking.SAMPLE_LIFE)
            click.echo(f"Organize it, signed in once by this link: {link}")
    elif not app.extensions["sends"]:
        click.echo("Signing is not open: PETITION_SMTP_URL is not set, so no confirmation could be sent.")
    if not slugs:
        click.echo("There is no statement yet. `petition load DIR` brings one.")


class Supervisor:
    """Keeps child processes running until it is told to stop, and then stops them all."""

    def __init__(self, commands: dict[str, list[str]]) -> None:
        self._commands = commands
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._stopping = False

    def run(self) -> None:
        """Run until SIGTERM or SIGINT. A child that dies is started again after a second.

        Children get PATIENCE seconds to finish what is in hand. A second signal ends everything at once.
        """
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        for name in self._commands:
            self._start(name)
        while not self._stopping:
            time.sleep(0.2)
            for name, child in list(self._children.items()):
                if child.poll() is not None and not self._stopping:
                    click.echo(f"{name} ended with {child.returncode}; starting it again.", err=True)
                    _clear(child)
                    time.sleep(RESTART)
                    if not self._stopping:
                        self._start(name)
        self._end()

    def _start(self, name: str) -> None:
        # A group of its own: Ctrl-C reaches the supervisor, which ends the children in good order.
        self._children[name] = subprocess.Popen(
            self._commands[name], start_new_session=True, preexec_fn=end_with_parent
        )

    def _stop(self, *_signal: Any) -> None:
        if self._stopping:
            for child in self._children.values():
                _clear(child)
            os._exit(1)
        self._stopping = True

    def _end(self) -> None:
        for child in self._children.values():
            child.terminate()
        deadline = time.monotonic() + PATIENCE
        for child in self._children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _clear(child)
                child.wait()


def end_with_parent() -> None:
    """Ask Linux to end this child when whoever started it is killed: it would keep the port and serve on."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def end_when_told() -> None:
    """End in good order on SIGTERM, and when the worker that started us is gone, so that nothing is left behind."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    end_with_parent()
    # The worker's threads hold it back, and we have that from them.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})


@contextlib.contextmanager
def ending_in_good_order() -> Iterator[None]:
    """SIGTERM and a closed terminal end the block as Ctrl-C does; what is ignored, as under nohup, stays so."""
    before = {}
    if threading.current_thread() is threading.main_thread():
        for each in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(each) is signal.SIG_DFL:
                before[each] = signal.signal(each, lambda *_: sys.exit(1))
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _clear(child: subprocess.Popen[bytes]) -> None:
    """End what a killed child left behind: the web server's own workers would keep the port."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


@click.command()
def work() -> None:
    """Do the work of the site without serving it: number, send, remind, expire, erase."""
    app = open_app()
    config = app.extensions["config"]
    set_up_logs(quiet=not config.logs_requests(demo=app.extensions["demo"]))
    tell_strays()
    metrics.share(config.data_dir)
    Worker(app, house().queue(app, house().post_office(app)), config).run()


COMMANDS = (serve, work)
