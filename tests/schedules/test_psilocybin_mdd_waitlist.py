"""Psilocybin for depression: two arms through the same visits, one of them eight weeks later."""

from __future__ import annotations

import pytest

from server.actions.context import Context
from server.clock import FixedClock
from server.errors import NotFoundError
from server.store import assessments, participants
from tests.schedules.founding import found_study
from tests.schedules.living import Person, Study
from tests.schedules.telling import assert_in_peace, assert_light

AFTERWARDS = ("week-4", "month-3", "month-6", "month-12")


@pytest.fixture
def study(context: Context, clock: FixedClock) -> Study:
    return found_study(context, clock, "psilocybin-mdd-waitlist")


def treated(person: Person, preparations: list[str], dosings: list[str]) -> None:
    """Go through preparation and both dosing visits, each confirmed at noon of the day after."""
    visits = person.enter(
        *(("preparation", on) for on in preparations), *(("dosing", on) for on in dosings)
    )
    for visit, on in zip(visits, (*preparations, *dosings), strict=True):
        person.live_until(on)
        person.live_days(1)
        person.hold(visit)


def test_the_immediate_arm_is_treated_and_followed_for_a_year(study: Study):
    ada = study.enrol("2027-03-01")
    assert set(ada.states()) == {
        "safety-baseline", "depression-baseline", "wellbeing-baseline", "rated-baseline", "rated-week-8",
    }  # fmt: skip
    ada.live_until("2027-03-04")
    ada.staff_answers("Rae", "rated-baseline", {"total": 24})
    ada.allocate("immediate")
    treated(ada, ["2027-03-08", "2027-03-15"], ["2027-03-18", "2027-04-01"])
    ada.live_until("2027-04-25")
    ada.staff_answers("Rae", "rated-week-8", {"total": 11})
    ada.live_until("2027-04-29")
    ada.staff_answers("Rae", "rated-week-4", {"total": 9})
    ada.live_until("2028-05-01")
    states = ada.states()
    assert not {"safety-waiting", "depression-waiting"} & set(states), (
        "who does not wait is not asked"
    )
    # Alliance with each guide at the end of preparation and one week after the last dose.
    assert [each.partition(":")[0] for each in ada.told("alliance-prep", "alliance-week-1")] == [
        "alliance-prep about Robin, preparation-2, 15 Mar to 17 Mar 2027",
        "alliance-prep about Sam, preparation-2, 15 Mar to 17 Mar 2027",
        "alliance-week-1 about Robin, dosing-2, 6 Apr to 11 Apr 2027",
        "alliance-week-1 about Sam, dosing-2, 6 Apr to 11 Apr 2027",
    ]
    # Both sessions are asked about, so that their peak can be taken.
    assert ada.answered_on("mystical-day-1") == ["2027-03-19", "2027-04-02"]
    assert ada.answered_on("insight-day-1") == ["2027-03-19", "2027-04-02"]
    for when in AFTERWARDS:
        assert states[f"depression-{when}"] == {"answered": 1}
    assert states["rated-week-8"] == states["rated-week-4"] == {"answered": 1}
    # Nobody rated the rest: that is seen, and says nothing about the participant's own answers.
    assert states["rated-month-3"] == {"unopened": 1}
    assert_in_peace(ada, sessions=["2027-03-18", "2027-04-01"])
    assert_light(ada)


def test_the_delayed_arm_reports_while_it_waits_and_then_goes_the_same_way(study: Study):
    ben = study.enrol("2027-03-01", zone="America/New_York")
    ben.live_until("2027-03-04")
    ben.allocate("delayed")
    first = ben.plan("preparation", "2027-04-26")  # eight weeks on
    assert [each.partition(":")[0] for each in ben.told("depression-waiting")] == [
        "depression-waiting, enrolment, 14 Mar to 18 Mar 2027",
        "depression-waiting, enrolment, 28 Mar to 1 Apr 2027",
        "depression-waiting, enrolment, 11 Apr to 15 Apr 2027",
    ]
    # It has to wait two weeks more: it is asked once more at eight weeks.
    ben.live_until("2027-04-20")
    ben.move(first, "2027-05-10")
    ben.live_until("2027-05-10")
    assert ben.answered_on("depression-waiting") == [
        "2027-03-14", "2027-03-28", "2027-04-11", "2027-04-25",
    ]  # fmt: skip
    ben.cancel(first, "entered anew with the others")
    treated(ben, ["2027-05-10", "2027-05-17"], ["2027-05-20", "2027-06-03"])
    ben.live_until("2028-07-01")
    assert ben.answered_on("mystical-day-1") == ["2027-05-21", "2027-06-04"]
    for when in AFTERWARDS:
        assert ben.states()[f"depression-{when}"] == {"answered": 1}
    assert_in_peace(ben, sessions=["2027-05-20", "2027-06-03"])
    assert_light(ben)


def test_both_arms_are_rated_eight_weeks_after_enrolment_and_the_rater_cannot_tell_them_apart(
    study: Study,
):
    ada, ben = study.enrol("2027-03-01"), study.enrol("2027-03-01")
    ada.live_until("2027-03-02")
    ada.allocate("immediate")
    ben.allocate("delayed")
    rater, db = study.team["Rae"], study.context.db
    seen = [
        [(row["definition"], row["opens_at"]) for row in assessments.of(db, rater, each.id)]
        for each in (ada, ben)
    ]
    assert seen[0] == seen[1]
    assert [definition for definition, _ in seen[0]] == ["rated-baseline", "rated-week-8"]
    for person in (ada, ben):
        assert not participants.one(db, rater, person.id)["arm"]
        assert participants.one(db, study.team["Cora"], person.id)["arm"]


def test_two_ratings_of_the_immediate_arm_may_stand_open_together_each_for_itself(study: Study):
    ada = study.enrol("2027-03-01")
    ada.allocate("immediate")
    visits = ada.enter(
        ("preparation", "2027-03-08"), ("dosing", "2027-03-15"), ("dosing", "2027-03-29")
    )
    ada.live_until("2027-04-24")
    ada.hold(visits[-1])
    assert ada.told("rated-week-8", "rated-week-4") == [
        "rated-week-8, enrolment, 21 Apr to 1 May 2027: open",
        "rated-week-4, dosing-2, 23 Apr to 3 May 2027: open",
    ]
    ada.staff_answers("Rae", "rated-week-8", {"total": 11})
    assert ada.states()["rated-week-4"] == {"open": 1}


def test_whom_a_rater_was_not_given_they_do_not_find(study: Study):
    ada = study.enrol("2027-03-01")
    with pytest.raises(NotFoundError):
        participants.one(study.context.db, study.team["Tom"], ada.id)
