"""Sessions: what is about one waits until it was held, and nobody is written to on its day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from server.domain.facts import Visit, VisitStatus, ZoneFact
from server.domain.protocol import Protocol
from server.domain.reminders import Calm, PlannedMessage, plan_messages
from server.domain.timeline import PlannedAssessment, plan
from tests.domain.design import (
    BASELINE,
    INSTRUMENTS,
    MONTH,
    PREPARED,
    SESSIONS,
    WEEK,
    berlin,
    definition,
    facts,
    protocol,
    visit,
)  # fmt: skip

AFTER = definition("after", "mood", "every dosing", opens="+1 day", closes="+4 days")
DAY = definition("day", "mood", "every dosing", opens="-1 day at 12:00", closes="+2 days",
                 waits="false")  # fmt: skip
DESIGN = protocol(BASELINE, PREPARED, WEEK, MONTH, AFTER, visits=SESSIONS)
FIRST, SECOND = visit("dosing/a", "2027-03-22", "09:00"), visit("dosing/b", "2027-04-19", "09:00")


def planned(*visits: Visit, design: Protocol = DESIGN) -> list[PlannedAssessment]:
    return list(plan(design, INSTRUMENTS, facts(*visits)))


def test_what_is_anchored_on_a_session_awaits_it_until_it_is_held():
    rows = planned(FIRST, replace(SECOND, status="held"), visit("preparation/a", "2027-03-15"))
    awaited = {(row.definition, row.awaits) for row in rows}
    assert awaited == {
        ("baseline", None), ("prepared", None), ("week", FIRST.id), ("week", None),
        ("after", FIRST.id), ("after", None), ("month", None),
    }  # fmt: skip


def test_confirming_changes_nothing_but_the_waiting():
    before = planned(FIRST)
    after = planned(replace(FIRST, status="held"))
    assert [replace(row, awaits=None) for row in before] == after


def test_the_file_may_let_a_form_not_wait_or_let_one_wait_for_another_kind_of_visit():
    talk = definition("talk", "mood", "every integration", opens="same day", closes="+1 day",
                      waits="true")  # fmt: skip
    design = protocol(DAY, talk, visits=SESSIONS)
    meeting = visit("integration/a", "2027-04-01")
    assert {(row.definition, row.awaits) for row in planned(FIRST, meeting, design=design)} == {
        ("day", None), ("talk", meeting.id),
    }  # fmt: skip


@pytest.mark.parametrize("status", ["cancelled", "no-show"])
def test_whom_nobody_came_to_see_has_no_number_and_no_forms(status: VisitStatus):
    rows = planned(replace(FIRST, status=status), SECOND)
    assert {row.anchor for row in rows if row.visit_id} == {"dosing-1"}
    assert {row.visit_id for row in rows if row.visit_id} == {SECOND.id}


def messages(*visits: Visit, design: Protocol = DESIGN, **known: Any) -> tuple[PlannedMessage, ...]:
    person = facts(*visits, **known)
    return plan_messages(design, person, plan(design, INSTRUMENTS, person), "email")


def local(found: tuple[PlannedMessage, ...]) -> list[str]:
    return [each.local_moment for each in found]


def test_nobody_is_reminded_of_what_awaits_a_confirmation():
    only = protocol(AFTER, visits=SESSIONS)
    assert messages(FIRST, design=only) == ()
    held = messages(replace(FIRST, status="held"), design=only)
    assert local(held) == ["2027-03-23T10:00", "2027-03-25T18:00"]


def test_nor_is_anybody_reminded_of_what_others_answer():
    rated = protocol(
        definition("rated", "interview", "enrolment", opens="same day", closes="+9 days")
    )
    assert messages(design=rated) == ()


def test_what_would_leave_on_a_session_day_waits_for_ten_the_next_morning():
    only = protocol(DAY, visits=SESSIONS, rules=("at opening", "+1 day at 18:00"))
    assert local(messages(FIRST, design=only)) == ["2027-03-21T12:00", "2027-03-23T10:00"]


def test_it_waits_for_the_usual_hour_where_that_is_later():
    only = protocol(DAY, visits=SESSIONS, rules=("+1 day at 18:00",), default="14:00")
    assert local(messages(FIRST, design=only)) == ["2027-03-23T14:00"]


def test_before_ten_on_the_day_after_it_waits_as_well():
    early = definition("early", "mood", "every dosing", opens="+1 day at 08:30", closes="+4 days",
                       waits="false")  # fmt: skip
    only = protocol(early, visits=SESSIONS, rules=("at opening",), default="09:00")
    assert local(messages(FIRST, design=only)) == ["2027-03-23T10:00"]


def test_past_closing_it_is_dropped():
    short = definition("short", "mood", "every dosing", opens="-1 day", closes="same day",
                       waits="false")  # fmt: skip
    only = protocol(short, visits=SESSIONS, rules=("+1 day at 09:00",))
    assert messages(FIRST, design=only) == ()


def test_sessions_on_two_days_running_are_both_left_in_peace():
    only = protocol(DAY, visits=SESSIONS, rules=("+1 day at 18:00",))
    again = visit("dosing/b", "2027-03-23", "09:00")
    assert local(messages(FIRST, again, design=only)) == ["2027-03-24T10:00"]


def test_a_session_that_did_not_take_place_keeps_nobody_waiting():
    only = protocol(DAY, visits=SESSIONS, rules=("+1 day at 18:00",))
    gone = replace(visit("dosing/b", "2027-03-23"), status="no-show")
    assert local(messages(FIRST, gone, design=only)) == ["2027-03-23T10:00"]


def test_the_day_after_is_the_next_one_lived_where_the_date_line_leaves_one_out():
    zones = (ZoneFact("Pacific/Apia", date(2011, 12, 1)),)
    calm = Calm.of(protocol(visits=SESSIONS), facts(visit("dosing/a", "2011-12-29"), zones=zones))
    late = berlin("2011-12-29T12:00")  # in Apia the 29th, two in the morning
    here = calm.first(late).astimezone(berlin("2011-12-29").tzinfo)
    apia = here.astimezone(ZoneInfo("Pacific/Apia"))
    assert (apia.date(), apia.time()) == (date(2011, 12, 31), time(10))
