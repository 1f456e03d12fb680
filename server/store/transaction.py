"""The only way to write: one queue, one transaction, one audit trail, all or nothing."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.clock import to_text
from server.domain.people import Actor
from server.errors import UnauditedWriteError
from server.store import audit
from server.store.database import Database, Params, Row, sqlite3


@dataclass
class Transaction:
    """An open transaction. Everything in it is written together, with who, when and why."""

    db: Database
    actor: Actor
    reason: str
    at: datetime
    trail: audit.Trail
    exempt: int = 0

    @property
    def at_text(self) -> str:
        """This transaction's instant, as it is stored."""
        return to_text(self.at)

    def execute(self, sql: str, params: Params = ()) -> int:
        """Run one writing statement and return how many rows it changed. Audit it yourself."""
        return int(self.db.connection.execute(sql, params).rowcount)

    def unaudited(self, sql: str, params: Params = ()) -> int:
        """Run a statement on a trace of the machine's running (a heartbeat, a time last seen).

        Such rows say nothing about a person's record; an audit entry every few seconds would only
        bury those that do.
        """
        changed = self.execute(sql, params)
        self.exempt += changed
        return changed

    def returning(self, sql: str, params: Params = ()) -> list[Row]:
        """Run a writing statement with RETURNING and return its rows. Audit it yourself."""
        return self.db.all(sql, params)

    def add(self, table: str, row: Row, *, key: str = "id") -> None:
        """Insert a row and audit every field of it (old value: none)."""
        self.insert(table, row)
        self.trail.fields(table, str(row[key]), {}, row)

    def record(self, table: str, row: Row, row_id: str) -> None:
        """Insert a row and audit it whole, in one entry: for what is only ever added, never edited."""
        self.insert(table, row)
        self.trail.field(table, row_id, audit.WHOLE_ROW, None, row)

    def record_all(self, table: str, rows: Mapping[str, Row]) -> None:
        """Insert rows that have the same columns (id → row) and audit each whole, in one entry."""
        if not rows:
            return
        self.db.connection.executemany(_insert(table, next(iter(rows.values()))), rows.values())
        for row_id, row in rows.items():
            self.trail.field(table, row_id, audit.WHOLE_ROW, None, row)

    def insert(self, table: str, row: Row) -> None:
        """Insert a row without auditing its fields: the caller's `note` covers it."""
        self.db.connection.execute(_insert(table, row), row)

    def change(self, table: str, row_id: str, changes: Row, *, key: str = "id") -> None:
        """Update the named fields of a row and audit each that really changed."""
        names = ", ".join(changes)
        old = self.db.one(f"SELECT {names} FROM {table} WHERE {key} = ?", [row_id])
        if old is None:
            message = f"{table} holds no row {row_id!r} to change"
            raise LookupError(message)
        sets = ", ".join(f"{name} = :{name}" for name in changes)
        self.db.connection.execute(
            f"UPDATE {table} SET {sets} WHERE {key} = :row_key",
            {**changes, "row_key": row_id},
        )
        self.trail.fields(table, row_id, old, changes)

    def note(self, table: str, row_id: str, field: str, new: Any, old: Any = None) -> None:
        """Write one audit entry: what became of one field of one row."""
        self.trail.field(table, row_id, field, old, new)


def _insert(table: str, row: Row) -> str:
    names = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    return f"INSERT INTO {table} ({names}) VALUES ({marks})"


@contextmanager
def transaction(db: Database, actor: Actor, reason: str, at: datetime) -> Iterator[Transaction]:
    """Open the one kind of transaction there is.

    Writers queue on a file lock and only then begin: SQLite's own busy handler does not queue, and
    a deferred transaction that turns to writing fails under load.

    Raises:
        UnauditedWriteError: rows were changed and the trail was told nothing; all is rolled back.

    """
    connection = db.connection
    if connection.in_transaction:
        message = "a transaction is already open on this thread: one action, one transaction"
        raise RuntimeError(message)
    with _queue(db):
        connection.execute("BEGIN IMMEDIATE")
        try:
            trail = audit.Trail(db, actor, reason, at)
            before = connection.total_changes
            tx = Transaction(db, actor, reason, at, trail)
            yield tx
            changed = connection.total_changes - before > tx.exempt
            # Written even when no row changed: that something was read or printed is a fact too.
            _require_audited(written=trail.written() or not changed, actor=actor, reason=reason)
            connection.execute("COMMIT")
        except BaseException:
            # On a full disk SQLite has rolled back by itself; a second ROLLBACK would hide why.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _require_audited(*, written: bool, actor: Actor, reason: str) -> None:
    if not written:
        message = f"{actor} changed rows ({reason}) without an audit entry; rolled back"
        raise UnauditedWriteError(message)


@contextmanager
def _queue(db: Database) -> Iterator[None]:
    """Stand in the writers' queue: a lock on a file beside the database, released by any death."""
    path = db.path.with_name(db.path.name + ".queue")
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)


def is_constraint(error: Exception) -> bool:
    """Whether the database refused a row because a like one stands already, or its parent does not."""
    return isinstance(error, sqlite3.IntegrityError)
