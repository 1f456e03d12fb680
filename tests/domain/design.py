"""A small study design built by hand: domain tests read no files."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from server.domain.facts import Facilitator, Facts, Result, Visit, VisitStatus, ZoneFact
from server.domain.instrument import Instrument
from server.domain.protocol import AssessmentDefinition, Protocol
from server.domain.timeline import PlannedAssessment

ANNA, BEN, CARA = "staff-anna", "staff-ben", "staff-cara"


def instrument(name: str, **more: object) -> Instrument:
    return Instrument.model_validate(
        {
            "id": name,
            "version": "1.0.0",
            "title": name,
            "short_title": name,
            "respondent": "participant",
            "recall": "none",
            "minutes": "2",
            "items": [{"id": "q1", "kind": "text"}],
            "licence": {"status": "own", "holder": "us"},
            **more,
        }
    )


INSTRUMENTS = {
    each.id: each
    for each in (
        instrument("mood"),
        instrument(
            "alliance",
            about="facilitator",
            visibility={"hidden_from": ["rated facilitator", "co-facilitator"]},
        ),
        instrument("blind-spot", visibility={"hidden_from": ["rated facilitator"]}),
        instrument("interview", respondent="rater"),
    )
}


def definition(name: str, form: str, anchor: str, **more: object) -> AssessmentDefinition:
    """Write a definition as a file would: `opens="same day at 16:00"`, `window=("-2 days", "+3 days")`."""
    return AssessmentDefinition.model_validate(
        {"id": name, "instrument": form, "label": name, "anchor": anchor, **more}
    )


BASELINE = definition(
    "baseline", "mood", "enrolment", opens="same day at 08:00", closes="+6 days at 20:00"
)
PREPARED = definition(
    "prepared", "alliance", "last preparation before dosing-1",
    opens="same day at 16:00", closes="dosing-1 at 08:00",
)  # fmt: skip
WEEK = definition(
    "week", "alliance", "every dosing", target="+7 days", window=("-2 days", "+3 days")
)
MONTH = definition("month", "mood", "last dosing", target="+1 month", window=("-3 days", "+7 days"))


VISITS: dict[str, dict[str, str]] = {
    "enrolment": {"label": "Enrolment", "participant_label": "Joining"},
    "preparation": {"label": "P", "participant_label": "P", "repeat": "true"},
    "dosing": {"label": "D", "participant_label": "D", "count": "2"},
    "integration": {"label": "I", "participant_label": "I", "repeat": "true"},
}
# The same, with dosing as a session: it is confirmed, and its day is left in peace.
SESSIONS = {**VISITS, "dosing": {**VISITS["dosing"], "session": "true"}}


def protocol(
    *definitions: AssessmentDefinition,
    rules: tuple[str, ...] = ("at opening", "+2 days at 18:00", "1 day before closing at 18:00"),
    quiet: str = "21:00-08:00",
    default: str = "10:00",
    most: str = "1",
    visits: dict[str, dict[str, str]] | None = None,
    **more: Any,
) -> Protocol:
    return Protocol.model_validate(
        {
            "id": "study",
            "version": "1.0.0",
            "title": "A study",
            "arms": {"one": "Only arm"},
            "visits": visits or VISITS,
            "assessments": definitions or (BASELINE, PREPARED, WEEK, MONTH),
            "reminders": {
                "plan": list(rules),
                "hours": {"default": default, "quiet": quiet},
                "most_per_day": most,
            },
            **more,
        }
    )


def visit(
    name: str, on: str, at: str | None = None, status: VisitStatus = "planned", course: int = 1
) -> Visit:
    """Return a visit; the name before `/` is its kind, the whole its id."""
    clock = time.fromisoformat(at) if at else None
    return Visit(name, name.partition("/")[0], date.fromisoformat(on), status, clock, course)


def facts(
    *visits: Visit, enrolled: str = "2027-03-01", zone: str = "Europe/Berlin",
    people: tuple[Facilitator, ...] | None = None, zones: tuple[ZoneFact, ...] | None = None,
    **more: Any,
) -> Facts:  # fmt: skip
    day = date.fromisoformat(enrolled)
    both = (Facilitator(ANNA, "Anna", day), Facilitator(BEN, "Ben", day))
    known = Facts(
        participant_id="someone",
        enrolled_on=day,
        arm="one",
        language="en",
        zones=zones or (ZoneFact(zone, day),),
        visits=visits,
        facilitators=both if people is None else people,
    )
    return replace(known, **more)


def result(row: PlannedAssessment, at: str, **more: Any) -> Result:
    """Return the result of a planned row, answered at a local moment in Berlin."""
    moment = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo("Europe/Berlin"))
    given = Result(
        assessment_id=row.id, definition=row.definition, course=row.course, about=row.about,
        visit_id=row.visit_id, occasion=row.occasion, answered_on=moment.date(), answered_at=moment,
    )  # fmt: skip
    return replace(given, **more)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"))
