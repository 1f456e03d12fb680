"""What a person must look at now; an alert stays open until somebody settles it."""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.people import Staff, Viewer
from server.domain.reading import LEVELS, Level
from server.errors import NotFoundError
from server.ids import new_id
from server.store.database import Database, Row
from server.store.transaction import Transaction
from server.store.visibility import Clause, assigned, known, unrated

_RANK = (
    "CASE l.level "
    + " ".join(f"WHEN '{level}' THEN {rank}" for rank, level in enumerate(LEVELS))
    + f" ELSE {len(LEVELS)} END"
)


@dataclass(frozen=True, slots=True)
class Cause:
    """Answers that need a person: how soon the study wants somebody to look, and which they are."""

    level: Level
    response_id: str | None = None


def add(
    tx: Transaction,
    study_id: str,
    participant_id: str | None,
    kind: str,
    detail: str,
    *,
    alliance: bool = False,
    cause: Cause | None = None,
) -> str:
    """Raise an alert and return its id; one that stands open in the same words is not doubled.

    `alliance`: it comes from an answer that is hidden from facilitators, and is hidden like it.
    `cause`: the answers that raised it, if any did.
    """
    level, response_id = (cause.level, cause.response_id) if cause else (None, None)
    standing = tx.db.value(
        "SELECT id FROM alerts WHERE study_id = ? AND participant_id IS ? AND kind = ?"
        " AND detail = ? AND alliance = ? AND response_id IS ? AND settled_at IS NULL",
        [study_id, participant_id, kind, detail, int(alliance), response_id],
    )
    if standing is not None:
        return str(standing)
    row = {
        "id": new_id(), "study_id": study_id, "participant_id": participant_id, "kind": kind,
        "detail": detail, "alliance": int(alliance), "raised_at": tx.at_text,
        "level": level or "", "response_id": response_id,
    }  # fmt: skip
    tx.add("alerts", row)
    return str(row["id"])


def standing(db: Database, viewer: Viewer) -> list[Row]:
    """Return the open alerts that this viewer may see, with the participant's code.

    What an answer raised comes first, the most pressing before the rest; then the oldest.
    """
    sql, params = _seen(viewer)
    return db.all(
        "SELECT l.id, l.study_id, l.participant_id, l.kind, l.detail, l.level, l.raised_at,"
        " p.code"
        " FROM alerts l LEFT JOIN participants p ON p.id = l.participant_id"
        f" WHERE l.settled_at IS NULL AND {sql} ORDER BY {_RANK}, l.raised_at, l.id",
        params,
    )


def one(db: Database, alert_id: str) -> Row | None:
    """Return a bare row, whoever looks: for the message that calls somebody."""
    return db.one("SELECT * FROM alerts WHERE id = ?", [alert_id])


def tells_arm(db: Database, alert: Row) -> bool:
    """Whether the answers that raised it are asked in some arms only, and that is not for everybody."""
    return db.value(
        "SELECT 1 FROM responses r JOIN assessments a ON a.id = r.assessment_id"
        " WHERE r.id = ? AND a.known_to <> ''",
        [alert["response_id"]],
    ) is not None  # fmt: skip


def stands(db: Database, alert_id: str) -> bool:
    """Whether this alert, or another one of the same answers, still waits for somebody."""
    return db.value(
        "SELECT 1 FROM alerts l JOIN alerts o ON o.id = l.id OR o.response_id = l.response_id"
        " WHERE l.id = ? AND o.settled_at IS NULL",
        [alert_id],
    ) is not None  # fmt: skip


def settle(tx: Transaction, viewer: Viewer, alert_id: str) -> None:
    """Put an alert down as looked after.

    Raises:
        NotFoundError: there is no such open alert for this viewer.

    """
    if alert_id not in {row["id"] for row in standing(tx.db, viewer)}:
        message = "There is no such open alert."
        raise NotFoundError(message)
    tx.change("alerts", alert_id, {"settled_at": tx.at_text, "settled_by": str(tx.actor)})


def _seen(viewer: Viewer) -> Clause:
    """An alert about a person rated is for nobody who ever guided this participant.

    One that an answer raised is for nobody from whom the arm is hidden that such answers tell. An
    independent rater is told of none.
    """
    if not isinstance(viewer, Staff):
        return "1", {}
    blind, params = unrated(viewer, "l.participant_id")
    told, more = known(viewer, "a.known_to")
    sql = (
        "l.study_id = :viewer_study AND :viewer_blinded = 0 AND (:viewer_sees_everyone = 1"
        f" OR {assigned('l.participant_id')})"
        f" AND (l.alliance = 0 OR ({blind}))"
        " AND NOT EXISTS (SELECT 1 FROM responses r JOIN assessments a ON a.id = r.assessment_id"
        f" WHERE r.id = l.response_id AND NOT {told})"
    )
    return sql, {
        **params,
        **more,
        "viewer_study": viewer.study_id,
        "viewer_id": viewer.id,
        "viewer_sees_everyone": int(viewer.sees_everyone),
        "viewer_blinded": int(viewer.blinded),
    }
