"""Web and worker under one parent: started together, kept alive, stopped together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from dataclasses import dataclass, field
from types import FrameType

from server.clock import stopwatch
from server.config import ROOT, Config
from server.errors import ConfigError

# A process that dies this often within a minute will not be helped by yet another start.
MOST_DEATHS = 5
PATIENCE = 15.0


def web_command() -> list[str]:
    """Return the web server's command line; its settings stand in server/web_server.py."""
    return [sys.executable, "-m", "gunicorn", "-c", "python:server.web_server", "wsgi:app"]


def worker_command() -> list[str]:
    """Return the worker's command line."""
    return [sys.executable, "-m", "server.worker"]


@dataclass
class Child:
    """One process that is to be kept alive."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)

    def start(self) -> None:
        # A session of its own: Ctrl-C reaches the parent only, which then stops each child in turn.
        self.process = subprocess.Popen(self.command, cwd=ROOT, start_new_session=True)

    def dead(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def stop(self) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Parent:
    """Keeps the children alive until it is told to stop."""

    def __init__(self, config: Config, children: list[Child]) -> None:
        self.config = config
        self.children = children
        self._stop = threading.Event()

    def start(self) -> None:
        """Start every child; `wait` then waits for the web to answer."""
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self._ask_to_stop)
        for child in self.children:
            child.start()

    def wait(self) -> None:
        """Wait until the web answers.

        Raises:
            ConfigError: the web server gave up at once.

        """
        began = stopwatch()
        while not _answers(self.config):
            if self.children[0].dead() or stopwatch() - began > PATIENCE or self._stop.is_set():
                self.stop()
                message = "the web server did not start; what it said stands above"
                raise ConfigError(message)
            self._stop.wait(0.05)

    def keep(self) -> int:
        """Watch until told to stop; return the exit code."""
        code = 0
        while not self._stop.wait(0.5):
            for child in self.children:
                if child.dead() and not self._revive(child):
                    code = 1
                    self._stop.set()
        self.stop()
        return code

    def stop(self) -> None:
        """Stop the children, the last started first."""
        for child in reversed(self.children):
            child.stop()

    def _revive(self, child: Child) -> bool:
        now = stopwatch()
        child.deaths = [death for death in child.deaths if now - death < 60] + [now]
        if len(child.deaths) > MOST_DEATHS:
            sys.stderr.write(f"attune: the {child.name} keeps dying; giving up\n")
            return False
        sys.stderr.write(f"attune: the {child.name} died and is started again\n")
        child.start()
        return True

    def _ask_to_stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stop.set()


def require_free(config: Config) -> None:
    """Look whether the port can be had, before anything is made.

    Raises:
        ConfigError: something listens there already.

    """
    with socket.socket(socket.AF_INET6 if ":" in config.bind else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.bind, config.port))
        except OSError as error:
            message = (
                f"{config.bind}:{config.port} cannot be used ({os.strerror(error.errno or 0)}); "
                "choose another port, for example: ATTUNE_PORT=8001 ./attune run"
            )
            raise ConfigError(message) from error


def _answers(config: Config) -> bool:
    address = "127.0.0.1" if config.bind in {"0.0.0.0", "::"} else config.bind  # noqa: S104 - compared, not bound
    # The configured name, not the address: a forged or foreign Host is refused.
    question = urllib.request.Request(
        f"http://{address}:{config.port}/healthz", headers={"Host": config.url.split("//")[1]}
    )
    try:
        with urllib.request.urlopen(question, timeout=2) as answer:  # noqa: S310 - as above
            return bool(answer.status == 200)
    except OSError:
        return False
