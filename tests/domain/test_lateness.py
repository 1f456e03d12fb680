"""A form that has closed: until when it is still offered, and what ends that."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.domain.lateness import welcome_until
from server.domain.protocol import Protocol
from server.domain.timeline import PlannedAssessment, plan
from tests.domain.design import INSTRUMENTS, definition, facts, protocol, visit

BERLIN = "Europe/Berlin"
DAY = timedelta(days=1)


def asked(design: Protocol, **more: Any) -> list[PlannedAssessment]:
    return list(plan(design, INSTRUMENTS, facts(**more)))


def weekly(**more: Any) -> Protocol:
    """Ask for mood from Monday to Tuesday, each second week."""
    form = definition(
        "mood", "mood", "enrolment", opens="same day", closes="+1 day",
        repeat={"every": "2 weeks", "times": "3"},
    )  # fmt: skip
    return protocol(form, late="accept and flag", **more)


def test_where_the_protocol_stops_opening_closing_is_the_end():
    design = weekly().model_copy(update={"late": "stop opening"})
    rows = asked(design)
    for row in rows:
        assert welcome_until(row, rows, design, BERLIN) == row.closes_at


def test_its_successor_of_the_same_kind_ends_it():
    rows = asked(design := weekly(late_for="3 months"))
    first, second, last = rows
    assert welcome_until(first, rows, design, BERLIN) == second.opens_at > first.closes_at
    assert welcome_until(second, rows, design, BERLIN) == last.opens_at


def test_without_a_successor_the_files_limit_ends_it_on_the_same_wall_time():
    # Open through 2 and 30 March; clocks go forward on the 28th.
    rows = asked(design := weekly(late_for="2 weeks"), enrolled="2027-03-22")
    last = rows[-1]
    limit = welcome_until(last, [last], design, BERLIN)
    assert limit - last.closes_at == 14 * DAY
    first = rows[0]
    assert welcome_until(first, [first], design, BERLIN) - first.closes_at == 14 * DAY - timedelta(
        hours=1
    )


def test_a_form_may_say_for_itself_how_long():
    form = definition(
        "mood", "mood", "enrolment", opens="same day", closes="+1 day", late_for="3 days"
    )
    design = protocol(form, late="accept and flag")
    (row,) = asked(design)
    assert welcome_until(row, [row], design, "UTC") == row.closes_at + 3 * DAY


@pytest.mark.parametrize("other", [{"instrument": "another"}, {"about": "somebody else"}])
def test_what_is_not_of_its_kind_ends_nothing(other: dict[str, Any]):
    design = protocol(
        definition("mood", "mood", "enrolment", opens="same day", closes="+1 day"),
        late="accept and flag",
    )
    (row,) = asked(design)
    later = replace(row, id="later", opens_at=row.closes_at + DAY)
    assert welcome_until(row, [row, later], design, "UTC") == later.opens_at
    unlike = replace(later, **other)
    assert welcome_until(row, [row, unlike], design, "UTC") == row.closes_at + 14 * DAY


def test_the_next_course_ends_the_one_before():
    form = definition("mood", "mood", "dosing-1", opens="same day", closes="+1 day")
    other = definition("with", "alliance", "dosing-1", opens="same day", closes="+1 day")
    design = protocol(form, other, late="accept and flag", courses={"1": "One", "2": "Two"})
    visits = (visit("dosing/a", "2027-03-10"), visit("dosing/b", "2027-03-15", course=2))
    rows = plan(design, INSTRUMENTS, facts(*visits))
    first = next(row for row in rows if row.course == 1 and row.definition == "with")
    assert welcome_until(first, rows, design, "UTC") == datetime(2027, 3, 14, 23, tzinfo=UTC)


def test_a_successor_that_opens_earlier_than_it_closes_takes_nothing_away():
    forms = [
        definition("one", "mood", "enrolment", opens="same day", closes="+9 days"),
        definition("two", "mood", "enrolment", opens="+3 days", closes="+6 days"),
    ]
    design = protocol(*forms, late="accept and flag")
    rows = asked(design)
    assert welcome_until(rows[0], rows, design, BERLIN) == rows[0].closes_at
