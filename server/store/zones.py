"""Where somebody lives from which day on: their calendar days and clock times are read by it."""

from __future__ import annotations

from datetime import date

from server.domain.facts import ZoneFact
from server.store.database import Database, Row


def of(db: Database, participant_id: str) -> tuple[ZoneFact, ...]:
    """Return a participant's zones in the order recorded."""
    rows = db.all(
        "SELECT value, from_on FROM participant_facts"
        " WHERE participant_id = ? AND kind = 'zone' ORDER BY seq",
        [participant_id],
    )
    return tuple(_fact(row) for row in rows)


def of_study(db: Database, study_id: str) -> dict[str, list[ZoneFact]]:
    """Return participant id → zones in the order recorded, for everybody in a study."""
    found: dict[str, list[ZoneFact]] = {}
    for row in db.all(
        "SELECT f.participant_id, f.value, f.from_on FROM participants p"
        " JOIN participant_facts f ON f.participant_id = p.id AND f.kind = 'zone'"
        " WHERE p.study_id = ? ORDER BY f.seq",
        [study_id],
    ):
        found.setdefault(row["participant_id"], []).append(_fact(row))
    return found


def _fact(row: Row) -> ZoneFact:
    return ZoneFact(row["value"], date.fromisoformat(row["from_on"]))
