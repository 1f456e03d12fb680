"""The everyday design, lived for a year: what is asked, answered, moved, awaited and missed."""

from __future__ import annotations

import pytest

from server.actions.context import Context
from server.clock import FixedClock
from tests.schedules.founding import found_study
from tests.schedules.living import Person, Study
from tests.schedules.telling import assert_in_peace

ONE_GUIDE_EACH = 2
AFTERWARDS = ("month-1", "month-3", "month-6", "month-12")


@pytest.fixture
def study(context: Context, clock: FixedClock) -> Study:
    return found_study(context, clock, "alliance-core")


def enrolled_and_prepared(study: Study) -> Person:
    """Enrolled on 1 March, prepared on the 8th; dosing planned for 15 March and 5 April."""
    ada = study.enrol("2027-03-01", "immediate")
    ada.live_until("2027-03-08")
    ada.hold(ada.plan("preparation", "2027-03-08"))
    return ada


def test_a_year_as_the_design_says(study: Study):
    ada = enrolled_and_prepared(study)
    first, second = ada.plan("dosing", "2027-03-15"), ada.plan("dosing", "2027-04-05")
    ada.live_until("2027-03-16")
    ada.hold(first)
    ada.live_until("2027-04-06")
    ada.hold(second)
    ada.live_until("2028-05-01")
    # All that was asked was answered, each guide apart, and nothing else was asked.
    assert {
        name: counts for name, counts in ada.states().items() if set(counts) != {"answered"}
    } == {}
    asked = {name: counts["answered"] for name, counts in ada.states().items()}
    once = {"safety-baseline", "event", "wellbeing-baseline", "distress-baseline", "quality-baseline",
            "safety-prep", "wellbeing-week-1", "distress-week-1",
            "words-month-1", "words-month-6", "words-month-12"}  # fmt: skip
    once |= {f"{what}-{when}" for when in AFTERWARDS
             for what in ("safety", "wellbeing", "distress", "quality", "meanwhile")}  # fmt: skip
    after_each_dosing = {"safety-day-1", "mystical-day-1", "insight-day-1", "safety-week-1"}
    assert asked == (
        dict.fromkeys(once, 1)
        | dict.fromkeys(after_each_dosing, 2)
        | {"alliance-prep": ONE_GUIDE_EACH, "alliance-week-1": 2 * ONE_GUIDE_EACH}
    )
    assert ada.answered_on("distress-week-1") == ["2027-04-11"]
    assert ada.answered_on("distress-month-12") == ["2028-03-22"]
    assert_in_peace(ada, sessions=["2027-03-15", "2027-04-05"])


def test_a_session_that_moves_takes_its_forms_along_and_waits_to_be_confirmed(study: Study):
    ada = enrolled_and_prepared(study)
    first = ada.plan("dosing", "2027-03-15")
    ada.plan("dosing", "2027-04-05")
    ada.live_until("2027-03-12")
    assert ada.told("alliance-prep") == [
        "alliance-prep about Robin, preparation-1, 8 Mar to 14 Mar 2027: answered",
        "alliance-prep about Sam, preparation-1, 8 Mar to 14 Mar 2027: answered",
    ]
    ada.move(first, "2027-03-22", "the guide was ill")
    ada.live_until("2027-03-24")
    # The answers keep the window that was in force; nobody is asked about the session unconfirmed.
    assert ada.told("alliance-prep", "mystical-day-1")[:3] == [
        "alliance-prep about Robin, preparation-1, 8 Mar to 14 Mar 2027: answered",
        "alliance-prep about Sam, preparation-1, 8 Mar to 14 Mar 2027: answered",
        "mystical-day-1, dosing-1, 23 Mar to 26 Mar 2027: awaiting",
    ]
    assert ada.offered() == []
    ada.hold(first, "2027-03-23")
    assert ada.told("mystical-day-1")[0] == (
        "mystical-day-1, dosing-1, 24 Mar to 27 Mar 2027: open"
    )
    ada.live_until("2027-03-25")
    assert ada.answered_on("mystical-day-1") == ["2027-03-24"]
    assert_in_peace(ada, sessions=["2027-03-23"])


def test_a_later_preparation_is_asked_about_anew_and_the_earlier_answer_kept(study: Study):
    ada = enrolled_and_prepared(study)
    ada.plan("dosing", "2027-03-22")
    ada.live_until("2027-03-12")
    ada.hold(ada.plan("preparation", "2027-03-12"))
    ada.live_until("2027-03-13")
    assert ada.told("alliance-prep") == [
        "alliance-prep about Robin, preparation-1, 8 Mar to 21 Mar 2027: unscheduled",
        "alliance-prep about Sam, preparation-1, 8 Mar to 21 Mar 2027: unscheduled",
        "alliance-prep about Robin, preparation-2, 12 Mar to 21 Mar 2027: answered",
        "alliance-prep about Sam, preparation-2, 12 Mar to 21 Mar 2027: answered",
    ]


def test_a_session_that_nobody_came_to_is_none(study: Study):
    ada = enrolled_and_prepared(study)
    first = ada.plan("dosing", "2027-03-15")
    ada.live_until("2027-03-16")
    ada.miss(first)
    ada.plan("dosing", "2027-04-05")
    rows = ada.told("mystical-day-1")
    assert rows == ["mystical-day-1, dosing-1, 6 Apr to 9 Apr 2027: upcoming"]


def test_a_guide_who_takes_over_is_rated_from_then_on(study: Study):
    ada = enrolled_and_prepared(study)
    first, second = ada.plan("dosing", "2027-03-15"), ada.plan("dosing", "2027-04-05")
    ada.live_until("2027-03-16")
    ada.hold(first)
    ada.live_until("2027-03-26")
    ada.replace("Sam", "Toni")
    ada.live_until("2027-04-06")
    ada.hold(second)
    ada.live_until("2027-04-16")
    assert [told.partition(",")[0] for told in ada.told("alliance-week-1")] == [
        "alliance-week-1 about Robin", "alliance-week-1 about Sam",
        "alliance-week-1 about Robin", "alliance-week-1 about Toni",
    ]  # fmt: skip


def test_what_is_left_closes_unopened_and_brings_no_reminder_after_closing(study: Study):
    ada = enrolled_and_prepared(study)
    first = ada.plan("dosing", "2027-03-15")
    ada.live_until("2027-03-16")
    ada.hold(first)
    ada.live_until("2027-03-26", leaves=lambda row: row["definition"] == "insight-day-1")
    assert ada.told("insight-day-1") == [
        "insight-day-1, dosing-1, 16 Mar to 19 Mar 2027: unopened",
    ]
    since = [f"{each:%-d %b %H:%M}" for each in ada.reminders() if each.day > 15]
    # Once it could be asked, on the evening of the second day after, and then about what came next.
    assert since == ["16 Mar 12:00", "18 Mar 18:00", "20 Mar 10:00"]


def test_somebody_far_away_lives_by_their_own_clock(study: Study):
    kim = study.enrol("2027-03-01", "delayed", zone="Pacific/Auckland", guides=("Robin",))
    kim.live_until("2027-03-08")
    kim.hold(kim.plan("preparation", "2027-03-08"))
    first = kim.plan("dosing", "2027-04-01")
    kim.live_until("2027-04-02")
    kim.hold(first)
    # The clock there goes back on 4 April; days stay days.
    kim.live_until("2027-04-12")
    assert kim.told("safety-week-1") == ["safety-week-1, dosing-1, 6 Apr to 10 Apr 2027: answered"]
    assert_in_peace(kim, sessions=["2027-04-01"])
