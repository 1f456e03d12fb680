"""What the server keeps of a PIN: enough to check it a few times, and sessions for reading back."""

from __future__ import annotations

from datetime import datetime, timedelta

from server.clock import to_text
from server.store.database import Database, Row
from server.store.transaction import Transaction

MOST_TRIES = 5
LOCKED = timedelta(hours=1)
READING = timedelta(minutes=10)


def of(db: Database, device_id: str) -> Row | None:
    """Return `device_id, salt, verifier, tries_left, locked_until, set_at` of a phone; None: no PIN."""
    return db.one("SELECT * FROM pin_verifiers WHERE device_id = ?", [device_id])


def by_locator(db: Database, locator: str) -> Row | None:
    """Return as `of` does, with `participant_id`, of the phone whose place this is, unless revoked."""
    return db.one(
        "SELECT v.*, d.participant_id FROM pin_verifiers v JOIN devices d ON d.id = v.device_id"
        " WHERE d.locator = ? AND d.revoked_at IS NULL",
        [locator],
    )


def keep(tx: Transaction, device_id: str, salt: str, verifier: str) -> None:
    """Keep what a phone's PIN is checked against; the trail notes that it was set, never of what."""
    tx.execute(
        "INSERT INTO pin_verifiers (device_id, salt, verifier, tries_left, set_at)"
        " VALUES (:device, :salt, :verifier, :tries, :at) ON CONFLICT (device_id) DO UPDATE SET"
        " salt = :salt, verifier = :verifier, tries_left = :tries, locked_until = NULL, set_at = :at",
        {"device": device_id, "salt": salt, "verifier": verifier, "tries": MOST_TRIES,
         "at": tx.at_text},
    )  # fmt: skip
    tx.note("pin_verifiers", device_id, "set_at", tx.at_text)


def missed(tx: Transaction, row: Row) -> None:
    """A wrong PIN: one try fewer; after the last, one an hour."""
    left = max(0, int(row["tries_left"]) - 1)
    until = to_text(tx.at + LOCKED) if left == 0 else None
    tx.execute(
        "UPDATE pin_verifiers SET tries_left = ?, locked_until = ? WHERE device_id = ?",
        [left, until, row["device_id"]],
    )
    tx.note("pin_verifiers", row["device_id"], "tries_left", left)


def matched(tx: Transaction, row: Row) -> None:
    """The right PIN gives all tries back."""
    if row["tries_left"] == MOST_TRIES and row["locked_until"] is None:
        return
    tx.execute(
        "UPDATE pin_verifiers SET tries_left = ?, locked_until = NULL WHERE device_id = ?",
        [MOST_TRIES, row["device_id"]],
    )
    tx.note("pin_verifiers", row["device_id"], "tries_left", MOST_TRIES)


def begin_reading(tx: Transaction, digest: str, device_id: str) -> datetime:
    """Open a short session in which this phone may read back; return when it ends."""
    end_reading(tx, device_id)
    ends = tx.at + READING
    row = {"id_digest": digest, "device_id": device_id, "created_at": tx.at_text,
           "expires_at": to_text(ends)}  # fmt: skip
    tx.insert("reading_sessions", row)
    tx.note("reading_sessions", digest, "device_id", device_id)
    return ends


def end_reading(tx: Transaction, device_id: str) -> None:
    """End whatever session of a phone is open."""
    tx.unaudited(
        "UPDATE reading_sessions SET ended_at = ? WHERE device_id = ? AND ended_at IS NULL",
        [tx.at_text, device_id],
    )


def reads(db: Database, digest: str, device_id: str, now: datetime) -> bool:
    """Whether this session lets this phone read back at this instant."""
    found = db.value(
        "SELECT 1 FROM reading_sessions WHERE id_digest = ? AND device_id = ?"
        " AND ended_at IS NULL AND expires_at > ?",
        [digest, device_id, to_text(now)],
    )
    return found is not None
