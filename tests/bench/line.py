"""A bad line between phones and a server: it loses, cuts, doubles, delays and reorders what passes."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

HOST = "127.0.0.1"
# What may happen to one request, and how often in a hundred.
FATES = {
    "passed": 44,
    "lost before it arrived": 10,
    "cut on its way": 6,
    "answer lost": 12,
    "answer cut": 6,
    "doubled": 10,
    "overtaken": 6,
    "arrived after its sender had given up": 6,
}
# Seconds: longer than a sender waits before it comes again, so that the later one may be the first.
HELD_UP = (0.02, 0.5)


@dataclass
class Line:
    """Where to send to, and what happened to how many requests."""

    server: int
    dice: random.Random
    port: int = 0
    told: Counter[str] = field(default_factory=Counter)
    _strays: set[asyncio.Task[bytes]] = field(default_factory=set)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request, do to it what the dice say, and hang up."""
        with suppress(OSError, asyncio.IncompleteReadError):
            question = await whole(reader)
            (fate,) = self.dice.choices(list(FATES), list(FATES.values()))
            self.told[fate] += 1
            writer.write(await _DEEDS[fate](self, question))
            await writer.drain()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    async def settled(self) -> None:
        """Wait until nothing is on its way any more."""
        while self._strays:
            await asyncio.gather(*self._strays, return_exceptions=True)

    async def _passed(self, question: bytes) -> bytes:
        return await ask(self.server, question)

    async def _lost(self, question: bytes) -> bytes:
        return b""

    async def _cut(self, question: bytes) -> bytes:
        await ask(self.server, question[: self.dice.randrange(len(question))], listen=False)
        return b""

    async def _unheard(self, question: bytes) -> bytes:
        await ask(self.server, question)
        return b""

    async def _half_heard(self, question: bytes) -> bytes:
        answer = await ask(self.server, question)
        return answer[: self.dice.randrange(len(answer))] if answer else b""

    async def _doubled(self, question: bytes) -> bytes:
        both = (ask(self.server, question), ask(self.server, question))
        return self.dice.choice(await asyncio.gather(*both))

    async def _overtaken(self, question: bytes) -> bytes:
        await asyncio.sleep(self.dice.uniform(*HELD_UP))
        return await ask(self.server, question)

    async def _late(self, question: bytes) -> bytes:
        stray = asyncio.create_task(self._overtaken(question))
        self._strays.add(stray)
        stray.add_done_callback(self._strays.discard)
        return b""


_DEEDS: dict[str, Callable[[Line, bytes], Awaitable[bytes]]] = dict(
    zip(
        FATES,
        (
            Line._passed, Line._lost, Line._cut, Line._unheard, Line._half_heard, Line._doubled,
            Line._overtaken, Line._late,
        ),
        strict=True,
    )
)  # fmt: skip


@asynccontextmanager
async def bad_line(server: int, seed: int) -> AsyncIterator[Line]:
    """Open a bad line to the server on this port; `port` of what comes is where to send to."""
    line = Line(server, random.Random(seed))
    listening = await asyncio.start_server(line.carry, HOST, 0, backlog=512)
    line.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield line
        await line.settled()


async def ask(port: int, question: bytes, *, listen: bool = True) -> bytes:
    """Send bytes and return all that comes back; nothing where the line breaks."""
    answer = b""
    with suppress(OSError):
        reader, writer = await asyncio.open_connection(HOST, port)
        with suppress(OSError):
            writer.write(question)
            await writer.drain()
            answer = await reader.read() if listen else b""
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
    return answer


async def whole(reader: asyncio.StreamReader) -> bytes:
    """Read one request to its end."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]
    return head + await reader.readexactly(int(length))
