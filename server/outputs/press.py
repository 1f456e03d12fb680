"""The press: a process apart that holds WeasyPrint and fonts ready, and forks a child per document.

Run by `server.outputs.pdf` as a script, with no secret in its environment and no socket but its own.
It imports nothing of Attune: what it cannot reach, a hostile document cannot reach either.
"""

from __future__ import annotations

import array
import ctypes
import gc
import json
import os
import resource
import signal
import socket
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_STYLE = Path(__file__).resolve().parent.parent / "templates" / "pdf" / "print.css"
PAPERS = {"a4": "A4", "letter": "Letter"}

STARTED, DONE, FAILED = b"S", b"P", b"E"
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def main(control: socket.socket, wall: int, memory: int) -> None:
    """Fork a child for each job socket that arrives, until the other side hangs up."""
    _cut_off_network()
    os.nice(5)  # a page may wait; an answer from a phone may not
    draw = prepared()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children leave no zombies
    gc.freeze()
    while True:
        job = _next_job(control)
        if job is None:
            return
        if os.fork() == 0:
            control.close()
            _limit(wall, memory)
            _child(job, draw)
        job.close()


def prepared() -> Callable[[dict[str, str]], bytes]:
    """Load library and fonts once, print one throw-away page, and return what turns a job into a PDF.

    A job names `html`, `css`, `paper` (a4 or letter) and `language`.
    """
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    class Refusal(URLFetcher):  # type: ignore[misc]  # the library is untyped
        """Fetches nothing: no file, no address, no data URI."""

        def fetch(self, url: str, headers: object = None) -> Any:  # noqa: ARG002 - the library's signature
            message = "a printed page fetches nothing"
            raise ValueError(message)

    fonts = FontConfiguration()
    refusal = Refusal()

    @cache
    def sheet(css: str) -> Any:
        return CSS(string=css, font_config=fonts, url_fetcher=refusal)

    def draw(job: dict[str, str]) -> bytes:
        looks = [sheet(job["css"]), sheet(f"@page{{size:{PAPERS[job['paper']]}}}")]
        page = HTML(string=job["html"], url_fetcher=refusal)
        return bytes(page.write_pdf(stylesheets=looks, font_config=fonts, pdf_variant="pdf/ua-1"))

    # Children inherit what this leaves warm: fonts opened, our style sheet parsed.
    for paper in PAPERS:
        draw({"html": _PROOF, "css": _STYLE.read_text(encoding="utf-8"), "paper": paper})
    return draw


_PROOF = (
    '<html lang="en"><title>Proof</title><p>Proof <i>proof</i> <b>proof</b></p>'
    '<svg width="9" height="9" role="img"><title>proof</title><text y="9">1</text></svg></html>'
)


def _child(job: socket.socket, draw: Callable[[dict[str, str]], bytes]) -> None:
    """Do one job and end, whatever happens; the words sent on failure hold nothing of the document."""
    gc.disable()  # a process that ends in a second need not tidy
    try:
        job.sendall(STARTED)
        with job.makefile("rb") as stream:
            order = json.load(stream)
        job.sendall(DONE + draw(order))
    except BaseException as error:  # noqa: BLE001 - the last line of defence of a process about to end
        job.sendall(FAILED + type(error).__name__.encode())
    finally:
        os._exit(0)


def _limit(wall: int, memory: int) -> None:
    """Let the kernel end this process: by the clock, by computing time, by memory; no core, no file."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, wall)
    resource.setrlimit(resource.RLIMIT_CPU, (wall, wall + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _cut_off_network() -> None:
    """Leave the network for an empty one, where the kernel lets us: a second wall behind the fetcher."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNET) != 0:
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def _next_job(control: socket.socket) -> socket.socket | None:
    """Wait for a job's socket, passed over the control socket; None once that is closed."""
    room = socket.CMSG_SPACE(array.array("i").itemsize)
    message, ancillary, _, _ = control.recvmsg(1, room)
    if not message:
        return None
    (_, _, data), *_ = ancillary
    return socket.socket(fileno=int.from_bytes(data[:4], sys.byteorder))


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]), int(sys.argv[3]))
