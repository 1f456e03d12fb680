"""Answers sent over a bad line, again and again: each must be stored, once, with the bytes that were sent."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import random
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen

from server.actions.open_envelope import open_envelope
from server.ids import new_id
from server.inputs import envelope
from tests.bench import serving
from tests.bench import world as worlds
from tests.bench.figures import Figure
from tests.bench.line import Line, ask, bad_line
from tests.bench.load import request
from tests.bench.world import World

SUBMISSIONS = 10_000
CONTROL = 2_000
SENDERS = 32
# Every so manieth record is delivered by two windows of the same phone at the same time.
TABS = 5
KILLS = 20
OPENED = 500
PATIENCE = 60.0
# What gunicorn says of each worker that is killed here is no news.
COMMAND = [
    "gunicorn", "-c", "python:server.web_server", "--log-level", "critical", "tests.bench.closed:app",
]  # fmt: skip


@dataclass
class Sending:
    """One record on its way: what is sent, and each receipt that came of these very bytes."""

    id: str
    body: bytes
    receipts: list[dict[str, object]] = field(default_factory=list)
    tries: int = 0


@dataclass
class Run:
    """What a crowd of senders did, and what happened to it on the line."""

    sendings: list[Sending]
    unheard: int
    kills: int
    seconds: float
    fates: dict[str, int]


def measure() -> list[Figure]:
    """Send over a bad line, with keys and without, and count what was stored."""
    figures = []
    for keyed in (True, False):
        with tempfile.TemporaryDirectory() as folder:
            world = worlds.make(Path(folder) / "data", serving.PORT)
            figures += _with_keys(world) if keyed else _without_keys(world)
    return figures


def _with_keys(world: World) -> list[Figure]:
    run = send(world, SUBMISSIONS, KILLS)
    rows = world.context.db.all("SELECT seq, id, digest, body FROM envelopes")
    sent = {each.id: each for each in run.sendings}
    wrong = [row for row in rows if not _is_as_sent(row, sent)]
    there = {row["id"] for row in rows}
    lost = [each for each in run.sendings if each.receipts and each.id not in there]
    answers = _opened_as_sent(world, [int(row["seq"]) for row in rows][:OPENED])
    return [
        Figure("Answers stored ÷ answers given, over a line that loses, cuts, doubles and reorders",
               len(rows) / SUBMISSIONS, "", _told(run), "1.0000", 4),
        Figure("Of these: stored with other bytes than were sent, or told to clash", len(wrong), "",
               "every stored byte compared", "0"),
        Figure("Of these: receipted and not stored", len(lost), "",
               f"{run.unheard} records had no receipt at the end", "0"),
        Figure("Of these: opened into one response with the answers sent ÷ opened", answers, "",
               f"a sample of {OPENED}, opened afterwards: that is the worker's part", "1.0000", 4),
    ]  # fmt: skip


def _without_keys(world: World) -> list[Figure]:
    run = send(world, CONTROL, 0, keyed=False)
    stored = int(world.context.db.value("SELECT COUNT(*) FROM envelopes"))
    return [
        Figure("Control: the same, where every try carries an id of its own",
               stored / CONTROL, "", _told(run), "not 1.0000", 4),
    ]  # fmt: skip


def send(world: World, count: int, kills: int, *, keyed: bool = True) -> Run:
    """Let a crowd of senders deliver so many records, while workers of the server are killed."""
    sendings = [
        Sending(*worlds.sealed(world, each)) for each in worlds.fresh_assessments(world, count)
    ]
    crowd = Crowd(world, sendings, keyed=keyed)
    with serving.serving(COMMAND, world) as server:
        began = time.perf_counter()
        line, killed = asyncio.run(crowd.deliver(server, kills))
        seconds = time.perf_counter() - began
    unheard = sum(not each.receipts for each in sendings)
    return Run(sendings, unheard, killed, seconds, dict(line.told))


class Crowd:
    """Senders who take records from one stock and repeat each until its receipt is there."""

    def __init__(self, world: World, sendings: list[Sending], *, keyed: bool) -> None:
        self.world = world
        self.stock = iter(sendings)
        self.keyed = keyed
        self.dice = random.Random(len(sendings))
        self.done = 0
        self.count = len(sendings)

    async def deliver(self, server: Popen[bytes], kills: int) -> tuple[Line, int]:
        """Deliver everything; return the line and how many workers were killed meanwhile."""
        async with bad_line(serving.PORT, seed=self.count) as line:
            killer = asyncio.create_task(self._kill(server, kills))
            await asyncio.gather(*(self._sender(line) for _ in range(SENDERS)))
            killed = await killer
        return line, killed

    async def _sender(self, line: Line) -> None:
        for each in self.stock:
            windows = 2 if self.done % TABS == 0 else 1
            self.done += 1
            await asyncio.gather(*(self._window(line, each) for _ in range(windows)))

    async def _window(self, line: Line, sending: Sending) -> None:
        """Offer a record until a receipt of these very bytes is there, as `sync.js` does."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            sending.tries += 1
            name, body = self._offered(sending)
            receipt = _receipt(await ask(line.port, self._question(name, body)))
            if receipt.get("id") == name and receipt.get("digest") == _digest(body):
                sending.receipts.append(receipt)
                return
            await asyncio.sleep(self.dice.uniform(0.001, 0.1))

    def _offered(self, sending: Sending) -> tuple[str, bytes]:
        """Return what this try sends: the very record, or as a control the same answer sealed anew."""
        if self.keyed:
            return sending.id, sending.body
        keys, name = self.world.context.keys, new_id()
        inside = envelope.unseal(envelope.read(sending.body), keys.opening)
        return name, envelope.seal_text(keys.public_key, str(keys.public()["id"]), name, inside)

    def _question(self, name: str, body: bytes) -> bytes:
        cookie = f"__Host-device={self.world.token}"
        asked = request("PUT", f"/api/envelopes/{name}", serving.PORT, body, cookie)
        return asked.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)

    async def _kill(self, server: Popen[bytes], kills: int) -> int:
        """Kill one of the server's workers whenever another share of the records has been begun."""
        killed = 0
        while self.done < self.count:
            await asyncio.sleep(0.02)
            if killed < kills * self.done // self.count:
                killed += _kill_one(server.pid, self.dice)
        return killed


