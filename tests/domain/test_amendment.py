"""Two versions compared: what differs, and what that does to somebody who is in the middle of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.domain.amendment import (
    Change,
    Effect,
    Stored,
    compare,
    effect,
    milestones,
    moves,
    reached,
)
from server.domain.protocol import Protocol
from server.domain.timeline import PlannedAssessment, plan
from tests.domain.design import INSTRUMENTS, definition, facts, protocol, visit

MOOD = definition("mood", "mood", "every dosing", target="+7 days", window=("-2 days", "+3 days"))
NOW = datetime(2027, 3, 10, 9, tzinfo=UTC)


def _amended(old: Protocol, **changes: Any) -> Protocol:
    stands = {name: getattr(old, name) for name in Protocol.model_fields}
    return Protocol.model_validate({**stands, "version": "1.1.0", **changes})


def _rows(planned: tuple[PlannedAssessment, ...], answered: set[str] | None = None) -> list[Stored]:
    return [
        Stored(
            each.id, each.instrument, each.opens_at, each.target_at, each.closes_at,
            answered=each.definition in (answered or set()), retired=False,
        )
        for each in planned
    ]  # fmt: skip


def test_a_version_does_not_differ_from_itself():
    old = protocol(MOOD)
    assert compare(old, old) == ()
    assert compare(old, _amended(old, notes="said otherwise")) == ()


def test_added_removed_and_changed_assessments_are_told_apart():
    later = definition(
        "mood", "mood", "every dosing", target="+8 days", window=("-2 days", "+3 days")
    )
    old = protocol(
        MOOD, definition("gone", "mood", "enrolment", opens="same day", closes="+2 days")
    )
    fresh = definition("fresh", "mood", "enrolment", opens="same day", closes="+2 days")
    new = _amended(old, assessments=(fresh, later))
    assert [(each.part, each.key, each.kind, each.aspect) for each in compare(old, new)] == [
        ("assessment", "fresh", "added", ""),
        ("assessment", "mood", "changed", "window"),
        ("assessment", "gone", "removed", ""),
    ]


def test_each_side_of_an_assessment_is_a_change_of_its_own():
    old = protocol(MOOD)
    other = MOOD.model_copy(update={"instrument": "alliance", "label": "Another", "order": 4})
    found = compare(old, _amended(old, assessments=(other,)))
    assert {(each.aspect, each.before, each.after) for each in found} == {
        ("instrument", "mood", "alliance"), ("label", "mood", "Another"), ("order", 0, 4),
    }  # fmt: skip


def test_visits_arms_reminders_and_rules_are_compared_too():
    old = protocol(MOOD)
    dosing = old.visits["dosing"].model_copy(update={"session": True, "count": 3})
    new = _amended(
        old, visits={**old.visits, "dosing": dosing}, arms={**old.arms, "open": "Open label"},
        reminders=old.reminders.model_copy(update={"most_per_day": 2}), late="accept and flag",
    )  # fmt: skip
    told = {(each.part, each.key, each.kind, each.aspect) for each in compare(old, new)}
    assert ("visit", "dosing", "changed", "session") in told
    assert ("visit", "dosing", "changed", "count") in told
    assert ("arm", "open", "added", "") in told
    assert ("reminders", "", "changed", "most_per_day") in told
    assert Change("study", "", "changed", "late", "stop opening", "accept and flag") in compare(
        old, new
    )


def test_two_protocols_are_no_versions_of_each_other():
    old = protocol(MOOD)
    with pytest.raises(ValueError, match="two protocols"):
        compare(old, old.model_copy(update={"id": "another"}))


def test_the_effect_counts_what_is_to_come_and_leaves_answers_alone():
    old = protocol(
        definition("answered", "mood", "enrolment", opens="same day", closes="+2 days"),
        definition("silent", "mood", "enrolment", opens="same day", closes="+3 days"),
        definition("open", "mood", "enrolment", opens="same day", closes="+30 days"),
        definition("coming", "mood", "enrolment", opens="+20 days", closes="+30 days"),
    )  # fmt: skip
    person = facts(enrolled="2027-03-01")
    stored = _rows(plan(old, INSTRUMENTS, person), {"answered"})
    new = _amended(old, assessments=(
        definition("open", "mood", "enrolment", opens="same day", closes="+20 days"),
        definition("early", "mood", "enrolment", opens="same day", closes="+1 day"),
        definition("fresh", "mood", "enrolment", opens="+10 days", closes="+20 days"),
    ))  # fmt: skip
    found = effect(stored, plan(new, INSTRUMENTS, person), NOW)
    # What closed in silence is over, and no business of the amendment's.
    assert found == Effect(added=1, retired=1, moved=1, over=1, answered=1)


def test_an_answered_form_does_not_move_with_its_window():
    old = protocol(MOOD)
    person = facts(visit("dosing", "2027-03-08"))
    later = definition(
        "mood", "mood", "every dosing", target="+9 days", window=("-2 days", "+3 days")
    )
    planned = plan(_amended(old, assessments=(later,)), INSTRUMENTS, person)
    stored = _rows(plan(old, INSTRUMENTS, person))
    assert effect(stored, planned, NOW) == Effect(moved=1)
    answered = _rows(plan(old, INSTRUMENTS, person), {"mood"})
    assert not effect(answered, planned, NOW)


def test_what_had_left_the_plan_and_comes_back_is_added():
    old = protocol(MOOD)
    person = facts(visit("dosing", "2027-03-08"))
    planned = plan(old, INSTRUMENTS, person)
    gone = [
        Stored(row.id, row.instrument, row.opens_at, row.target_at, row.closes_at, False, True)
        for row in _rows(planned)
    ]
    assert effect(gone, planned, NOW) == Effect(added=1)
    assert effect(gone, planned, NOW + timedelta(days=60)) == Effect(over=1)


@pytest.mark.parametrize(
    ("status", "holds"),
    [("held", True), ("planned", False), ("cancelled", False), ("no-show", False)],
)
def test_a_visit_is_reached_once_it_was_held(status: Any, holds: bool):
    first = visit("dosing", "2027-03-08", status=status)
    assert reached(facts(first), "dosing-1") is holds
    assert not reached(facts(first), "dosing-2")


def test_who_is_taken_along():
    dosed = facts(visit("dosing", "2027-03-08", status="held"))
    assert moves("all", dosed)
    assert not moves("new", dosed)
    assert not moves("before", dosed, "dosing-1")
    assert moves("before", dosed, "dosing-2")
    assert not moves("all", facts(withdrawn=True))


def test_the_limits_that_may_be_named_are_the_protocols_visits():
    assert "dosing-1" in milestones(protocol(MOOD))
    assert not any(each.startswith("enrolment") for each in milestones(protocol(MOOD)))
