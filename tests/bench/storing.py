"""Storing one response, against a bare script that writes the very same rows."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from server.actions.open_envelope import open_envelope
from server.domain.people import Actor
from server.store import envelopes
from server.store.database import sqlite3
from tests.bench import world as worlds
from tests.bench.figures import Figure, spread
from tests.bench.world import World

BATCH = 60
ROUNDS = 7
_OWN = {
    "responses": "id = :id", "answers": "response_id = :id", "scores": "response_id = :id",
    "openings": "envelope_seq = :seq",
}  # fmt: skip


def measure() -> list[Figure]:
    """Open stored envelopes (decrypt, check, score, write, audit) and write their rows barely."""
    with tempfile.TemporaryDirectory() as folder:
        world = worlds.make(Path(folder) / "ours")
        bare = Bare(Path(folder) / "bare.db", world)
        seconds: list[float] = []

        def ours() -> float:
            seqs = _laid_in(world, BATCH)
            began = time.perf_counter()
            for seq in seqs:
                open_envelope(world.context, seq)
            seconds.append(time.perf_counter() - began)
            bare.stock(seqs)
            return BATCH / seconds[-1]

        def theirs() -> float:
            began = time.perf_counter()
            bare.write()
            return BATCH / (time.perf_counter() - began)

        ours()
        theirs()
        # The bare script writes what our last round wrote, so ours always goes first.
        ratio, ratios = paired_in_order(ours, theirs)
        rows = bare.rows_each
    return [
        Figure(
            "Storing one response with answers, scores and audit ÷ the same rows by a bare script",
            ratio, "×", f"{rows} rows a response, one durable commit each; {spread(ratios)}",
            "≥ 0.60",
        )
    ]  # fmt: skip


def paired_in_order(ours: Any, theirs: Any) -> tuple[float, list[float]]:
    """Pair the two in a fixed order: the second needs what the first left."""
    ratios = []
    for _ in range(ROUNDS):
        here = ours()
        ratios.append(here / theirs())
    return sorted(ratios)[len(ratios) // 2], ratios


def _laid_in(world: World, count: int) -> list[int]:
    """Put sealed envelopes into the log, unopened, and return their places."""
    made = [worlds.sealed(world, each) for each in worlds.fresh_assessments(world, count)]
    places = []
    with world.context.write(Actor("device", world.device.id), "envelopes to open") as tx:
        for envelope_id, body in made:
            row = {"id": envelope_id, "digest": envelope_id, "body": body,
                   "device_id": world.device.id, "via": "phone"}  # fmt: skip
            places.append(envelopes.add(tx, row))
        tx.note("envelopes", "bench", "count", count)
    return places


class Bare:
    """Twenty lines of plain SQL: what a script would do that cares for nothing but the rows."""

    def __init__(self, path: Path, world: World) -> None:
        self.world = world
        self.batches: list[dict[str, list[tuple[Any, ...]]]] = []
        self.rows_each = 0
        worlds.elsewhere(world, path.parent / "bare").context.db.close()
        self.connection = sqlite3.connect(
            str(path.parent / "bare" / "attune.db"), isolation_level=None
        )
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.head = 0

    def stock(self, seqs: list[int]) -> None:
        """Read the rows that our own code has just written for these envelopes."""
        read = self.world.context.db.connection.execute
        for seq in seqs:
            row = read("SELECT id FROM responses WHERE envelope_seq = ?", [seq]).fetchone()
            assert row is not None, "an envelope of the bench was not filed"
            keys = {"id": row[0], "seq": seq}
            batch = {
                table: read(f"SELECT * FROM {table} WHERE {where}", keys).fetchall()
                for table, where in _OWN.items()
            }
            self.batches.append(batch | self._audit(row[0], seq))
        self.rows_each = sum(len(rows) for rows in self.batches[-1].values())

    def _audit(self, response_id: str, seq: int) -> dict[str, list[tuple[Any, ...]]]:
        """Return the audit rows of one transaction: the run of entries that share its place."""
        read = self.world.context.db.connection.execute
        last = read(
            "SELECT MAX(seq) FROM audit WHERE table_name = 'openings' AND row_id = ?", [str(seq)]
        ).fetchone()[0]
        first = read(
            "SELECT MIN(seq) FROM audit WHERE table_name IN ('responses','answers','scores')"
            " AND row_id LIKE ? || '%'", [response_id]
        ).fetchone()[0]  # fmt: skip
        span = [min(first, last), max(first, last)]
        return {
            table: read(f"SELECT * FROM {table} WHERE seq BETWEEN ? AND ?", span).fetchall()
            for table in ("audit", "audit_values")
        }

    def write(self) -> None:
        """Write each stocked response with one commit."""
        run = self.connection.execute
        run("PRAGMA foreign_keys=OFF")
        for batch in self.batches:
            run("BEGIN IMMEDIATE")
            for table, rows in batch.items():
                if rows:
                    marks = ", ".join("?" * len(rows[0]))
                    self.connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
            run("COMMIT")
        self.batches.clear()
