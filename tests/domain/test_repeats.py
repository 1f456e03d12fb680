"""Forms that come again, forms asked once about each guide, and forms counted from another's answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from server.domain.facts import Facilitator, Facts
from server.domain.protocol import AssessmentDefinition, Protocol
from server.domain.timeline import PlannedAssessment, plan, unplanned
from tests.domain.design import (
    ANNA,
    BASELINE,
    BEN,
    CARA,
    INSTRUMENTS,
    WEEK,
    berlin,
    definition,
    facts,
    protocol,
    result,
    visit,
)  # fmt: skip


def rows(design: Protocol, known: Facts, name: str) -> list[PlannedAssessment]:
    return [row for row in plan(design, INSTRUMENTS, known) if row.definition == name]


def reasons(design: Protocol, known: Facts) -> dict[str, str]:
    return {row.definition: row.reason for row in unplanned(design, INSTRUMENTS, known)}


def days(found: list[PlannedAssessment]) -> list[str]:
    return [f"{row.opens_at.astimezone(berlin('2027-01-01').tzinfo):%m-%d}" for row in found]


def weekly(**repeat: str) -> AssessmentDefinition:
    return definition(
        "weekly", "mood", "enrolment", opens="+1 week", closes="+8 days", repeat=repeat
    )


def test_a_form_comes_again_so_many_times_and_each_time_has_its_number_and_its_own_id():
    found = rows(protocol(weekly(every="2 weeks", times="3")), facts(), "weekly")
    assert days(found) == ["03-08", "03-22", "04-05"]
    assert [row.occasion for row in found] == [1, 2, 3]
    assert {row.anchor_on for row in found} == {date(2027, 3, 1)}
    assert len({row.id for row in found}) == 3
    # The first keeps the id that it would have if it came once.
    once = rows(protocol(replace_repeat(weekly(times="1", every="1 week"))), facts(), "weekly")
    assert once[0].id == found[0].id


def replace_repeat(one: AssessmentDefinition) -> AssessmentDefinition:
    return one.model_copy(update={"repeat": None})


def test_months_are_counted_from_the_beginning_each_time_and_stop_at_the_months_end():
    monthly = definition(
        "monthly", "mood", "enrolment", target="+1 month", window=("0 days", "+1 day"),
        repeat={"every": "1 month", "times": "4"},
    )  # fmt: skip
    found = rows(protocol(monthly), facts(enrolled="2027-12-31"), "monthly")
    assert days(found) == ["01-31", "02-29", "03-31", "04-30"]  # 2028 has a 29 February


def test_it_ends_before_a_visit_and_is_cut_when_the_visit_is_entered_or_moved():
    design = protocol(weekly(every="1 week", until="preparation-1"))
    unknown = rows(design, facts(), "weekly")
    assert len(unknown) == 104  # for two years, and no longer
    cut = rows(design, facts(visit("preparation/a", "2027-03-29")), "weekly")
    assert days(cut) == ["03-08", "03-15", "03-22"]  # not on the day itself
    assert [row.id for row in cut] == [row.id for row in unknown[:3]]
    later = rows(design, facts(visit("preparation/a", "2027-03-30")), "weekly")
    assert days(later)[-1] == "03-29"
    early = facts(visit("preparation/a", "2027-03-05"))
    assert rows(design, early, "weekly") == []
    assert reasons(design, early)["weekly"] == (
        "enrolment: preparation-1 comes before the first time"
    )


def test_it_ends_with_an_offset_which_is_reached():
    design = protocol(weekly(every="1 week", until="+4 weeks"))
    assert days(rows(design, facts(), "weekly")) == ["03-08", "03-15", "03-22", "03-29"]


def test_every_visit_begins_its_own_row_of_occasions_numbered_through_by_date():
    after = definition(
        "after", "alliance", "every dosing", opens="+1 day", closes="+2 days",
        repeat={"every": "1 week", "times": "2"},
    )  # fmt: skip
    known = facts(visit("dosing/a", "2027-03-22"), visit("dosing/b", "2027-04-19"))
    found = [row for row in rows(protocol(after), known, "after") if row.about == ANNA]
    assert [(row.anchor, row.occasion) for row in found] == [
        ("dosing-1", 1), ("dosing-1", 2), ("dosing-2", 3), ("dosing-2", 4),
    ]  # fmt: skip


def test_nothing_is_asked_without_end_even_if_the_file_was_never_checked():
    daily = definition(
        "daily", "mood", "enrolment", opens="same day", closes="same day",
        repeat={"every": "1 day", "until": "dosing-1"},
    )  # fmt: skip
    known = facts(visit("dosing/a", "2099-01-01"))
    assert len(rows(protocol(daily), known, "daily")) == 400


def test_a_calendars_end_is_told_and_what_comes_before_it_is_asked():
    monthly = definition(
        "monthly", "mood", "dosing-1", opens="same day", closes="+1 day",
        repeat={"every": "4 months", "times": "9"},
    )  # fmt: skip
    known = facts(visit("dosing/a", "9999-01-01"))
    assert len(rows(protocol(monthly), known, "monthly")) == 3
    assert reasons(protocol(monthly), known)["monthly"] == "dosing-1: no calendar reaches that far"


ONCE = definition(
    "once", "alliance", "every integration", opens="same day", closes="+3 days",
    asked="once per facilitator",
)  # fmt: skip
I1, I2, I3 = (visit(f"integration/{n}", f"2027-04-{n:02}") for n in (5, 12, 19))


def test_each_guide_is_asked_about_once_at_the_first_visit_they_guide():
    day = date(2027, 3, 1)
    people = (
        Facilitator(ANNA, "Anna", day),
        Facilitator(BEN, "Ben", day, date(2027, 4, 11)),
        Facilitator(CARA, "Cara", date(2027, 4, 12)),
    )
    found = rows(protocol(ONCE), facts(I1, I2, I3, people=people), "once")
    assert [(row.anchor, row.about) for row in found] == [
        ("integration-1", ANNA), ("integration-1", BEN), ("integration-2", CARA),
    ]  # fmt: skip


def test_whoever_was_rated_is_not_asked_about_again_when_an_earlier_visit_is_added():
    first = rows(protocol(ONCE), facts(I2), "once")
    answered = result(next(row for row in first if row.about == ANNA), "2027-04-12T18:00")
    found = rows(protocol(ONCE), facts(I1, I2, results=(answered,)), "once")
    assert [(row.visit_id, row.about) for row in found] == [(I1.id, BEN), (I2.id, ANNA)]


DONE = definition("done", "mood", "completion of baseline", opens="+1 day", closes="+3 days")


def test_a_form_is_counted_from_the_local_day_on_which_another_was_answered():
    design = protocol(BASELINE, DONE)
    assert reasons(design, facts())["done"] == "waits for an answer to “baseline”"
    (baseline,) = rows(design, facts(), "baseline")
    known = facts(results=(result(baseline, "2027-03-04T23:30"),))
    (done,) = rows(design, known, "done")
    assert (done.anchor, done.anchor_on, done.visit_id) == (
        "completion of baseline", date(2027, 3, 4), None,
    )  # fmt: skip
    assert done.opens_at == berlin("2027-03-05T00:00")
    assert done.closes_at == berlin("2027-03-08T00:00")


def test_of_several_guides_rated_at_one_visit_the_first_answer_counts_and_the_id_stays():
    follows = definition("follows", "mood", "completion of week", opens="same day", closes="+1 day")
    design = protocol(WEEK, follows)
    known = facts(visit("dosing/a", "2027-03-22"), visit("dosing/b", "2027-04-19"))
    week = rows(design, known, "week")
    given = [
        result(week[1], "2027-03-30T10:00"), result(week[0], "2027-03-31T10:00"),
        result(week[3], "2027-04-26T10:00"),
    ]  # fmt: skip
    found = rows(design, replace(known, results=tuple(given)), "follows")
    assert [(row.visit_id, row.anchor_on.day, row.occasion) for row in found] == [
        ("dosing/a", 30, 1), ("dosing/b", 26, 2),
    ]  # fmt: skip
    # An answer that arrives late and was given first moves the day, not the row.
    sooner = replace(
        given[1], answered_on=date(2027, 3, 29), answered_at=berlin("2027-03-29T08:00")
    )
    again = rows(design, replace(known, results=(given[0], sooner, given[2])), "follows")
    assert [row.id for row in again] == [row.id for row in found]
    assert again[0].anchor_on.day == 29


def test_what_follows_an_answer_leaves_with_it_when_a_later_preparation_replaces_the_form():
    prepared = definition("prepared", "mood", "last preparation before dosing-1",
                          opens="same day at 16:00", closes="dosing-1 at 08:00")  # fmt: skip
    follows = definition(
        "follows", "mood", "completion of prepared", opens="same day", closes="+1 day"
    )
    design = protocol(prepared, follows)
    dosing, first = visit("dosing/a", "2027-03-22"), visit("preparation/a", "2027-03-08")
    (asked,) = rows(design, facts(first, dosing), "prepared")
    answered = result(asked, "2027-03-08T18:00")
    assert rows(design, facts(first, dosing, results=(answered,)), "follows")
    second = visit("preparation/b", "2027-03-15")
    known = facts(first, second, dosing, results=(answered,))
    assert [row.visit_id for row in rows(design, known, "prepared")] == [second.id]
    assert rows(design, known, "follows") == []


def test_completions_may_follow_completions_and_repeats():
    second = definition("second", "mood", "completion of done", opens="+1 day", closes="+2 days",
                        repeat={"every": "1 week", "times": "2"})  # fmt: skip
    third = definition("third", "mood", "completion of second", opens="+1 day", closes="+2 days")
    design = protocol(BASELINE, DONE, second, third)
    known = facts()
    for name, at in (
        ("baseline", "2027-03-02T10:00"), ("done", "2027-03-03T10:00"),
        ("second", "2027-03-04T10:00"), ("second", "2027-03-12T10:00"),
    ):  # fmt: skip
        answered = {each.assessment_id for each in known.results}
        row = next(each for each in rows(design, known, name) if each.id not in answered)
        known = replace(known, results=(*known.results, result(row, at)))
    assert days(rows(design, known, "third")) == ["03-05", "03-13"]
    assert len({row.id for row in plan(design, INSTRUMENTS, known)}) == 6


@pytest.mark.parametrize("looks", ["completion of two", "completion of one"])
def test_a_circle_that_no_check_has_seen_waits_for_itself_and_ends(looks: str):
    one = definition("one", "mood", looks, opens="same day", closes="+1 day")
    two = definition("two", "mood", "completion of one", opens="same day", closes="+1 day")
    assert plan(protocol(one, two), INSTRUMENTS, facts()) == ()
    assert set(reasons(protocol(one, two), facts())) == {"one", "two"}