def _kill_one(server: int, dice: random.Random) -> int:
    workers = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="ascii").split()
    if not workers:
        return 0
    with suppress(ProcessLookupError):
        os.kill(int(dice.choice(workers)), signal.SIGKILL)
    return 1


def _receipt(answer: bytes) -> dict[str, object]:
    head, _, text = answer.partition(b"\r\n\r\n")
    if b" 200 " not in head[:20]:
        return {}
    with suppress(ValueError):
        found = json.loads(text)
        return found if isinstance(found, dict) else {}
    return {}


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _is_as_sent(row: dict[str, object], sent: dict[str, Sending]) -> bool:
    sending = sent.get(str(row["id"]))
    return (
        sending is not None
        and sending.body == row["body"]
        and row["digest"] == _digest(sending.body)
        and all(each["conflict"] is False for each in sending.receipts)
    )


def _opened_as_sent(world: World, places: list[int]) -> float:
    """Open these; return how many became one response with the answers that were sealed, as a share."""
    for seq in places:
        open_envelope(world.context, seq)
    return sum(_same(world, seq) for seq in places) / len(places)


def _same(world: World, seq: int) -> bool:
    """Whether exactly one response lies under this assessment, with the very answers that were sealed."""
    db = world.context.db
    row = db.one("SELECT id, body FROM envelopes WHERE seq = ?", [seq])
    assert row is not None
    inside = json.loads(envelope.unseal(envelope.read(row["body"]), world.context.keys.opening))
    found = db.all(
        "SELECT r.id, a.item, a.code FROM responses r JOIN answers a ON a.response_id = r.id"
        " WHERE r.assessment_id = ?",
        [inside["assessment"]],
    )
    wanted = [(row["id"], item, str(each["value"])) for item, each in inside["answers"].items()]
    return sorted((each["id"], each["item"], each["code"]) for each in found) == sorted(wanted)


def _told(run: Run) -> str:
    """Return in words what happened on the way."""
    tries = sum(each.tries for each in run.sendings)
    parts: Iterator[str] = (f"{fate} {count}" for fate, count in sorted(run.fates.items()))
    return (
        f"{len(run.sendings)} answers by {SENDERS} senders, every {TABS}th by two windows at once,"
        f" {tries} tries in {run.seconds:.0f} s: {', '.join(parts)};"
        f" {run.kills} times a worker of the server was killed"
    )
