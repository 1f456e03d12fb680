"""What this installation is: demo or live, its epoch, and how far a demo's clock is moved."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, cast

from server.ids import new_id
from server.store.database import Database
from server.store.transaction import Transaction

Mode = Literal["demo", "live"]


def get(db: Database, name: str) -> str | None:
    """Return a setting's value, None when it was never set."""
    value = db.value("SELECT value FROM settings WHERE name = ?", [name])
    return None if value is None else str(value)


def put(tx: Transaction, name: str, value: str) -> None:
    """Set a setting."""
    if get(tx.db, name) is None:
        tx.add("settings", {"name": name, "value": value}, key="name")
    else:
        tx.change("settings", name, {"value": value}, key="name")


def found(tx: Transaction, mode: Mode) -> None:
    """Declare once for ever what this database is: a demo can never become live.

    Raises:
        ValueError: it is something already.

    """
    if get(tx.db, "mode") is not None:
        message = f"this database is already {get(tx.db, 'mode')}; that never changes"
        raise ValueError(message)
    put(tx, "mode", mode)
    new_epoch(tx)


def mode(db: Database) -> Mode | None:
    """Return what was founded here, None for an empty database."""
    return cast("Mode | None", get(db, "mode"))


def epoch(db: Database) -> str:
    """Return the name of this database's life: a restore begins another, and phones offer again."""
    return get(db, "epoch") or ""


def new_epoch(tx: Transaction) -> str:
    """Begin another life: what phones hold and this database lacks will be offered again."""
    name = new_id()
    put(tx, "epoch", name)
    return name


def clock_shift(db: Database) -> timedelta:
    """Return how far the demo's clock is moved; never for a live database."""
    if mode(db) != "demo":
        return timedelta(0)
    return timedelta(seconds=int(get(db, "clock_shift_seconds") or 0))


def move_clock(tx: Transaction, by: timedelta) -> timedelta:
    """Move the demo's clock on (or back) and return the whole shift.

    Raises:
        ValueError: this is no demo; a live study's time is nobody's to move.

    """
    if mode(tx.db) != "demo":
        message = "only a demo's clock can be moved"
        raise ValueError(message)
    shift = clock_shift(tx.db) + by
    put(tx, "clock_shift_seconds", str(int(shift.total_seconds())))
    return shift
