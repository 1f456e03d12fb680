"""A table's row about a participant against what stands: what is new, what moved, what stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Literal

from server.domain.course import ENROLMENT, in_order
from server.domain.entry import Checks
from server.domain.facts import NOT_STANDING, Facilitator, Facts, Visit, VisitStatus, ZoneFact
from server.domain.protocol import Protocol
from server.domain.visit_names import VisitName

FactKind = Literal["zone", "language", "arm", "site", "channel"]
FACTS: tuple[FactKind, ...] = ("zone", "language", "arm", "site", "channel")
CONTACT = ("name", "email", "phone")
ENROLLED_ON = "enrolled_on"
# Nobody has been enrolled before a new row is written; what is planned of it needs an id all the same.
NOBODY = "imported"


@dataclass(frozen=True, slots=True)
class VisitSaid:
    """A visit as a row tells it; `status` None: held if its day is past, planned otherwise."""

    name: VisitName
    on: date
    at: time | None = None
    status: VisitStatus | None = None

    @property
    def stands(self) -> bool:
        return self.status not in NOT_STANDING


@dataclass(frozen=True, slots=True)
class GuideSaid:
    """A facilitator as a row tells it; `place` names the columns. What is empty is not said."""

    place: str
    staff_id: str
    name: str
    known_as: str = ""
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """One row: whoever it is about, and all that it says. What it leaves empty it does not change."""

    line: int
    code: str
    facts: Mapping[FactKind, str] = field(default_factory=dict)
    contact: Mapping[str, str] = field(default_factory=dict)
    enrolled_on: date | None = None
    visits: tuple[VisitSaid, ...] = ()
    guides: tuple[GuideSaid, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What is stored of a participant already."""

    facts: Facts
    present: Mapping[str, str]
    contact: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FactStep:
    """A fact to be recorded, and what stood before."""

    kind: FactKind
    value: str
    was: str


@dataclass(frozen=True, slots=True)
class VisitStep:
    """A visit to be recorded: a new one (no id), or what stands from now on of a known one."""

    label: str
    visit_id: str | None
    kind: str
    course: int
    status: VisitStatus
    on: date
    at: time | None
    was: Visit | None


@dataclass(frozen=True, slots=True)
class GuideStep:
    """Somebody begins or ceases to guide."""

    staff_id: str
    name: str
    state: Literal["assigned", "ended"]
    on: date


@dataclass(frozen=True, slots=True)
class Changes:
    """All that a row changes; false when everything stands like this already."""

    new: bool
    enrolled_on: date
    facts: tuple[FactStep, ...] = ()
    contact: Mapping[str, str] = field(default_factory=dict)
    visits: tuple[VisitStep, ...] = ()
    guides: tuple[GuideStep, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.facts or self.contact or self.visits or self.guides)


def compare(
    protocol: Protocol, arrival: Arrival, standing: Standing | None, today: date, checks: Checks
) -> Changes:
    """Return what the row changes; what cannot be done is noted in `checks` by column."""
    enrolled_on = _enrolled_on(arrival, standing, today, checks)
    _require_facts(protocol, arrival, standing, checks)
    return Changes(
        new=standing is None,
        enrolled_on=enrolled_on,
        facts=tuple(_facts(arrival, standing, checks)),
        contact=_contact(arrival, standing),
        visits=(
            *_enrolment(protocol, arrival, standing, enrolled_on, checks),
            *_visits(protocol, arrival, standing, today, checks),
        ),
        guides=tuple(_guides(arrival, standing, enrolled_on, checks)),
    )


def applied(arrival: Arrival, standing: Standing | None, changes: Changes, today: date) -> Facts:
    """Return the facts as they will be once the changes are recorded: what the plan will grow from."""
    values = {step.kind: step.value for step in changes.facts}
    if standing is None:
        zone = ZoneFact(arrival.facts.get("zone", "UTC"), changes.enrolled_on)
        before = Facts(NOBODY, changes.enrolled_on, "", "en", (zone,))
    else:
        before = standing.facts
        if "zone" in values:
            zones = (*before.zones, ZoneFact(values["zone"], today))
            before = replace(before, zones=zones)
    return replace(
        before,
        arm=values.get("arm", before.arm),
        language=values.get("language", before.language),
        site=values.get("site", before.site),
        visits=_moved(before.visits, changes.visits),
        facilitators=_guided(before.facilitators, changes.guides),
    )


def _enrolled_on(arrival: Arrival, standing: Standing | None, today: date, checks: Checks) -> date:
    on = arrival.enrolled_on
    if on is not None:
        late = "This day is still to come. Leave the row out until then."
        checks.require(ENROLLED_ON, on <= today, late)
        return on
    if standing is not None:
        return standing.facts.enrolled_on
    checks.require(
        ENROLLED_ON, None, "Give the day of enrolment: nothing can be counted otherwise."
    )
    return today


