"""Whether what is stored is what was written: pages, links, triggers, the trail, and every row by it.

SQLite's own check passes over a flipped bit inside a value. So each row of a record is compared,
column by column and type by type, with what the audit trail says it must be.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from itertools import groupby
from typing import Any

from server.errors import IntegrityError
from server.store import audit, migrations
from server.store.database import Database, Row, sqlite3

# Tables of which the trail knows every row and column, by what names a row in it.
COMPLETE: dict[str, tuple[str, ...]] = {
    "settings": ("name",),
    "studies": ("id",),
    "staff_roles": ("id",),
    "participants": ("id",),
    "participant_facts": ("id",),
    "facilitator_facts": ("id",),
    "rater_facts": ("id",),
    "event_facts": ("id",),
    "contacts": ("participant_id",),
    "visits": ("id",),
    "visit_facts": ("id",),
    "groups": ("id",),
    "group_visits": ("id",),
    "group_visit_facts": ("id",),
    "assessment_facts": ("id",),
    "protocol_approvals": ("id",),
    "amendments": ("id",),
    "readiness_facts": ("id",),
    "assessments": ("id",),
    "invitations": ("id",),
    "join_tries": ("id",),
    "devices": ("id",),
    "envelopes": ("seq",),
    "openings": ("envelope_seq",),
    "responses": ("id",),
    "answers": ("response_id", "item"),
    "scores": ("response_id", "score", "scoring_version"),
    "scorings": ("id",),
    "outside_messages": ("id",),
    "alerts": ("id",),
    "backups": ("id",),
}
# Columns that the trail does not tell: the order of facts (checked by itself), a time last seen, and
# what a sweep set to keep an index small.
UNTOLD = {
    ("participant_facts", "seq"), ("facilitator_facts", "seq"), ("visit_facts", "seq"),
    ("event_facts", "seq"), ("assessment_facts", "seq"), ("readiness_facts", "seq"),
    ("rater_facts", "seq"), ("group_visit_facts", "seq"), ("scorings", "seq"),
    ("devices", "seen_at"), ("devices", "told_sealed"), ("devices", "told_waiting"),
    ("devices", "told_at"), ("assessments", "lapsed_at"),
}  # fmt: skip
_ORDERED = (
    "participant_facts", "facilitator_facts", "visit_facts", "event_facts", "assessment_facts",
    "readiness_facts", "rater_facts", "group_visit_facts", "scorings",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """Where a sound database stands: print it elsewhere, and a cut tail or an old copy will show."""

    audit_seq: int
    audit_hash: str
    envelope_seq: int
    epoch: str


def verify(db: Database) -> Head:
    """Walk through all of the database, as it is at this instant, and return its head.

    Raises:
        IntegrityError: something is not as it was written; the message says what and where.

    """
    db.connection.execute("BEGIN")
    try:
        return _verify(db)
    except (sqlite3.DatabaseError, UnicodeError, TypeError, ValueError, OverflowError) as error:
        message = f"the database file is damaged ({type(error).__name__}: {error})"
        raise IntegrityError(message) from error
    finally:
        if db.connection.in_transaction:
            db.connection.execute("ROLLBACK")


def check_shape(db: Database) -> None:
    """Refuse a database whose tables or triggers are not those that our migrations made (R04).

    Raises:
        IntegrityError: something was dropped or altered.

    """
    missing = migrations.missing_triggers(db)
    if missing:
        message = f"triggers that keep records from being changed are gone: {', '.join(missing)}"
        raise IntegrityError(message)
    if not migrations.pending(db) and migrations.snapshot(db) != committed_schema():
        message = "tables or triggers were altered; schema.sql says how they must be"
        raise IntegrityError(message)


def committed_schema() -> str:
    """Return the picture of the schema that is committed beside this module."""
    return (resources.files("server.store") / "schema.sql").read_text(encoding="utf-8")


def _verify(db: Database) -> Head:
    found = [row["integrity_check"] for row in db.all("PRAGMA integrity_check")]
    if found != ["ok"]:
        message = f"SQLite finds the file damaged: {'; '.join(map(str, found[:3]))}"
        raise IntegrityError(message)
    orphan = db.one("PRAGMA foreign_key_check")
    if orphan is not None:
        message = f"a row of {orphan['table']} points to a row of {orphan['parent']} that is gone"
        raise IntegrityError(message)
    check_shape(db)
    seq, head = audit.verify(db)
    _no_blanked_values(db)
    for table in COMPLETE:
        _compare(db, table)
    for table in _ORDERED:
        _in_order(db, table)
    _bytes_agree(db)
    last = db.value("SELECT COALESCE(MAX(seq), 0) FROM envelopes")
    epoch = db.value("SELECT value FROM settings WHERE name = 'epoch'")
    return Head(seq, head, int(last), str(epoch or ""))


def _no_blanked_values(db: Database) -> None:
    """Only a recorded redaction may blank a value of the trail."""
    seq = db.value(
        "SELECT v.seq FROM audit_values v WHERE (v.old_value IS NULL OR v.new_value IS NULL)"
        " AND NOT EXISTS (SELECT 1 FROM audit a WHERE a.table_name = 'audit_values'"
        " AND a.row_id = CAST(v.seq AS TEXT)) LIMIT 1"
    )
    if seq is not None:
        message = f"audit entry {seq}: its values were blanked without a redaction"
        raise IntegrityError(message)


def _compare(db: Database, table: str) -> None:
    """Compare every row of a table with what the trail says."""
    columns = {
        row["name"]: _default(row["dflt_value"]) for row in db.all(f"PRAGMA table_info({table})")
    }
    told = 0
    for row_id, expected in _told(db, table, set(columns)):
        told += 1
        actual = _row(db, table, row_id)
        if actual is None:
            message = f"{table} {row_id}: the trail tells of a row that is gone"
            raise IntegrityError(message)
        for name, default in columns.items():
            if (table, name) not in UNTOLD:
                _same(table, row_id, name, actual[name], expected.get(name, default))
    there = db.value(f"SELECT COUNT(*) FROM {table}")
    if there != told:
        message = f"{table}: {there} rows, but the trail tells of {told}"
        raise IntegrityError(message)


def _same(table: str, row_id: str, name: str, actual: Any, expected: Any) -> None:
    # As text, so that 1, 1.0, true and "1" are four things, and bytes are none of them.
    if audit.stored(actual) != audit.stored(expected):
        message = f"{table} {row_id}: {name} is not what was written"
        raise IntegrityError(message)


def _told(db: Database, table: str, columns: set[str]) -> Iterator[tuple[str, Row]]:
    """Replay the trail of one table: each row's id, and its columns as they must be now."""
    cursor = db.connection.execute(
        "SELECT a.row_id, a.field, v.new_value FROM audit a JOIN audit_values v ON v.seq = a.seq"
        " WHERE a.table_name = ? ORDER BY a.row_id, a.seq",
        [table],
    )
    for row_id, entries in groupby(cursor, key=lambda entry: str(entry[0])):
        state: Row = {}
        for _, field, value in entries:
            if field == audit.WHOLE_ROW:
                state.update(json.loads(value))
            elif field in columns:
                state[field] = json.loads(value)
        if state:
            yield row_id, state


