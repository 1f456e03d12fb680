"""The audit trail: who did what, when and why; append-only, chained over salted digests.

The chain covers digests, the values sit in a table of their own: one redaction may blank a value
later without breaking the chain.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from server.clock import to_text
from server.domain.people import Actor
from server.errors import IntegrityError
from server.ids import new_salt
from server.store.database import Database, Row

GENESIS = "0" * 64
# The field name of an entry that covers a whole row at once (its value is the row as JSON).
WHOLE_ROW = "*"
_INSERT = """
INSERT INTO audit (seq, at, actor, role, reason, table_name, row_id, field,
                   old_digest, new_digest, previous, hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_INSERT_VALUE = "INSERT INTO audit_values (seq, salt, old_value, new_value) VALUES (?, ?, ?, ?)"


def _by_digest(value: bytes) -> dict[str, str]:
    return {"sha256": hashlib.sha256(value).hexdigest()}


# Made once: json.dumps would make an encoder anew for each of a response's two hundred texts.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_by_digest).encode
_NONE = _encode(None)


@dataclass
class Trail:
    """The entries of one transaction, written together just before it commits."""

    db: Database
    actor: Actor
    reason: str
    at: datetime
    entries: list[tuple[str, str, str, Any, Any]] = field(default_factory=list)

    def field(self, table: str, row_id: str, name: str, old: Any, new: Any) -> None:
        """Take note of one field's old and new value."""
        self.entries.append((table, row_id, name, old, new))

    def fields(self, table: str, row_id: str, old: Row, new: Row) -> None:
        """Take note of every field whose value differs."""
        for name, value in new.items():
            before = old.get(name)
            if value != before or type(value) is not type(before):
                self.field(table, row_id, name, before, value)

    def written(self) -> bool:
        """Write the entries, chained to the last one; False when there were none."""
        if not self.entries:
            return False
        seq, previous = head(self.db)
        at, actor = to_text(self.at), str(self.actor)
        rows, values = [], []
        for table, row_id, name, old, new in self.entries:
            seq += 1
            salt, before, after = new_salt(), stored(old), stored(new)
            fixed = (
                seq, at, actor, self.actor.role, self.reason, table, row_id, name,
                text_digest(salt, before), text_digest(salt, after), previous,
            )  # fmt: skip
            previous = chain_hash(fixed)
            rows.append((*fixed, previous))
            values.append((seq, salt, before, after))
        self.db.connection.executemany(_INSERT, rows)
        self.db.connection.executemany(_INSERT_VALUE, values)
        self.entries.clear()
        return True


def head(db: Database) -> tuple[int, str]:
    """Return the last entry's number and hash: print it elsewhere, and a cut tail will show."""
    row = db.connection.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    return (int(row[0]), str(row[1])) if row else (0, GENESIS)


def hash_at(db: Database, seq: int) -> str | None:
    """Return the hash of one entry, None when the trail does not reach that far."""
    found = db.value("SELECT hash FROM audit WHERE seq = ?", [seq])
    return None if found is None else str(found)


def digest(salt: bytes, value: Any) -> str:
    """Return the salted SHA-256 of a value with its type, so that 1 and "1" differ."""
    return text_digest(salt, stored(value))


def text_digest(salt: bytes, text: str) -> str:
    """Return the salted SHA-256 of a value that is written as JSON text already."""
    return hashlib.sha256(salt + text.encode()).hexdigest()


def stored(value: Any) -> str:
    """Write a value as JSON text; bytes by their own digest, for they lie in their table already."""
    return _NONE if value is None else _encode(value)


def chain_hash(fixed: tuple[Any, ...]) -> str:
    """Return the hash of an entry's fields, which include the hash of the entry before."""
    return hashlib.sha256(_encode(fixed).encode()).hexdigest()


def verify(db: Database) -> tuple[int, str]:
    """Walk the whole chain and return its head.

    Raises:
        IntegrityError: an entry was changed, cut out or put in, or a value is not what was written.

    """
    previous, expected = GENESIS, 0
    cursor = db.connection.execute(
        "SELECT a.*, v.salt, v.old_value, v.new_value FROM audit a"
        " LEFT JOIN audit_values v ON v.seq = a.seq ORDER BY a.seq"
    )
    for row in cursor:
        expected += 1
        *fixed, entry_hash, salt, old, new = row
        if fixed[0] != expected or fixed[10] != previous or chain_hash(tuple(fixed)) != entry_hash:
            message = f"audit entry {expected}: the chain is broken here"
            raise IntegrityError(message)
        _verify_values(fixed, salt, old, new)
        previous = entry_hash
    return expected, previous


def _verify_values(fixed: list[Any], salt: bytes | None, old: str | None, new: str | None) -> None:
    for name, value, wanted in (("old", old, fixed[8]), ("new", new, fixed[9])):
        if salt is None:
            message = f"audit entry {fixed[0]}: its values are gone"
            raise IntegrityError(message)
        # Blanked values are a redaction's work; `verify_store` asks whether one was recorded.
        if value is not None and hashlib.sha256(salt + value.encode()).hexdigest() != wanted:
            message = f"audit entry {fixed[0]}: the {name} value is not what was written"
            raise IntegrityError(message)


def history(db: Database, table: str, row_id: str) -> list[Row]:
    """Return all entries about one row, oldest first, with their values."""
    return db.all(
        "SELECT a.seq, a.at, a.actor, a.role, a.reason, a.field, v.old_value, v.new_value"
        " FROM audit a JOIN audit_values v ON v.seq = a.seq"
        " WHERE a.table_name = ? AND a.row_id = ? ORDER BY a.seq",
        [table, row_id],
    )