def _require_facts(
    protocol: Protocol, arrival: Arrival, standing: Standing | None, checks: Checks
) -> None:
    """Require of a new participant what enrolling would ask."""
    if standing is not None:
        return
    said = arrival.facts
    checks.require("zone", said.get("zone"), "Give a zone, for example Europe/Berlin.")
    checks.require("language", said.get("language"), "Give a language, for example en.")
    if protocol.sites:
        checks.require("site", said.get("site"), f"Choose one of: {', '.join(protocol.sites)}.")
    later = protocol.allocation is not None and protocol.allocation.after_enrolment
    if not later:
        checks.require("arm", said.get("arm"), f"Choose one of: {', '.join(protocol.arms)}.")
    if said.get("channel") == "email":
        checks.require("email", arrival.contact.get("email"), "Reminders by mail need an address.")


def _facts(arrival: Arrival, standing: Standing | None, checks: Checks) -> Iterator[FactStep]:
    for kind in FACTS:
        said = arrival.facts.get(kind, "")
        was = standing.present.get(kind, "") if standing else ""
        if not said or said == was:
            continue
        if kind == "arm" and was:
            remedy = "Another arm stands. Change it on the participant's page, and say why."
            checks.require("arm", None, remedy)
        yield FactStep(kind, said, was)


def _contact(arrival: Arrival, standing: Standing | None) -> dict[str, str]:
    before = standing.contact if standing else {}
    return {
        name: said
        for name in CONTACT
        if (said := arrival.contact.get(name, "")) and said != before.get(name, "")
    }


def _enrolment(
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


def _visits(
    protocol: Protocol,
    arrival: Arrival,
    standing: Standing | None,
    today: date,
    checks: Checks,
) -> Iterator[VisitStep]:
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
            was = self._same_day(each, gone, standing)
            yield from self._step(each, was)
        here = [each for each in said if each.stands]
        places = {each: _place(each, fallen) for each in here}
        self._require_order(places, standing)
        for each, place in places.items():
            was = standing[place - 1] if place <= len(standing) else self._same_day(each, gone)
            yield from self._step(each, was)

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


def _guides(
    arrival: Arrival, standing: Standing | None, enrolled_on: date, checks: Checks
) -> Iterator[GuideStep]:
    terms = standing.facts.facilitators if standing else ()
    for said in arrival.guides:
        mine = [term for term in terms if term.staff_id == said.staff_id]
        yield from _guide(said, mine[-1] if mine else None, enrolled_on, checks)


def _guide(
    said: GuideSaid, term: Facilitator | None, enrolled_on: date, checks: Checks
) -> Iterator[GuideStep]:
    """Yield what changes of one person's guiding; a term that ended stays as it was."""
    name = said.known_as or (term.name if term else said.name)
    first = said.from_on or (term.from_on if term else enrolled_on)
    again = term is not None and term.to_on is not None and first > term.to_on
    if term is None or again:
        yield GuideStep(said.staff_id, name, "assigned", first)
    elif (name, first) != (term.name, term.from_on):
        remedy = "This has ended. Correct its name or first day on the participant's page."
        checks.require(said.place, term.to_on is None, remedy)
        yield GuideStep(said.staff_id, name, "assigned", first)
    last = said.to_on
    if last is not None and (term is None or again or last != term.to_on):
        checks.require(
            f"{said.place}-to", last >= first, f"Give a day from {first.isoformat()} on."
        )
        yield GuideStep(said.staff_id, name, "ended", last)


def _moved(visits: Iterable[Visit], steps: Iterable[VisitStep]) -> tuple[Visit, ...]:
    found = {visit.id: visit for visit in visits}
    for step in steps:
        name = step.visit_id or f"new {step.label}"
        found[name] = Visit(name, step.kind, step.on, step.status, step.at, step.course)
    return tuple(found.values())


def _guided(terms: Iterable[Facilitator], steps: Iterable[GuideStep]) -> tuple[Facilitator, ...]:
    found = list(terms)
    for step in steps:
        mine = [n for n, term in enumerate(found) if term.staff_id == step.staff_id]
        running = bool(mine) and found[mine[-1]].to_on is None
        if step.state == "ended":
            found[mine[-1]] = replace(found[mine[-1]], to_on=step.on)
        elif running:
            found[mine[-1]] = Facilitator(step.staff_id, step.name, step.on)
        else:
            found.append(Facilitator(step.staff_id, step.name, step.on))
    return tuple(found)
