"""Who rates whom, from when to when: assigned and ended are facts; the latest word stands."""

from __future__ import annotations

from typing import Literal

from server.domain.people import Viewer
from server.ids import new_id
from server.store.database import Database, Row
from server.store.transaction import Transaction
from server.store.visibility import participants_seen


def of(db: Database, viewer: Viewer, participant_id: str) -> list[Row]:
    """Return who rates a participant now: `staff_id, name, since`, by name."""
    sql, params = participants_seen(viewer)
    return db.all(
        "SELECT f.staff_id, s.name, f.recorded_at AS since FROM rater_facts f"
        " JOIN staff s ON s.id = f.staff_id JOIN participants p ON p.id = f.participant_id"
        " WHERE f.participant_id = :participant AND f.state = 'assigned'"
        " AND f.seq = (SELECT MAX(l.seq) FROM rater_facts l"
        " WHERE l.participant_id = f.participant_id AND l.staff_id = f.staff_id)"
        f" AND {sql} ORDER BY s.name, s.id",
        {"participant": participant_id, **params},
    )


def rates(db: Database, staff_id: str, participant_id: str) -> bool:
    """Whether somebody rates this participant now."""
    state = db.value(
        "SELECT state FROM rater_facts WHERE staff_id = ? AND participant_id = ?"
        " ORDER BY seq DESC LIMIT 1",
        [staff_id, participant_id],
    )
    return bool(state == "assigned")


def candidates(db: Database, study_id: str) -> list[Row]:
    """Return `id, name` of everyone who may be assigned: raters of the study, not disabled."""
    return db.all(
        "SELECT DISTINCT s.id, s.name FROM staff s JOIN staff_roles r ON r.staff_id = s.id"
        " WHERE r.study_id = ? AND r.role = 'rater' AND r.revoked_at IS NULL"
        " AND s.disabled_at IS NULL ORDER BY s.name, s.id",
        [study_id],
    )


def record(
    tx: Transaction, participant_id: str, staff_id: str, state: Literal["assigned", "ended"]
) -> None:
    """Record that someone begins or ceases to rate a participant."""
    row = {
        "id": new_id(), "participant_id": participant_id, "staff_id": staff_id, "state": state,
        "recorded_at": tx.at_text, "recorded_by": str(tx.actor),
    }  # fmt: skip
    tx.add("rater_facts", row)
