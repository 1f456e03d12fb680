"""The plan follows from protocol and facts alone; ids stay where dates move."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from server.domain.facts import Facilitator, Visit, ZoneFact
from server.domain.protocol import Protocol
from server.domain.timeline import PlannedAssessment, hidden_from, plan, unplanned
from tests.domain.design import (
    ANNA,
    BASELINE,
    BEN,
    CARA,
    INSTRUMENTS,
    MONTH,
    PREPARED,
    WEEK,
    berlin,
    definition,
    facts,
    protocol,
    visit,
)


def planned(*visits: Visit, design: Protocol | None = None, **more: Any) -> list[PlannedAssessment]:
    return list(plan(design or protocol(), INSTRUMENTS, facts(*visits, **more)))


def reasons(*visits: Visit, design: Protocol | None = None, **more: Any) -> dict[str, str]:
    rows = unplanned(design or protocol(), INSTRUMENTS, facts(*visits, **more))
    return {row.definition: row.reason for row in rows}


P1, P2 = (
    visit("preparation/a", "2027-03-08", "10:00"),
    visit("preparation/b", "2027-03-15", "10:00"),
)
D1, D2 = visit("dosing/a", "2027-03-22", "09:00"), visit("dosing/b", "2027-04-19", "09:00")


def test_enrolment_alone_asks_for_the_baseline_and_says_what_the_rest_waits_for():
    (only,) = planned()
    assert (only.definition, only.anchor, only.visit_id) == ("baseline", "enrolment", None)
    assert only.opens_at == berlin("2027-03-01T08:00")
    assert only.closes_at == berlin("2027-03-07T20:00")
    assert reasons() == {
        "prepared": "waits for dosing-1",
        "week": "waits for a dosing visit",
        "month": "waits for dosing-1, planned or cancelled, to know the last",
    }


def test_each_guide_is_rated_apart_once_the_last_preparation_is_known():
    rows = [row for row in planned(P1, P2, D1) if row.definition == "prepared"]
    assert [(row.about, row.visit_id, row.anchor) for row in rows] == [
        (ANNA, P2.id, "preparation-2"),
        (BEN, P2.id, "preparation-2"),
    ]
    assert rows[0].opens_at == berlin("2027-03-15T16:00")
    assert rows[0].closes_at == berlin("2027-03-22T08:00")


def test_a_preparation_after_dosing_and_a_cancelled_one_are_not_the_last_before_it():
    after = visit("preparation/c", "2027-03-29")
    off = visit("preparation/d", "2027-03-20", status="cancelled")
    assert {
        row.visit_id for row in planned(P1, after, off, D1) if row.definition == "prepared"
    } == {P1.id}
    same_day = visit("preparation/e", "2027-03-22")
    waits = reasons(same_day, D1)
    assert waits["prepared"].startswith("preparation-1: closes before it opens")


def test_windows_without_times_take_in_whole_days():
    week = next(row for row in planned(D1, D2) if row.definition == "week")
    assert week.opens_at == berlin("2027-03-27T00:00")
    assert week.target_at == berlin("2027-03-29T00:00")
    assert week.closes_at == berlin("2027-04-02T00:00")


def test_the_last_dosing_is_known_when_both_are_entered_or_one_is_cancelled():
    assert "month" in reasons(D1)
    month = next(row for row in planned(D1, D2) if row.definition == "month")
    assert (month.anchor, month.target_at) == ("dosing-2", berlin("2027-05-19T00:00"))
    gone = visit("dosing/b", "2027-04-19", status="cancelled")
    month = next(row for row in planned(D1, gone) if row.definition == "month")
    assert (month.anchor, month.visit_id) == ("dosing-1", D1.id)


def test_a_visit_that_moves_takes_its_assessments_along_under_the_same_ids():
    before = planned(P1, D1, D2)
    later = visit("dosing/b", "2027-05-03", "09:00")
    after = planned(P1, D1, later)
    assert {row.id for row in before} == {row.id for row in after}
    moved = {row.id for row in before} - {row.id for row in after if row in before}
    assert {row.definition for row in before if row.id in moved} == {"week", "month"}


def test_a_visit_that_overtakes_another_keeps_its_id_and_changes_its_number():
    early = visit("dosing/b", "2027-03-18", "09:00")
    labels = {row.visit_id: row.anchor for row in planned(D1, early) if row.definition == "week"}
    assert labels == {early.id: "dosing-1", D1.id: "dosing-2"}


def test_only_who_guides_on_that_day_is_rated_and_nobody_twice():
    day = date(2027, 3, 1)
    people = (
        Facilitator(ANNA, "Anna", day, date(2027, 3, 10)),
        Facilitator(ANNA, "Anna", date(2027, 3, 12)),
        Facilitator(BEN, "Ben", day, date(2027, 3, 22)),
        Facilitator(CARA, "Cara", date(2027, 4, 1)),
    )
    rows = [row for row in planned(D1, D2, people=people) if row.definition == "week"]
    assert [(row.anchor, row.about) for row in rows] == [
        ("dosing-1", BEN), ("dosing-1", ANNA), ("dosing-2", ANNA), ("dosing-2", CARA),
    ]  # fmt: skip
    # Hidden from everybody who ever guided, whether before or after.
    assert all(row.hidden_from == (ANNA, BEN, CARA) and row.alliance for row in rows)
    assert reasons(D1, people=())["week"] == "dosing-1: nobody is assigned on that day"


def test_what_is_hidden_without_being_about_anyone_is_hidden_from_all_who_guide():
    spot = INSTRUMENTS["blind-spot"]
    assert hidden_from(spot, facts(), None) == (ANNA, BEN)
    assert hidden_from(spot, facts(), ANNA) == (ANNA,)
    assert hidden_from(INSTRUMENTS["mood"], facts(), None) == ()
    (row,) = planned(design=protocol(definition(
        "spot", "blind-spot", "enrolment", opens="same day", closes="+1 day")))  # fmt: skip
    assert row.alliance


def test_forms_for_raters_are_planned_and_say_who_answers_them():
    rated = protocol(
        definition("caps", "interview", "enrolment", opens="same day", closes="+1 day")
    )
    assert [(row.definition, row.respondent) for row in planned(design=rated)] == [
        ("caps", "rater")
    ]


def test_the_withdrawn_are_asked_nothing():
    assert planned(P1, D1, withdrawn=True) == []


def test_a_second_course_is_planned_apart_and_without_a_second_enrolment():
    again = visit("dosing/c", "2027-09-01", course=2)
    rows = planned(D1, D2, again)
    assert [(row.course, row.anchor) for row in rows if row.visit_id == again.id] == [
        (2, "dosing-1")
    ] * 2
    assert sum(row.definition == "baseline" for row in rows) == 1


def test_a_date_at_the_end_of_the_calendar_stops_nothing_else():
    end = visit("dosing/z", "9999-12-30")
    assert [row.definition for row in planned(end)] == ["baseline"]
    assert reasons(end)["week"] == "dosing-1: no calendar reaches that far"


def test_spring_and_autumn_move_no_day():
    spring = visit("dosing/a", "2027-03-24")
    week = next(row for row in planned(spring) if row.definition == "week")
    assert week.opens_at == berlin("2027-03-29T00:00")  # the clock changed on the 28th
    assert week.closes_at - week.opens_at == timedelta(days=6)


def test_whoever_moves_lives_by_the_new_clock_but_what_is_open_closes_when_it_was_to():
    zones = (
        ZoneFact("Europe/Berlin", date(2027, 3, 1)), ZoneFact("America/New_York", date(2027, 3, 29)),
    )  # fmt: skip
    week, month = (row for row in planned(D1, replace(D2, status="cancelled"), zones=zones)
                   if row.about in {ANNA, None} and row.definition in {"week", "month"})  # fmt: skip
    assert week.opens_at == berlin("2027-03-27T00:00")
    assert week.closes_at == berlin("2027-04-02T00:00")
    assert month.opens_at == datetime(2027, 4, 19, tzinfo=ZoneInfo("America/New_York"))


def test_a_moment_on_another_visits_day_is_by_the_clock_of_that_day():
    zones = (
        ZoneFact("America/New_York", date(2027, 3, 1)), ZoneFact("Europe/Berlin", date(2027, 3, 20)),
    )  # fmt: skip
    row = next(row for row in planned(P2, D1, zones=zones) if row.definition == "prepared")
    assert row.opens_at == datetime(2027, 3, 15, 16, tzinfo=ZoneInfo("America/New_York"))
    assert row.closes_at == berlin("2027-03-22T08:00")


def test_wrong_order_and_a_later_preparation_replace_what_was_asked_and_keep_its_id_away():
    only = {row.id for row in planned(P1, D1) if row.definition == "prepared"}
    both = {row.id for row in planned(P1, P2, D1) if row.definition == "prepared"}
    assert not only & both
    # Entered after the dosing visit, in whatever order: the same plan.
    assert planned(D1, P2, P1) == planned(P1, P2, D1)
    # The later one falls out: the first is asked again, under the id that it had.
    gone = replace(P2, status="no-show")
    assert {row.id for row in planned(P1, gone, D1) if row.definition == "prepared"} == only


def test_the_definitions_used_here_are_the_four_kinds_of_anchor():
    assert [each.anchor.text for each in (BASELINE, PREPARED, WEEK, MONTH)] == [
        "enrolment", "last preparation before dosing-1", "every dosing", "last dosing",
    ]  # fmt: skip
