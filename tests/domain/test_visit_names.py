"""Visits as people write them: names, dates, and what is refused with which remedy."""

from __future__ import annotations

from datetime import date, time

import pytest

from server.domain.entry import FieldError
from server.domain.visit_names import VisitName, gaps, visit_name, when, with_number
from tests.domain.design import protocol

TWICE = protocol().model_copy(update={"courses": {1: "First", 2: "Open label"}})


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("dosing-1", VisitName(1, "dosing", 1)),
        (" dosing-2 ", VisitName(1, "dosing", 2)),
        ("enrolment", VisitName(1, "enrolment", 1)),
        ("preparation-17", VisitName(1, "preparation", 17)),
        ("2:dosing-1", VisitName(2, "dosing", 1)),
    ],
)
def test_a_name_means_one_visit_and_is_written_the_same_way_back(text: str, wanted: VisitName):
    assert visit_name(TWICE, text) == wanted
    assert str(wanted) == text.strip()


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("party-1", "there is enrolment, preparation-1"),
        ("dosing-3", "has dosing-1 to dosing-2"),
        ("dosing-0", "has dosing-1 to dosing-2"),
        ("dosing", "write dosing-1"),
        ("enrolment-2", "happens once"),
        ("preparation-0", "write preparation-1"),
        ("3:dosing-1", "has 2"),
        ("dosing 1", "is no visit"),
        ("", "is no visit"),
    ],
)
def test_what_the_protocol_does_not_have_is_refused_with_what_it_has(text: str, remedy: str):
    with pytest.raises(FieldError, match=remedy):
        visit_name(TWICE, text)


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("2027-03-12", date(2027, 3, 12), None),
        ("2027-03-12T09:30", date(2027, 3, 12), time(9, 30)),
        ("2027-03-12 09:30", date(2027, 3, 12), time(9, 30)),
        ("2027-03-12 09:30:00", date(2027, 3, 12), time(9, 30)),
        ("12.03.2027", date(2027, 3, 12), None),
        ("1.3.2027 07:00", date(2027, 3, 1), time(7)),
        ("2028-02-29", date(2028, 2, 29), None),
    ],
)
def test_a_day_may_be_written_as_spreadsheets_do(text: str, day: date, clock: time | None):
    assert when(text) == (day, clock)


@pytest.mark.parametrize(
    "text",
    ["2027-02-29", "3/12/2027", "12.13.2027", "2027-3-1", "tomorrow", "", "2027-03-12 9:30",
     "2027-03-12 25:00", "1899-01-01", "2027-03-12 09:30 Berlin"],
)  # fmt: skip
def test_what_could_be_read_in_two_ways_or_none_is_refused(text: str):
    with pytest.raises(FieldError):
        when(text)


def test_a_number_left_out_below_is_named():
    names = [VisitName(1, "dosing", 2), VisitName(1, "preparation", 1), VisitName(2, "dosing", 2)]
    assert [str(name) for name in gaps(names)] == ["dosing-1", "2:dosing-1"]


@pytest.mark.parametrize(
    ("label", "number", "called"),
    [
        ("Dosing", "2", "Dosing 2"),
        ("Dosing (sessions 3 and 7)", "2", "Dosing 2 (sessions 3 and 7)"),
        ("Dosing (sessions 3 and 7)", "", "Dosing (sessions 3 and 7)"),
    ],
)
def test_a_number_stands_with_the_name_not_behind_what_is_in_brackets(
    label: str, number: str, called: str
):
    assert with_number(label, number) == called
