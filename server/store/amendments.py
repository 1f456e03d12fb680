"""Amendments: which version of a protocol was put in force in a study, when, and for whom."""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.amendment import Scope
from server.domain.people import Viewer
from server.ids import new_id
from server.store.database import Database, Row
from server.store.participant_facts import latest_fact
from server.store.transaction import Transaction
from server.store.visibility import participants_seen


@dataclass(frozen=True)
class Amendment:
    """One version put in force. `before_visit` (like dosing-1) belongs to the scope `before`."""

    protocol: str
    from_version: str
    to_version: str
    scope: Scope
    before_visit: str = ""
    reason: str = ""


def add(tx: Transaction, study_id: str, amendment: Amendment) -> str:
    """Record an amendment and return its id."""
    amendment_id = new_id()
    row: Row = {
        "id": amendment_id,
        "study_id": study_id,
        **vars(amendment),
        "recorded_at": tx.at_text,
        "recorded_by": str(tx.actor),
    }
    tx.record("amendments", row, amendment_id)
    return amendment_id


def of(db: Database, study_id: str) -> list[Row]:
    """Return a study's amendments, the latest first, each with `recorded_name`."""
    return db.all(
        "SELECT a.*, (SELECT s.name FROM staff s WHERE 'staff:' || s.id = a.recorded_by)"
        " AS recorded_name FROM amendments a WHERE a.study_id = ?"
        " ORDER BY a.recorded_at DESC, a.rowid DESC",
        [study_id],
    )


def followers(db: Database, study_id: str) -> list[Row]:
    """Return everybody in a study by code: `id, code, enrolled_on, status, arm` and `version`.

    `version` is the one that a participant is pinned to, None for whoever follows the study's.
    """
    return db.all(
        f"SELECT p.id, p.code, p.enrolled_on, {latest_fact('status')} AS status, {latest_fact('arm')} AS arm,"
        f" {latest_fact('protocol')} AS version"
        " FROM participants p WHERE p.study_id = ? ORDER BY p.code",
        [study_id],
    )


def versions_in_force(db: Database, study_id: str) -> dict[str, int]:
    """Return version → how many participants follow it who have not withdrawn, the study's included."""
    rows = db.all(
        "SELECT COALESCE(f.version, s.protocol_version) AS version, COUNT(*) AS people FROM ("
        f"  SELECT p.study_id, {latest_fact('protocol')} AS version, {latest_fact('status')} AS status"
        "   FROM participants p WHERE p.study_id = :study) f"
        " JOIN studies s ON s.id = f.study_id WHERE f.status <> 'withdrawn' GROUP BY 1",
        {"study": study_id},
    )
    own = db.value("SELECT protocol_version FROM studies WHERE id = ?", [study_id])
    return {str(own): 0, **{row["version"]: row["people"] for row in rows}}


def versions_followed(db: Database, viewer: Viewer, participant_id: str) -> list[Row]:
    """Return which version a participant was put on when, oldest first: `version, from_on, reason`,
    `recorded_at` and `recorded_name`. Empty while nothing was amended.
    """
    sql, params = participants_seen(viewer)
    return db.all(
        "SELECT f.value AS version, f.from_on, f.reason, f.recorded_at,"
        " (SELECT s.name FROM staff s WHERE 'staff:' || s.id = f.recorded_by) AS recorded_name"
        " FROM participant_facts f JOIN participants p ON p.id = f.participant_id"
        f" WHERE p.id = :participant AND f.kind = 'protocol' AND {sql} ORDER BY f.seq",
        {"participant": participant_id, **params},
    )
