"""A server that is killed again and again, and phones that do not give up.

The parent has everything loaded and listens; a forked child serves on the inherited socket until
it is killed at a random moment, then the next is forked. The phones run in a process of their own
and note what was acknowledged to them, as a phone would before it dares to forget.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

PHONES = 2


@dataclass(frozen=True)
class Delivery:
    """One sealed envelope, and the digest that its receipt must name."""

    id: str
    digest: str
    body: bytes


@dataclass
class Report:
    """What a campaign did and what the phones hold receipts for."""

    kills: int = 0
    seconds: float = 0.0
    retries: int = 0
    acked: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return (
            f"{self.kills} kills in {self.seconds:.0f} s, {len(self.acked)} answers acknowledged, "
            f"{self.retries} retries"
        )


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_: Any) -> None:
        pass

    def log_error(self, *_: Any) -> None:
        pass


def listen() -> socket.socket:
    """Open the socket that every child inherits."""
    found = socket.create_server(("127.0.0.1", 0), backlog=128)
    found.set_inheritable(True)
    return found


def serve(app: Flask, listening: socket.socket) -> int:
    """Fork a child that serves until it is killed; return its process id."""
    child = os.fork()
    if child:
        return child
    try:
        host, port = listening.getsockname()[:2]
        server = make_server(
            host, port, app, threaded=True, request_handler=_Quiet, fd=listening.fileno()
        )
        server.serve_forever()
    finally:
        os._exit(1)


def kill(child: int) -> None:
    """End a child as a power button would, and wait until it is gone."""
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def fork(work: Callable[[], object]) -> int:
    """Run something in a child; its exit code tells whether it came to its end."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def campaign(
    app: Flask,
    cookie: str,
    make: Callable[[int, int], Delivery],
    folder: Path,
    kills: int,
    pause: tuple[float, float] = (0.010, 0.090),
) -> Report:
    """Kill the server `kills` times under the load of two phones; return what they were promised.

    `make(phone, number)` seals the phone's next envelope.
    """
    dice, report = random.Random(kills), Report(kills=kills)
    with listen() as listening:
        phones = fork(lambda: _phones(listening.getsockname()[1], cookie, make, folder))
        began = time.monotonic()
        for _ in range(kills):
            child = serve(app, listening)
            time.sleep(dice.uniform(*pause))
            kill(child)
        report.seconds = time.monotonic() - began
        kill(phones)
    for phone in range(PHONES):
        for line in (folder / f"acked-{phone}").read_text().splitlines():
            name, digest, retries = line.split()
            report.acked[name] = digest
            report.retries += int(retries)
    return report


def _phones(port: int, cookie: str, make: Callable[[int, int], Delivery], folder: Path) -> None:
    threads = [
        threading.Thread(target=_phone, args=(port, cookie, make, folder, number))
        for number in range(PHONES)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _phone(
    port: int, cookie: str, make: Callable[[int, int], Delivery], folder: Path, phone: int
) -> None:
    """Deliver one envelope after the other, each until it is receipted; every tenth twice."""
    note = os.open(folder / f"acked-{phone}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    number = 0
    while True:
        delivery, retries = make(phone, number), 0
        while not deliver(port, cookie, delivery):
            retries += 1
            time.sleep(0.002)
        os.write(note, f"{delivery.id} {delivery.digest} {retries}\n".encode())
        if number % 10 == 0:
            deliver(port, cookie, delivery)
        number += 1


def deliver(port: int, cookie: str, delivery: Delivery) -> bool:
    """Send an envelope once; whether its receipt came back, and names these very bytes."""
    with suppress(OSError, http.client.HTTPException, ValueError):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request(
                "PUT",
                f"/api/envelopes/{delivery.id}",
                delivery.body,
                {"Cookie": cookie, "Content-Type": "application/json", "Host": "localhost:8000"},
            )
            answer = connection.getresponse()
            text = answer.read()
            return answer.status == 200 and json.loads(text)["digest"] == delivery.digest
        finally:
            connection.close()
    return False


def send_raw(port: int, pieces: Sequence[bytes], *, read: bool = False) -> bytes:
    """Send bytes as they are and hang up; with `read`, wait for what comes back first."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        for piece in pieces:
            connection.sendall(piece)
        if not read:
            return b""
        found = b""
        while piece := connection.recv(65536):
            found += piece
        return found
