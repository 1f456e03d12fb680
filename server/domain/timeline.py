"""From a protocol and dated facts to the assessments of one participant: no clock, no store.

Windows are whole calendar days unless a time is named, and end before the instant they close at.
An assessment's id follows from participant, course, definition, whom it is about and the visit, so
a visit that moves takes its assessments along.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from server.domain.course import Course, Missing, Point, courses
from server.domain.facts import Facilitator, Facts
from server.domain.instrument import Instrument, Respondent
from server.domain.localtime import day_end, day_start, instant, shifted, zone_on
from server.domain.protocol import AssessmentDefinition, Late, Moment, Protocol
from server.ids import derived_id

# One definition may ask about several people; this many positions are kept free for them.
_ABREAST = 100


@dataclass(frozen=True, slots=True)
class PlannedAssessment:
    """One instrument asked once, with its window in UTC: `opens_at` ≤ answered < `closes_at`."""

    id: str
    definition: str
    label: str
    instrument: str
    course: int
    about: str | None
    visit_id: str | None
    anchor: str
    anchor_on: date
    opens_at: datetime
    target_at: datetime
    closes_at: datetime
    hidden_from: tuple[str, ...]
    alliance: bool
    position: int
    # Counted from 1 by the anchor's day, within definition, course and whom it is about.
    occasion: int = 1
    respondent: Respondent = "participant"
    # The visit that must be confirmed as held before it opens; None: it waits for nothing (any more).
    awaits: str | None = None
    late: Late = "stop opening"
    minutes: int = 1


@dataclass(frozen=True, slots=True)
class Unplanned:
    """What the protocol asks for and the facts do not allow (yet), in words for staff.

    `hidden_from` and `alliance` say who must not read even that, as with what is planned.
    """

    definition: str
    label: str
    course: int
    reason: str
    hidden_from: tuple[str, ...] = ()
    alliance: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """When an assessment opens, is best answered, and closes, in UTC."""

    opens_at: datetime
    target_at: datetime
    closes_at: datetime


def plan(
    protocol: Protocol, instruments: Mapping[str, Instrument], facts: Facts
) -> tuple[PlannedAssessment, ...]:
    """Return everything to be asked of this participant, in order of opening and position."""
    rows = [row for row in _all(protocol, instruments, facts) if isinstance(row, PlannedAssessment)]
    return tuple(sorted(rows, key=lambda row: (row.opens_at, row.position, row.id)))


def unplanned(
    protocol: Protocol, instruments: Mapping[str, Instrument], facts: Facts
) -> tuple[Unplanned, ...]:
    """Return what is not planned, and why: staff see what an assessment waits for."""
    rows = _all(protocol, instruments, facts)
    return tuple(row for row in rows if isinstance(row, Unplanned))


def hidden_from(instrument: Instrument, facts: Facts, about: str | None) -> tuple[str, ...]:
    """Return the staff who must never see these answers, whenever they were assigned.

    `rated facilitator` means whoever the form is about (all, when it is about nobody by name);
    `co-facilitator` means everyone who ever guided this participant.
    """
    rule = instrument.visibility.hidden_from
    if not rule:
        return ()
    ever = {facilitator.staff_id for facilitator in facts.facilitators}
    if "co-facilitator" in rule or about is None:
        return tuple(sorted(ever | ({about} if about else set())))
    return (about,)


def window(course: Course, definition: AssessmentDefinition, day: date) -> Window:
    """Return a definition's window, counted from an anchor's day.

    Raises:
        Missing: it hangs on a visit that is not entered, or would close before it opens.

    """
    zones = course.facts.zones
    target_day = _day(course, definition.target, day)
    target_time = definition.target.at if definition.target else None
    if definition.window:
        first, last = (shifted(target_day, offset) for offset in definition.window)
        opens_at = day_start(first, zone_on(zones, first))
        closes_at = day_end(last, zone_on(zones, last))
    else:
        opens_at = _edge(course, definition.opens or definition.target, day)
        closes_at = _edge(course, definition.closes, day, closing=True)
    if closes_at <= opens_at:
        raise Missing("closes before it opens: the visits it hangs on are too close, or reversed")
    target_at = opens_at
    if definition.target:
        zone = zone_on(zones, target_day)
        target_at = (
            instant(target_day, target_time, zone) if target_time else day_start(target_day, zone)
        )
    return Window(opens_at, max(target_at, opens_at), closes_at)


def _all(
    protocol: Protocol, instruments: Mapping[str, Instrument], facts: Facts
) -> Iterator[PlannedAssessment | Unplanned]:
    if facts.withdrawn:
        return
    for course in courses(protocol, facts):
        for index, definition in enumerate(protocol.assessments):
            instrument = instruments[definition.instrument]
            place = (definition.order * len(protocol.assessments) + index) * _ABREAST
            try:
                yield from _of_definition(course, definition, instrument, place)
            except Missing as reason:
                yield _not(course, definition, str(reason))


def _of_definition(
    course: Course, definition: AssessmentDefinition, instrument: Instrument, place: int
) -> Iterator[PlannedAssessment | Unplanned]:
    if instrument.respondent != "participant":
        yield _not(
            course, definition, f"answered by a {instrument.respondent}, not by the participant"
        )
        return
    if instrument.needs == "event" and not course.facts.event:
        yield _not(course, definition, "waits for the event that it is about")
        return
    for point in course.anchors(definition.anchor):
        try:
            when = window(course, definition, point.on)
        except Missing as reason:
            yield _not(course, definition, f"{point.label}: {reason}")
            continue
        except (OverflowError, ValueError):
            yield _not(course, definition, f"{point.label}: no calendar reaches that far")
            continue
        people = _about(instrument, course.facts, point.on)
        if not people:
            yield _not(course, definition, f"{point.label}: nobody is assigned on that day")
        for rank, about in enumerate(people):
            yield _planned(course, definition, instrument, point, when, about, place + rank)


def _planned(
    course: Course,
    definition: AssessmentDefinition,
    instrument: Instrument,
    point: Point,
    when: Window,
    about: str | None,
    position: int,
) -> PlannedAssessment:
    facts = course.facts
    hidden = hidden_from(instrument, facts, about)
    visit = point.visit_id or "enrolment"
    return PlannedAssessment(
        id=derived_id(facts.participant_id, str(course.number), definition.id, about or "", visit),
        definition=definition.id,
        label=definition.label,
        instrument=instrument.id,
        course=course.number,
        about=about,
        visit_id=point.visit_id,
        anchor=point.label,
        anchor_on=point.on,
        opens_at=when.opens_at,
        target_at=when.target_at,
        closes_at=when.closes_at,
        hidden_from=hidden,
        # Whatever is hidden by person is hidden by role as well: hiding beats seeing.
        alliance=instrument.about is not None or bool(instrument.visibility.hidden_from),
        position=position,
    )


def _about(instrument: Instrument, facts: Facts, day: date) -> tuple[str | None, ...]:
    """Return whom the form is about on the anchor's day: each facilitator of that day, or nobody."""
    if instrument.about is None:
        return (None,)
    terms = sorted(facts.facilitators, key=lambda each: (each.from_on, each.staff_id))
    return tuple(dict.fromkeys(each.staff_id for each in terms if guides(each, day)))


def guides(facilitator: Facilitator, day: date) -> bool:
    """Whether a facilitator guides the participant on this day (first and last day included)."""
    ended = facilitator.to_on is not None and facilitator.to_on < day
    return facilitator.from_on <= day and not ended


def _day(course: Course, moment: Moment | None, anchor_day: date) -> date:
    if moment is None:
        return anchor_day
    return shifted(course.day_of(moment.visit) if moment.visit else anchor_day, moment.offset)


def _edge(course: Course, moment: Moment | None, day: date, *, closing: bool = False) -> datetime:
    """Return an edge of a window. Without a clock time it takes in the whole day."""
    if moment is None and closing:
        raise Missing("has no closing in the protocol")
    on = _day(course, moment, day)
    zone = zone_on(course.facts.zones, on)
    if moment is not None and moment.at is not None:
        return instant(on, moment.at, zone)
    return day_end(on, zone) if closing else day_start(on, zone)


def _not(course: Course, definition: AssessmentDefinition, reason: str) -> Unplanned:
    return Unplanned(definition.id, definition.label, course.number, reason)
