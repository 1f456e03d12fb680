"""A small study design built by hand: domain tests read no files."""

from __future__ import annotations

from datetime import date, time

from server.domain.facts import Facilitator, Facts, Visit, VisitStatus, ZoneFact
from server.domain.instrument import Instrument
from server.domain.protocol import (
    AssessmentDefinition,
    Protocol,
    ReminderPlan,
    parse_anchor,
    parse_moment,
    parse_offset,
)

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


def definition(
    name: str, form: str, anchor: str, **when: str | tuple[str, str]
) -> AssessmentDefinition:
    """Write a definition as a file would: `opens="same day at 16:00"`, `window=("-2 days", "+3 days")`."""
    moments = {
        key: parse_moment(text)
        for key, text in when.items()
        if key != "window" and isinstance(text, str)
    }
    edges = when.get("window")
    window = (parse_offset(edges[0]), parse_offset(edges[1])) if edges else None
    return AssessmentDefinition.model_validate(
        {
            "id": name,
            "instrument": form,
            "label": name,
            "anchor": parse_anchor(anchor),
            "window": window,
            **moments,
        }
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


def protocol(
    *definitions: AssessmentDefinition,
    rules: tuple[str, ...] = ("at opening", "+2 days at 18:00", "1 day before closing at 18:00"),
    quiet: str = "21:00-08:00",
    default: str = "10:00",
    most: str = "1",
) -> Protocol:
    return Protocol.model_validate(
        {
            "id": "study",
            "version": "1.0.0",
            "title": "A study",
            "arms": {"one": "Only arm"},
            "visits": {
                "enrolment": {"label": "Enrolment", "participant_label": "Joining"},
                "preparation": {"label": "P", "participant_label": "P", "repeat": "true"},
                "dosing": {"label": "D", "participant_label": "D", "count": "2"},
                "integration": {"label": "I", "participant_label": "I", "repeat": "true"},
            },
            "assessments": definitions or (BASELINE, PREPARED, WEEK, MONTH),
            "reminders": {
                "plan": list(rules),
                "hours": {"default": default, "quiet": quiet},
                "most_per_day": most,
            },
        }
    )


def reminders(**how: object) -> ReminderPlan:
    return protocol(**how).reminders  # type: ignore[arg-type]  # passed on as they are


def visit(
    name: str, on: str, at: str | None = None, status: VisitStatus = "planned", course: int = 1
) -> Visit:
    """Return a visit; the name before `/` is its kind, the whole its id."""
    clock = time.fromisoformat(at) if at else None
    return Visit(name, name.partition("/")[0], date.fromisoformat(on), status, clock, course)


def facts(
    *visits: Visit, enrolled: str = "2027-03-01", zone: str = "Europe/Berlin", withdrawn: bool = False,
    people: tuple[Facilitator, ...] | None = None, zones: tuple[ZoneFact, ...] | None = None,
) -> Facts:  # fmt: skip
    day = date.fromisoformat(enrolled)
    both = (Facilitator(ANNA, "Anna", day), Facilitator(BEN, "Ben", day))
    return Facts(
        participant_id="someone",
        enrolled_on=day,
        arm="one",
        language="en",
        zones=zones or (ZoneFact(zone, day),),
        visits=visits,
        facilitators=both if people is None else people,
        withdrawn=withdrawn,
    )
