"""Answers sent over a bad line, again and again: each must be stored, once, with the bytes that were sent."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from subprocess import Popen

from server.actions.open_envelope import open_envelope
from server.ids import new_id
from server.inputs import envelope
from tests.bench import serving
from tests.bench import world as worlds
from tests.bench.crowd import SENDERS, TABS, Crowd, Sending, digest, the_record
from tests.bench.figures import Figure
from tests.bench.line import Line
from tests.bench.world import World

SUBMISSIONS = 10_000
CONTROL = 2_000
KILLS = 20
OPENED = 500
# What gunicorn says of each worker that is killed here is no news.
COMMAND = [
    "gunicorn", "-c", "python:server.web_server", "--log-level", "critical", "tests.bench.closed:app",
]  # fmt: skip


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
    crowd = Crowd(
        f"__Host-device={world.token}", serving.PORT, sendings,
        the_record if keyed else partial(_sealed_anew, world),
    )  # fmt: skip
    with serving.serving(COMMAND, world) as server:
        began = time.perf_counter()
        line, killed = asyncio.run(_deliver(crowd, server, kills))
        seconds = time.perf_counter() - began
    unheard = sum(not each.receipts for each in sendings)
    return Run(sendings, unheard, killed, seconds, dict(line.told))


def _sealed_anew(world: World, sending: Sending) -> tuple[str, bytes]:
    """Seal the same answer under an id of its own: what a phone without keys would send at each try."""
    keys, name = world.context.keys, new_id()
    inside = envelope.unseal(envelope.read(sending.body), keys.opening)
    return name, envelope.seal_text(keys.public_key, str(keys.public()["id"]), name, inside)


async def _deliver(crowd: Crowd, server: Popen[bytes], kills: int) -> tuple[Line, int]:
    killer = asyncio.create_task(_kill(crowd, server, kills))
    line = await crowd.deliver(serving.PORT)
    return line, await killer


async def _kill(crowd: Crowd, server: Popen[bytes], kills: int) -> int:
    """Kill one of the server's workers whenever another share of the records has been begun."""
    killed = 0
    while crowd.begun < len(crowd.sendings):
        await asyncio.sleep(0.02)
        if killed < kills * crowd.begun // len(crowd.sendings):
            killed += _kill_one(server.pid, crowd.dice)
    return killed


def _kill_one(server: int, dice: random.Random) -> int:
    workers = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="ascii").split()
    if not workers:
        return 0
    with suppress(ProcessLookupError):
        os.kill(int(dice.choice(workers)), signal.SIGKILL)
    return 1


def _is_as_sent(row: dict[str, object], sent: dict[str, Sending]) -> bool:
    sending = sent.get(str(row["id"]))
    return (
        sending is not None
        and sending.body == row["body"]
        and row["digest"] == digest(sending.body)
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
    parts = [f"{fate} {count}" for fate, count in sorted(run.fates.items())]
    return (
        f"{len(run.sendings)} answers by {SENDERS} senders, every {TABS}th by two windows at once,"
        f" {tries} tries in {run.seconds:.0f} s: {', '.join(parts)};"
        f" {run.kills} times a worker of the server was killed"
    )
