"""A crowd of phones, each of which repeats a record until it holds a receipt of these very bytes."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from tests.bench.line import Line, ask, bad_line
from tests.bench.load import request

SENDERS = 32
# Every so manieth record is delivered by two windows of the same phone at the same time.
TABS = 5
# Seconds after which a window gives up, which no test and no bench should see.
PATIENCE = 60.0


@dataclass
class Sending:
    """One record on its way: its bytes, and each receipt that a window got of them."""

    id: str
    body: bytes
    receipts: list[dict[str, object]] = field(default_factory=list)
    tries: int = 0


def the_record(sending: Sending) -> tuple[str, bytes]:
    """Return what a phone sends at every try: the same id and the same bytes."""
    return sending.id, sending.body


class Crowd:
    """Senders who take records from one stock.

    `named` is the port that the server knows itself by; `offered` says what one try sends.
    """

    def __init__(
        self,
        cookie: str,
        named: int,
        sendings: Sequence[Sending],
        offered: Callable[[Sending], tuple[str, bytes]] = the_record,
    ) -> None:
        self.cookie = cookie
        self.named = named
        self.sendings = sendings
        self.offered = offered
        self.dice = random.Random(len(sendings))
        self.begun = 0

    async def deliver(self, port: int) -> Line:
        """Deliver everything to the server on this port over a bad line; return the line."""
        stock = iter(self.sendings)
        async with bad_line(port, seed=len(self.sendings)) as line:
            await asyncio.gather(*(self._sender(line, stock) for _ in range(SENDERS)))
        return line

    async def _sender(self, line: Line, stock: Iterator[Sending]) -> None:
        for each in stock:
            windows = 1 if self.begun % TABS else 2
            self.begun += 1
            await asyncio.gather(*(self._window(line, each) for _ in range(windows)))

    async def _window(self, line: Line, sending: Sending) -> None:
        """Offer a record again and again, as `sync.js` does, with shorter pauses."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            sending.tries += 1
            name, body = self.offered(sending)
            receipt = _receipt(await ask(line.port, self._question(name, body)))
            if receipt.get("id") == name and receipt.get("digest") == digest(body):
                sending.receipts.append(receipt)
                return
            await asyncio.sleep(self.dice.uniform(0.001, 0.1))

    def _question(self, name: str, body: bytes) -> bytes:
        asked = request("PUT", f"/api/envelopes/{name}", self.named, body, self.cookie)
        return asked.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)


def _receipt(answer: bytes) -> dict[str, object]:
    """Return the receipt in an answer; nothing where it is none, or only the half of one."""
    head, _, text = answer.partition(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n", 1)[0]:
        return {}
    with suppress(ValueError):
        found = json.loads(text)
        return found if isinstance(found, dict) else {}
    return {}


def digest(body: bytes) -> str:
    """Return what a receipt must name."""
    return hashlib.sha256(body).hexdigest()
