"""Who guides whom, from when to when: assigned and ended are facts, terms follow from them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal

from server.domain.facts import Facilitator
from server.domain.people import Viewer
from server.ids import new_id
from server.store.database import Database, Row
from server.store.transaction import Transaction
from server.store.visibility import participants_seen

FactState = Literal["assigned", "ended"]


def terms(db: Database, participant_id: str) -> list[Facilitator]:
    """Return every term, present and past, in the order first assigned.

    `assigned` again during a term corrects its name or first day; after an end it begins another.
    `ended` again corrects the last day of the latest term.
    """
    rows = db.all(
        "SELECT staff_id, shown_name, state, on_day FROM facilitator_facts"
        " WHERE participant_id = ? ORDER BY seq",
        [participant_id],
    )
    return _terms(rows)


def terms_of_study(db: Database, study_id: str) -> dict[str, list[Facilitator]]:
    """Return participant id → `terms`, for everybody in a study who is or was guided."""
    found: dict[str, list[Row]] = {}
    for row in db.all(
        "SELECT f.participant_id, f.staff_id, f.shown_name, f.state, f.on_day"
        " FROM facilitator_facts f JOIN participants p ON p.id = f.participant_id"
        " WHERE p.study_id = ? ORDER BY f.seq",
        [study_id],
    ):
        found.setdefault(row["participant_id"], []).append(row)
    return {key: _terms(rows) for key, rows in found.items()}


def _terms(rows: Iterable[Row]) -> list[Facilitator]:
    found: list[Facilitator] = []
    running: dict[str, int] = {}
    latest: dict[str, int] = {}
    for row in rows:
        staff_id, day = row["staff_id"], date.fromisoformat(row["on_day"])
        at = running.get(staff_id)
        if row["state"] == "assigned" and at is None:
            running[staff_id] = latest[staff_id] = len(found)
            found.append(Facilitator(staff_id, row["shown_name"], day))
        elif row["state"] == "assigned" and at is not None:
            found[at] = Facilitator(staff_id, row["shown_name"], day)
        elif staff_id in latest:
            running.pop(staff_id, None)
            term = found[latest[staff_id]]
            found[latest[staff_id]] = Facilitator(staff_id, term.name, term.from_on, day)
    return found


def of(db: Database, viewer: Viewer, participant_id: str) -> list[Row]:
    """Return the terms as rows: `staff_id, name, from_on, to_on` (days as text), oldest first."""
    sql, params = participants_seen(viewer)
    allowed = db.value(
        f"SELECT 1 FROM participants p WHERE p.id = :participant AND {sql}",
        {"participant": participant_id, **params},
    )
    if not allowed:
        return []
    return [
        {
            "staff_id": term.staff_id,
            "name": term.name,
            "from_on": term.from_on.isoformat(),
            "to_on": term.to_on.isoformat() if term.to_on else None,
        }
        for term in terms(db, participant_id)
    ]


def candidates(db: Database, study_id: str) -> list[Row]:
    """Return `id, name` of everyone who may be assigned: facilitators of the study, not disabled."""
    return db.all(
        "SELECT DISTINCT s.id, s.name FROM staff s JOIN staff_roles r ON r.staff_id = s.id"
        " WHERE r.study_id = ? AND r.role = 'facilitator' AND r.revoked_at IS NULL"
        " AND s.disabled_at IS NULL ORDER BY s.name",
        [study_id],
    )


def record(
    tx: Transaction, participant_id: str, staff_id: str, shown_name: str, state: FactState, on: date
) -> None:
    """Record that someone begins or ceases to guide a participant."""
    tx.add(
        "facilitator_facts",
        {
            "id": new_id(),
            "participant_id": participant_id,
            "staff_id": staff_id,
            "shown_name": shown_name,
            "state": state,
            "on_day": on.isoformat(),
            "recorded_at": tx.at_text,
            "recorded_by": str(tx.actor),
        },
    )
