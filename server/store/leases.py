"""Which worker does the periodic work now, and when it was last heard of.

Kept by the machine's own clock, even where a demo's clock is moved. Not audited: a heartbeat says
nothing about a person's record.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from server.clock import from_text, to_text
from server.store.database import Database
from server.store.transaction import Transaction

WORKER = "worker"


def take(tx: Transaction, name: str, holder: str, until: datetime) -> bool:
    """Take or renew a lease; False while another holder's still runs. Renewing is the heartbeat.

    `tx.at` must be the machine's own time.
    """
    return bool(
        tx.unaudited(
            "INSERT INTO leases (name, holder, until, beat_at)"
            " VALUES (:name, :holder, :until, :now)"
            " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until,"
            " beat_at = excluded.beat_at"
            " WHERE leases.holder = excluded.holder OR leases.until <= :now",
            {"name": name, "holder": holder, "until": to_text(until), "now": tx.at_text},
        )
    )


def release(tx: Transaction, name: str, holder: str) -> None:
    """Let go at a clean stop, so that the next worker need not wait."""
    tx.unaudited(
        "UPDATE leases SET until = :now WHERE name = :name AND holder = :holder",
        {"name": name, "holder": holder, "now": tx.at_text},
    )


def last_beat(db: Database, name: str = WORKER) -> str | None:
    """Return when a holder was last heard of, by the machine's clock; None: never."""
    beat_at = db.value("SELECT beat_at FROM leases WHERE name = ?", [name])
    return None if beat_at is None else str(beat_at)


def beat_age(db: Database, name: str, now: datetime) -> timedelta | None:
    """Return how long ago a holder was last heard of, by the machine's clock; None: never."""
    beat_at = last_beat(db, name)
    return None if beat_at is None else now - from_text(beat_at)
