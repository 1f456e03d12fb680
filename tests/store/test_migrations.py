"""The shape that migrations give the file, its committed picture, and what guards the records."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from server.actions.context import Context
from server.errors import IntegrityError
from server.store import amendments, approvals, migrations, readiness, snapshot, verification
from server.store.amendments import Amendment
from server.store.approvals import Approval
from server.store.database import Database, sqlite3
from server.store.transaction import Transaction
from tests.cast import Cast
from tests.store.filled import fill


def test_the_committed_picture_is_what_the_migrations_make():
    assert snapshot.FILE.read_text(encoding="utf-8") == snapshot.drawn(), (
        "the schema changed: write the picture anew with `python -m server.store.snapshot`"
    )


def test_an_empty_file_is_brought_up_once(tmp_path: Path):
    db = Database(tmp_path / "new.db")
    assert migrations.pending(db) == migrations.migrate(db) != []
    assert migrations.pending(db) == migrations.migrate(db) == []
    db.close()


@pytest.fixture
def filled(cast: Cast, context: Context) -> Database:
    """A database with at least one row in every table that is only added to."""
    cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "wellbeing-baseline")))
    fill(context, cast)
    with context.write(cast.actor(cast.coordinator), "a try") as tx:
        tx.execute(
            "INSERT INTO sign_ins (id, at, account, address, succeeded) VALUES ('x', '', '', '', 0)"
        )
        tx.note("sign_ins", "x", "id", "x")
        _amend(tx, cast)
    return context.db


def _amend(tx: Transaction, cast: Cast) -> None:
    on = date(2027, 3, 1)
    approvals.add(tx, cast.study_id, Approval("p", "1.0.0", "0", "A committee", on))
    amendments.add(tx, cast.study_id, Amendment("p", "1.0.0", "1.1.0", "all"))
    readiness.record(tx, cast.study_id, "languages", on, {"languages": ["en"]})


@pytest.mark.parametrize("table", migrations.APPEND_ONLY)
def test_r03_records_are_only_ever_added_to_even_by_raw_sql(filled: Database, table: str):
    column = filled.all(f"PRAGMA table_info({table})")[0]["name"]
    assert filled.value(f"SELECT COUNT(*) FROM {table}") > 0
    for sql in (
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
    ):
        with pytest.raises(sqlite3.IntegrityError, match=f"{table} is only ever added to"):
            filled.connection.execute(sql)


def test_r04_a_dropped_trigger_is_found(db: Database):
    db.connection.execute("DROP TRIGGER answers_no_update")
    assert migrations.missing_triggers(db) == ["answers_no_update"]
    with pytest.raises(IntegrityError, match="answers_no_update"):
        verification.check_shape(db)


def test_r04_a_trigger_that_was_made_toothless_is_found(db: Database):
    db.connection.execute("DROP TRIGGER answers_no_update")
    db.connection.execute(
        "CREATE TRIGGER answers_no_update BEFORE UPDATE ON answers BEGIN SELECT 1; END"
    )
    assert migrations.missing_triggers(db) == []
    with pytest.raises(IntegrityError, match="altered"):
        verification.check_shape(db)


def test_a_demo_never_becomes_live(db: Database):
    for sql in (
        "UPDATE settings SET value = 'live' WHERE name = 'mode'",
        "DELETE FROM settings WHERE name = 'mode'",
        "INSERT OR REPLACE INTO settings (name, value) VALUES ('mode', 'live')",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="decided once"):
            db.connection.execute(sql)
