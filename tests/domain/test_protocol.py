"""What a schedule file says in words, held as objects: offsets, moments, anchors, reminders, hours."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from server.domain.protocol import (
    Anchor,
    Answered,
    Hours,
    Moment,
    Offset,
    ReminderPlan,
    ReminderRule,
    parse_anchor,
    parse_moment,
    parse_offset,
    parse_rule,
    parse_until,
)


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [("+7 days", 7, "day"), ("-2 weeks", -2, "week"), ("3 months", 3, "month"), ("1 day", 1, "day"), ("- 1 day", -1, "day"), (" 0 days ", 0, "day")],
)  # fmt: skip
def test_an_offset_is_a_number_of_calendar_units(text: str, amount: int, unit: str):
    assert parse_offset(text) == Offset.model_validate({"amount": amount, "unit": unit})


@pytest.mark.parametrize(
    "text",
    ["", "days", "7", "7 years", "+-7 days", "99999 days", "7.5 days", "seven days", "7 days ago"],
)
def test_what_is_no_offset_is_refused_with_an_example(text: str):
    with pytest.raises(ValueError, match=r"write for example"):
        parse_offset(text)


@settings(deadline=None)
@given(
    st.integers(0, 9999), st.sampled_from(["day", "week", "month"]), st.sampled_from(["+", "-", ""])
)
def test_every_offset_that_can_be_written_is_read(amount: int, unit: str, sign: str):
    read = parse_offset(f"{sign}{amount} {unit}{'' if amount == 1 else 's'}")
    assert (abs(read.amount), read.unit) == (amount, unit)
    assert (read.amount < 0) == (sign == "-" and amount > 0)


def test_moments_name_a_day_and_perhaps_a_time():
    day = Offset(amount=0, unit="day")
    assert parse_moment("same day at 16:00") == Moment(offset=day, at=time(16))
    assert parse_moment("same day") == Moment(offset=day)
    assert parse_moment("+7 days") == Moment(offset=Offset(amount=7, unit="day"))
    assert parse_moment("dosing-1 at 08:00") == Moment(visit="dosing-1", at=time(8))
    assert parse_moment("follow-up-2") == Moment(visit="follow-up-2")
    earlier, later = Offset(amount=-1, unit="day"), Offset(amount=2, unit="week")
    assert parse_moment("1 day before dosing-1") == Moment(offset=earlier, visit="dosing-1")
    assert parse_moment("2 weeks after dosing-1 at 20:00") == Moment(
        offset=later, visit="dosing-1", at=time(20)
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "at 16:00",
        "same day 16:00",
        "+7 days at",
        "Dosing-1",
        "before dosing-1",
        "1 day before",
        "-1 day before dosing-1",
    ],
)
def test_what_is_no_moment_is_refused(text: str):
    with pytest.raises(ValueError, match="no moment"):
        parse_moment(text)


@pytest.mark.parametrize(
    "text", ["same day at 24:00", "same day at 8", "same day at 16:60", "same day at noon"]
)
def test_a_time_of_day_is_checked(text: str):
    with pytest.raises(ValueError, match="no time of day"):
        parse_moment(text)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("enrolment", ("enrolment", None, "one", None)),
        ("dosing-1", ("dosing", 1, "one", None)),
        ("every dosing", ("dosing", None, "every", None)),
        ("last dosing", ("dosing", None, "last", None)),
        ("last preparation before dosing-1", ("preparation", None, "last", "dosing-1")),
        ("every follow-up", ("follow-up", None, "every", None)),
        ("follow-up-12", ("follow-up", 12, "one", None)),
    ],
)
def test_anchors_name_the_visits_they_mean(text: str, parts: tuple[object, ...]):
    anchor = parse_anchor(text)
    assert (anchor.kind, anchor.number, anchor.which, anchor.before) == parts
    assert anchor.text == text


def test_an_anchor_may_be_another_forms_answer():
    anchor = parse_anchor("completion of wellbeing-month-1")
    assert (anchor.completion, anchor.kind) == ("wellbeing-month-1", "")
    assert (
        parse_anchor("completion").completion is None
    )  # a visit of that name is told by the check


@pytest.mark.parametrize(
    ("text", "visit", "offset"),
    [
        ("dosing-1", "dosing-1", None), ("screening", "screening", None),
        ("+12 months", None, Offset(amount=12, unit="month")),
        ("6 weeks", None, Offset(amount=6, unit="week")),
    ],
)  # fmt: skip
def test_repeating_ends_at_a_visit_or_after_a_while(
    text: str, visit: str | None, offset: Offset | None
):
    until = parse_until(text)
    assert (until.visit, until.offset, until.text) == (visit, offset, text)


@pytest.mark.parametrize("text", ["", "the end", "Dosing-1", "2027-03-01"])
def test_what_is_no_end_is_refused(text: str):
    with pytest.raises(ValueError, match="is no end"):
        parse_until(text)


def test_a_condition_is_written_with_is_and_built_with_codes():
    written = Answered.model_validate({"assessment": "a", "item": "b", "is": ["1", "2.5"]})
    assert written == Answered(assessment="a", item="b", codes=(1, 2.5))


def test_reminders_read_as_they_are_said():
    opening = Offset(amount=0, unit="day")
    assert parse_rule("at opening") == ReminderRule(counted_from="opening", offset=opening)
    assert parse_rule("+2 days at 18:00") == ReminderRule(
        counted_from="opening", offset=Offset(amount=2, unit="day"), at=time(18)
    )
    assert parse_rule("1 day before closing at 18:00") == ReminderRule(
        counted_from="closing", offset=Offset(amount=-1, unit="day"), at=time(18)
    )
    with pytest.raises(ValueError, match="no reminder"):
        parse_rule("sometimes")


def test_a_plan_may_be_written_in_words_or_built_in_code():
    hours = {"default": "10:00", "quiet": "21:00-08:00"}
    written = ReminderPlan.model_validate({"plan": ["at opening"], "hours": hours})
    built = ReminderPlan(
        rules=(ReminderRule(counted_from="opening", offset=Offset(amount=0, unit="day")),),
        hours=Hours(default=time(10), quiet_from=time(21), quiet_to=time(8)),
    )
    assert written == built
    assert ReminderPlan.model_validate(written.model_dump()) == built


def test_definitions_never_change_after_they_are_read():
    anchor = Anchor(text="enrolment", kind="enrolment")
    with pytest.raises(ValidationError):
        anchor.kind = "dosing"  # type: ignore[misc]
