"""A course as months: each day once, marked with what is on it, empty months left out and counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from flask_babel import Babel

from server.domain.agenda import agenda
from server.domain.facts import Visit
from server.domain.protocol import AssessmentDefinition
from server.domain.simulation import Trial, simulate
from server.outputs.calendar import Month, Square, months, weekdays
from tests.domain.design import INSTRUMENTS, MONTH, WEEK, definition, protocol


@pytest.fixture(autouse=True)
def _words() -> Iterator[None]:
    app = Flask("words")
    Babel(app)
    with app.test_request_context():
        yield


def drawn(*definitions: AssessmentDefinition, zone: str = "Europe/Berlin") -> dict[str, Month]:
    design = protocol(*definitions)
    visits = (
        Visit("dosing-1", "dosing", date(2027, 3, 12), "held"),
        Visit("dosing-2", "dosing", date(2027, 3, 26), "held"),
    )
    outcome = simulate(design, INSTRUMENTS, Trial(zone, date(2027, 3, 1), visits, "one", guides=1))
    return {month.label: month for month in months(outcome, agenda(outcome), design, "en")}


def day(found: dict[str, Month], text: str) -> Square:
    return next(sq for month in found.values() for sq in month.squares if sq.on == text)


def test_a_month_has_all_its_days_and_begins_on_its_weekday():
    march = drawn(WEEK, MONTH)["March 2027"]
    assert [square.number for square in march.squares] == list(range(1, 32))
    assert march.squares[0].column == 1  # 1 March 2027 is a Monday
    assert [short for short, _full in weekdays("en")][:2] == ["Mo", "Tu"]


def test_a_day_says_what_is_on_it():
    found = drawn(WEEK, MONTH)
    dosed, week = day(found, "2027-03-12"), day(found, "2027-03-17")
    assert (dosed.visit, dosed.opens, dosed.waiting) == (True, 0, False)
    assert dosed.words == "D 1"
    assert (week.visit, week.opens, week.waiting, week.message) == (False, 1, True, True)
    assert week.words == "1 form opens, message at 10:00"
    assert day(found, "2027-03-18").words == "1 form can be answered"
    assert day(found, "2027-03-22").waiting
    assert not day(found, "2027-03-23").waiting  # three days after the nineteenth are over


def test_months_with_nothing_are_left_out_and_counted():
    late = definition(
        "late", "mood", "dosing-2", target="+12 months", window=("-2 days", "+2 days")
    )
    found = drawn(late)
    assert list(found) == ["March 2027", "March 2028"]
    assert found["March 2028"].gap == "11 months with nothing"
    assert found["March 2027"].gap == ""
