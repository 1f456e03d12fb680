"""A clinic: one session, a package or a group; how many sessions there will be nobody knows beforehand."""

from __future__ import annotations

import pytest

from server.actions.context import Context
from server.clock import FixedClock
from tests.schedules.founding import found_study
from tests.schedules.living import Person, Study
from tests.schedules.telling import assert_in_peace, assert_light


@pytest.fixture
def study(context: Context, clock: FixedClock) -> Study:
    return found_study(context, clock, "ketamine-clinic")


def come(person: Person, *days: tuple[str, str]) -> None:
    """Agree on one visit after the other, come to each, and have it confirmed the same noon."""
    for kind, on in days:
        visit = person.plan(kind, on)
        person.live_until(on)
        person.hold(visit)


def test_a_single_session_is_followed_for_a_month(study: Study):
    ada = study.enrol("2027-03-01", "single", guides=("Robin",))
    come(
        ada, ("preparation", "2027-03-05"), ("dosing", "2027-03-08"), ("integration", "2027-03-09")
    )
    ada.live_until("2027-12-01")
    assert ada.told() == [
        "safety-first, enrolment, 1 Mar to 7 Mar 2027: answered",
        "wellbeing-first, enrolment, 1 Mar to 7 Mar 2027: answered",
        "mood-first, enrolment, 1 Mar to 7 Mar 2027: answered",
        "safety-day-1, dosing-1, 9 Mar to 10 Mar 2027: answered",
        "alliance-coach about Robin, integration-1, 9 Mar to 14 Mar 2027: answered",
        "wellbeing-day-5, dosing-1, 12 Mar to 15 Mar 2027: answered",
        "safety-month-single, dosing-1, 3 Apr to 10 Apr 2027: answered",
        "mood-month-single, dosing-1, 3 Apr to 10 Apr 2027: answered",
        "words-month, dosing-1, 3 Apr to 10 Apr 2027: answered",
    ]
    assert_in_peace(ada, sessions=["2027-03-08"])
    assert_light(ada)


def test_a_package_goes_on_as_long_as_it_takes(study: Study):
    ben = study.enrol("2027-03-01", "package")
    come(
        ben, ("preparation", "2027-03-03"),
        ("dosing", "2027-03-08"), ("integration", "2027-03-10"),
        ("dosing", "2027-03-15"), ("dosing", "2027-03-22"), ("integration", "2027-03-24"),
        ("dosing", "2027-04-12"),
    )  # fmt: skip
    ben.live_until("2027-12-01")
    # After every session, however many there were.
    assert ben.answered_on("safety-day-1") == [
        "2027-03-09",
        "2027-03-16",
        "2027-03-23",
        "2027-04-13",
    ]
    assert ben.states()["wellbeing-day-5"] == {"answered": 4}
    # Each coach once, not after every integration; and again at twelve weeks.
    assert ben.states()["alliance-coach"] == {"answered": 2}
    assert ben.answered_on("alliance-week-12") == ["2027-05-28", "2027-05-28"]
    # Mood every four weeks from the first session on, for half a year.
    assert ben.answered_on("mood-month") == [
        "2027-04-03", "2027-05-01", "2027-05-29", "2027-06-26", "2027-07-24", "2027-08-21",
    ]  # fmt: skip
    assert "mood-month-single" not in ben.states()
    assert_in_peace(ben, sessions=["2027-03-08", "2027-03-15", "2027-03-22", "2027-04-12"])
    assert_light(ben)


def test_a_second_coach_is_rated_once_as_soon_as_they_have_talked(study: Study):
    ben = study.enrol("2027-03-01", "package", guides=("Robin",))
    come(ben, ("dosing", "2027-03-08"), ("integration", "2027-03-10"), ("dosing", "2027-03-15"))
    ben.live_until("2027-03-17")
    ben.replace("Robin", "Toni")
    come(ben, ("integration", "2027-03-17"), ("integration", "2027-03-24"))
    ben.live_until("2027-04-01")
    assert ben.told("alliance-coach") == [
        "alliance-coach about Robin, integration-1, 10 Mar to 15 Mar 2027: answered",
        "alliance-coach about Toni, integration-2, 17 Mar to 22 Mar 2027: answered",
    ]


