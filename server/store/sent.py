"""What a participant sent, as their phone lists it; whether a call was asked for, and more is to come."""

from __future__ import annotations

from datetime import datetime

from server.clock import to_text
from server.domain.people import Device
from server.store.database import Database, Row

_MINE = "a.participant_id = :participant AND a.respondent = 'participant'"


def of(db: Database, device: Device) -> list[Row]:
    """Return `id, envelope_seq, assessment_id, instrument, wording, label, about_name, at`, the newest first.

    What others entered about somebody (raters, interviewers) is not theirs to list.
    """
    return db.all(
        "SELECT r.id, r.envelope_seq, r.assessment_id, r.instrument, r.wording, a.label,"
        " COALESCE(r.finished_at, r.received_at) AS at, COALESCE((SELECT f.shown_name"
        " FROM facilitator_facts f WHERE f.staff_id = r.about_staff_id"
        " AND f.participant_id = r.participant_id AND f.state = 'assigned'"
        " ORDER BY f.seq DESC LIMIT 1), '') AS about_name"
        " FROM responses r JOIN assessments a ON a.id = r.assessment_id"
        " WHERE r.participant_id = :participant AND r.source IN ('participant', 'paper')"
        " AND NOT EXISTS (SELECT 1 FROM responses c WHERE c.corrects = r.id)"
        " ORDER BY at DESC, r.id",
        {"participant": device.participant_id},
    )


def asked_for_call(db: Database, device: Device, since: datetime) -> bool:
    """Whether they asked to be called since this instant."""
    sql = (
        "SELECT 1 FROM alerts WHERE participant_id = :participant AND kind = 'call-me'"
        " AND raised_at >= :since LIMIT 1"
    )
    given = {"participant": device.participant_id, "since": to_text(since)}
    return db.value(sql, given) is not None


def more_to_come(db: Database, device: Device, now: datetime) -> bool:
    """Whether anything planned may still be answered, now or later."""
    found = db.value(
        f"SELECT 1 FROM assessments a WHERE {_MINE} AND a.response_id IS NULL"
        " AND a.retired_at IS NULL AND a.closes_at > :now LIMIT 1",
        {"participant": device.participant_id, "now": to_text(now)},
    )
    return found is not None


def ended_at(db: Database, device: Device) -> str | None:
    """Return when the last form was answered or closed, or the participant left; None: never asked."""
    found = db.value(
        "SELECT MAX(at) FROM (SELECT MAX(COALESCE(a.answered_at, a.closes_at)) AS at"
        f" FROM assessments a WHERE {_MINE} AND a.retired_at IS NULL"
        " UNION ALL SELECT MAX(recorded_at) FROM participant_facts f"
        " WHERE f.participant_id = :participant AND f.kind = 'status' AND f.value = 'withdrawn')",
        {"participant": device.participant_id},
    )
    return str(found) if found else None
