"""Visits and the history of their dates: a visit keeps its id, every date it had is kept too."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import date, time

from server.domain.course import ordinals
from server.domain.facts import Visit, VisitStatus
from server.domain.people import Viewer
from server.errors import NotFoundError
from server.ids import new_id
from server.store.database import Database, Row
from server.store.transaction import Transaction
from server.store.visibility import assessments_seen, participants_seen

_STAND = """
SELECT v.id, v.kind, v.course, v.participant_id, v.group_visit_id, f.status, f.on_day, f.at_time, f.reason,
       f.recorded_at, f.recorded_by
FROM visits v JOIN visit_facts f ON f.seq =
    (SELECT MAX(l.seq) FROM visit_facts l WHERE l.visit_id = v.id)
"""
_BY_DAY = "ORDER BY f.on_day, f.at_time, v.id"


def current(db: Database, participant_id: str) -> list[Row]:
    """Return each visit as it stands now, by day: for planning, whoever looks."""
    sql = f"{_STAND} WHERE v.participant_id = :participant {_BY_DAY}"
    return db.all(sql, {"participant": participant_id})


def current_of_study(db: Database, study_id: str) -> dict[str, list[Row]]:
    """Return participant id → `current`, for everybody in a study who has a visit."""
    return _gathered(
        db.all(
            f"{_STAND} JOIN participants p ON p.id = v.participant_id"
            f" WHERE p.study_id = ? {_BY_DAY}",
            [study_id],
        )
    )


def current_of_these(db: Database, participant_ids: Collection[str]) -> dict[str, list[Row]]:
    """Return participant id → `current`, for these people."""
    sql = f"{_STAND} WHERE v.participant_id IN (SELECT j.value FROM json_each(:people) j) {_BY_DAY}"
    return _gathered(db.all(sql, {"people": json.dumps(sorted(participant_ids))}))


def _gathered(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["participant_id"], []).append(row)
    return found


def as_fact(row: Row) -> Visit:
    """Return a row of `current` as the plan reads it."""
    at = time.fromisoformat(row["at_time"]) if row["at_time"] else None
    on = date.fromisoformat(row["on_day"])
    return Visit(row["id"], row["kind"], on, row["status"], at, row["course"])


def of(db: Database, viewer: Viewer, participant_id: str) -> list[Row]:
    """Return each visit as it stands now, by day, with its label (`dosing-1`) and `history`.

    `label` is the bare kind for a visit that does not stand (cancelled, nobody came). `history` holds
    every `status, on_day, at_time, reason, recorded_at, recorded_by`, oldest first, the present one
    included.
    """
    sql, params = participants_seen(viewer)
    past = db.all(
        "SELECT f.visit_id, f.status, f.on_day, f.at_time, f.reason, f.recorded_at, f.recorded_by"
        " FROM visit_facts f JOIN visits v ON v.id = f.visit_id"
        " JOIN participants p ON p.id = v.participant_id"
        f" WHERE p.id = :participant AND {sql} ORDER BY f.seq",
        {"participant": participant_id, **params},
    )
    if not past:
        return []
    rows = current(db, participant_id)
    labels = ordinals(as_fact(row) for row in rows)
    return [
        {
            **row,
            "label": labels.get(row["id"], row["kind"]),
            "history": [fact for fact in past if fact["visit_id"] == row["id"]],
        }
        for row in rows
    ]


def one(db: Database, viewer: Viewer, visit_id: str) -> Row:
    """Return a visit as it stands now; NotFoundError when it is not there or not for this viewer."""
    participant_id = db.value("SELECT participant_id FROM visits WHERE id = ?", [visit_id])
    for row in of(db, viewer, str(participant_id)):
        if row["id"] == visit_id:
            return row
    raise NotFoundError("There is no such visit.")


def moved_since_answer(db: Database, viewer: Viewer, participant_id: str) -> dict[str, Row]:
    """Return response id → `anchor, anchor_on, on_day, status` where its visit has another day now.

    An answer keeps the day that its form was counted from when it was given; `on_day` and `status` are
    the visit's as it stands (a visit that does not stand counts as another day).
    """
    seen, params = assessments_seen(viewer)
    rows = db.all(
        "SELECT r.id, r.anchor, r.anchor_on, f.on_day, f.status"
        " FROM responses r JOIN assessments a ON a.id = r.assessment_id"
        " JOIN visit_facts f ON f.seq ="
        " (SELECT MAX(l.seq) FROM visit_facts l WHERE l.visit_id = a.visit_id)"
        " WHERE r.participant_id = :participant AND a.response_id = r.id"
        " AND r.anchor NOT LIKE 'completion of %'"
        " AND (f.on_day <> r.anchor_on OR f.status IN ('cancelled', 'no-show'))"
        f" AND {seen}",
        {"participant": participant_id, **params},
    )
    return {row.pop("id"): row for row in rows}


def add(
    tx: Transaction,
    participant_id: str,
    kind: str,
    course: int = 1,
    group_visit_id: str | None = None,
) -> str:
    """Add a visit and return its id; its first date follows with `record`.

    `group_visit_id`: the date of a group that it is this participant's copy of.
    """
    visit_id = new_id()
    row = {"id": visit_id, "participant_id": participant_id, "kind": kind, "course": course,
           "group_visit_id": group_visit_id, "created_at": tx.at_text}  # fmt: skip
    tx.add("visits", row)
    return visit_id


def record(
    tx: Transaction,
    visit_id: str,
    status: VisitStatus,
    on: date,
    at: time | None,
    reason: str = "",
) -> None:
    """Record what stands from now on: planned, held, cancelled or that nobody came, and when."""
    tx.add(
        "visit_facts",
        {
            "id": new_id(),
            "visit_id": visit_id,
            "status": status,
            "on_day": on.isoformat(),
            "at_time": at.strftime("%H:%M") if at else None,
            "reason": reason,
            "recorded_at": tx.at_text,
            "recorded_by": str(tx.actor),
        },
    )