def _row(db: Database, table: str, row_id: str) -> Row | None:
    keys = COMPLETE[table]
    where = " AND ".join(f"{key} = ?" for key in keys)
    return db.one(f"SELECT * FROM {table} WHERE {where}", row_id.split("/", len(keys) - 1))


def _default(text: str | None) -> Any:
    """Return the value of a column that an insert left out: our defaults are text or numbers."""
    if text is None:
        return None
    return text[1:-1] if text.startswith("'") else int(text)


def _in_order(db: Database, table: str) -> None:
    """Facts must stand in the order in which the trail tells of them."""
    rows = db.all(
        f"SELECT f.id, MIN(a.seq) AS told FROM {table} f JOIN audit a"
        f" ON a.table_name = '{table}' AND a.row_id = f.id GROUP BY f.id ORDER BY f.seq"
    )
    order = [row["told"] for row in rows]
    if order != sorted(order):
        message = f"{table}: the order of the facts is not that in which they were recorded"
        raise IntegrityError(message)


def _bytes_agree(db: Database) -> None:
    """An envelope and a published page are named by the digest of their bytes."""
    for table, key, column in (("envelopes", "digest", "body"), ("forms", "hash", "html")):
        for name, body in db.connection.execute(f"SELECT {key}, {column} FROM {table}"):
            if hashlib.sha256(body).hexdigest() != name:
                message = f"{table} {name}: its bytes are not those that it is named by"
                raise IntegrityError(message)
