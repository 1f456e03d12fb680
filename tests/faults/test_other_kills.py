"""F3: a migration, a backup or a restore that is killed leaves the old state or the new, never half."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from server.actions.back_up import back_up
from server.actions.context import Context
from server.actions.restore import restore
from server.actions.verify_store import verify_store
from server.store import backups, manifest, migrations, responses
from server.store.database import Database
from server.store.keys import Keys
from tests.cast import Cast
from tests.faults.arena import fork

KILLS = max(5, int(os.environ.get("ATTUNE_KILLS", "500")) // 20)

pytestmark = pytest.mark.faults


def _kill_during(work: Callable[[], object], longest: float, dice: random.Random) -> bool:
    """Run something in a child and kill it at a random moment; whether it had come to its end."""
    child = fork(work)
    time.sleep(dice.uniform(0, longest))
    os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1] == 0


def _duration(work: Callable[[], object]) -> float:
    began = time.monotonic()
    child = fork(work)
    assert os.waitpid(child, 0)[1] == 0
    return time.monotonic() - began


@pytest.fixture
def real(context: Context) -> Context:
    return replace(context, keys=Keys.load(context.config.data / "keys"))


def test_f3_a_killed_migration_leaves_the_old_schema_or_the_new(tmp_path: Path):
    dice = random.Random(3)

    def work(name: str) -> Callable[[], object]:
        return lambda: migrations.migrate(Database(tmp_path / name))

    longest = _duration(work("first.db")) * 1.2
    finished = 0
    for turn in range(KILLS):
        name = f"{turn}.db"
        _kill_during(work(name), longest, dice)
        db = Database(tmp_path / name)
        # Each step is there whole, with its record, or not at all.
        waiting = migrations.pending(db)
        finished += not waiting
        for step, table in (
            ("m0001_the_spine", "responses"),
            ("m0002_safety_and_events", "event_facts"),
        ):
            there = db.value("SELECT COUNT(*) FROM sqlite_schema WHERE name = ?", [table])
            assert bool(there) == (step not in waiting)
        migrations.migrate(db)
        assert migrations.missing_triggers(db) == []
        assert db.value("PRAGMA integrity_check") == "ok"
        db.close()
    print(f"\n{KILLS} kills: {finished} had come to the new schema, {KILLS - finished} stayed old")


def test_f3_f4_a_killed_backup_leaves_no_half_file(cast: Cast, real: Context):
    dice = random.Random(4)
    folder = real.config.data / "backups"
    longest = _duration(lambda: back_up(real)) * 1.1
    for _ in range(KILLS):
        _kill_during(lambda: back_up(real), longest, dice)
        for file in folder.glob("*.db"):
            backups.check(file)
            manifest.matching(file)
    made = back_up(real)
    assert not list(folder.glob("*.part*"))
    noted = {row["file"] for row in real.db.all("SELECT file FROM backups")}
    assert str(made.file) in noted
    verify_store(real)


def test_f3_a_killed_restore_leaves_the_old_database_or_the_new(cast: Cast, real: Context):
    dice = random.Random(5)
    made = back_up(real)
    here = replace(cast, context=real)
    sent = here.send(cast.ada, here.payload(here.assessment(cast.ada, "wellbeing-baseline"))).id
    real.db.close()
    with_answer = real.config.data / "with-answer.db"
    backups.copy(real.db, with_answer)
    real.db.close()

    def work() -> object:
        return restore(real.config, made.file, real.clock)

    longest = _duration(work) * 1.1
    old = 0
    for _ in range(KILLS):
        restore(real.config, with_answer, real.clock)
        _kill_during(work, longest, dice)
        db = Database(real.config.database)
        verify_store(replace(real, db=db))
        old += responses.exists(db, sent)
        db.close()
    print(f"\n{KILLS} kills: {old} times the old database stood, {KILLS - old} times the new")
