"""One row of an import: what it changes and what will be asked, in short sentences for whoever looks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from server.domain.arrival import CONTACT, Arrival, Changes
from server.domain.facts import Facts
from server.domain.localtime import local, zone_at
from server.domain.timeline import PlannedAssessment


@dataclass(frozen=True)
class Line:
    """One row: what it changes, and the plan that follows; `coming` where anything changes."""

    arrival: Arrival
    participant_id: str | None
    changes: Changes
    facts: Facts
    forms: int
    over: int
    next_message: datetime | None
    doubts: tuple[str, ...]
    coming: tuple[PlannedAssessment, ...] = ()


def told(line: Line) -> Iterator[str]:
    """Yield what a row changes, a short sentence each; nothing where everything stands already."""
    changes = line.changes
    for step in changes.facts:
        if not changes.new:
            yield f"{step.kind} {step.was or 'unsaid'} → {step.shown or step.value}"
        elif step.shown:
            yield f"{step.kind} {step.shown}"
    yield from (
        f"{name} changed" for name in CONTACT if name in changes.contact and not changes.new
    )
    for visit in changes.visits:
        stands = f"{visit.on.isoformat()}{f' {visit.at:%H:%M}' if visit.at else ''} {visit.status}"
        if visit.was is None:
            yield f"{visit.label} {stands}"
        else:
            yield f"{visit.label} {visit.was.on.isoformat()} {visit.was.status} → {stands}"
    for guide in changes.guides:
        when = "from" if guide.state == "assigned" else "until"
        yield f"{guide.name} {when} {guide.on.isoformat()}"


def asked(line: Line) -> Iterator[str]:
    """Yield what is open or will be, a line for each day on which forms open: `2027-03-18: MEQ30; PIQ`."""
    days: dict[date, list[str]] = defaultdict(list)
    for row in sorted(line.coming, key=lambda row: (row.opens_at, row.position)):
        zone = zone_at(line.facts.zones, row.opens_at)
        days[local(row.opens_at, zone).date()].append(_named(line, row))
    for day, forms in days.items():
        yield f"{day.isoformat()}: {'; '.join(forms)}"


def _named(line: Line, row: PlannedAssessment) -> str:
    names = (each.name for each in line.facts.facilitators if each.staff_id == row.about)
    whose = next(names, "") or ("" if row.respondent == "participant" else f"by {row.respondent}")
    return f"{row.label} ({whose})" if whose else row.label
