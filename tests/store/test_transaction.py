"""One queue, one transaction, one audit trail: all of it or nothing."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from server.clock import FixedClock
from server.domain.people import Actor
from server.errors import UnauditedWriteError
from server.ids import new_id
from server.store.database import Database, Row, sqlite3
from server.store.transaction import is_constraint, transaction
from tests.conftest import START

ACTOR = Actor("system", "tests")
WRITERS, EACH = 8, 25
_ALERT = "INSERT INTO sign_ins (id, at, account, address, succeeded) VALUES (?, '', '', '', 0)"


def _write(db: Database, name: str) -> None:
    with transaction(db, ACTOR, "a test", START) as tx:
        tx.execute(_ALERT, [name])
        tx.note("sign_ins", name, "id", name)


def _count(db: Database) -> int:
    return int(db.value("SELECT COUNT(*) FROM sign_ins"))


def _careless(db: Database) -> None:
    with transaction(db, ACTOR, "a careless change", START) as tx:
        tx.execute(_ALERT, ["x"])


def test_r01_changed_rows_without_an_audit_entry_are_rolled_back(db: Database):
    with pytest.raises(UnauditedWriteError, match="a careless change"):
        _careless(db)
    assert _count(db) == 0
    assert not db.connection.in_transaction


def test_a_transaction_that_only_read_writes_nothing(db: Database):
    before = db.value("SELECT COUNT(*) FROM audit")
    with transaction(db, ACTOR, "looked", START) as tx:
        assert tx.db.value("SELECT 1") == 1
    assert db.value("SELECT COUNT(*) FROM audit") == before


def test_one_action_one_transaction(db: Database):
    with transaction(db, ACTOR, "outer", START) as tx:
        with pytest.raises(RuntimeError, match="already open"):
            _write(db, "inner")
        tx.execute(_ALERT, ["outer"])
        tx.note("sign_ins", "outer", "id", "outer")
    assert _count(db) == 1


def _write_and_then(db: Database, sql: str) -> None:
    with transaction(db, ACTOR, "fails", START) as tx:
        tx.execute(_ALERT, ["lost"])
        tx.note("sign_ins", "lost", "id", "lost")
        tx.execute(sql)


def test_t7_after_a_failed_write_a_good_one_works_and_lasts(db: Database):
    with pytest.raises(sqlite3.IntegrityError) as refused:
        _write_and_then(db, "INSERT INTO alerts (id) VALUES ('x')")
    assert is_constraint(refused.value)
    assert not db.connection.in_transaction
    _write(db, "kept")
    db.close()
    reopened = Database(db.path)
    assert [row["id"] for row in reopened.all("SELECT id FROM sign_ins")] == ["kept"]
    reopened.close()


def test_t7_when_sqlite_has_rolled_back_by_itself_the_cause_is_shown(db: Database):
    db.value(f"PRAGMA max_page_count = {int(db.value('PRAGMA page_count')) + 10}")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        _write_and_then(
            db, "INSERT INTO settings (name, value) VALUES ('big', hex(zeroblob(5000000)))"
        )
    assert not db.connection.in_transaction
    db.value("PRAGMA max_page_count = 1073741823")
    _write(db, "kept")
    assert _count(db) == 1


def test_what_a_transaction_changes_is_told_field_by_field_with_old_and_new(db: Database):
    row: Row = {"id": new_id(), "code": "S", "title": "Old", "protocol": "p", "protocol_version": "1.0.0",
           "synthetic": 1, "created_at": "2027-03-01T09:00:00.000Z"}  # fmt: skip
    with transaction(db, ACTOR, "added", START) as tx:
        tx.add("studies", row)
    with transaction(db, Actor("staff", "s1", "administrator"), "corrected", START) as tx:
        tx.change("studies", row["id"], {"title": "New", "code": "S"})
    told = db.all(
        "SELECT a.field, v.old_value, v.new_value, a.actor, a.role, a.reason FROM audit a"
        " JOIN audit_values v ON v.seq = a.seq WHERE a.row_id = ? ORDER BY a.seq", [row["id"]],
    )  # fmt: skip
    assert {entry["field"] for entry in told[:-1]} == set(row)
    assert {entry["old_value"] for entry in told[:-1]} == {"null"}
    assert told[-1] == {
        "field": "title", "old_value": '"Old"', "new_value": '"New"', "actor": "staff:s1",
        "role": "administrator", "reason": "corrected",
    }  # fmt: skip


def test_a_change_to_a_row_that_is_not_there_is_no_silence(db: Database):
    with pytest.raises(LookupError, match="no row"), transaction(db, ACTOR, "a test", START) as tx:
        tx.change("studies", "nowhere", {"title": "x"})


def _writer(path: Path, number: int, found: multiprocessing.Queue[str]) -> None:
    db = Database(path)
    for turn in range(EACH):
        try:
            _write(db, f"{number}-{turn}")
        except Exception as error:  # noqa: BLE001 - the test counts them
            found.put(f"{type(error).__name__}: {error}")
    db.close()


def _careless_writer(path: Path, number: int, found: multiprocessing.Queue[str]) -> None:
    """What happens without our queue and BEGIN IMMEDIATE: read first, then turn to writing."""
    db = Database(path)
    for turn in range(EACH):
        try:
            db.connection.execute("BEGIN")
            db.value("SELECT COUNT(*) FROM sign_ins")
            # Long enough for another to write in between, however fast the disk is.
            time.sleep(0.001)
            db.connection.execute(_ALERT, [f"{number}-{turn}"])
            db.connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - the test counts them
            found.put(f"{type(error).__name__}: {error}")
            if db.connection.in_transaction:
                db.connection.execute("ROLLBACK")
    db.close()


def _run(target: Callable[[Path, int, multiprocessing.Queue[str]], None], path: Path) -> list[str]:
    fork = multiprocessing.get_context("fork")
    found: multiprocessing.Queue[str] = fork.Queue()
    start = fork.Barrier(WRITERS)

    def write(number: int) -> None:
        start.wait()
        target(path, number, found)

    children = [fork.Process(target=write, args=(each,)) for each in range(WRITERS)]
    for child in children:
        child.start()
    errors = []
    while any(child.is_alive() for child in children) or not found.empty():
        while not found.empty():
            errors.append(found.get())
        children[0].join(0.01)
    for child in children:
        child.join()
    return errors


@pytest.mark.faults
def test_t6_f6_eight_writers_at_once_wait_for_each_other_and_none_fails(db: Database):
    db.close()
    assert _run(_writer, db.path) == []
    assert _count(db) == WRITERS * EACH


@pytest.mark.faults
def test_t6_control_deferred_transactions_fail_where_ours_do_not(db: Database):
    db.close()
    errors = _run(_careless_writer, db.path)
    assert errors
    assert all("locked" in error or "Busy" in error for error in errors)


def test_the_instant_of_a_transaction_is_the_one_it_was_given(db: Database, clock: FixedClock):
    with transaction(db, ACTOR, "a test", clock.now()) as tx:
        assert tx.at_text == "2027-03-01T09:00:00.000Z"
