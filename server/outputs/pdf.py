"""HTML in, PDF bytes out: keeps a press (a warm process apart) and hands it one job at a time.

WeasyPrint never runs in a request's thread: a hostile or huge document costs a child its life.
"""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from server.errors import AttuneError, BusyError
from server.outputs import press

Paper = Literal["a4", "letter"]
# Passed on to the press: what finds libraries and fonts. Never a key, a password or a path of data.
_ENVIRONMENT = (
    "PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_CACHE_HOME", "LD_LIBRARY_PATH",
)  # fmt: skip
# Fontconfig finds our fonts by this file: no document, and no fetcher, ever names a font's place.
_FONTS = Path(__file__).resolve().parent / "fonts" / "fonts.conf"
_START_SECONDS = 15


class PrintError(AttuneError):
    """The pages could not be made; nothing was changed. The message says what to do."""

    # Of the 5xx, the web shows this one's own words: they hold nothing of the document.
    status = 503


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost: seconds, bytes of memory, bytes of HTML, and how many at a time."""

    wall_seconds: int = 20
    memory: int = 768 * 2**20
    html: int = 4 * 2**20
    at_once: int = 2


class Press:
    """The way to one press. Started at first use, again after its death, and anew in a forked process."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._places = threading.BoundedSemaphore(self.limits.at_once)
        self._lock = threading.Lock()
        self._pid = 0
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def warm(self) -> None:
        """Start the press now, without waiting for it, so that the first page need not."""
        with self._lock:
            self._ready()

    def print(self, html: str, css: str, paper: Paper = "a4") -> bytes:
        """Return the document as PDF.

        Raises:
            PrintError: it is too large, took too long or could not be laid out.
            BusyError: as many documents as may be are being printed; nothing was begun.

        """
        order = json.dumps({"html": html, "css": css, "paper": paper}).encode()
        if len(order) > self.limits.html:
            raise PrintError(
                "This report is too large to print. Export the answers as CSV instead."
            )
        with self._place():
            # Once more if the press itself died before it began: nothing is lost by that.
            return self._tried(order) or self._tried(order) or _unreachable()

    def close(self) -> None:
        """Hang up; the press ends by itself."""
        with self._lock:
            if self._control is not None and self._pid == os.getpid():
                self._control.close()
                if self._process is not None:
                    with suppress(subprocess.TimeoutExpired):
                        self._process.wait(2)
            self._control = self._process = None

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(timeout=self.limits.wall_seconds):
            raise BusyError("Other reports are being printed. Try again in a moment.")
        try:
            yield
        finally:
            self._places.release()

    def _tried(self, order: bytes) -> bytes | None:
        """Return the PDF, or None when the press died before a child took the job."""
        ours, theirs = socket.socketpair()
        began = time.monotonic()
        with ours:
            with theirs:
                if not self._handed_over(theirs):
                    return None
            ours.settimeout(self.limits.wall_seconds + _START_SECONDS)
            answer = _exchange(ours, order)
        if not answer:
            self.close()
            return None
        return _result(answer, time.monotonic() - began >= self.limits.wall_seconds, self.limits)

    def _handed_over(self, job: socket.socket) -> bool:
        with self._lock:
            try:
                socket.send_fds(self._ready(), [b"j"], [job.fileno()])
            except OSError:
                # The old line leads nowhere; left open it would stay with us for good.
                if self._control is not None:
                    self._control.close()
                self._control = None
                return False
            return True

    def _ready(self) -> socket.socket:
        """Return the control socket, starting the press if this process has none."""
        if self._control is None or self._pid != os.getpid():
            self._pid = os.getpid()
            self._control, theirs = socket.socketpair()
            with theirs:
                self._process = _started(theirs, self.limits)
        return self._control


def _started(control: socket.socket, limits: Limits) -> subprocess.Popen[bytes]:
    number = str(control.fileno())
    # Isolated: no user site, no PYTHON* setting, no current folder on the path.
    command = [sys.executable, "-I", press.__file__, number]
    return subprocess.Popen(
        [*command, str(limits.wall_seconds), str(limits.memory)],
        pass_fds=[control.fileno()],
        env=_environment(),
        stdin=subprocess.DEVNULL,
        # What the library logs may quote the document: answers do not belong in a log.
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    return kept | {"FONTCONFIG_FILE": str(_FONTS)}


def _exchange(job: socket.socket, order: bytes) -> bytes:
    """Send the order and return all that came back; nothing at all if no child ever took it."""
    answer = bytearray()
    try:
        with suppress(ConnectionError):
            job.sendall(order)
            job.shutdown(socket.SHUT_WR)
        while part := job.recv(2**16):
            answer += part
    except TimeoutError:
        return press.STARTED
    except ConnectionError:
        pass
    return bytes(answer)


def _result(answer: bytes, late: bool, limits: Limits) -> bytes:  # noqa: FBT001 - private
    body = answer.removeprefix(press.STARTED)
    if body.startswith(press.DONE):
        return body.removeprefix(press.DONE)
    if late or not body:
        raise PrintError(
            f"This report took more than {limits.wall_seconds} seconds or too much memory and was "
            "stopped. Nothing is lost. Export the answers as CSV instead."
        )
    raise PrintError(
        "This report could not be laid out. Nothing is lost. Export the answers as CSV instead."
    )


def _unreachable() -> bytes:
    raise PrintError("The printing process does not start. Ask whoever runs this server to look.")


_press = Press()
atexit.register(_press.close)


def warm() -> None:
    """Start this process's press now, so that its first page is quick; returns at once."""
    _press.warm()


def to_pdf(html: str, css: str, paper: Paper = "a4") -> bytes:
    """Return an HTML document as a tagged PDF, made in a process apart under limits.

    Raises:
        PrintError: it is too large, took too long or could not be laid out.
        BusyError: as many documents as may be are being printed.

    """
    return _press.print(html, css, paper)
