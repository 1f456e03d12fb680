"""What a participant's plan holds, in outline: enough to tell what is offered, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.clock import from_text
from server.domain.people import Device
from server.domain.protocol import Late
from server.store.assessment_facts import ASKED
from server.store.database import Database


@dataclass(frozen=True, slots=True)
class Outline:
    """A form asked once. `waits`: nobody answered it, and it is still the participant's to answer.

    `awaits`: its visit has not been confirmed, and until then it is not offered.
    """

    id: str
    definition: str
    instrument: str
    course: int
    about: str | None
    opens_at: datetime
    closes_at: datetime
    late: Late
    waits: bool
    awaits: bool


def outlines(db: Database, device: Device) -> list[Outline]:
    """Return all that the plan of a phone's owner holds, by opening; what left the plan is not in it."""
    rows = db.all(
        "SELECT a.id, a.definition, a.instrument, a.course, a.about_staff_id, a.opens_at, a.closes_at,"
        f" a.late, (a.response_id IS NULL AND a.respondent = 'participant' AND {ASKED}) AS waits,"
        " a.awaits_visit_id IS NOT NULL AS awaits FROM assessments a"
        " WHERE a.participant_id = :participant AND a.retired_at IS NULL ORDER BY a.opens_at, a.id",
        {"participant": device.participant_id},
    )
    return [
        Outline(
            row["id"], row["definition"], row["instrument"], row["course"], row["about_staff_id"],
            from_text(row["opens_at"]), from_text(row["closes_at"]), row["late"],
            bool(row["waits"]), bool(row["awaits"]),
        )
        for row in rows
    ]  # fmt: skip
