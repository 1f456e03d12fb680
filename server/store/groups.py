"""Groups that go through a programme on the same dates: who is in them, and each date with its history.

A date of a group is copied to each member as a visit of their own, which may then be moved, held or
missed by itself; a copy that still says what the group's date says moves along with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time

from server.domain.facts import VisitStatus
from server.domain.people import Viewer
from server.errors import NotFoundError
from server.ids import new_id
from server.store.database import Database, Row
from server.store.transaction import Transaction
from server.store.visibility import participants_seen

_IN = (
    "(SELECT f.value FROM participant_facts f WHERE f.participant_id = p.id AND f.kind = 'group'"
    " ORDER BY f.seq DESC LIMIT 1)"
)
_DATES = """
SELECT v.id, v.group_id, v.kind, v.course, f.status, f.on_day, f.at_time, f.reason
FROM group_visits v JOIN group_visit_facts f ON f.seq =
    (SELECT MAX(l.seq) FROM group_visit_facts l WHERE l.group_visit_id = v.id)
"""


def of(db: Database, study_id: str) -> list[Row]:
    """Return a study's groups by label: `id, label, created_at` and `member_count`."""
    return db.all(
        "SELECT g.id, g.label, g.created_at, (SELECT COUNT(*) FROM participants p"
        f" WHERE p.study_id = g.study_id AND {_IN} = g.id) AS member_count"
        " FROM groups g WHERE g.study_id = ? ORDER BY g.label, g.id",
        [study_id],
    )


def labels(db: Database, study_id: str) -> dict[str, str]:
    """Return group id → what it is called."""
    rows = db.all("SELECT id, label FROM groups WHERE study_id = ?", [study_id])
    return {row["id"]: row["label"] for row in rows}


def one(db: Database, study_id: str, group_id: str) -> Row:
    """Return `id, study_id, label, created_at`; NotFoundError when the study has no such group."""
    sql = "SELECT * FROM groups WHERE id = ? AND study_id = ?"
    row = db.one(sql, [group_id, study_id])
    if row is None:
        raise NotFoundError("There is no such group.")
    return row


def label_taken(db: Database, study_id: str, label: str) -> bool:
    """Whether a group of the study is called this already, in small or capital letters."""
    return db.value(
        "SELECT 1 FROM groups WHERE study_id = ? AND lower(label) = lower(?)", [study_id, label]
    ) is not None  # fmt: skip


def members(db: Database, viewer: Viewer, group_id: str) -> list[Row]:
    """Return who is in a group now, as far as the viewer may see them: `id, code, status`, by code."""
    sql, params = participants_seen(viewer)
    return db.all(
        "SELECT p.id, p.code, (SELECT s.value FROM participant_facts s WHERE s.participant_id = p.id"
        " AND s.kind = 'status' ORDER BY s.seq DESC LIMIT 1) AS status FROM participants p"
        f" WHERE {_IN} = :group AND {sql} ORDER BY p.code",
        {"group": group_id, **params},
    )


def dates(db: Database, group_id: str) -> list[Row]:
    """Return a group's dates as they stand, by day: `id, kind, course, status, on_day, at_time, reason`."""
    return db.all(f"{_DATES} WHERE v.group_id = ? ORDER BY f.on_day, f.at_time, v.id", [group_id])


def dates_of_study(db: Database, study_id: str) -> dict[str, list[Row]]:
    """Return group id → `dates`, each with the group's `label`, for every group of a study that has any."""
    sql = _DATES.replace("SELECT v.id,", "SELECT g.label, v.id,")
    found: dict[str, list[Row]] = {}
    for row in db.all(
        f"{sql} JOIN groups g ON g.id = v.group_id WHERE g.study_id = ?"
        " ORDER BY f.on_day, f.at_time, v.id",
        [study_id],
    ):
        found.setdefault(row["group_id"], []).append(row)
    return found


def date_of(db: Database, group_visit_id: str) -> Row:
    """Return one date as in `dates`, with its `group_id`; NotFoundError when there is none."""
    row = db.one(f"{_DATES} WHERE v.id = ?", [group_visit_id])
    if row is None:
        raise NotFoundError("There is no such date of a group.")
    return row


def history(db: Database, group_id: str) -> dict[str, list[Row]]:
    """Return date id → everything that was recorded of it, oldest first."""
    found: dict[str, list[Row]] = {}
    for row in db.all(
        "SELECT f.group_visit_id, f.status, f.on_day, f.at_time, f.reason, f.recorded_at, f.recorded_by"
        " FROM group_visit_facts f JOIN group_visits v ON v.id = f.group_visit_id"
        " WHERE v.group_id = ? ORDER BY f.seq",
        [group_id],
    ):
        found.setdefault(row.pop("group_visit_id"), []).append(row)
    return found


def copies(db: Database, group_visit_id: str) -> list[Row]:
    """Return every copy of a date as it stands: `id, participant_id, status, on_day, at_time`."""
    return db.all(
        "SELECT v.id, v.participant_id, f.status, f.on_day, f.at_time FROM visits v"
        " JOIN visit_facts f ON f.seq ="
        " (SELECT MAX(l.seq) FROM visit_facts l WHERE l.visit_id = v.id)"
        " WHERE v.group_visit_id = ? ORDER BY v.id",
        [group_visit_id],
    )


def copy_of(db: Database, group_visit_id: str, participant_id: str) -> str | None:
    """Return the visit that is this participant's copy of a date; None when they have none."""
    sql = "SELECT id FROM visits WHERE group_visit_id = ? AND participant_id = ?"
    found = db.value(sql, [group_visit_id, participant_id])
    return None if found is None else str(found)


def follows(copy: Mapping[str, str | None], shared: Mapping[str, str | None]) -> bool:
    """Whether a participant's copy still says what the group's date says: no deviation of their own."""
    return all(copy[name] == shared[name] for name in ("status", "on_day", "at_time"))


def add(tx: Transaction, study_id: str, label: str) -> str:
    """Add a group and return its id."""
    group_id = new_id()
    row = {"id": group_id, "study_id": study_id, "label": label, "created_at": tx.at_text}
    tx.add("groups", row)
    return group_id


def add_date(tx: Transaction, group_id: str, kind: str, course: int = 1) -> str:
    """Add a date to a group and return its id; when it is follows with `record`."""
    group_visit_id = new_id()
    row = {"id": group_visit_id, "group_id": group_id, "kind": kind, "course": course,
           "created_at": tx.at_text}  # fmt: skip
    tx.add("group_visits", row)
    return group_visit_id


def record(
    tx: Transaction,
    group_visit_id: str,
    status: VisitStatus,
    on: date,
    at: time | None,
    reason: str = "",
) -> None:
    """Record what stands of a group's date from now on: planned, held or cancelled, and when."""
    tx.add(
        "group_visit_facts",
        {
            "id": new_id(),
            "group_visit_id": group_visit_id,
            "status": status,
            "on_day": on.isoformat(),
            "at_time": at.strftime("%H:%M") if at else None,
            "reason": reason,
            "recorded_at": tx.at_text,
            "recorded_by": str(tx.actor),
        },
    )
