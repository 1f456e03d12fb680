"""Approvals of a protocol's versions: who approved which file for which study. Only ever added to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from server.ids import new_id
from server.store.database import Database, Row
from server.store.transaction import Transaction


@dataclass(frozen=True)
class Approval:
    """What a named person or committee decided, on which day, under which number."""

    protocol: str
    version: str
    digest: str
    approved_by: str
    approved_on: date
    reference: str = ""


def add(tx: Transaction, study_id: str, approval: Approval) -> str:
    """Record an approval and return its id."""
    approval_id = new_id()
    row: Row = {
        "id": approval_id,
        "study_id": study_id,
        **vars(approval),
        "approved_on": approval.approved_on.isoformat(),
        "recorded_at": tx.at_text,
        "recorded_by": str(tx.actor),
    }
    tx.record("protocol_approvals", row, approval_id)
    return approval_id


def of(db: Database, study_id: str, protocol: str) -> list[Row]:
    """Return a study's approvals of a protocol's versions, the latest first, void ones too."""
    return db.all(
        "SELECT a.*, (SELECT s.name FROM staff s WHERE 'staff:' || s.id = a.recorded_by)"
        " AS recorded_name FROM protocol_approvals a"
        " WHERE a.study_id = ? AND a.protocol = ? ORDER BY a.recorded_at DESC, a.rowid DESC",
        [study_id, protocol],
    )


def standing(db: Database, study_id: str, protocol: str, version: str, digest: str) -> Row | None:
    """Return the approval of exactly this file; None when there is none, or the file has changed since."""
    for row in of(db, study_id, protocol):
        if digest and (row["version"], row["digest"]) == (version, digest):
            return row
    return None
