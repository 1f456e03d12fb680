"""What somebody saw to before a study went live, with the day and what exactly they looked at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from server.ids import new_id
from server.store.database import Database, Row
from server.store.participant_facts import latest_fact
from server.store.transaction import Transaction

Kind = Literal["languages", "crisis numbers", "mail sent", "mail test", "recovery file"]


def record(tx: Transaction, study_id: str, kind: Kind, on: date, detail: Mapping[str, Any]) -> str:
    """Record one such fact and return its id; it stands until the next of its kind."""
    fact_id = new_id()
    row: Row = {
        "id": fact_id,
        "study_id": study_id,
        "kind": kind,
        "detail": json.dumps(detail, ensure_ascii=False, sort_keys=True),
        "on_day": on.isoformat(),
        "recorded_at": tx.at_text,
        "recorded_by": str(tx.actor),
    }
    tx.record("readiness_facts", row, fact_id)
    return fact_id


def latest(db: Database, study_id: str, kind: Kind) -> Row | None:
    """Return the last fact of a kind, `detail` as a mapping, with `recorded_name`; None for none."""
    row = db.one(
        "SELECT f.*, (SELECT s.name FROM staff s WHERE 'staff:' || s.id = f.recorded_by)"
        " AS recorded_name FROM readiness_facts f WHERE f.study_id = ? AND f.kind = ?"
        " ORDER BY f.seq DESC LIMIT 1",
        [study_id, kind],
    )
    return {**row, "detail": json.loads(row["detail"])} if row else None


def languages_read(db: Database, study_id: str) -> list[str]:
    """Return what a study's participants read who have not withdrawn, in alphabetical order."""
    rows = db.all(
        f"SELECT DISTINCT {latest_fact('language')} AS language FROM participants p"
        f" WHERE p.study_id = ? AND {latest_fact('status')} <> 'withdrawn' ORDER BY language",
        [study_id],
    )
    return [row["language"] for row in rows]
