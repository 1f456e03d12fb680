"""What is said of an assessment beside its answer: begun, excused, answered on paper. Facts, appended."""

from __future__ import annotations

from datetime import date
from typing import Literal

from server.domain.people import Viewer
from server.ids import new_id
from server.store.database import Database, Row
from server.store.transaction import Transaction
from server.store.visibility import assessments_seen

Kind = Literal["begun", "excused", "excuse withdrawn", "on paper", "paper withdrawn"]


def _latest(column: str) -> str:
    return (
        f"(SELECT f.{column} FROM assessment_facts f WHERE f.assessment_id = a.id"
        " AND f.kind <> 'begun' ORDER BY f.seq DESC LIMIT 1)"
    )


# What a row of `assessments a` needs for its state, with ANSWER joined to it.
TOLD = (
    f"{_latest('kind')} AS became, {_latest('reason')} AS became_reason,"
    f" {_latest('on_day')} AS became_on,"
    " (EXISTS (SELECT 1 FROM drafts d WHERE d.assessment_id = a.id)"
    " OR EXISTS (SELECT 1 FROM assessment_facts b WHERE b.assessment_id = a.id"
    " AND b.kind = 'begun')) AS begun,"
    " r.late AS answered_late, r.source, r.entered_by,"
    " COALESCE((SELECT e.name FROM staff e WHERE e.id = r.entered_by), '') AS entered_by_name,"
    " (r.unscheduled = 1 AND a.opens_at > CASE WHEN r.clock_doubtful = 1 THEN r.received_at"
    " ELSE COALESCE(r.finished_at, r.received_at) END) AS answered_early"
)
ANSWER = "LEFT JOIN responses r ON r.id = a.response_id"
# Neither excused nor answered on paper: somebody is still asked.
ASKED = f"COALESCE({_latest('kind')}, '') NOT IN ('excused', 'on paper')"


def record(tx: Transaction, assessment_id: str, kind: Kind, on: date, reason: str = "") -> None:
    """Say what became of an assessment; it stands until the next is said."""
    row = {
        "id": new_id(), "assessment_id": assessment_id, "kind": kind, "reason": reason,
        "on_day": on.isoformat(), "recorded_at": tx.at_text, "recorded_by": str(tx.actor),
    }  # fmt: skip
    tx.record("assessment_facts", row, str(row["id"]))


def begun(db: Database, assessment_id: str) -> bool:
    """Whether a phone told that somebody had begun to answer."""
    sql = "SELECT 1 FROM assessment_facts WHERE assessment_id = ? AND kind = 'begun'"
    return db.value(sql, [assessment_id]) is not None


def of(db: Database, viewer: Viewer, assessment_id: str) -> list[Row]:
    """Return all that was said of an assessment, oldest first, with the `name` of who said it."""
    clause, params = assessments_seen(viewer)
    return db.all(
        "SELECT f.kind, f.reason, f.on_day, f.recorded_at, f.recorded_by,"
        " COALESCE((SELECT s.name FROM staff s WHERE 'staff:' || s.id = f.recorded_by), '') AS name"
        " FROM assessment_facts f JOIN assessments a ON a.id = f.assessment_id"
        f" WHERE f.assessment_id = :assessment AND {clause} ORDER BY f.seq",
        {"assessment": assessment_id, **params},
    )
