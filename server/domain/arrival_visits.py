"""Which visit a row of a table means, and what it changes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from server.domain.arrival import ENROLLED_ON, Arrival, Standing, VisitSaid, VisitStep
from server.domain.course import ENROLMENT, in_order
from server.domain.entry import Checks
from server.domain.facts import NOT_STANDING, Visit, VisitStatus
from server.domain.protocol import Protocol


def enrolment(
    protocol: Protocol,
    arrival: Arrival,
    standing: Standing | None,
    on: date,
    checks: Checks,
) -> Iterator[VisitStep]:
    """Yield the visit of enrolment: for a new participant, or where its day moved."""
    known = [v for v in standing.facts.visits if v.kind == ENROLMENT] if standing else []
    was = in_order(known)[0] if in_order(known) else None
    stands = was.on if was else (standing.facts.enrolled_on if standing else None)
    if stands == on or (standing is not None and arrival.enrolled_on is None):
        return
    if was is not None:
        _require_movable(protocol, was, on, on, ENROLLED_ON, checks)
    visit_id = was.id if was else None
    yield VisitStep(ENROLMENT, visit_id, ENROLMENT, 1, "held", on, None, was)


def visits(
    protocol: Protocol,
    arrival: Arrival,
    standing: Standing | None,
    today: date,
    checks: Checks,
) -> Iterator[VisitStep]:
    """Yield what a row changes of all other visits; what cannot be is noted in `checks` by column."""
    known = standing.facts.visits if standing else ()
    for course, kind in dict.fromkeys(
        (each.name.course, each.name.kind) for each in arrival.visits
    ):
        said = sorted(
            (
                each
                for each in arrival.visits
                if (each.name.course, each.name.kind) == (course, kind)
            ),
            key=lambda each: each.name.number,
        )
        mine = [visit for visit in known if (visit.course, visit.kind) == (course, kind)]
        yield from _Matching(protocol, today, checks, mine).steps(said)


@dataclass
class _Matching:
    """Finds for each visit that a row tells of one kind the visit that is meant.

    What a row calls dosing-2 is the second that stands, by date; visits that did not take place are
    known by their day, since they have no number.
    """

    protocol: Protocol
    today: date
    checks: Checks
    known: Sequence[Visit]

    def steps(self, said: Sequence[VisitSaid]) -> Iterator[VisitStep]:
        """Yield what changes, in the order of the numbers."""
        standing = in_order(self.known)
        gone = [visit for visit in self.known if visit.status in NOT_STANDING]
        fallen = [each for each in said if not each.stands]
        for each in fallen:
            yield from self._step(each, self._same_day(each, gone, standing))
        places = {each: _place(each, fallen) for each in said if each.stands}
        standing = self._with_revived(places, standing, gone)
        self._require_order(places, standing)
        for each, place in places.items():
            yield from self._step(each, standing[place - 1] if place <= len(standing) else None)

    def _with_revived(
        self, places: Mapping[VisitSaid, int], standing: list[Visit], gone: list[Visit]
    ) -> list[Visit]:
        """Return the visits that are meant to stand: with those called off before, if they are needed.

        A visit called off comes back where a row tells of its very day and there are too few without it.
        """
        lacking = max(places.values(), default=0) - len(standing)
        days = {visit.on for visit in standing}
        for said in places:
            if lacking > 0 and said.on not in days and (back := self._same_day(said, gone)):
                standing = [*standing, back]
                lacking -= 1
        return sorted(standing, key=lambda visit: (visit.on, visit.at or time.min, visit.id))

    def _same_day(self, said: VisitSaid, *lists: list[Visit]) -> Visit | None:
        """Take out and return a visit on the day that is said."""
        for visits in lists:
            for visit in visits:
                if visit.on == said.on:
                    visits.remove(visit)
                    return visit
        return None

    def _require_order(self, places: Mapping[VisitSaid, int], standing: Sequence[Visit]) -> None:
        """Refuse gaps, and dates that would give a visit another number than the row calls it by."""
        found: dict[int, tuple[date, time, VisitSaid | None]] = {
            at + 1: (visit.on, visit.at or time.min, None) for at, visit in enumerate(standing)
        }
        found |= {place: (said.on, said.at or time.min, said) for said, place in places.items()}
        for place, (on, at, said) in sorted(found.items()):
            if place == 1:
                continue
            if place - 1 not in found:
                missing = f"{said.name.kind}-{place - 1}" if said else ""
                remedy = f"Give {missing} too: visits are numbered by their dates."
                self.checks.require(str(said.name if said else ""), None, remedy)
                continue
            before, clock, earlier = found[place - 1]
            named = said or earlier
            if named is not None and (on, at) <= (before, clock):
                remedy = f"Out of order: {on} is not after {before}, the one before it by number."
                self.checks.require(str(named.name), None, remedy)

    def _step(self, said: VisitSaid, was: Visit | None) -> Iterator[VisitStep]:
        place, same_day = str(said.name), was is not None and was.on == said.on
        status = said.status or (was.status if was and same_day and _stands(was) else None)
        status = status or ("held" if said.on < self.today else "planned")
        at = said.at or (was.at if was and same_day else None)
        self._require(said, status, at, was)
        if was is not None and (was.status, was.on, was.at) == (status, said.on, at):
            return
        course, kind = said.name.course, said.name.kind
        yield VisitStep(place, was.id if was else None, kind, course, status, said.on, at, was)

    def _require(
        self, said: VisitSaid, status: VisitStatus, at: time | None, was: Visit | None
    ) -> None:
        place, kind = str(said.name), self.protocol.visits[said.name.kind]
        over = status in {"held", "no-show"}
        coming = "This day is still to come: enter the visit as planned."
        self.checks.require(place, not over or said.on <= self.today, coming)
        if kind.time == "required" and status not in NOT_STANDING:
            remedy = f"Give the clock time, for example {said.on.isoformat()} 09:30."
            self.checks.require(place, at, remedy)
        if was is not None and status not in NOT_STANDING:
            _require_movable(self.protocol, was, said.on, self.today, place, self.checks)


def _place(said: VisitSaid, fallen: Sequence[VisitSaid]) -> int:
    """Return a visit's number among those that stand: what did not take place has none."""
    return said.name.number - sum(other.name.number < said.name.number for other in fallen)


def _stands(visit: Visit) -> bool:
    return visit.status not in NOT_STANDING


def _require_movable(
    protocol: Protocol, was: Visit, on: date, today: date, place: str, checks: Checks
) -> None:
    """Hold a move to the rule of its kind of visit."""
    rule = protocol.visits[was.kind].dates if was.kind in protocol.visits else "movable"
    if rule == "fixed":
        remedy = f"This date is fixed once set; {was.on.isoformat()} stands."
        checks.require(place, was.on == on, remedy)
    if rule == "future only":
        remedy = f"{was.on.isoformat()} stands; neither it nor a new day may lie in the past."
        checks.require(place, was.on == on or min(was.on, on) >= today, remedy)
