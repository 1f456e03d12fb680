"""Two windows of the same form about the same person: both stay, the earlier closes, the later waits."""

from __future__ import annotations

import pytest

from server.domain.facts import Visit
from server.domain.protocol import Protocol
from server.domain.timeline import PlannedAssessment, plan, unplanned
from tests.domain.design import (
    ANNA,
    BEN,
    INSTRUMENTS,
    WEEK,
    berlin,
    definition,
    facts,
    protocol,
    visit,
)

ONE = definition("one", "mood", "enrolment", opens="same day", target="+5 days", closes="+9 days")
TWO = definition("two", "mood", "enrolment", opens="+7 days", closes="+12 days")


def windows(design: Protocol, *visits: Visit) -> dict[str, tuple[str, str]]:
    rows = plan(design, INSTRUMENTS, facts(*visits))
    zone = berlin("2027-01-01").tzinfo
    return {
        row.definition: (
            f"{row.opens_at.astimezone(zone):%m-%d}", f"{row.closes_at.astimezone(zone):%m-%d}"
        )
        for row in rows
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "one", "two"),
    [
        ("both", ("03-01", "03-11"), ("03-08", "03-14")),
        ("earlier closes", ("03-01", "03-08"), ("03-08", "03-14")),
        ("later opens after", ("03-01", "03-11"), ("03-11", "03-14")),
    ],
)
def test_the_protocols_rule_holds(rule: str, one: tuple[str, str], two: tuple[str, str]):
    found = windows(protocol(ONE, TWO, overlap=rule))
    assert found == {"one": one, "two": two}


def test_the_later_forms_own_rule_goes_before_the_protocols():
    later = TWO.model_copy(update={"overlap": "earlier closes"})
    assert windows(protocol(ONE, later))["one"] == ("03-01", "03-08")
    earlier = ONE.model_copy(update={"overlap": "earlier closes"})
    assert windows(protocol(earlier, TWO))["one"] == ("03-01", "03-11")


def test_the_best_moment_stays_within_what_is_left():
    late = definition(
        "late", "mood", "enrolment", opens="same day", target="+9 days", closes="+9 days"
    )
    rows = plan(protocol(late, TWO, overlap="earlier closes"), INSTRUMENTS, facts())
    assert rows[0].target_at == rows[0].closes_at == berlin("2027-03-08T00:00")
    first = plan(protocol(ONE, TWO, overlap="later opens after"), INSTRUMENTS, facts())
    assert first[1].target_at == first[1].opens_at == berlin("2027-03-11T00:00")


def test_a_form_that_has_no_time_left_is_not_asked_and_staff_read_why():
    inside = definition("inside", "mood", "enrolment", opens="+2 days", closes="+4 days")
    design = protocol(ONE, inside, overlap="later opens after")
    assert set(windows(design)) == {"one"}
    (told,) = unplanned(design, INSTRUMENTS, facts())
    assert (told.definition, told.reason) == (
        "inside", "enrolment: closes before the same form asked earlier does",
    )  # fmt: skip
    twin = TWO.model_copy(update={"id": "twin", "label": "Twin", "opens": ONE.opens})
    design = protocol(ONE, twin, overlap="earlier closes")
    assert set(windows(design)) == {"twin"}
    (told,) = unplanned(design, INSTRUMENTS, facts())
    assert (told.definition, told.reason) == ("one", "enrolment: gives way to “Twin”")


def test_different_forms_and_different_people_never_meet():
    other = TWO.model_copy(update={"instrument": "blind-spot"})
    assert windows(protocol(ONE, other, overlap="earlier closes"))["one"] == ("03-01", "03-11")
    close = (visit("dosing/a", "2027-03-22"), visit("dosing/b", "2027-03-25"))
    rows = plan(protocol(WEEK, overlap="earlier closes"), INSTRUMENTS, facts(*close))
    by_guide: dict[str | None, list[PlannedAssessment]] = {ANNA: [], BEN: []}
    for row in rows:
        by_guide[row.about].append(row)
    for first, second in by_guide.values():
        assert first.closes_at == second.opens_at == berlin("2027-03-30T00:00")
        assert (first.occasion, second.occasion) == (1, 2)


def test_three_in_a_row_each_end_where_the_next_begins():
    weekly = definition("weekly", "mood", "enrolment", opens="same day", closes="+20 days",
                        repeat={"every": "1 week", "times": "3"})  # fmt: skip
    rows = plan(protocol(weekly, overlap="earlier closes"), INSTRUMENTS, facts())
    assert [row.closes_at for row in rows] == [
        berlin("2027-03-08T00:00"), berlin("2027-03-15T00:00"), berlin("2027-04-05T00:00"),
    ]  # fmt: skip
    rows = plan(protocol(weekly, overlap="later opens after"), INSTRUMENTS, facts())
    assert [row.opens_at for row in rows] == [
        berlin("2027-03-01T00:00"), berlin("2027-03-22T00:00"), berlin("2027-03-29T00:00"),
    ]  # fmt: skip
