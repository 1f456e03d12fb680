"""What a table's row changes of a participant: what is new, what moved, what stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, time

from server.domain.arrival import (
    CONTACT,
    ENROLLED_ON,
    FACTS,
    NOBODY,
    Arrival,
    Changes,
    FactStep,
    Group,
    GuideSaid,
    GuideStep,
    Standing,
    VisitStep,
)
from server.domain.arrival_groups import join
from server.domain.arrival_visits import enrolment, visits
from server.domain.entry import Checks
from server.domain.facts import Facilitator, Facts, Visit, ZoneFact
from server.domain.protocol import Protocol

NO_GROUPS: Mapping[str, Group] = {}


def compare(
    protocol: Protocol,
    arrival: Arrival,
    standing: Standing | None,
    today: date,
    checks: Checks,
    groups: Mapping[str, Group] = NO_GROUPS,
) -> Changes:
    """Return what the row changes; what cannot be done is noted in `checks` by column.

    `groups`: those of the study, by label in small letters.
    """
    enrolled_on = _enrolled_on(arrival, standing, today, checks)
    _require_facts(protocol, arrival, standing, checks)
    own = (
        *enrolment(protocol, arrival, standing, enrolled_on, checks),
        *visits(protocol, arrival, standing, today, checks),
    )
    joined = join(protocol, arrival, standing, groups, own, today, checks)
    facts = tuple(_facts(arrival, standing, checks))
    return Changes(
        new=standing is None,
        enrolled_on=enrolled_on,
        facts=(*facts, joined.fact) if joined.fact else facts,
        contact=_contact(arrival, standing),
        visits=(*own, *joined.visits),
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
        hour=time.fromisoformat(values["hours"]) if "hours" in values else before.hour,
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
    for number, step in enumerate(steps):
        name = step.visit_id or f"new {len(found)} {number}"
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
