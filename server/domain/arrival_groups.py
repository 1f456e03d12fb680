"""A row that names a group: who joins it, and which of its dates become theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from server.domain.arrival import GROUP, Arrival, FactStep, Group, SharedDate, Standing, VisitStep
from server.domain.course import expected
from server.domain.entry import Checks
from server.domain.facts import NOT_STANDING
from server.domain.protocol import Protocol

# A kind of visit in a course, its day and its time: nobody has two such visits.
Place = tuple[str, int, object, object]


@dataclass(frozen=True)
class Joined:
    """That somebody joins, and the visits that this gives them; nothing where they are in it already."""

    fact: FactStep | None = None
    visits: tuple[VisitStep, ...] = ()


def join(
    protocol: Protocol,
    arrival: Arrival,
    standing: Standing | None,
    groups: Mapping[str, Group],
    steps: Sequence[VisitStep],
    today: date,
    checks: Checks,
) -> Joined:
    """Return what joining changes. `groups`: by label in small letters; `steps`: the row's own visits.

    Dates that are past are not theirs: they were not there, or the row says so itself.
    """
    if not arrival.group:
        return Joined()
    group = groups.get(arrival.group.casefold())
    there = ", ".join(each.label for each in groups.values()) or "none yet"
    remedy = (
        f"There is no such group; there is {there}. Groups are made under Participants, Groups."
    )
    checks.require(GROUP, group, remedy)
    present = standing.present.get("group", "") if standing else ""
    if group is None or present == group.id:
        return Joined()
    checks.require(GROUP, not present, "They are in a group already. Let them leave it first.")
    ahead = [each for each in group.dates if each.on >= today]
    _require_room(protocol, arrival, standing, ahead, steps, checks)
    return Joined(FactStep("group", group.id, "", group.label), tuple(_copies(ahead)))


def _copies(dates: Sequence[SharedDate]) -> Iterator[VisitStep]:
    for each in dates:
        yield VisitStep(
            each.kind, None, each.kind, each.course, "planned", each.on, each.at, None, each.id
        )


def _require_room(
    protocol: Protocol,
    arrival: Arrival,
    standing: Standing | None,
    ahead: Sequence[SharedDate],
    steps: Sequence[VisitStep],
    checks: Checks,
) -> None:
    """Refuse dates of one's own where the group has its dates, and more visits than the protocol has."""
    shared = {(each.kind, each.course) for each in ahead}
    first = min((each.on for each in ahead), default=date.max)
    for said in arrival.visits:
        mine = said.stands and said.on >= first and (said.name.kind, said.name.course) in shared
        checks.require(str(said.name), not mine, "Leave this empty: the group has dates for it.")
    known = standing.facts.visits if standing else ()
    taken: list[Place] = [
        *((v.kind, v.course, v.on, v.at) for v in known if v.status not in NOT_STANDING),
        *((v.kind, v.course, v.on, v.at) for v in steps if _new(v)),
    ]
    for each in ahead:
        remedy = (
            f"A {each.kind} visit on {each.on} stands already. Cancel it: the group has that day."
        )
        place: Place = (each.kind, each.course, each.on, each.at)
        checks.require(GROUP, place not in taken, remedy)
        taken.append(place)
    for kind, course in shared:
        asked = protocol.visits.get(kind)
        most = expected(asked) if asked else 0
        number = sum(each[:2] == (kind, course) for each in taken)
        remedy = (
            f"With the group's dates there are {number} {kind} visits; the protocol has {most}."
        )
        checks.require(GROUP, most is None or number <= most, remedy)


def _new(step: VisitStep) -> bool:
    return step.visit_id is None and step.status not in NOT_STANDING
