"""A design tried out: the same rows and messages as the planner's, seen as one participant meets them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from server.domain.agenda import agenda
from server.domain.entry import FieldError
from server.domain.facts import Visit
from server.domain.protocol import Repeat, Scored, When, parse_offset
from server.domain.simulation import Given, Line, Outcome, Trial, simulate
from tests.domain.design import INSTRUMENTS, WEEK, definition, protocol

DAY = timedelta(days=1)
VISITS = (
    Visit("preparation-1", "preparation", date(2027, 3, 8), "held"),
    Visit("dosing-1", "dosing", date(2027, 3, 12), "held"),
    Visit("dosing-2", "dosing", date(2027, 3, 26), "held"),
)


def trial(**changes: object) -> Trial:
    usual: dict[str, object] = {
        "zone": "Europe/Berlin", "enrolled_on": date(2027, 3, 1), "visits": VISITS, "arm": "one",
    }  # fmt: skip
    return Trial(**{**usual, **changes})  # type: ignore[arg-type]


def of(outcome: Outcome, name: str) -> list[Line]:
    return [line for line in outcome.lines if line.row.definition == name]


def test_every_form_is_there_with_its_guides_and_its_number():
    outcome = simulate(protocol(), INSTRUMENTS, trial(guides=3))
    weeks = of(outcome, "week")
    assert [(line.row.about, line.occasion, line.row.anchor) for line in weeks] == [
        ("facilitator-1", 1, "dosing-1"), ("facilitator-2", 1, "dosing-1"), ("facilitator-3", 1, "dosing-1"),
        ("facilitator-1", 2, "dosing-2"), ("facilitator-2", 2, "dosing-2"), ("facilitator-3", 2, "dosing-2"),
    ]  # fmt: skip
    assert len(of(outcome, "month")) == len(of(outcome, "baseline")) == 1


def test_windows_keep_the_local_day_through_a_clock_change():
    # Two days before to three after a week on: 31 March to 5 April, the clocks having gone forward.
    line = of(simulate(protocol(), INSTRUMENTS, trial()), "week")[-1]
    assert line.row.opens_at == datetime(2027, 3, 30, 22, tzinfo=UTC)
    assert line.row.closes_at == datetime(2027, 4, 5, 22, tzinfo=UTC)


def test_a_message_names_what_is_open_and_no_more_once_it_is_answered():
    quiet = simulate(protocol(), INSTRUMENTS, trial())
    at = quiet.local(of(quiet, "baseline")[0].row.opens_at) + timedelta(hours=3)
    told = simulate(protocol(), INSTRUMENTS, trial(answered=(Given("baseline", at),)))
    assert len(of(quiet, "baseline")[0].messages) == 3
    (only,) = of(told, "baseline")[0].messages
    assert only.at < at
    assert of(told, "baseline")[0].answered_at == at


def test_an_answer_about_several_guides_is_one_sitting():
    at = datetime(2027, 3, 19, 12, tzinfo=UTC)
    outcome = simulate(protocol(), INSTRUMENTS, trial(answered=(Given("week", at),)))
    answered = [line.row.anchor for line in of(outcome, "week") if line.answered_at]
    assert answered == ["dosing-1", "dosing-1"]


def test_a_second_answer_belongs_to_the_next_occasion():
    first = Given("week", datetime(2027, 3, 19, 12, tzinfo=UTC))
    second = Given("week", datetime(2027, 4, 2, 12, tzinfo=UTC))
    outcome = simulate(protocol(), INSTRUMENTS, trial(answered=(second, first)))
    assert [line.answered_at for line in of(outcome, "week")] == [first.at] * 2 + [second.at] * 2


def test_what_hangs_on_an_answer_is_planned_from_its_local_day():
    after = definition("after", "mood", "completion of baseline", opens="+2 days", closes="+4 days")
    design = protocol(
        definition("baseline", "mood", "enrolment", opens="same day", closes="+6 days"), after
    )
    # Half past eleven in the evening in London is the next day in Berlin.
    at = datetime(2027, 3, 2, 23, 30, tzinfo=UTC)
    waiting = simulate(design, INSTRUMENTS, trial())
    told = simulate(design, INSTRUMENTS, trial(answered=(Given("baseline", at),)))
    assert [each.definition for each in waiting.unplanned] == ["after"]
    (line,) = of(told, "after")
    assert line.row.anchor_on == date(2027, 3, 3)
    assert told.local(line.row.opens_at).date() == date(2027, 3, 5)


def test_a_condition_looks_at_what_the_answer_held():
    base = definition("base", "mood", "enrolment", opens="same day", closes="+6 days")
    more = definition("more", "mood", "enrolment", opens="+7 days", closes="+9 days").model_copy(
        update={"when": When(score=Scored(assessment="base", score="total", at_least=10))}
    )
    design = protocol(base, more)
    at = datetime(2027, 3, 2, 12, tzinfo=UTC)

    def planned(total: float) -> bool:
        given = (Given("base", at, {}, {"total": total}),)
        return bool(of(simulate(design, INSTRUMENTS, trial(answered=given)), "more"))

    assert planned(10)
    assert not planned(9)


@pytest.mark.parametrize(
    ("name", "at", "remedy"),
    [
        ("nothing", datetime(2027, 3, 2, tzinfo=UTC), "There is no 'nothing'"),
        (
            "week",
            datetime(2027, 3, 2, tzinfo=UTC),
            # By their own clock: an hour ahead of UTC, two once summer time has begun.
            "2027-03-17 00:00 to 2027-03-23 00:00, 2027-03-31 00:00 to 2027-04-06 00:00, by their",
        ),
        ("baseline", datetime(2027, 4, 2, tzinfo=UTC), "could not be answered then"),
        ("prepared", datetime(2027, 3, 2, tzinfo=UTC), "is not planned"),
    ],
)
def test_an_answer_that_could_not_be_is_refused(name: str, at: datetime, remedy: str):
    no_visits = trial(visits=VISITS[1:], answered=(Given(name, at),))
    with pytest.raises(FieldError, match=remedy):
        simulate(protocol(), INSTRUMENTS, no_visits)


def test_a_late_answer_counts_where_the_design_takes_it():
    design = protocol(WEEK).model_copy(update={"late": "accept and flag"})
    at = datetime(2027, 3, 24, 12, tzinfo=UTC)
    outcome = simulate(design, INSTRUMENTS, trial(answered=(Given("week", at),)))
    first = of(outcome, "week")[0]
    assert first.answered_at == at > first.row.closes_at


def test_repeats_are_numbered_through():
    weekly = definition(
        "weekly", "mood", "enrolment", target="+7 days", window=("-1 day", "+1 day")
    )
    design = protocol(
        weekly.model_copy(update={"repeat": Repeat(every=parse_offset("1 week"), times=4)})
    )
    lines = of(simulate(design, INSTRUMENTS, trial()), "weekly")
    assert [line.occasion for line in lines] == [1, 2, 3, 4]
    assert [line.row.target_at - lines[0].row.target_at for line in lines[:3]] == [
        0 * DAY,
        7 * DAY,
        14 * DAY,
    ]


def test_two_courses_count_on():
    again = (*VISITS, Visit("2:dosing-1", "dosing", date(2027, 9, 1), "held", course=2))
    lines = of(simulate(protocol(WEEK), INSTRUMENTS, trial(visits=again, guides=1)), "week")
    assert [(line.row.course, line.occasion) for line in lines] == [(1, 1), (1, 2), (2, 3)]


def test_a_day_by_day_list_holds_every_form_once_and_knows_when_it_can_be_answered():
    outcome = simulate(protocol(), INSTRUMENTS, trial())
    days = agenda(outcome)
    assert sum(len(day.opens) for day in days) == len(outcome.lines)
    assert sum(len(day.closes) for day in days) == len(outcome.lines)
    assert sum(len(day.messages) for day in days) == len(outcome.messages)
    assert {label for day in days for label, _visit in day.visits} == {
        "preparation-1", "dosing-1", "dosing-2",
    }  # fmt: skip
    by_day = {day.on: day for day in days}
    # Baseline: opens at eight on the first day, closes at eight in the evening six days on.
    assert by_day[date(2027, 3, 1)].waiting == by_day[date(2027, 3, 7)].waiting == 1
    assert date(2027, 3, 9) in by_day  # the alliance form of the eighth is open until the twelfth
    assert list(by_day) == sorted(by_day)
