"""Copies of the database file: taken while it is in use, checked before they count, kept in a list."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from server.errors import IntegrityError
from server.ids import new_id
from server.store.database import Database, Row, sqlite3
from server.store.transaction import Transaction
from server.store.verification import Head, verify


@dataclass(frozen=True, slots=True)
class Copy:
    """A finished copy: what it holds, and the trail's head that anchors it."""

    file: Path
    digest: str
    head: Head


def copy(db: Database, target: Path) -> Copy:
    """Write a whole, verified copy of the database to `target`, or nothing at all.

    Raises:
        IntegrityError: the copy, and so most likely the original, is not sound.

    """
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    try:
        db.connection.execute("VACUUM INTO ?", [str(part)])
        part.chmod(0o600)
        sync(part)
        head = check(part)
        part.rename(target)
    finally:
        for leftover in (part, *companions(part)):
            leftover.unlink(missing_ok=True)
    sync(target.parent)
    return Copy(target, digest(target), head)


def check(file: Path) -> Head:
    """Open a copy by itself, walk through all of it, and return the head of its trail.

    Raises:
        IntegrityError: it is no sound database of ours.

    """
    database = Database(file, read_only=True)
    try:
        return verify(database)
    except sqlite3.DatabaseError as error:
        message = f"{file} is not a sound database ({error})"
        raise IntegrityError(message) from error
    finally:
        database.close()


def add(tx: Transaction, made: Copy, *, away: bool) -> None:
    """Note a verified copy. `away`: it lies off this machine, which receipt 2 promises."""
    backup_id = new_id()
    row: Row = {
        "id": backup_id, "at": tx.at_text, "file": str(made.file), "digest": made.digest,
        "envelope_seq": made.head.envelope_seq, "audit_seq": made.head.audit_seq,
        "audit_hash": made.head.audit_hash, "away": int(away), "verified": 1,
    }  # fmt: skip
    tx.record("backups", row, backup_id)


def away_up_to(db: Database) -> int:
    """Return the place of the last envelope that lies in a verified copy off this machine."""
    sql = "SELECT COALESCE(MAX(envelope_seq), 0) FROM backups WHERE away = 1 AND verified = 1"
    return int(db.value(sql))


def last(db: Database) -> Row | None:
    """Return the newest verified copy, None when none was ever made."""
    return db.one("SELECT * FROM backups WHERE verified = 1 ORDER BY at DESC, rowid DESC LIMIT 1")


def last_away(db: Database) -> Row | None:
    """Return the newest verified copy that lies off this machine, None when none does."""
    return db.one(
        "SELECT * FROM backups WHERE verified = 1 AND away = 1 ORDER BY at DESC, rowid DESC LIMIT 1"
    )


def fold_in_log(file: Path) -> bool:
    """Bring what lies in a database's write-ahead log into its file; False when it is damaged."""
    database = Database(file)
    try:
        database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return True
    except sqlite3.DatabaseError:
        return False
    finally:
        database.close()


def digest(file: Path) -> str:
    """Return a file's SHA-256."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Wait until a file, or a folder's list of names, lies on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def companions(file: Path) -> list[Path]:
    """Return the names that SQLite gives to what it keeps beside a database."""
    return [file.with_name(file.name + end) for end in ("-wal", "-shm", "-journal", ".queue")]
