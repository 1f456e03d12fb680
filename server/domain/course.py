"""One participant's course of visits in order, and what an anchor means in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import cached_property

from server.domain.facts import NOT_STANDING, Facts, Visit
from server.domain.protocol import Anchor, Protocol, VisitKind

ENROLMENT = "enrolment"


@dataclass(frozen=True, slots=True)
class Point:
    """What a window is counted from: its label now, its day, its visit's id (none: enrolment).

    `key` is what the ids of assessments grow from; `held` is false for a visit not (yet) confirmed.
    """

    label: str
    on: date
    visit_id: str | None
    key: tuple[str, ...]
    held: bool = True


class Missing(Exception):
    """What the course still lacks before something can be planned."""


def in_order(visits: Iterable[Visit]) -> list[Visit]:
    """Return the visits that stand (neither cancelled nor missed), by day and clock time, then id."""
    standing = (visit for visit in visits if visit.status not in NOT_STANDING)
    return sorted(standing, key=lambda visit: (visit.on, visit.at or time.min, visit.id))


def ordinals(visits: Iterable[Visit]) -> dict[str, str]:
    """Return visit id → label (`dosing-2`), counted within course and kind.

    What does not stand has none. Enrolment happens once and is called by its bare name.
    """
    labels: dict[str, str] = {}
    counts: dict[tuple[int, str], int] = defaultdict(int)
    for visit in in_order(visits):
        counts[visit.course, visit.kind] += 1
        number = counts[visit.course, visit.kind]
        labels[visit.id] = ENROLMENT if visit.kind == ENROLMENT else f"{visit.kind}-{number}"
    return labels


def expected(kind: VisitKind) -> int | None:
    """Return how many visits of a kind the protocol foresees; None: as many as it takes."""
    if kind.count is not None:
        return kind.count
    return None if kind.repeat else 1


@dataclass(frozen=True)
class Course:
    """One pass through the protocol; whoever crosses over goes through a second one."""

    number: int
    facts: Facts
    protocol: Protocol

    @cached_property
    def visits(self) -> list[Visit]:
        """This pass's visits, those too that do not stand."""
        return [visit for visit in self.facts.visits if visit.course == self.number]

    @cached_property
    def points(self) -> Mapping[str, list[Point]]:
        """Points by kind, in order. Enrolment is one of the first course only, from its day recorded on."""
        labels = ordinals(self.visits)
        found: dict[str, list[Point]] = defaultdict(list)
        for visit in in_order(self.visits):
            point = Point(labels[visit.id], visit.on, visit.id, (visit.id,), visit.status == "held")
            found[visit.kind].append(point)
        held = found.pop(ENROLMENT, [])
        if self.number == 1:
            on = held[0].on if held else self.facts.enrolled_on
            found[ENROLMENT] = [Point(ENROLMENT, on, None, (ENROLMENT,))]
        return found

    def day_of(self, label: str) -> date:
        """Return the day of a visit named `dosing-1` (or `enrolment`); Missing when not yet entered."""
        return self._numbered(*split_label(label)).on

    def anchors(self, anchor: Anchor) -> list[Point]:
        """Return every visit that an anchor means here.

        Raises:
            Missing: none yet; the message says what it waits for.

        """
        points = list(self.points.get(anchor.kind, ()))
        if anchor.before:
            limit = self.day_of(anchor.before)
            points = [point for point in points if point.on <= limit]
        if anchor.which == "one":
            point = self._numbered(anchor.kind, anchor.number or 1)
            points = [point] if point in points else []
        if anchor.which == "last" and not anchor.before:
            self._require_all(anchor.kind)
        if not points:
            where = f" on or before {anchor.before}" if anchor.before else ""
            raise Missing(f"waits for a {anchor.kind} visit{where}")
        return points[-1:] if anchor.which == "last" else points

    def _numbered(self, kind: str, number: int) -> Point:
        points = self.points.get(kind, ())
        if len(points) < number:
            name = kind if kind == ENROLMENT else f"{kind}-{number}"
            raise Missing(f"waits for {name}")
        return points[number - 1]

    def _require_all(self, kind: str) -> None:
        """Nobody knows which visit is the last of two until both are entered (or one is cancelled)."""
        definition = self.protocol.visits.get(kind)
        wanted = expected(definition) if definition else None
        entered = sum(visit.kind == kind for visit in self.visits)
        if wanted is not None and kind != ENROLMENT and entered < wanted:
            raise Missing(f"waits for {kind}-{entered + 1}, planned or cancelled, to know the last")


def courses(protocol: Protocol, facts: Facts) -> list[Course]:
    """Return the passes this participant has begun: the first always, a later one by a visit that stands."""
    begun = {visit.course for visit in facts.visits if visit.status not in NOT_STANDING}
    return [Course(number, facts, protocol) for number in sorted({1} | begun)]


def session_days(protocol: Protocol, facts: Facts) -> frozenset[date]:
    """Return the days on which a session stands: nobody is written to on them."""
    return frozenset(
        visit.on
        for visit in facts.visits
        if visit.kind in protocol.sessions and visit.status not in NOT_STANDING
    )


def split_label(label: str) -> tuple[str, int]:
    """Return kind and number of a visit's name; without a number it is the first."""
    kind, _, number = label.rpartition("-")
    return (kind, int(number)) if kind and number.isdigit() else (label, 1)
