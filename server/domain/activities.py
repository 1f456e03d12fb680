"""A protocol's Schedule of Activities: visits and timepoints across, instruments down. From the design alone.

Visits whose number is known stand each by themselves (Dosing 1, Dosing 2), and what is asked after
*every* one stands beside each. Where the number is open, one column stands for all of a kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from functools import cached_property

from server.domain.course import ENROLMENT, expected
from server.domain.instrument import Instrument
from server.domain.protocol import Anchor, AssessmentDefinition, Offset, Protocol, Repeat

# Above so many, visits of a kind are not told apart one by one.
MOST_APART = 6
_DAYS = {"day": 1.0, "week": 7.0, "month": 30.44}
_RESPONDENTS = ("participant", "staff", "facilitator", "rater")
TODAY = Offset(amount=0, unit="day")


@dataclass(frozen=True, slots=True)
class Heading:
    """What columns are counted from: a numbered visit, each or the last of a kind, a form's answer.

    `upto` closes a run of visits at which nothing is asked: `number` to `upto`.
    """

    kind: str = ""
    number: int | None = None
    upto: int | None = None
    last: bool = False
    before: str | None = None
    completion: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A point in time: so many days, weeks or months from its heading, and perhaps again and again."""

    heading: Heading
    offset: Offset = TODAY
    repeat: Repeat | None = None

    @property
    def visit(self) -> bool:
        """Whether this is the day of a visit itself."""
        return self.offset.amount == 0 and not self.repeat and not self.heading.completion

    @property
    def days(self) -> float:
        """The column's distance from its heading, for sorting."""
        return self.offset.amount * _DAYS[self.offset.unit]


@dataclass(frozen=True, slots=True)
class Activity:
    """One instrument and what is asked of it, by column."""

    instrument: Instrument
    cells: tuple[tuple[AssessmentDefinition, ...], ...]


@dataclass(frozen=True)
class Schedule:
    """The whole table; every activity has as many cells as there are columns."""

    columns: tuple[Column, ...]
    activities: tuple[Activity, ...]

    def spans(self) -> list[tuple[Heading, int]]:
        """Return the headings across, each with how many columns it spans."""
        found: list[tuple[Heading, int]] = []
        for column in self.columns:
            if found and found[-1][0] == column.heading:
                found[-1] = (column.heading, found[-1][1] + 1)
            else:
                found.append((column.heading, 1))
        return found


def schedule(protocol: Protocol, instruments: Mapping[str, Instrument]) -> Schedule:
    """Return the Schedule of Activities of a protocol; every instrument that it asks is in it."""
    return _Table(protocol).drawn(instruments)


def point(definition: AssessmentDefinition) -> Offset:
    """Return the column's distance from the anchor: the target's, or else the opening's.

    What may be answered before the anchor's day and on it stands at that day.
    """
    if definition.target:
        return definition.target.offset
    opens, closes = definition.opens, definition.closes
    if opens is None or closes is None:
        return TODAY
    reaches = closes.visit is None and closes.offset.amount >= 0 and closes.at != time.min
    return TODAY if opens.offset.amount < 0 and reaches else opens.offset


