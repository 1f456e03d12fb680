"""What an answer does to the assessment it belongs to: which response counts, who must not see it."""

from __future__ import annotations

import json

from server.store.database import Database, Row
from server.store.transaction import Transaction


def assessment(db: Database, assessment_id: str) -> Row | None:
    """Return an assessment with its study's protocol, whoever asks: for opening envelopes only."""
    return db.one(
        "SELECT a.*, s.protocol, s.protocol_version FROM assessments a"
        " JOIN studies s ON s.id = a.study_id WHERE a.id = ?",
        [assessment_id],
    )


def about_other(db: Database, row: Row, staff_id: str) -> Row | None:
    """Return the assessment that asks the same at the same point about this other person.

    Of a form that comes again and again it is the one nearest in time: who joined later has fewer.
    """
    sibling = db.value(
        "SELECT id FROM assessments WHERE participant_id = :participant_id"
        " AND definition = :definition AND course = :course AND visit_id IS :visit_id"
        " AND about_staff_id = :staff ORDER BY retired_at IS NOT NULL,"
        " ABS(julianday(opens_at) - julianday(:opens_at)) LIMIT 1",
        {**row, "staff": staff_id},
    )
    return None if sibling is None else assessment(db, sibling)


def withdrawn(db: Database, participant_id: str) -> bool:
    """Whether the last word on this participant's status is that they withdrew."""
    status = db.value(
        "SELECT value FROM participant_facts WHERE participant_id = ? AND kind = 'status'"
        " ORDER BY seq DESC LIMIT 1",
        [participant_id],
    )
    return bool(status == "withdrawn")


def study_of(db: Database, participant_id: str) -> str | None:
    """Return the id of a participant's study."""
    sql = "SELECT study_id FROM participants WHERE id = ?"
    found = db.value(sql, [participant_id])
    return None if found is None else str(found)


def studies(db: Database) -> list[str]:
    """Return the ids of all studies, for what nobody knows where it belongs."""
    return [row["id"] for row in db.all("SELECT id FROM studies ORDER BY code")]


def count(tx: Transaction, assessment_id: str, response_id: str | None) -> None:
    """Let this response count for the assessment, or none: then it waits for an answer again."""
    at = tx.at_text if response_id else None
    tx.change("assessments", assessment_id, {"response_id": response_id, "answered_at": at})


def hide_alike(tx: Transaction, one: Row, other: Row) -> None:
    """Hide both assessments from whomever either was hidden from; hiding only ever grows."""
    both = sorted({*json.loads(one["hidden_from"]), *json.loads(other["hidden_from"])})
    for row in (one, other):
        tx.change("assessments", row["id"], {"hidden_from": json.dumps(both)})
