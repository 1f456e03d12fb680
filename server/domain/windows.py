"""When an assessment opens, is best answered and closes, and how often it comes again.

Windows are whole calendar days unless a time is named, and end before the instant they close at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from server.domain.course import Course, Missing
from server.domain.localtime import counted, day_end, day_start, instant, shifted, zone_on
from server.domain.moments import Moment, Offset, Until
from server.domain.protocol import MOST_OCCASIONS, AssessmentDefinition

# What repeats until a visit that nobody has entered goes on so long, and no longer.
_LONGEST = Offset(amount=24, unit="month")
_NO_OFFSET = Offset(amount=0, unit="day")


@dataclass(frozen=True, slots=True)
class Window:
    """In UTC: `opens_at` ≤ answered < `closes_at`, and `target_at` in between."""

    opens_at: datetime
    target_at: datetime
    closes_at: datetime


def occasions(course: Course, definition: AssessmentDefinition, day: date) -> Iterator[int]:
    """Yield the numbers (from 1) of the occasions counted from an anchor's day; once without `repeat`."""
    repeat = definition.repeat
    if repeat is None:
        yield 1
        return
    most = MOST_OCCASIONS if repeat.times is None else min(repeat.times, MOST_OCCASIONS)
    if repeat.until is None:
        yield from range(1, most + 1)
        return
    limit, reached = _limit(course, repeat.until, day)
    moment = definition.target or definition.opens
    for number in range(1, most + 1):
        on = _day(course, definition, moment, day, number)
        if on > limit or (on == limit and not reached):
            return
        yield number


def window(course: Course, definition: AssessmentDefinition, day: date, number: int = 1) -> Window:
    """Return the window of an occasion, counted from an anchor's day.

    Raises:
        Missing: it hangs on a visit that is not entered, or would close before it opens.
        OverflowError, ValueError: no calendar reaches that far.

    """
    zones = course.facts.zones
    target_day = _day(course, definition, definition.target, day, number)
    target_time = definition.target.at if definition.target else None
    if definition.window:
        first, last = (shifted(target_day, offset) for offset in definition.window)
        opens_at = day_start(first, zone_on(zones, first))
        closes_at = day_end(last, zone_on(zones, last))
    else:
        opens_at = _edge(course, definition, definition.opens or definition.target, day, number)
        closes_at = _edge(course, definition, definition.closes, day, number, closing=True)
    if closes_at <= opens_at:
        raise Missing("closes before it opens: the visits it hangs on are too close, or reversed")
    target_at = opens_at
    if definition.target:
        zone = zone_on(zones, target_day)
        target_at = (
            instant(target_day, target_time, zone) if target_time else day_start(target_day, zone)
        )
    return Window(opens_at, min(max(target_at, opens_at), closes_at), closes_at)


def _limit(course: Course, until: Until, day: date) -> tuple[date, bool]:
    """Return the day that ends repeating, and whether that day may still be asked on."""
    if until.offset is not None:
        return shifted(day, until.offset), True
    try:
        return course.day_of(until.visit or ""), False
    except Missing:
        return shifted(day, _LONGEST), False


def _day(
    course: Course, definition: AssessmentDefinition, moment: Moment | None, day: date, number: int
) -> date:
    """Return a moment's calendar day; one that names a visit stays there on every occasion."""
    if moment is not None and moment.visit is not None:
        return shifted(course.day_of(moment.visit), moment.offset)
    offset = moment.offset if moment is not None else _NO_OFFSET
    if definition.repeat is None:
        return shifted(day, offset)
    return counted(day, (offset, 1), (definition.repeat.every, number - 1))


def _edge(
    course: Course,
    definition: AssessmentDefinition,
    moment: Moment | None,
    day: date,
    number: int,
    *,
    closing: bool = False,
) -> datetime:
    """Return an edge of a window. Without a clock time it takes in the whole day."""
    if moment is None and closing:
        raise Missing("has no closing in the protocol")
    on = _day(course, definition, moment, day, number)
    zone = zone_on(course.facts.zones, on)
    if moment is not None and moment.at is not None:
        return instant(on, moment.at, zone)
    return day_end(on, zone) if closing else day_start(on, zone)
