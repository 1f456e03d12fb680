"""Responses with their answers and scores: only ever added; a correction stands in for an earlier one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from server.domain.answers import Answers
from server.domain.people import Viewer
from server.store import scorings
from server.store.database import Database, Row
from server.store.scorings import COUNTS
from server.store.transaction import Transaction
from server.store.visibility import responses_seen

_ITEMS = "SELECT item, position, state, code, reason FROM answers"
_ENTERED_BY = (
    "COALESCE((SELECT e.name FROM staff e WHERE e.id = r.entered_by), '') AS entered_by_name"
)
# A response that was corrected no longer counts, but stays.
_STANDS = "NOT EXISTS (SELECT 1 FROM responses c WHERE c.corrects = r.id)"


def add(tx: Transaction, row: Row, items: Mapping[str, int], answers: Answers) -> None:
    """Add a response and its answers, one audit entry each. `items` gives each item's position.

    An answer without a value that is yet answered lies sealed elsewhere (see `store.events`).
    """
    tx.record("responses", row, row["id"])
    given = {f"{row['id']}/{item}": (item, place, answers[item]) for item, place in items.items()}
    tx.record_all("answers", {
        row_id: {
            "response_id": row["id"], "item": item, "position": position, "state": answer.state,
            "code": None if answer.value is None else _code(answer.value),
            "reason": answer.reason,
        }
        for row_id, (item, position, answer) in given.items()
    })  # fmt: skip


def exists(db: Database, response_id: str) -> bool:
    """Whether there is a response of this id."""
    return db.value("SELECT 1 FROM responses WHERE id = ?", [response_id]) is not None


def of(db: Database, viewer: Viewer, participant_id: str) -> list[Row]:
    """Return a participant's responses that stand, oldest first, with their assessment's labels."""
    clause, params = responses_seen(viewer)
    return db.all(
        f"SELECT r.*, {_ENTERED_BY}, a.definition, a.label, a.course, a.visit_id, a.target_at,"
        " a.closes_at, a.retired_at FROM responses r JOIN assessments a ON a.id = r.assessment_id"
        f" WHERE r.participant_id = :participant AND {_STANDS} AND {clause}"
        " ORDER BY COALESCE(r.finished_at, r.received_at), r.id",
        {"participant": participant_id, **params},
    )


def one(db: Database, viewer: Viewer, response_id: str) -> Row | None:
    """Return a response (even one that was corrected), None when it is not for this viewer."""
    clause, params = responses_seen(viewer)
    return db.one(
        f"SELECT r.*, {_ENTERED_BY}, a.definition, a.label, a.course FROM responses r"
        f" JOIN assessments a ON a.id = r.assessment_id WHERE r.id = :response AND {clause}",
        {"response": response_id, **params},
    )


def answers(db: Database, viewer: Viewer, response_id: str) -> list[Row]:
    """Return a response's answers in the form's order: `item, position, state, value, reason`."""
    clause, params = responses_seen(viewer)
    rows = db.all(
        "SELECT w.item, w.position, w.state, w.code, w.reason FROM answers w"
        " JOIN responses r ON r.id = w.response_id JOIN assessments a ON a.id = r.assessment_id"
        f" WHERE w.response_id = :response AND {clause} ORDER BY w.position",
        {"response": response_id, **params},
    )
    return [{**row, "value": _value(row["code"])} for row in rows]


def scores(db: Database, viewer: Viewer, participant_id: str) -> list[Row]:
    """Return the scores that count of a participant's standing responses, oldest answers first."""
    clause, params = responses_seen(viewer)
    return db.all(
        "SELECT s.*, r.instrument, r.instrument_version, r.about_staff_id, r.assessment_id,"
        " r.anchor, r.anchor_on, r.finished_at, r.received_at, r.late, r.unscheduled,"
        " a.definition, a.label, a.course, a.visit_id, a.target_at, a.alliance FROM scores s"
        " JOIN responses r ON r.id = s.response_id JOIN assessments a ON a.id = r.assessment_id"
        f" WHERE r.participant_id = :participant AND {_STANDS} AND {COUNTS} AND {clause}"
        " ORDER BY COALESCE(r.finished_at, r.received_at), r.id, s.score",
        {"participant": participant_id, **params},
    )


def earlier_scores(db: Database, viewer: Viewer, response_id: str) -> list[Row]:
    """Return what a response came to by scorings that count no more, oldest first."""
    clause, params = responses_seen(viewer)
    return db.all(
        "SELECT s.score, s.value, s.scoring_version, s.scored_at, r.instrument, r.instrument_version"
        " FROM scores s JOIN responses r ON r.id = s.response_id"
        " JOIN assessments a ON a.id = r.assessment_id"
        f" WHERE s.response_id = :response AND NOT ({COUNTS}) AND {clause}"
        " ORDER BY s.scored_at, s.scoring_version, s.rowid",
        {"response": response_id, **params},
    )


def export(db: Database, viewer: Viewer) -> list[Row]:
    """Return one row per answer and per score of all that stands: the study code, never a name.

    `what` is `answer` or `score`; `name` the item's or score's id; `value` its value, `state` why
    there is none, `reason` why it was not done.
    """
    clause, params = responses_seen(viewer)
    head = (
        "p.code AS participant, r.id AS response, r.instrument, r.instrument_version, r.wording,"
        " r.language, a.definition, a.course, r.anchor, r.anchor_on, r.about_staff_id,"
        " a.opens_at, a.target_at, a.closes_at, r.began_at, r.finished_at, r.device_zone,"
        " r.elapsed_ms, r.received_at, r.late, r.unscheduled, r.clock_doubtful, r.source,"
        f" r.entered_by, {_ENTERED_BY}"
    )
    tail = (
        " JOIN assessments a ON a.id = r.assessment_id JOIN participants p ON p.id = a.participant_id"
        f" WHERE {_STANDS} AND {clause}"
    )
    rows = db.all(
        f"SELECT {head}, 'answer' AS what, w.position AS position, w.item AS name, w.state AS state,"
        " w.reason AS reason, w.code AS value,"
        " '' AS scoring_version, 0 AS prorated, NULL AS standard_error"
        f" FROM answers w JOIN responses r ON r.id = w.response_id {tail} UNION ALL"
        f" SELECT {head}, 'score', 1000000, s.score, s.reason, '', s.value, s.scoring_version,"
        f" s.prorated, s.error FROM scores s JOIN responses r ON r.id = s.response_id {tail} AND {COUNTS}"
        " ORDER BY participant, received_at, response, what, position, name",
        params,
    )
    return [
        row | {"value": _value(row["value"])} if row["what"] == "answer" else row for row in rows
    ]


def bare(db: Database, response_id: str) -> Row | None:
    """Return a response's own columns, whoever asks: for a correction to carry over."""
    return db.one("SELECT * FROM responses WHERE id = ?", [response_id])


def copy(tx: Transaction, row: Row, original: str) -> None:
    """Add a response that stands in for `original`, with the same answers and scores."""
    tx.record("responses", row, row["id"])
    for answer in tx.db.all(f"{_ITEMS} WHERE response_id = ?", [original]):
        whole = {"response_id": row["id"], **answer}
        tx.record("answers", whole, f"{row['id']}/{answer['item']}")
    scorings.carry_over(tx, original, row["id"])


def _code(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _value(code: str | None) -> Any:
    return None if code is None else json.loads(code)