def test_a_coach_is_asked_about_once_even_where_nobody_answered(study: Study):
    ben = study.enrol("2027-03-01", "package", guides=("Robin",))
    come(ben, ("dosing", "2027-03-08"), ("integration", "2027-03-10"))
    ben.live_until("2027-03-20", leaves=lambda row: row["definition"] == "alliance-coach")
    come(ben, ("integration", "2027-03-24"))
    ben.live_until("2027-03-31")
    assert ben.told("alliance-coach") == [
        "alliance-coach about Robin, integration-1, 10 Mar to 15 Mar 2027: unopened",
    ]


def test_a_reminder_that_would_fall_on_a_sessions_day_comes_at_ten_on_the_next(study: Study):
    ben = study.enrol("2027-03-01", "package", guides=("Robin",))
    come(ben, ("dosing", "2027-03-08"))
    ben.live_until("2027-04-02")
    ben.plan(
        "dosing", "2027-04-05"
    )  # two days after mood is asked, when its second reminder is due
    ben.live_until("2027-04-07", leaves=lambda row: row["definition"] == "mood-month")
    since = [f"{each:%-d %b %H:%M}" for each in ben.reminders() if each.month == 4]
    assert since == ["3 Apr 10:00", "6 Apr 10:00"]
    assert_in_peace(ben, sessions=["2027-03-08", "2027-04-05"])


def test_a_session_called_off_asks_nothing(study: Study):
    ben = study.enrol("2027-03-01", "package")
    visit = ben.plan("dosing", "2027-03-08")
    ben.live_until("2027-03-08")
    ben.cancel(visit, "a cold")
    ben.live_until("2027-03-20")
    assert set(ben.states()) == {"safety-first", "wellbeing-first", "mood-first"}


def test_a_group_shares_its_dates_and_one_person_may_still_have_their_own(study: Study):
    ada, ben, kim = (study.enrol("2027-03-01", "group", guides=("Robin",)) for _ in range(3))
    group = study.group("Spring 2027")
    first, second = group.date("dosing", "2027-03-08"), group.date("dosing", "2027-03-22")
    group.date("integration", "2027-03-09")
    for person in (ada, ben, kim):
        group.add(person)
    study.live_until("2027-03-04", [ada, ben, kim])
    # The second date moves for everyone but Ben, who has made another one of his own.
    ben.move(ben.visit_on("2027-03-22"), "2027-03-25")
    group.move(second, "2027-03-29")
    assert [each.days("dosing") for each in (ada, ben, kim)] == [
        ["2027-03-08", "2027-03-29"], ["2027-03-08", "2027-03-25"], ["2027-03-08", "2027-03-29"],
    ]  # fmt: skip
    # Everybody came to the first but Kim: the group's date was held, hers was not.
    study.live_until("2027-03-09", [ada, ben, kim])
    kim.miss(kim.visit_on("2027-03-08"))
    group.hold(first)
    study.live_until("2027-03-20", [ada, ben, kim])
    assert ada.answered_on("safety-day-1") == ben.answered_on("safety-day-1") == ["2027-03-09"]
    assert kim.answered_on("safety-day-1") == []
    assert ada.states()["wellbeing-day-5"] == {"answered": 1, "upcoming": 1}
    assert_in_peace(ada, sessions=["2027-03-08"])


def test_who_joins_a_group_later_has_only_the_dates_to_come(study: Study):
    ada = study.enrol("2027-03-01", "group")
    group = study.group("Spring 2027")
    group.date("dosing", "2027-03-08")
    group.date("dosing", "2027-03-22")
    ada.live_until("2027-03-15")
    group.add(ada)
    assert ada.days("dosing") == ["2027-03-22"]