@dataclass(frozen=True)
class _Table:
    protocol: Protocol

    @cached_property
    def placed(self) -> list[tuple[Column, AssessmentDefinition]]:
        """Every definition at each point it is asked at."""
        return [
            (Column(heading, point(definition), definition.repeat), definition)
            for definition in self.protocol.assessments
            for heading in self._headings(definition)
        ]

    def drawn(self, instruments: Mapping[str, Instrument]) -> Schedule:
        columns = tuple(
            sorted({column for column, _ in self.placed} | self._visits(), key=self._turn)
        )
        asked = dict.fromkeys(each.instrument for each in self.protocol.assessments)
        rows = [self._activity(instruments[name], columns) for name in asked]
        return Schedule(columns, tuple(sorted(rows, key=_rank)))

    def _activity(self, instrument: Instrument, columns: Sequence[Column]) -> Activity:
        mine = [(at, each) for at, each in self.placed if each.instrument == instrument.id]
        cells = (tuple(each for at, each in mine if at == column) for column in columns)
        return Activity(instrument, tuple(cells))

    def _headings(self, definition: AssessmentDefinition) -> Iterator[Heading]:
        moment = definition.target or definition.opens
        if moment and moment.visit:
            yield self._named(moment.visit)
        else:
            yield from self._anchored(definition.anchor)

    def _anchored(self, anchor: Anchor) -> Iterator[Heading]:
        if anchor.completion:
            yield Heading(completion=anchor.completion)
            return
        count = self._apart(anchor.kind)
        if anchor.which == "every" and count:
            yield from (self._number(anchor.kind, number + 1) for number in range(count))
        elif anchor.which == "last" and count and not anchor.before:
            yield self._number(anchor.kind, count)
        elif anchor.which == "one":
            yield self._number(anchor.kind, anchor.number or 1)
        else:
            yield Heading(anchor.kind, last=anchor.which == "last", before=anchor.before)

    def _named(self, label: str) -> Heading:
        kind, _, number = label.rpartition("-")
        return self._number(kind, int(number)) if number.isdigit() else self._number(label, 1)

    def _number(self, kind: str, number: int) -> Heading:
        once = kind == ENROLMENT or expected(self.protocol.visits[kind]) == 1
        return Heading(kind, None if once else number)

    def _apart(self, kind: str) -> int | None:
        """Return how many visits of a kind are told apart; None where one column stands for all."""
        count = 1 if kind == ENROLMENT else expected(self.protocol.visits[kind])
        return count if count and count <= MOST_APART else None

    def _visits(self) -> set[Column]:
        """Return the days of the visits themselves, also of those at which nothing is asked."""
        used = {column.heading for column, _ in self.placed if not column.heading.completion}
        # What something comes before is a point of its own, too.
        used |= {self._named(heading.before) for heading in used if heading.before}
        found = {Column(heading) for heading in used}
        for kind in self.protocol.visits:
            mine = {heading for heading in used if heading.kind == kind}
            found |= {Column(heading) for heading in self._others(kind, mine)}
        return found

    def _others(self, kind: str, used: set[Heading]) -> Iterator[Heading]:
        """Yield the visits of a kind that nothing is counted from, neighbours as one run."""
        count = 1 if kind == ENROLMENT else expected(self.protocol.visits[kind])
        if count is None or any(heading.number is None for heading in used):
            if not used:
                yield Heading(kind)
            return
        numbers = {heading.number for heading in used}
        free = [number + 1 for number in range(count) if number + 1 not in numbers]
        for first, last in _runs(free):
            once = self._number(kind, first)
            yield (
                once
                if once.number is None
                else Heading(kind, first, last if last > first else None)
            )

    def _turn(self, column: Column) -> tuple[object, ...]:
        return (*self._place(column.heading), column.days, bool(column.repeat), str(column))

    def _place(self, heading: Heading, depth: int = 0) -> tuple[int, int, int]:
        """Return where a heading stands: by kind in the file's order, then number, then nearness."""
        kinds = list(self.protocol.visits)
        if heading.completion:
            first = (
                self._first_of(heading.completion)
                if depth < len(self.protocol.assessments)
                else None
            )
            place = self._place(first, depth + 1) if first else (len(kinds), 0, 0)
            return (place[0], place[1], place[2] + 1)
        if heading.before:
            kind, _, before = heading.before.rpartition("-")
            return (kinds.index(kind), int(before) * 10, -5)
        # What stands for each or the last of a kind comes behind those that have a number.
        number = 10**6 if heading.last else heading.number or 0
        return (kinds.index(heading.kind), number * 10, 0)

    def _first_of(self, definition: str) -> Heading | None:
        return next((column.heading for column, each in self.placed if each.id == definition), None)


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return neighbours as first and last: 1, 2, 5 → (1, 2), (5, 5)."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def _rank(activity: Activity) -> tuple[int, int, int]:
    """Participants' forms first, then by the first column, then by the order within a day."""
    who = _RESPONDENTS.index(activity.instrument.respondent)
    first = next((at for at, cell in enumerate(activity.cells) if cell), 0)
    order = min((each.order for each in activity.cells[first]), default=0)
    return who, first, order
