"""A small load generator: threads that each keep one connection and ask again and again."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import repeat


@dataclass
class Load:
    """What a run of requests cost: how many a second, and how long the slow ones took (ms)."""

    times: list[float] = field(default_factory=list)
    seconds: float = 0.0
    failures: int = 0

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.times)
        return 1000 * ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def run(
    port: int, requests: Callable[[], Iterator[bytes]], seconds: float, threads: int = 8
) -> Load:
    """Let `threads` connections each send requests from an iterator of their own."""
    load = Load()
    lock = threading.Lock()
    ends = time.perf_counter() + seconds
    began = time.perf_counter()

    def work() -> None:
        mine, failures = [], 0
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for question in requests():
                start = time.perf_counter()
                if start > ends:
                    break
                line.sendall(question)
                status = _status(line)
                mine.append(time.perf_counter() - start)
                failures += not status.startswith(b"2")
        with lock:
            load.times.extend(mine)
            load.failures += failures

    crew = [threading.Thread(target=work) for _ in range(threads)]
    for each in crew:
        each.start()
    for each in crew:
        each.join()
    load.seconds = time.perf_counter() - began
    return load


def request(method: str, path: str, port: int, body: bytes = b"", cookie: str = "") -> bytes:
    """Return one request as bytes, ready to be sent as often as wanted."""
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: localhost:{port}",
        f"Origin: http://localhost:{port}",
        "Accept-Encoding: br",
        f"Content-Length: {len(body)}",
    ]
    lines += [f"Cookie: {cookie}"] if cookie else []
    lines += ["Content-Type: application/json"] if body else []
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def always(question: bytes) -> Callable[[], Iterator[bytes]]:
    """Return an iterator maker that asks the same again and again."""
    return lambda: repeat(question)


def shared(questions: Iterator[bytes]) -> Callable[[], Iterator[bytes]]:
    """Return an iterator maker whose iterators take from one common stock, each question once."""
    lock = threading.Lock()

    def take() -> Iterator[bytes]:
        while True:
            with lock:
                question = next(questions, None)
            if question is None:
                return
            yield question

    return take


def _status(line: socket.socket) -> bytes:
    """Read one whole answer and return its status code."""
    head, rest = b"", b""
    while b"\r\n\r\n" not in head:
        chunk = line.recv(65536)
        if not chunk:
            raise ConnectionError("the server closed the line")
        head += chunk
    head, rest = head.split(b"\r\n\r\n", 1)
    lower = head.lower()
    if b"content-length:" in lower:
        wanted = int(lower.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        while len(rest) < wanted:
            rest += line.recv(65536)
    return head.split(b" ", 2)[1]
