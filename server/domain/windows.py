"""When an assessment opens, is best answered and closes, and how often it comes again.

Windows are whole calendar days unless a time is named, and end before the instant they close at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
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
    begins = _Edges(course, definition, day, number)
    if definition.window:
        target = begins.day(definition.target)
        first, last = (shifted(target, offset) for offset in definition.window)
        edges = begins.opening_on(first)
        opens_at, closes_at = day_start(first, edges.zone), day_end(last, edges.zone)
    else:
        opening = definition.opens or definition.target
        edges = begins.opening_on(begins.day(opening))
        opens_at, closes_at = edges.at(opening), edges.at(definition.closes, closing=True)
    if closes_at <= opens_at:
        raise Missing("closes before it opens: the visits it hangs on are too close, or reversed")
    target_at = edges.at(definition.target) if definition.target else opens_at
    return Window(opens_at, min(max(target_at, opens_at), closes_at), closes_at)


@dataclass(frozen=True, slots=True)
class _Edges:
    """Where the moments of one occasion lie. `zone` is that of the day on which it opens.

    A changed zone leaves alone what is open by then: somebody was told until when. A moment that
    names another visit is by the clock of that visit's day, wherever the participant is then.
    """

    course: Course
    definition: AssessmentDefinition
    anchor_day: date
    number: int
    zone: str = ""

    def opening_on(self, day: date) -> _Edges:
        """Return the same, by the clock of the day on which the window opens."""
        return replace(self, zone=zone_on(self.course.facts.zones, day))

    def day(self, moment: Moment | None) -> date:
        """Return a moment's calendar day; one that names a visit stays there on every occasion."""
        return _day(self.course, self.definition, moment, self.anchor_day, self.number)

    def at(self, moment: Moment | None, *, closing: bool = False) -> datetime:
        """Return an edge of the window. Without a clock time it takes in the whole day."""
        if moment is None and closing:
            raise Missing("has no closing in the protocol")
        on, zone = self.day(moment), self.zone
        if moment is not None and moment.visit is not None:
            zone = zone_on(self.course.facts.zones, on)
        if moment is not None and moment.at is not None:
            return instant(on, moment.at, zone)
        return day_end(on, zone) if closing else day_start(on, zone)


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
