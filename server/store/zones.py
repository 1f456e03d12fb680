"""Where somebody lives from which day on: their calendar days and clock times are read by it."""

from __future__ import annotations

from datetime import date

from server.domain.facts import ZoneFact
from server.store.database import Database


def of(db: Database, participant_id: str) -> tuple[ZoneFact, ...]:
    """Return a participant's zones in the order recorded."""
    rows = db.all(
        "SELECT value, from_on FROM participant_facts"
        " WHERE participant_id = ? AND kind = 'zone' ORDER BY seq",
        [participant_id],
    )
    return tuple(ZoneFact(row["value"], date.fromisoformat(row["from_on"])) for row in rows)
