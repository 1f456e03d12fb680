"""The sweep that keeps the index of open assessments small: what closed unanswered is put aside."""

from __future__ import annotations

from datetime import datetime

from server.clock import to_text
from server.store.assessments import WAITING
from server.store.database import Database
from server.store.transaction import Transaction
from server.store.visibility import Clause


def put_aside(tx: Transaction, most: int) -> int:
    """Put aside up to so many that have closed unanswered; take back what a clock that stepped back had
    put aside too early. Return how many rows changed.

    Not audited: it says nothing that the row's dates do not say, it only keeps an index small.
    """
    sql = "UPDATE assessments SET lapsed_at = NULL WHERE lapsed_at > ?"
    back = tx.unaudited(sql, [tx.at_text])
    wanted, params = query(tx.at, most)
    sql = f"UPDATE assessments SET lapsed_at = :now WHERE id IN ({wanted})"
    return back + tx.unaudited(sql, params)


def query(now: datetime, most: int) -> Clause:
    """Return the query of what closed unanswered and is not put aside yet, the first to close first."""
    sql = (
        f"SELECT a.id FROM assessments a WHERE a.closes_at <= :now AND {WAITING}"
        " AND a.lapsed_at IS NULL ORDER BY a.closes_at LIMIT :most"
    )
    return sql, {"now": to_text(now), "most": most}


def any_due(db: Database, now: datetime) -> bool:
    """Whether the sweep has anything to do: asked first, so that an idle worker writes nothing."""
    if db.value(*query(now, 1)) is not None:
        return True
    sql = "SELECT 1 FROM assessments WHERE lapsed_at > ? LIMIT 1"
    return db.value(sql, [to_text(now)]) is not None
