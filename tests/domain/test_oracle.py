"""The planner against its oracle, over any schedule and any facts: not one window, not one message apart."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.facts import Facts
from server.domain.reminders import plan_messages
from server.domain.timeline import PlannedAssessment, plan, unplanned
from tests.domain.any_design import FORMS, SHEETS, Case, cases
from tests.domain.oracle import Oracle
from tests.domain.oracle_form import Row
from tests.domain.oracle_post import Postman

pytestmark = pytest.mark.slow


def as_row(planned: PlannedAssessment) -> Row:
    return Row(**{each.name: getattr(planned, each.name) for each in fields(Row)})


@settings(deadline=None, max_examples=400)
@given(cases())
def test_the_plan_is_what_the_oracle_says(case: Case):
    rows = plan(case.protocol, FORMS, case.facts)
    oracle = Oracle(case.raw, SHEETS, case.facts)
    assert {as_row(row) for row in rows} == set(oracle.rows())
    told = unplanned(case.protocol, FORMS, case.facts)
    assert {(each.course, each.definition) for each in told} == oracle.waiting
    assert len({row.id for row in rows}) == len(rows)
    assert all(row.opens_at <= row.target_at <= row.closes_at for row in rows)
    assert all(one.opens_at <= other.opens_at for one, other in pairwise(rows))


@settings(deadline=None, max_examples=200)
@given(cases())
def test_the_messages_are_what_the_oracle_carries(case: Case):
    rows = plan(case.protocol, FORMS, case.facts)
    found = plan_messages(case.protocol, case.facts, rows, "email")
    carried = Postman(case.raw, case.facts).messages([as_row(row) for row in rows])
    assert [(each.local_moment, each.assessment_ids, each.expires_at) for each in found] == carried


def shuffled(known: Facts, dice: Random) -> Facts:
    """The same facts, read in another order (zones stand in the order recorded, which has a meaning)."""

    def mix(facts: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(dice.sample(facts, len(facts)))

    return replace(
        known,
        visits=mix(known.visits),  # type: ignore[arg-type]
        facilitators=mix(known.facilitators),  # type: ignore[arg-type]
        results=mix(known.results),  # type: ignore[arg-type]
    )


@settings(deadline=None, max_examples=200)
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_in_which_facts_were_entered_changes_nothing(case: Case, dice: Random):
    other = shuffled(case.facts, dice)
    rows = plan(case.protocol, FORMS, case.facts)
    assert plan(case.protocol, FORMS, other) == rows
    assert set(unplanned(case.protocol, FORMS, other)) == set(
        unplanned(case.protocol, FORMS, case.facts)
    )
    mixed = dice.sample(rows, len(rows))
    assert plan_messages(case.protocol, other, mixed, "email") == plan_messages(
        case.protocol, case.facts, rows, "email"
    )
