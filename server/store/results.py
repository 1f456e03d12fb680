"""What was answered, as the plan reads it: of those definitions only that a protocol asks about."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from server.clock import from_text
from server.domain.facts import Result, ZoneFact
from server.domain.localtime import local, zone_at
from server.store.database import Database, Row
from server.store.scorings import COUNTS

# The response that counts, by the phone's clock, or by ours where the phone's is not believed.
_COUNTS = """
SELECT r.id, a.id AS assessment_id, a.participant_id, a.definition, a.course, a.about_staff_id,
       a.visit_id, a.occasion,
       CASE WHEN r.clock_doubtful = 1 THEN r.received_at
            ELSE COALESCE(r.finished_at, r.received_at) END AS answered_at
FROM assessments a JOIN responses r ON r.id = a.response_id
WHERE a.definition IN (SELECT d.value FROM json_each(:definitions) d)
"""
_IN_ORDER = "ORDER BY answered_at, r.id"
_VALUES = (
    "SELECT w.response_id, w.item, w.code FROM answers w"
    " WHERE w.code IS NOT NULL AND w.response_id IN (SELECT j.value FROM json_each(:responses) j)"
)
_SCORES = (
    "SELECT s.response_id, s.score, s.value FROM scores s"
    f" WHERE s.response_id IN (SELECT j.value FROM json_each(:responses) j) AND {COUNTS}"
)


def of(
    db: Database, participant_id: str, definitions: Collection[str], zones: Sequence[ZoneFact]
) -> tuple[Result, ...]:
    """Return the answers that count to these definitions, whoever looks, the first given first."""
    if not definitions:
        return ()
    rows = db.all(
        f"{_COUNTS} AND a.participant_id = :participant {_IN_ORDER}",
        {"participant": participant_id, "definitions": json.dumps(sorted(definitions))},
    )
    return tuple(_read(db, rows, {participant_id: zones}))


def of_study(
    db: Database,
    study_id: str,
    definitions: Collection[str],
    zones: Mapping[str, Sequence[ZoneFact]],
) -> dict[str, list[Result]]:
    """Return participant id → `of`, for everybody in a study who gave such an answer."""
    if not definitions:
        return {}
    rows = db.all(
        f"{_COUNTS} AND a.study_id = :study {_IN_ORDER}",
        {"study": study_id, "definitions": json.dumps(sorted(definitions))},
    )
    found: dict[str, list[Result]] = defaultdict(list)
    for row, result in zip(rows, _read(db, rows, zones), strict=True):
        found[row["participant_id"]].append(result)
    return found


def _read(
    db: Database, rows: Sequence[Row], zones: Mapping[str, Sequence[ZoneFact]]
) -> Iterator[Result]:
    """Yield each row with what was answered and scored."""
    wanted = {"responses": json.dumps([row["id"] for row in rows])}
    answers: dict[str, dict[str, object]] = defaultdict(dict)
    for each in db.all(_VALUES, wanted) if rows else ():
        answers[each["response_id"]][each["item"]] = json.loads(each["code"])
    scores: dict[str, dict[str, float | None]] = defaultdict(dict)
    for each in db.all(_SCORES, wanted) if rows else ():
        scores[each["response_id"]][each["score"]] = each["value"]
    for row in rows:
        here = zones[row["participant_id"]]
        yield _result(row, here, answers[row["id"]], scores[row["id"]])


def _result(
    row: Row,
    zones: Sequence[ZoneFact],
    answers: Mapping[str, Any],
    scores: Mapping[str, float | None],
) -> Result:
    answered_at = from_text(row["answered_at"])
    return Result(
        assessment_id=row["assessment_id"],
        definition=row["definition"],
        course=row["course"],
        about=row["about_staff_id"],
        visit_id=row["visit_id"],
        occasion=row["occasion"],
        answered_on=local(answered_at, zone_at(zones, answered_at)).date(),
        answered_at=answered_at,
        answers=answers,
        scores=scores,
    )
