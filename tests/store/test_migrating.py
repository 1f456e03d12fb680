"""R36: whatever step a file stands before, the next ones keep every row, its order and its digests."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest

from server.domain.people import Actor
from server.store import audit, migrations, verification
from server.store.database import Database, Row, sqlite3
from server.store.migrations import _MIGRATIONS
from server.store.transaction import Transaction, transaction
from tests.conftest import START

ROWS = 3
# What a column's own CHECK does not say.
SAID: dict[tuple[str, str], tuple[Any, ...]] = {
    ("messages", "kind"): ("reminder", "test", "test"),
    ("messages", "alert_id"): (None, None, None),
    ("studies", "live_at"): (None, None, None),
}
OF_BYTES = {("envelopes", "digest"): "body", ("forms", "hash"): "html"}


def steps() -> list[str]:
    """The steps that a file may stand before: each but the first, which makes it."""
    return [step.name for step in _MIGRATIONS._migrations][1:]


@pytest.mark.parametrize("step", steps())
def test_r36_a_file_from_before_a_step_keeps_all_it_holds(tmp_path: Path, step: str) -> None:
    db = Database(tmp_path / "old.db")
    _MIGRATIONS.apply(db.utils, stop_before=step)
    _fill(db)
    before, head = _pictured(db), audit.verify(db)
    guarded = _guarded(db)
    assert step in migrations.migrate(db)
    after = {table: [_of(row, columns) for row in _rows(db, table)]
             for table, (columns, _) in before.items()}  # fmt: skip
    for table, (_columns, rows) in before.items():
        assert len(rows) == ROWS or table in {"audit", "audit_values"}
        assert after[table] == rows, f"{table} is not what it was"
    assert audit.verify(db) == head
    assert verification.verify(db).audit_hash == head[1]
    assert guarded <= _guarded(db)
    db.close()


def _fill(db: Database) -> None:
    """Put rows with every kind of value into every table, told to the trail like any other."""
    for table in _tables(db):
        with transaction(db, Actor("system", "tests"), f"rows of {table}", START) as tx:
            for number in range(ROWS):
                _add(tx, table, number)


def _tables(db: Database) -> list[str]:
    """Every table after those that it points to."""
    waiting = [
        row["name"]
        for row in db.all("SELECT name FROM sqlite_schema WHERE type = 'table'")
        if not re.match(r"_?sqlite_|audit", row["name"])
    ]
    done: list[str] = []
    while waiting:
        ready = [
            table
            for table in waiting
            if {row["table"] for row in _links(db, table)} <= {*done, table}
        ]
        assert ready, f"these point to one another: {waiting}"
        done += ready
        waiting = [table for table in waiting if table not in ready]
    return done


def _add(tx: Transaction, table: str, number: int) -> None:
    row: Row = {}
    links = {each["from"]: each for each in _links(tx.db, table)}
    allowed = _allowed(tx.db, table)
    for column in tx.db.all(f"PRAGMA table_info({table})"):
        name = column["name"]
        if (table, name) in SAID:
            row[name] = SAID[table, name][number]
        elif name in links:
            row[name] = _parent(tx.db, table, links[name], number)
        elif name in allowed:
            row[name] = allowed[name][number % len(allowed[name])]
        else:
            row[name] = _value(table, column, number)
    for (owner, digest), body in OF_BYTES.items():
        if owner == table:
            row[digest] = hashlib.sha256(row[body]).hexdigest()
    keys = verification.COMPLETE.get(table) or tuple(row)[:1]
    tx.record(table, row, "/".join(str(row[key]) for key in keys))


def _parent(db: Database, table: str, link: Row, number: int) -> Any:
    if link["table"] == table:
        return None
    key = link["to"] or "id"
    rows = db.all(f"SELECT {key} FROM {link['table']} ORDER BY rowid")
    return rows[number][key]


def _value(table: str, column: Row, number: int) -> Any:
    nothing = not column["notnull"] and not column["pk"] and number == 1
    if nothing:
        return None
    match column["type"]:
        case "INTEGER":
            # Gaps, as a sequence has them.
            return (3, 17, 40)[number] if column["pk"] else number
        case "REAL":
            return number + 0.25
        case "BLOB":
            return f"{table} {column['name']} {number}\0".encode()
    default = str(column["dflt_value"])
    if default.startswith(("'[", "'{")):
        return default[1:-1]
    return f"{table}'s “{column['name']}” {number}\n"


def _allowed(db: Database, table: str) -> dict[str, list[Any]]:
    """Which values a column takes, as its CHECK says."""
    sql = str(db.value("SELECT sql FROM sqlite_schema WHERE name = ?", [table]))
    found = {}
    for column, values in re.findall(r"CHECK\s*\((\w+) IN\s*\(([^)]*)\)\)", sql):
        each = [value.strip() for value in values.split(",")]
        found[column] = [value[1:-1] if value[0] == "'" else int(value) for value in each]
    return found


def _links(db: Database, table: str) -> list[Row]:
    return db.all(f"PRAGMA foreign_key_list({table})")


def _pictured(db: Database) -> dict[str, tuple[list[str], list[list[str]]]]:
    """Every table's columns, and its rows in order with the type of each value."""
    found = {}
    for table in (*_tables(db), "audit", "audit_values"):
        columns = [row["name"] for row in db.all(f"PRAGMA table_info({table})")]
        found[table] = columns, [_of(row, columns) for row in _rows(db, table)]
    return found


def _rows(db: Database, table: str) -> list[Row]:
    return db.all(f"SELECT * FROM {table} ORDER BY rowid")


def _of(row: Row, columns: list[str]) -> list[str]:
    return [f"{type(row[name]).__name__} {row[name]!r}" for name in columns]


def _guarded(db: Database) -> set[tuple[str, str]]:
    """Return which tables refuse which verb on a row that is there."""
    found = set()
    for table in _tables(db):
        column = db.all(f"PRAGMA table_info({table})")[0]["name"]
        for verb, sql in (
            ("update", f"UPDATE {table} SET {column} = {column}"),
            ("delete", f"DELETE FROM {table}"),
        ):
            db.connection.execute("SAVEPOINT attempt")
            try:
                db.connection.execute(sql)
            except sqlite3.IntegrityError as error:
                if "only ever added to" in str(error):
                    found.add((table, verb))
            db.connection.execute("ROLLBACK TO attempt")
            db.connection.execute("RELEASE attempt")
    return found
