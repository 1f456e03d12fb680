"""The phones and browsers that participants bound: who holds a credential, and its three ticks."""

from __future__ import annotations

from server.domain.people import Device, Viewer
from server.store.database import Database, Row
from server.store.transaction import Transaction
from server.store.visibility import participants_seen, unrated


def by_credential(db: Database, digest: str) -> Device | None:
    """Return the bound, unrevoked phone of this credential's digest."""
    row = db.one(
        "SELECT id, participant_id FROM devices WHERE credential_digest = ? AND revoked_at IS NULL",
        [digest],
    )
    return Device(row["id"], row["participant_id"]) if row else None


def known(db: Database, digest: str) -> Device | None:
    """Return the phone of this credential even if it was revoked.

    Only for taking in envelopes: what a revoked phone sends is kept, and opening it finds out.
    """
    row = db.one("SELECT id, participant_id FROM devices WHERE credential_digest = ?", [digest])
    return Device(row["id"], row["participant_id"]) if row else None


def one(db: Database, device_id: str) -> Row | None:
    """Return a phone's row, revoked or not; None when there is no such phone."""
    return db.one("SELECT * FROM devices WHERE id = ?", [device_id])


def of(db: Database, viewer: Viewer, participant_id: str) -> list[Row]:
    """Return a participant's phones without their credentials, newest first.

    `seen_at` is empty, and `seen_known` 0, for whoever could tell from it that a form was answered.
    """
    sql, params = participants_seen(viewer)
    traced, more = unrated(viewer, "p.id")
    return db.all(
        f"SELECT d.id, d.agent, d.bound_at, CASE WHEN {traced} THEN d.seen_at END AS seen_at,"
        f" ({traced}) AS seen_known, d.practised_at, d.reminder_confirmed_at, d.revoked_at"
        " FROM devices d JOIN participants p ON p.id = d.participant_id"
        f" WHERE d.participant_id = :participant AND {sql} ORDER BY d.bound_at DESC",
        {"participant": participant_id, **params, **more},
    )


def bound(db: Database, participant_id: str) -> list[str]:
    """Return the ids of a participant's phones that are not revoked."""
    sql = "SELECT id FROM devices WHERE participant_id = ? AND revoked_at IS NULL"
    return [row["id"] for row in db.all(sql, [participant_id])]


def add(tx: Transaction, row: Row) -> None:
    """Bind a phone: `id, participant_id, credential_digest, locator, agent`."""
    tx.add("devices", {**row, "bound_at": tx.at_text, "seen_at": tx.at_text})


def practised(tx: Transaction, device_id: str) -> None:
    """Tick 2: a practice form arrived from this phone. Only the first time counts."""
    _tick(tx, device_id, "practised_at")


def reminder_confirmed(tx: Transaction, device_id: str) -> None:
    """Tick 3: the test reminder was seen on this phone. Only the first time counts."""
    _tick(tx, device_id, "reminder_confirmed_at")


def seen(tx: Transaction, device_id: str) -> None:
    """The phone was in touch just now."""
    tx.unaudited("UPDATE devices SET seen_at = ? WHERE id = ?", [tx.at_text, device_id])


def told(tx: Transaction, device_id: str, sealed: int, waiting: int) -> None:
    """The phone said how many envelopes it ever sealed, and how many have no receipt yet."""
    tx.unaudited(
        "UPDATE devices SET told_sealed = ?, told_waiting = ?, told_at = ? WHERE id = ?",
        [sealed, waiting, tx.at_text, device_id],
    )


def revoke(tx: Transaction, device_id: str) -> None:
    """Its credential opens nothing any more; what it still sends is kept apart."""
    tx.change("devices", device_id, {"revoked_at": tx.at_text})


def _tick(tx: Transaction, device_id: str, column: str) -> None:
    row = one(tx.db, device_id)
    if row is not None and row[column] is None:
        tx.change("devices", device_id, {column: tx.at_text})
