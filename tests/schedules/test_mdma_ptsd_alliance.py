"""MDMA or placebo, then open label: nine sessions, twice for whoever crosses over, told apart for good."""

from __future__ import annotations

import pytest

from server.actions.context import Context
from server.clock import FixedClock
from server.errors import ConflictError, ForbiddenError
from server.store import assessments, participants
from tests.schedules.founding import found_study
from tests.schedules.living import Person, Study
from tests.schedules.telling import assert_in_peace, assert_light

SESSIONS = ("preparation", "preparation", "dosing", "integration", "integration", "integration",
            "dosing", "integration", "integration")  # fmt: skip
FIRST = ("2027-03-08", "2027-03-15", "2027-03-22", "2027-03-23", "2027-03-30", "2027-04-06",
         "2027-04-19", "2027-04-20", "2027-04-27")  # fmt: skip
AGAIN = ("2027-07-12", "2027-07-19", "2027-07-26", "2027-07-27", "2027-08-03", "2027-08-10",
         "2027-08-23", "2027-08-24", "2027-08-31")  # fmt: skip


@pytest.fixture
def study(context: Context, clock: FixedClock) -> Study:
    return found_study(context, clock, "mdma-ptsd-alliance")


def nine_sessions(person: Person, days: tuple[str, ...], course: int = 1) -> None:
    """Enter all nine at once and go through them, each confirmed at noon of its day."""
    visits = person.enter(*zip(SESSIONS, days, strict=True), course=course)
    for visit, on in zip(visits, days, strict=True):
        person.live_until(on)
        person.hold(visit)


def test_one_course_as_the_paper_tells_it(study: Study):
    ada = study.enrol("2027-03-01")
    ada.allocate("placebo")
    nine_sessions(ada, FIRST)
    ada.live_until("2027-06-18")
    ada.staff_answers("Rae", "rated-month-2", {"total": 52})
    ada.staff_answers("Rae", "rater-guess-month-2")
    ada.live_until("2027-07-05")
    # Alliance before session 3, at session 4 and at session 9, each therapist apart.
    assert [each.partition(":")[0] for each in ada.told(
        "alliance-prep", "alliance-session-4", "alliance-session-9"
    )] == [
        "alliance-prep about Robin, preparation-2, 15 Mar to 21 Mar 2027",
        "alliance-prep about Sam, preparation-2, 15 Mar to 21 Mar 2027",
        "alliance-session-4 about Robin, integration-1, 24 Mar to 28 Mar 2027",
        "alliance-session-4 about Sam, integration-1, 24 Mar to 28 Mar 2027",
        "alliance-session-9 about Robin, integration-5, 27 Apr to 2 May 2027",
        "alliance-session-9 about Sam, integration-5, 27 Apr to 2 May 2027",
    ]  # fmt: skip
    assert ada.answered_on("distress-baseline") == ["2027-03-03"]
    assert ada.answered_on("distress-month-2") == ["2027-06-12"]
    left = {name: counts for name, counts in ada.states().items() if set(counts) != {"answered"}}
    assert left == {"rated-baseline": {"unopened": 1}}, "the rater missed the first rating"
    assert_in_peace(ada, sessions=["2027-03-22", "2027-04-19"])
    assert_light(ada)


def test_who_crosses_over_goes_through_it_again_and_nothing_of_either_course_mixes(study: Study):
    ada = study.enrol("2027-03-01")
    ada.allocate("placebo")
    nine_sessions(ada, FIRST)
    ada.live_until("2027-07-05")
    before = {row["id"]: row for row in ada.rows()}
    nine_sessions(ada, AGAIN, course=2)
    ada.live_until("2027-11-15")
    first = [row for row in ada.rows() if row["course"] == 1]
    again = [row for row in ada.rows() if row["course"] == 2]
    # The first course stands as it stood, anchors and answers alike.
    assert {row["id"]: row for row in first} == before
    assert {
        (row["definition"], row["about_staff_id"], row["anchor"])
        for row in again
        # Whoever crosses over has joined long ago: their safety is asked about once more.
        if row["definition"] != "safety-baseline"
    } == {
        (row["definition"], row["about_staff_id"], row["anchor"])
        for row in first
        # Joining happens once, and what is guessed is guessed before it is told.
        if row["anchor"] != "enrolment" and "guess" not in row["definition"]
    }
    assert ada.answered_on("distress-baseline") == ["2027-03-03", "2027-07-07"]
    assert ada.answered_on("distress-month-2") == ["2027-06-12", "2027-10-16"]
    assert ada.states()["alliance-session-9"] == {"answered": 4}
    assert_in_peace(ada, sessions=[FIRST[2], FIRST[6], AGAIN[2], AGAIN[6]])
    assert_light(ada)


def test_the_arm_is_known_to_the_administrator_alone_and_changes_nothing_that_is_asked(
    study: Study,
):
    ada, ben, db = study.enrol("2027-03-01"), study.enrol("2027-03-01"), study.context.db
    days = tuple(zip(SESSIONS, FIRST, strict=True))
    for person in (ada, ben):
        person.enter(*days)
    unallocated = ada.told()
    ada.allocate("mdma")
    ben.allocate("placebo")
    assert ada.told() == ben.told() == unallocated
    assert participants.one(db, study.team["Adele"], ada.id)["arm"] == "mdma"
    for name in ("Cora", "Robin", "Rae"):
        assert not participants.one(db, study.team[name], ada.id)["arm"]
        with pytest.raises(ForbiddenError):
            ada.allocate("placebo", by=name)


def test_the_rater_sees_what_raters_enter_and_no_acute_experience(study: Study):
    ada = study.enrol("2027-03-01")
    nine_sessions(ada, FIRST)
    ada.live_until("2027-04-28")
    rows = assessments.of(study.context.db, study.team["Rae"], ada.id)
    assert {row["instrument"] for row in rows} == {"caps-iv", "allocation-guess-rater"}


def test_a_tenth_session_is_not_part_of_a_course(study: Study):
    ada = study.enrol("2027-03-01")
    ada.enter(*zip(SESSIONS, FIRST, strict=True))
    with pytest.raises(ConflictError, match="The protocol has 5 integration visit"):
        ada.plan("integration", "2027-05-04")
