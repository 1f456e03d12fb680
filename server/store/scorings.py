"""Which scoring of a response counts: the first, until it was scored anew; all others stay beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from server.domain.answers import Answer, Answers
from server.domain.scoring import ScoreResult
from server.ids import new_id
from server.store.database import Database, Row
from server.store.transaction import Transaction

# For a query over `scores s`: only what counts.
COUNTS = (
    "s.scoring_version = COALESCE((SELECT k.scoring_version FROM scorings k"
    " WHERE k.response_id = s.response_id ORDER BY k.seq DESC LIMIT 1), s.scoring_version)"
)
_STANDS = "NOT EXISTS (SELECT 1 FROM responses c WHERE c.corrects = r.id)"


def add(tx: Transaction, response_id: str, results: Iterable[ScoreResult]) -> None:
    """Add what follows from the answers, one audit entry each."""
    tx.record_all("scores", {
        f"{response_id}/{result.score_id}/{result.scoring_version}": {
            "response_id": response_id, "score": result.score_id,
            "scoring_version": result.scoring_version,
            "value": None if result.value is None else float(result.value),
            "method": result.method, "reason": result.reason, "prorated": int(result.prorated),
            "scored_at": tx.at_text, "error": result.error,
        }
        for result in results
    })  # fmt: skip


def count(tx: Transaction, response_id: str, scoring_version: str, reason: str) -> None:
    """Let another scoring of a response count from now on."""
    row_id = new_id()
    row: Row = {
        "id": row_id, "response_id": response_id, "scoring_version": scoring_version,
        "reason": reason, "recorded_at": tx.at_text, "recorded_by": tx.actor.id,
    }  # fmt: skip
    tx.record("scorings", row, row_id)


def carry_over(tx: Transaction, original: str, response_id: str) -> None:
    """Give a response that stands in for another all that one's scores, and the same one that counts."""
    for score in tx.db.all("SELECT * FROM scores WHERE response_id = ?", [original]):
        whole = {**score, "response_id": response_id}
        tx.record("scores", whole, f"{response_id}/{score['score']}/{score['scoring_version']}")
    standing = counting(tx.db, original)
    anew = "SELECT 1 FROM scorings WHERE response_id = ?"
    if standing is not None and tx.db.value(anew, [original]):
        count(tx, response_id, standing, "carried over with the answers")


def counting(db: Database, response_id: str) -> str | None:
    """Return the scoring version that counts for a response; None where nothing was scored."""
    sql = f"SELECT s.scoring_version FROM scores s WHERE s.response_id = ? AND {COUNTS} LIMIT 1"
    found = db.value(sql, [response_id])
    return None if found is None else str(found)


def stored(db: Database, response_id: str, scoring_version: str) -> dict[str, float | None]:
    """Return the values of one scoring of a response, by score; empty when it never was scored so."""
    rows = db.all(
        "SELECT score, value FROM scores WHERE response_id = ? AND scoring_version = ?",
        [response_id, scoring_version],
    )
    return {row["score"]: row["value"] for row in rows}


def responses(db: Database, study_id: str, instrument: str | None = None) -> list[Row]:
    """Return a study's responses that stand, whoever looks: `id, instrument, instrument_version, …`."""
    return db.all(
        "SELECT r.id, r.instrument, r.instrument_version, r.participant_id, a.definition"
        " FROM responses r JOIN assessments a ON a.id = r.assessment_id"
        f" WHERE a.study_id = :study AND {_STANDS}"
        " AND (:instrument IS NULL OR r.instrument = :instrument) ORDER BY r.received_at, r.id",
        {"study": study_id, "instrument": instrument},
    )


def answers(db: Database, response_id: str) -> Answers:
    """Return a response's answers, whoever looks, as scoring reads them."""
    rows = db.all("SELECT item, state, code FROM answers WHERE response_id = ?", [response_id])
    return {row["item"]: Answer(row["item"], row["state"], _value(row["code"])) for row in rows}


def _value(code: str | None) -> Any:
    value = None if code is None else json.loads(code)
    return tuple(value) if isinstance(value, list) else value
