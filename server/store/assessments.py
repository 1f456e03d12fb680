"""Assessments as reconcile stored them. Every reading asks who looks: hidden rows do not exist for them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from server.clock import to_text
from server.domain.people import Device, Viewer
from server.domain.timeline import PlannedAssessment
from server.errors import NotFoundError, said
from server.store.audit import WHOLE_ROW
from server.store.database import Database, Row
from server.store.transaction import Transaction
from server.store.visibility import assessments_seen

_ABOUT = (
    "(SELECT f.shown_name FROM facilitator_facts f WHERE f.staff_id = a.about_staff_id"
    " AND f.participant_id = a.participant_id AND f.state = 'assigned'"
    " ORDER BY f.seq DESC LIMIT 1) AS about_name"
)
_SELECT = f"SELECT a.*, {_ABOUT}, p.code FROM assessments a JOIN participants p ON p.id = a.participant_id"
_WAITING = "a.response_id IS NULL AND a.retired_at IS NULL"


def of(db: Database, viewer: Viewer, participant_id: str) -> list[Row]:
    """Return a participant's rows, retired ones too, by opening: all columns, `about_name`, `code`.

    `hidden_from` is a list; the state follows from `server.domain.assessment.state(row, now)`.
    """
    seen, params = assessments_seen(viewer)
    rows = db.all(
        f"{_SELECT} WHERE a.participant_id = :participant AND {seen}"
        " ORDER BY a.opens_at, a.position, a.id",
        {"participant": participant_id, **params},
    )
    return [_read(row) for row in rows]


def one(db: Database, viewer: Viewer, assessment_id: str) -> Row:
    """Return one row as in `of`; NotFoundError when it is not there or not for this viewer."""
    seen, params = assessments_seen(viewer)
    row = db.one(f"{_SELECT} WHERE a.id = :assessment AND {seen}",
                 {"assessment": assessment_id, **params})  # fmt: skip
    if row is None:
        raise NotFoundError(said("There is no such form for you."))
    return _read(row)


def due(db: Database, viewer: Viewer, now: datetime) -> list[Row]:
    """Return what is open and unanswered now, the first to close first."""
    return _windows(db, viewer, "a.closes_at > :now AND a.opens_at <= :now", "a.closes_at", now)


def missed(db: Database, viewer: Viewer, now: datetime, days: int = 30) -> list[Row]:
    """Return what closed unanswered within so many days, the latest first."""
    since = to_text(now - timedelta(days=days))
    return _windows(
        db, viewer, "a.closes_at <= :now AND a.closes_at > :since", "a.closes_at DESC", now,
        since=since,
    )  # fmt: skip


def open_or_soon(db: Database, device: Device, now: datetime, days: int = 90) -> list[Row]:
    """Return what a phone may answer now or within so many days: its private list, by opening.

    Answered and retired rows and those of the withdrawn (which are retired) are not in it.
    """
    rows = db.all(
        f"{_SELECT} WHERE a.participant_id = :participant AND {_WAITING}"
        " AND a.closes_at > :now AND a.opens_at <= :until ORDER BY a.opens_at, a.position, a.id",
        {
            "participant": device.participant_id,
            "now": to_text(now),
            "until": to_text(now + timedelta(days=days)),
        },
    )
    return [_read(row) for row in rows]


def siblings(db: Database, viewer: Viewer, assessment_id: str) -> list[Row]:
    """Return the rows of the same definition, course and visit about someone else."""
    mine = one(db, viewer, assessment_id)
    return [
        row
        for row in of(db, viewer, mine["participant_id"])
        if row["id"] != mine["id"]
        and all(row[name] == mine[name] for name in ("definition", "course", "visit_id"))
    ]


def waiting(db: Database, participant_id: str) -> list[Row]:
    """Return what the plan still holds and nobody has answered, for planning messages."""
    rows = db.all(
        f"SELECT a.* FROM assessments a WHERE a.participant_id = ? AND {_WAITING}"
        " ORDER BY a.opens_at, a.id",
        [participant_id],
    )
    return [_read(row) for row in rows]


def open_now(db: Database, participant_id: str, now: datetime) -> list[Row]:
    """Return what a participant can answer now, the first to close first."""
    rows = db.all(
        f"SELECT a.* FROM assessments a WHERE a.participant_id = :participant AND {_WAITING}"
        " AND a.opens_at <= :now AND a.closes_at > :now ORDER BY a.closes_at, a.id",
        {"participant": participant_id, "now": to_text(now)},
    )
    return [_read(row) for row in rows]


def stored(db: Database, participant_id: str) -> dict[str, Row]:
    """Return every bare row of a participant by id, for reconciling."""
    rows = db.all("SELECT * FROM assessments WHERE participant_id = ?", [participant_id])
    return {row["id"]: row for row in rows}


def as_row(planned: PlannedAssessment) -> Row:
    """Return a planned assessment's columns as they are stored."""
    return {
        "definition": planned.definition,
        "label": planned.label,
        "instrument": planned.instrument,
        "course": planned.course,
        "about_staff_id": planned.about,
        "visit_id": planned.visit_id,
        "anchor": planned.anchor,
        "anchor_on": planned.anchor_on.isoformat(),
        "opens_at": to_text(planned.opens_at),
        "target_at": to_text(planned.target_at),
        "closes_at": to_text(planned.closes_at),
        "hidden_from": json.dumps(list(planned.hidden_from)),
        "alliance": int(planned.alliance),
        "position": planned.position,
    }


def add(tx: Transaction, study_id: str, participant_id: str, planned: PlannedAssessment) -> None:
    """Store a newly planned assessment; one audit entry holds the whole row."""
    row = {
        "id": planned.id,
        "study_id": study_id,
        "participant_id": participant_id,
        **as_row(planned),
        "planned_at": tx.at_text,
    }
    tx.record("assessments", row, planned.id)


def change(tx: Transaction, old: Row, changes: Row) -> None:
    """Change a derived row; one audit entry holds the row before and after, whole."""
    sets = ", ".join(f"{name} = :{name}" for name in changes)
    tx.execute(
        f"UPDATE assessments SET {sets} WHERE id = :row_id",
        {**changes, "row_id": old["id"]},
    )
    tx.note("assessments", old["id"], WHOLE_ROW, {**old, **changes}, old)


def _windows(
    db: Database, viewer: Viewer, when: str, order: str, now: datetime, since: str = ""
) -> list[Row]:
    seen, params = assessments_seen(viewer)
    rows = db.all(
        f"{_SELECT} WHERE {when} AND {_WAITING} AND {seen} ORDER BY {order}, a.position, a.id",
        {"now": to_text(now), **({"since": since} if since else {}), **params},
    )
    return [_read(row) for row in rows]


def _read(row: Row) -> Row:
    return {**row, "hidden_from": json.loads(row["hidden_from"])}
