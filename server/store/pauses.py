"""Pauses of reminders that end by themselves: until which day, and who has one."""

from __future__ import annotations

from datetime import date

from server.store.database import Database, Row
from server.store.participant_facts import latest_fact
from server.store.transaction import Transaction


def begin(tx: Transaction, participant_id: str, day: date) -> None:
    """Let a pause that was just recorded end by itself; the next status, whosever, undoes this."""
    tx.change("participants", participant_id, {"paused_until": day.isoformat()})


def running(db: Database) -> list[Row]:
    """Return `id, paused_until, zone` of everybody whose pause ends by itself."""
    zone = latest_fact("zone")
    return db.all(
        f"SELECT p.id, p.paused_until, {zone} AS zone FROM participants p WHERE p.paused_until <> ''"
    )


def end(tx: Transaction, participant_id: str) -> None:
    """Forget the day on which a pause would have ended: another status stands now."""
    sql = "SELECT paused_until FROM participants WHERE id = ?"
    if tx.db.value(sql, [participant_id]):
        tx.change("participants", participant_id, {"paused_until": ""})
