"""Half-finished answers of the page without JavaScript; they vanish when the response is opened."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from server.domain.people import Device
from server.errors import NotFoundError
from server.store.database import Database, Row
from server.store.transaction import Transaction


def one(db: Database, device: Device, assessment_id: str) -> Row | None:
    """Return this participant's draft of an assessment with `answers` as a dict; None without one."""
    row = db.one(
        "SELECT d.* FROM drafts d JOIN assessments a ON a.id = d.assessment_id"
        " WHERE d.assessment_id = ? AND a.participant_id = ?",
        [assessment_id, device.participant_id],
    )
    return {**row, "answers": json.loads(row["answers"])} if row else None


def begun(db: Database, device: Device) -> bool:
    """Whether this participant saved anything for later that was not sent since."""
    found = db.value(
        "SELECT 1 FROM drafts d JOIN assessments a ON a.id = d.assessment_id"
        " WHERE a.participant_id = ? AND a.response_id IS NULL LIMIT 1",
        [device.participant_id],
    )
    return found is not None


def save(
    tx: Transaction,
    device: Device,
    assessment_id: str,
    response_id: str,
    answers: Mapping[str, Any],
) -> None:
    """Keep a draft, or what it has become. The trail learns that it was saved, not what it says.

    Raises:
        NotFoundError: this participant has no such assessment.

    """
    owner = tx.db.value("SELECT participant_id FROM assessments WHERE id = ?", [assessment_id])
    if owner != device.participant_id:
        message = "This form is not yours."
        raise NotFoundError(message)
    tx.execute(
        "INSERT INTO drafts (assessment_id, response_id, began_at, saved_at, answers)"
        " VALUES (:assessment, :response, :at, :at, :answers)"
        " ON CONFLICT (assessment_id) DO UPDATE"
        " SET saved_at = excluded.saved_at, answers = excluded.answers",
        {
            "assessment": assessment_id,
            "response": response_id,
            "at": tx.at_text,
            "answers": json.dumps(answers, ensure_ascii=False, allow_nan=False),
        },
    )
    tx.note("drafts", assessment_id, "saved_at", tx.at_text)


def drop(tx: Transaction, assessment_id: str, response_id: str | None = None) -> None:
    """Forget the draft of an assessment, if there is one (and if it became this response)."""
    gone = tx.execute(
        "DELETE FROM drafts WHERE assessment_id = :assessment"
        " AND (:response IS NULL OR response_id = :response)",
        {"assessment": assessment_id, "response": response_id},
    )
    if gone:
        tx.note("drafts", assessment_id, "dropped", tx.at_text)
