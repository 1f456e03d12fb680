"""Demo or live is decided once; only a demo's clock moves."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from server.domain.people import Actor
from server.store import settings
from server.store.database import Database
from server.store.migrations import migrate
from server.store.transaction import transaction
from tests.conftest import START

ACTOR = Actor("system", "tests")


def _live(path: Path) -> Database:
    db = Database(path / "live.db")
    migrate(db)
    with transaction(db, ACTOR, "founded", START) as tx:
        settings.found(tx, "live")
    return db


def test_what_was_founded_stays_what_it_is(db: Database):
    with (
        transaction(db, ACTOR, "again", START) as tx,
        pytest.raises(ValueError, match="already demo"),
    ):
        settings.found(tx, "live")
    assert settings.mode(db) == "demo"
    assert settings.epoch(db)


def test_a_demos_clock_moves_and_moves_back(db: Database):
    for days, whole in ((3, 3), (-1, 2)):
        with transaction(db, ACTOR, "moved", START) as tx:
            assert settings.move_clock(tx, timedelta(days=days)) == timedelta(days=whole)
    assert settings.clock_shift(db) == timedelta(days=2)


def test_a_live_clock_stands(tmp_path: Path):
    db = _live(tmp_path)
    with (
        transaction(db, ACTOR, "moved", START) as tx,
        pytest.raises(ValueError, match="only a demo"),
    ):
        settings.move_clock(tx, timedelta(days=1))
    with transaction(db, ACTOR, "forced", START) as tx:
        settings.put(tx, "clock_shift_seconds", "86400")
    assert settings.clock_shift(db) == timedelta(0)
    db.close()
