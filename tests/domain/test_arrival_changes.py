"""What a row changes: once written, the same row changes nothing, whatever it said and whatever stood before."""

from __future__ import annotations

from datetime import date, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.arrival import Arrival, Changes, GuideSaid, Standing, VisitSaid
from server.domain.arrival_changes import applied, compare
from server.domain.course import ordinals
from server.domain.entry import Checks
from server.domain.facts import VisitStatus
from server.domain.visit_names import VisitName
from tests.domain.design import ANNA, BEN, protocol

TODAY = date(2027, 3, 1)
DESIGN = protocol()
STATUS: st.SearchStrategy[VisitStatus | None] = st.sampled_from(
    [None, None, None, "planned", "held", "cancelled", "no-show"]
)


@st.composite
def visits(draw: st.DrawFn) -> tuple[VisitSaid, ...]:
    """Return visits with dates that rise with their numbers, some left out at the end."""
    found: list[VisitSaid] = []
    for kind, most in (("preparation", 3), ("dosing", 2), ("integration", 3)):
        day = TODAY + timedelta(days=draw(st.integers(-60, 60)))
        for number in range(1, draw(st.integers(0, most)) + 1):
            day += timedelta(days=draw(st.integers(1, 20)))
            at = draw(st.sampled_from([None, time(9), time(14, 30)]))
            found.append(VisitSaid(VisitName(1, kind, number), day, at, draw(STATUS)))
    return tuple(found)


@st.composite
def guides(draw: st.DrawFn) -> tuple[GuideSaid, ...]:
    found = []
    for number, staff in enumerate(draw(st.lists(st.sampled_from([ANNA, BEN]), unique=True))):
        first = draw(st.none() | st.dates(date(2027, 1, 1), date(2027, 2, 1)))
        last = draw(st.none() | st.dates(date(2027, 2, 2), date(2027, 4, 1)))
        name = draw(st.sampled_from(["", "Annie"]))
        found.append(GuideSaid(f"facilitator-{number + 1}", staff, "Full", name, first, last))
    return tuple(found)


@st.composite
def arrivals(draw: st.DrawFn) -> Arrival:
    enrolled_on = TODAY - timedelta(days=draw(st.integers(0, 90)))
    zone = draw(st.sampled_from(["Europe/Berlin", "Asia/Kathmandu"]))
    return Arrival(
        line=2, code="P-1", facts={"zone": zone, "language": "en", "arm": "one"},
        contact={"email": "someone@example.org"}, enrolled_on=enrolled_on,
        visits=draw(visits()), guides=draw(guides()),
    )  # fmt: skip


def written(arrival: Arrival, before: Standing | None) -> tuple[Standing, Changes, Checks]:
    """Return what stands once the row is written."""
    checks = Checks()
    changes = compare(DESIGN, arrival, before, TODAY, checks)
    facts = applied(arrival, before, changes, TODAY)
    present = dict(before.present) if before else {}
    present |= {step.kind: step.value for step in changes.facts}
    contact = {**(before.contact if before else {}), **changes.contact}
    return Standing(facts, present, contact), changes, checks


@settings(deadline=None)
@given(arrivals())
def test_the_same_row_again_changes_nothing(arrival: Arrival) -> None:
    stands, first, checks = written(arrival, None)
    if checks.places:
        return
    assert first.new
    _again, changes, checks = written(arrival, stands)
    assert checks.places == {}
    assert not changes


@settings(deadline=None)
@given(arrivals(), arrivals())
def test_a_second_table_holds_afterwards_and_then_changes_nothing(
    one: Arrival, other: Arrival
) -> None:
    stands, _changes, checks = written(one, None)
    if checks.places:
        return
    stands, _changes, checks = written(other, stands)
    if checks.places:
        return
    _again, changes, checks = written(other, stands)
    assert checks.places == {}
    assert not changes


@settings(deadline=None)
@given(arrivals())
def test_a_visit_has_the_number_that_the_row_calls_it_by(arrival: Arrival) -> None:
    stands, _changes, checks = written(arrival, None)
    if checks.places or any(not said.stands for said in arrival.visits):
        return
    labels = ordinals(stands.facts.visits)
    days = {labels[visit.id]: visit.on for visit in stands.facts.visits}
    for said in arrival.visits:
        assert days[str(said.name)] == said.on


@settings(deadline=None)
@given(arrivals())
def test_what_is_past_was_held_and_what_comes_is_planned(arrival: Arrival) -> None:
    stands, _changes, checks = written(arrival, None)
    if checks.places:
        return
    said = {(each.name.kind, each.on): each.status for each in arrival.visits}
    for visit in stands.facts.visits:
        if said.get((visit.kind, visit.on), "said") is None:
            assert visit.status == ("held" if visit.on < TODAY else "planned")
