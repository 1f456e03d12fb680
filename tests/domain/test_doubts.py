"""Odd dates are told in words that name both of them; ordinary courses raise no doubt."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from server.catalog.catalog import Catalog
from server.domain.doubts import doubts
from server.domain.facts import Visit
from tests.actions.designs import design

PROTOCOL = design(courses={"1": "First", "2": "Second"})
ENROLLED = date(2027, 3, 1)


def visit(kind: str, after: int, course: int = 1, name: str = "", status: str = "planned") -> Visit:
    on = ENROLLED + timedelta(days=after)
    return Visit(name or f"{kind}{after}", kind, on, status, None, course)  # type: ignore[arg-type]


def told(*visits: Visit) -> list[str]:
    return [doubt.text for doubt in doubts(PROTOCOL, visits, ENROLLED)]


def test_an_ordinary_course_raises_no_doubt() -> None:
    ordinary = (visit("enrolment", 0), visit("preparation", 7), visit("dosing", 14), visit("class", 20),
                visit("preparation", 30), visit("dosing", 40), visit("dosing", 200, 2))  # fmt: skip
    assert told(*ordinary) == []


@pytest.mark.parametrize(
    ("visits", "text"),
    [
        ([visit("dosing", -1)], "dosing-1 (2027-02-28) lies before enrolment (2027-03-01)."),
        ([visit("enrolment", 3), visit("class", 2)], "class-1 (2027-03-03) lies before enrolment (2027-03-04)."),
        ([visit("preparation", 9), visit("dosing", 8)], "dosing-1 (2027-03-09) lies before preparation-1 (2027-03-10)."),
        ([visit("dosing", 5), visit("dosing", 5, name="b")], "dosing-1 and dosing-2 are on the same day (2027-03-06)."),
        ([visit("preparation", 3), visit("dosing", 730)], "dosing-1 (2029-02-28) is 727 days after what came before it. Is the year right?"),
        ([visit("dosing", 30), visit("dosing", 20, 2)], "dosing-1 of course 2 (2027-03-21) lies before course 1 begins (2027-03-31)."),
        ([visit("dosing", 10), visit("dosing", 40), visit("preparation", 20, 2)], "preparation-1 of course 2 (2027-03-21) lies before dosing-2 of course 1 (2027-04-10)."),
    ],
)  # fmt: skip
def test_an_odd_date_is_named_with_what_it_is_odd_against(visits: list[Visit], text: str) -> None:
    assert told(*visits) == [text]


def test_what_does_not_stand_raises_no_doubt() -> None:
    assert (
        told(visit("dosing", -5, status="cancelled"), visit("dosing", -6, status="no-show")) == []
    )


def test_every_shipped_design_in_its_own_order_raises_none(catalog: Catalog) -> None:
    for protocol in catalog.protocols:
        kinds = [each for each in protocol.visits if each != "enrolment"]
        course = [visit(kind, 7 * place) for place, kind in enumerate(kinds, start=1)]
        assert doubts(protocol, course, ENROLLED) == ()
