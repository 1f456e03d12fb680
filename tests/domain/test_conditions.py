"""Who is asked at all: by arm, site, language and course, and by what was answered before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from server.domain.facts import Facts
from server.domain.protocol import Protocol
from server.domain.timeline import PlannedAssessment, plan, unplanned
from tests.domain.design import (
    ANNA,
    BASELINE,
    BEN,
    INSTRUMENTS,
    WEEK,
    definition,
    facts,
    protocol,
    result,
    visit,
)  # fmt: skip

ARMS: dict[str, Any] = {
    "arms": {"now": "At once", "later": "Waiting"},
    "sites": {"north": "N", "south": "S"},
}


def only(**when: object) -> Protocol:
    asked = definition("asked", "mood", "enrolment", opens="same day", closes="+1 day", when=when)
    return protocol(asked, **ARMS)


def names(design: Protocol, known: Facts) -> list[str]:
    return [row.definition for row in plan(design, INSTRUMENTS, known)]


def reasons(design: Protocol, known: Facts) -> list[str]:
    return [row.reason for row in unplanned(design, INSTRUMENTS, known)]


@pytest.mark.parametrize(
    ("when", "known", "asked"),
    [
        ({"arm": ["later"]}, {"arm": "later"}, True),
        ({"arm": ["later"]}, {"arm": "now"}, False),
        ({"arm": ["now", "later"]}, {"arm": "now"}, True),
        ({"site": ["north"]}, {"site": "north"}, True),
        ({"site": ["north"]}, {"site": "south"}, False),
        ({"language": ["de", "es"]}, {"language": "es"}, True),
        ({"language": ["de", "es"]}, {"language": "en"}, False),
        ({"course": ["1"]}, {}, True),
        ({"course": ["2"]}, {}, False),
        ({"arm": ["later"], "site": ["north"]}, {"arm": "later", "site": "south"}, False),
    ],
)
def test_only_whom_a_form_is_for_is_asked_and_nobody_is_told_of_the_others(
    when: dict[str, object], known: dict[str, Any], asked: bool
):
    design, person = only(**when), facts(**known)
    assert names(design, person) == (["asked"] if asked else [])
    assert reasons(design, person) == []


def test_whoever_has_no_arm_or_site_yet_waits_for_it():
    assert reasons(only(arm=["later"]), facts(arm="")) == ["waits for allocation"]
    assert reasons(only(site=["north"]), facts()) == ["waits for the site"]
    # What can never be asked is not waited for.
    assert reasons(only(arm=["later"], language=["de"]), facts(arm="")) == []
    assert names(only(), facts(arm="")) == ["asked"]


def test_the_second_course_has_no_enrolment_and_may_have_forms_of_its_own():
    again = definition(
        "again", "mood", "dosing-1", opens="+1 day", closes="+2 days", when={"course": ["2"]}
    )
    design = protocol(BASELINE, again, courses={"1": "First", "2": "Second"})
    first, second = visit("dosing/a", "2027-03-22"), visit("dosing/b", "2027-09-06", course=2)
    found = plan(design, INSTRUMENTS, facts(first, second))
    assert [(row.definition, row.course, row.visit_id) for row in found] == [
        ("baseline", 1, None), ("again", 2, second.id),
    ]  # fmt: skip
    assert reasons(design, facts(first, second)) == []
    gone = replace(second, status="cancelled")
    assert names(design, facts(first, gone)) == ["baseline"]
    assert reasons(design, facts(first, gone)) == []


def asks(**when: object) -> Protocol:
    more = definition("more", "mood", "enrolment", opens="+7 days", closes="+9 days", when=when)
    return protocol(BASELINE, more)


def answered(design: Protocol, known: Facts, name: str, at: str, **given: Any) -> Facts:
    """Answer the first form of a definition that is not answered yet."""
    done = {each.assessment_id for each in known.results}
    row = next(
        each
        for each in plan(design, INSTRUMENTS, known)
        if each.definition == name and each.id not in done
    )
    return replace(known, results=(*known.results, result(row, at, **given)))


@pytest.mark.parametrize(
    ("value", "asked"), [(1, True), (2, True), (0, False), (None, False), ([0, 2], True), ("1", False)]
)  # fmt: skip
def test_an_earlier_answer_decides(value: object, asked: bool):
    design = asks(answered={"assessment": "baseline", "item": "sad", "is": ["1", "2"]})
    assert reasons(design, facts()) == ["enrolment: waits for an answer to “baseline”"]
    known = answered(design, facts(), "baseline", "2027-03-02T10:00", answers={"sad": value})
    assert ("more" in names(design, known)) is asked
    assert reasons(design, known) == []


@pytest.mark.parametrize(
    ("value", "asked"), [(9.5, False), (10, True), (19.9, True), (20, False), (None, False)]
)
def test_an_earlier_score_decides(value: float | None, asked: bool):
    look = {"assessment": "baseline", "score": "total", "at_least": "10", "below": "20"}
    design = asks(score=look)
    known = answered(design, facts(), "baseline", "2027-03-02T10:00", scores={"total": value})
    assert ("more" in names(design, known)) is asked


def test_both_must_hold_and_one_that_does_not_ends_the_waiting():
    other = definition("other", "mood", "enrolment", opens="same day", closes="+1 day")
    when = {
        "answered": {"assessment": "baseline", "item": "sad", "is": ["1"]},
        "score": {"assessment": "other", "score": "total", "at_least": "1"},
    }
    design = protocol(*asks(**when).assessments, other)
    known = answered(design, facts(), "baseline", "2027-03-02T10:00", answers={"sad": 1})
    assert reasons(design, known) == ["enrolment: waits for an answer to “other”"]
    yes = answered(design, known, "other", "2027-03-02T11:00", scores={"total": 1})
    assert "more" in names(design, yes)
    no = answered(design, facts(), "baseline", "2027-03-02T10:00", answers={"sad": 0})
    assert reasons(design, no) == []


def test_what_is_asked_at_the_same_visit_counts_there_and_else_the_latest_answer():
    day = definition("day", "mood", "every dosing", opens="+1 day", closes="+3 days")
    look = {"assessment": "day", "item": "sad", "is": ["1"]}
    same = definition("same", "mood", "every dosing", opens="+7 days", closes="+9 days",
                      when={"answered": look})  # fmt: skip
    after = definition("after", "mood", "integration-1", opens="+1 day", closes="+2 days",
                       when={"answered": look})  # fmt: skip
    design = protocol(day, same, after)
    known = facts(
        visit("dosing/a", "2027-03-22"), visit("dosing/b", "2027-04-19"),
        visit("integration/a", "2027-05-10"),
    )  # fmt: skip
    known = answered(design, known, "day", "2027-03-23T10:00", answers={"sad": 1})
    assert names(design, known).count("same") == 1
    assert "after" in names(design, known)
    assert reasons(design, known) == ["dosing-2: waits for an answer to “day”"]
    known = answered(design, known, "day", "2027-04-20T10:00", answers={"sad": 0})
    assert names(design, known).count("same") == 1
    assert "after" not in names(design, known)


def test_of_two_who_repeat_the_same_time_counts():
    often = {"every": "1 week", "times": "2"}
    one = definition("one", "mood", "enrolment", opens="+1 day", closes="+2 days", repeat=often)
    look = {"assessment": "one", "item": "sad", "is": ["1"]}
    two = definition("two", "mood", "enrolment", opens="+3 days", closes="+4 days", repeat=often,
                     when={"answered": look})  # fmt: skip
    design = protocol(one, two)
    known = answered(design, facts(), "one", "2027-03-02T10:00", answers={"sad": 1})
    assert reasons(design, known) == ["enrolment, time 2: waits for an answer to “one”"]
    known = answered(design, known, "one", "2027-03-09T10:00", answers={"sad": 0})
    assert names(design, known).count("two") == 1


def test_what_was_said_about_a_guide_counts_for_that_guide_or_for_any():
    look = {"assessment": "week", "score": "total", "below": "40"}
    about = definition("about", "alliance", "every dosing", opens="+14 days", closes="+15 days",
                       when={"score": look})  # fmt: skip
    plain = definition("plain", "mood", "every dosing", opens="+14 days", closes="+15 days",
                       when={"score": look})  # fmt: skip
    design = protocol(WEEK, about, plain)
    known = facts(visit("dosing/a", "2027-03-22"))
    known = answered(design, known, "week", "2027-03-28T10:00", scores={"total": 50})
    assert reasons(design, known) == ["dosing-1: waits for an answer to “week”"] * 2
    known = answered(design, known, "week", "2027-03-28T11:00", scores={"total": 30})
    rows = [row for row in plan(design, INSTRUMENTS, known) if row.definition != "week"]
    assert [(row.definition, row.about) for row in rows] == [("about", BEN), ("plain", None)]


def test_what_hangs_on_a_hidden_answer_is_hidden_as_well():
    look = {"assessment": "week", "score": "total", "below": "40"}
    after = {"opens": "+14 days", "closes": "+15 days"}
    plain = definition("plain", "mood", "every dosing", **after, when={"score": look})
    chain = definition("chain", "mood", "completion of plain", **after)
    design = protocol(WEEK, plain, chain, BASELINE)
    known = facts(visit("dosing/a", "2027-03-22"))
    told = {row.definition: row for row in unplanned(design, INSTRUMENTS, known)}
    assert (told["plain"].hidden_from, told["plain"].alliance) == ((ANNA, BEN), True)
    assert (told["chain"].hidden_from, told["chain"].alliance) == ((ANNA, BEN), True)
    known = answered(design, known, "week", "2027-03-28T10:00", scores={"total": 30})
    rows: dict[str, PlannedAssessment] = {
        row.definition: row for row in plan(design, INSTRUMENTS, known)
    }
    assert (rows["plain"].hidden_from, rows["plain"].alliance) == ((ANNA, BEN), True)
    assert (rows["baseline"].hidden_from, rows["baseline"].alliance) == ((), False)


def test_a_protocol_knows_whose_results_it_needs_and_what_tells_the_arm():
    hidden = definition("hidden", "mood", "enrolment", opens="same day", closes="+1 day",
                        when={"arm": ["later"]})  # fmt: skip
    follows = definition(
        "follows", "mood", "completion of hidden", opens="same day", closes="+1 day"
    )
    again = definition("again", "mood", "completion of follows", opens="same day", closes="+1 day")
    once = definition("once", "alliance", "every dosing", opens="same day", closes="+1 day",
                      asked="once per facilitator")  # fmt: skip
    design = protocol(BASELINE, hidden, follows, again, once, **ARMS)
    assert design.asks_results_of() == {"hidden", "follows", "once"}
    assert design.follows_arm() == {"hidden", "follows", "again"}
