"""MDMA-assisted therapy in three sessions: blocks of integration, alliance after each, safety around each."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from server.actions.context import Context
from server.clock import FixedClock
from tests.schedules.founding import found_study
from tests.schedules.living import Person, Study
from tests.schedules.telling import assert_in_peace, assert_light

DOSING = ("2027-03-29", "2027-04-26", "2027-05-24")
BLOCKS = (
    ("2027-03-30", "2027-04-06", "2027-04-13"),
    ("2027-04-27", "2027-05-04", "2027-05-11"),
    ("2027-05-25", "2027-06-01", "2027-06-08"),
)


@pytest.fixture
def study(context: Context, clock: FixedClock) -> Study:
    return found_study(context, clock, "mdma-three-session")


@pytest.fixture
def ada(study: Study) -> Person:
    """Enrolled on 1 March, with all dates of the course entered at once."""
    person = study.enrol("2027-03-01", "everyone")
    person.enter(
        *(("preparation", on) for on in ("2027-03-08", "2027-03-15", "2027-03-22")),
        *(("dosing", on) for on in DOSING),
        *(("integration", on) for block in BLOCKS for on in block),
    )
    return person


def through(person: Person, until: str) -> None:
    """Live on, with everything that has come by then confirmed as planned at noon of its day."""
    for visit, on in sorted(person.calendar(), key=lambda each: each[1]):
        if on <= until:
            person.live_until(on)
            person.hold(visit)
    person.live_until(until)


def test_the_alliance_is_asked_after_preparation_and_after_each_block(ada: Person):
    through(ada, "2027-06-20")
    rows = ada.told("alliance-prep", "alliance-block-1", "alliance-block-2", "alliance-block-3")
    assert [each for each in rows if "Robin" in each] == [
        "alliance-prep about Robin, preparation-3, 22 Mar to 28 Mar 2027: answered",
        "alliance-block-1 about Robin, integration-3, 13 Apr to 24 Apr 2027: answered",
        "alliance-block-2 about Robin, integration-6, 11 May to 22 May 2027: answered",
        "alliance-block-3 about Robin, integration-9, 8 Jun to 14 Jun 2027: answered",
    ]
    assert len(rows) == 8, "each of two therapists, four times"


def test_symptoms_follow_a_day_after_the_alliance_and_never_on_a_sessions_day(ada: Person):
    through(ada, "2027-06-20")
    for number, block in enumerate(BLOCKS, start=1):
        next_day = str(date.fromisoformat(block[-1]) + timedelta(days=1))
        assert ada.answered_on(f"stress-block-{number}") == [next_day]
        assert ada.answered_on(f"distress-block-{number}") == [next_day]


def test_a_safety_check_stands_before_on_the_day_after_and_a_week_after_each_session(ada: Person):
    through(ada, "2027-06-20")
    days = [date.fromisoformat(on) for on in DOSING]
    for name, apart in (("safety-before", -2), ("safety-day-1", 1), ("safety-week-1", 5)):
        expected = [str(day + timedelta(days=apart)) for day in days]
        assert ada.answered_on(name) == expected


def test_on_the_day_itself_only_staff_fill_something_in(ada: Person):
    through(ada, "2027-03-28")
    ada.live_until(DOSING[0])
    assert ada.offered() == []
    assert "list-on-the-day, dosing-1, 29 Mar to 30 Mar 2027: open" in ada.told("list-on-the-day")
    ada.staff_answers("Cora", "list-on-the-day")
    assert ada.states()["list-on-the-day"] == {"answered": 1, "upcoming": 2}


def test_a_year_as_the_design_says(ada: Person):
    through(ada, "2027-07-10")
    ada.staff_answers("Rae", "rated-month-2", {"total": 14})
    ada.live_until("2028-07-01")
    left = {name: counts for name, counts in ada.states().items() if set(counts) != {"answered"}}
    # The rater came once; staff never wrote down what they looked at.
    assert left == {
        "rated-baseline": {"unopened": 1}, "rated-block-3": {"unopened": 1},
        "rated-month-12": {"unopened": 1}, "list-on-the-day": {"unopened": 3},
    }  # fmt: skip
    for measure in ("stress", "distress"):
        counts = [ada.states()[f"{measure}-{when}"] for when in
                  ("baseline", "block-1", "block-2", "block-3", "month-2", "month-12")]  # fmt: skip
        assert counts == [{"answered": 1}] * 6
    assert_in_peace(ada, sessions=DOSING)
    assert_light(ada)


def test_a_cancelled_integration_lets_the_block_end_with_the_one_before(ada: Person):
    through(ada, "2027-04-12")
    third = next(visit for visit, on in ada.calendar() if on == "2027-04-13")
    ada.cancel(third)
    assert ada.told("alliance-block-1")[0].startswith(
        "alliance-block-1 about Robin, integration-2, 6 Apr to 24 Apr 2027"
    )
    assert ada.told("alliance-block-3")[0].startswith(
        "alliance-block-3 about Robin, integration-8, 8 Jun"
    )


def test_a_session_put_off_takes_its_checks_along(ada: Person):
    through(ada, "2027-04-20")
    second = next(visit for visit, on in ada.calendar() if on == DOSING[1])
    ada.move(second, "2027-05-02")
    assert [each.partition(":")[0] for each in ada.told("safety-before", "safety-day-1")][2:4] == [
        "safety-before, dosing-2, 30 Apr to 1 May 2027",
        "safety-day-1, dosing-2, 3 May to 5 May 2027",
    ]
    # A visit that now lies before the session ends the first block, until it is moved as well.
    fourth = next(visit for visit, on in ada.calendar() if on == "2027-04-27")
    about_robin = [each for each in ada.told("alliance-block-1") if "Robin" in each]
    assert about_robin == [
        "alliance-block-1 about Robin, integration-3, 13 Apr to 24 Apr 2027: unscheduled",
        "alliance-block-1 about Robin, integration-4, 27 Apr to 30 Apr 2027: upcoming",
    ]
    ada.move(fourth, "2027-05-03")
    about_robin = [each for each in ada.told("alliance-block-1") if "Robin" in each]
    assert about_robin == [
        "alliance-block-1 about Robin, integration-3, 13 Apr to 24 Apr 2027: answered",
    ]
