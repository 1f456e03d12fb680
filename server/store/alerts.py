"""What a person must look at now; an alert stays open until somebody settles it."""

from __future__ import annotations

from server.domain.people import Staff, Viewer
from server.errors import NotFoundError
from server.ids import new_id
from server.store.database import Database, Row
from server.store.transaction import Transaction
from server.store.visibility import Clause, unrated


def add(
    tx: Transaction,
    study_id: str,
    participant_id: str | None,
    kind: str,
    detail: str,
    *,
    alliance: bool = False,
) -> str:
    """Raise an alert and return its id; one that stands open in the same words is not doubled.

    `alliance`: it comes from an answer about a person, and is hidden like one.
    """
    standing = tx.db.value(
        "SELECT id FROM alerts WHERE study_id = ? AND participant_id IS ? AND kind = ?"
        " AND detail = ? AND alliance = ? AND settled_at IS NULL",
        [study_id, participant_id, kind, detail, int(alliance)],
    )
    if standing is not None:
        return str(standing)
    row = {
        "id": new_id(), "study_id": study_id, "participant_id": participant_id, "kind": kind,
        "detail": detail, "alliance": int(alliance), "raised_at": tx.at_text,
    }  # fmt: skip
    tx.add("alerts", row)
    return str(row["id"])


def standing(db: Database, viewer: Viewer) -> list[Row]:
    """Return the open alerts that this viewer may see, oldest first, with the participant's code."""
    sql, params = _seen(viewer)
    return db.all(
        "SELECT l.id, l.study_id, l.participant_id, l.kind, l.detail, l.raised_at, p.code"
        " FROM alerts l LEFT JOIN participants p ON p.id = l.participant_id"
        f" WHERE l.settled_at IS NULL AND {sql} ORDER BY l.raised_at, l.id",
        params,
    )


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
    """An alert about a person rated is for nobody who ever guided this participant."""
    if not isinstance(viewer, Staff):
        return "1", {}
    blind, params = unrated(viewer, "l.participant_id")
    sql = (
        "l.study_id = :viewer_study AND (:viewer_sees_everyone = 1 OR EXISTS"
        " (SELECT 1 FROM facilitator_facts f WHERE f.staff_id = :viewer_id"
        " AND f.participant_id = l.participant_id))"
        f" AND (l.alliance = 0 OR ({blind}))"
    )
    return sql, {
        **params,
        "viewer_study": viewer.study_id,
        "viewer_id": viewer.id,
        "viewer_sees_everyone": int(viewer.sees_everyone),
    }
