"""Visits keep their id and every date they had; double clicks and impossible ones are refused."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from server.actions.context import Context
from server.actions.record_visit import VisitEntry, record_visit
from server.clock import FixedClock
from server.errors import BadInputError, ConflictError, ForbiddenError, NotFoundError
from server.store import visits
from tests.actions.designs import design, follow
from tests.cast import DOSED, TESTER, Cast


def record(context: Context, cast: Cast, entry: VisitEntry, person: str | None = None) -> str:
    return record_visit(context, TESTER, cast.coordinator, person or cast.ada.id, entry).id


def test_a_visit_keeps_its_id_and_its_history(context: Context, cast: Cast) -> None:
    new = record(context, cast, VisitEntry("dosing", date(2027, 4, 1), time(9, 30)))
    moved = VisitEntry("dosing", date(2027, 4, 8), time(9), visit_id=new, reason="guide was ill")
    assert record(context, cast, moved) == new
    assert record(context, cast, moved) == new  # a double click records nothing more
    row = visits.one(context.db, cast.coordinator, new)
    assert (row["label"], row["on_day"], row["at_time"]) == ("dosing-2", "2027-04-08", "09:00")
    assert [(each["on_day"], each["reason"]) for each in row["history"]] == [
        ("2027-04-01", ""), ("2027-04-08", "guide was ill"),
    ]  # fmt: skip


def test_the_same_visit_twice_and_one_too_many_are_refused(context: Context, cast: Cast) -> None:
    with pytest.raises(ConflictError, match="recorded already"):
        record(context, cast, VisitEntry("dosing", DOSED, time(9)))
    record(context, cast, VisitEntry("dosing", date(2027, 4, 1)))
    with pytest.raises(ConflictError, match="has 2 dosing"):
        record(context, cast, VisitEntry("dosing", date(2027, 5, 1)))
    with pytest.raises(ConflictError, match="has one enrolment"):
        record(context, cast, VisitEntry("enrolment", date(2027, 2, 27), status="held"))


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (VisitEntry("party", DOSED), "kind"),
        (VisitEntry("integration", date(2027, 3, 2), status="held"), "on"),
        (VisitEntry("integration", date(1927, 3, 2)), "on"),
        (VisitEntry("integration", DOSED, status="postponed"), "status"),  # type: ignore[arg-type]
        (VisitEntry("integration", DOSED, course=0), "course"),
        (VisitEntry("integration", DOSED, course=2), "course"),
        (VisitEntry("integration", date(2027, 3, 2), status="no-show"), "on"),
        (VisitEntry("integration", DOSED, reason="x" * 301), "reason"),
    ],
)
def test_what_cannot_be_is_named(
    context: Context, cast: Cast, entry: VisitEntry, field: str
) -> None:
    with pytest.raises(BadInputError) as refused:
        record(context, cast, entry)
    assert list(refused.value.places) == [field]


def test_a_visit_keeps_its_kind_and_its_participant(context: Context, cast: Cast) -> None:
    dosing = next(
        row
        for row in visits.of(context.db, cast.coordinator, cast.ada.id)
        if row["kind"] == "dosing"
    )
    with pytest.raises(BadInputError, match="keeps its kind"):
        record(context, cast, VisitEntry("integration", DOSED, visit_id=dosing["id"]))
    with pytest.raises(NotFoundError):
        record(context, cast, VisitEntry("dosing", DOSED, visit_id=dosing["id"]), cast.ben.id)


def test_a4_other_studies_and_other_roles_cannot(context: Context, cast: Cast) -> None:
    entry = VisitEntry("integration", DOSED)
    with pytest.raises(NotFoundError):
        record_visit(context, TESTER, cast.outsider, cast.ada.id, entry)
    for viewer in (cast.monitor, cast.rater, cast.rated):
        with pytest.raises(ForbiddenError):
            record_visit(context, TESTER, viewer, cast.ada.id, entry)
    assert visits.of(context.db, cast.outsider, cast.ada.id) == []


def test_an_odd_date_is_recorded_all_the_same_with_a_warning(context: Context, cast: Cast) -> None:
    early = VisitEntry("dosing", date(2027, 2, 20), time(9), "held")
    made = record_visit(context, TESTER, cast.coordinator, cast.ada.id, early)
    assert made.warnings == (
        "dosing-1 (2027-02-20) lies before enrolment (2027-02-24).",
        "dosing-1 (2027-02-20) lies before preparation-1 (2027-02-26).",
    )
    fine = VisitEntry("dosing", date(2027, 2, 28), time(9), "held", made.id)
    assert record_visit(context, TESTER, cast.coordinator, cast.ada.id, fine).warnings == ()


def test_a_no_show_makes_room_for_another_and_counts_for_nothing(
    context: Context, cast: Cast
) -> None:
    first = record(context, cast, VisitEntry("dosing", date(2027, 2, 27), time(9)))
    missed = VisitEntry("dosing", date(2027, 2, 27), time(9), "no-show", first, "did not come")
    record(context, cast, missed)
    record(context, cast, VisitEntry("dosing", date(2027, 4, 1)))
    labels = {
        row["on_day"]: (row["label"], row["status"])
        for row in visits.of(context.db, cast.coordinator, cast.ada.id)
        if row["kind"] == "dosing"
    }
    assert labels == {
        "2027-02-27": ("dosing", "no-show"), "2027-03-03": ("dosing-1", "planned"),
        "2027-04-01": ("dosing-2", "planned"),
    }  # fmt: skip


def test_every_course_has_its_own_visits_up_to_those_of_the_protocol(cast: Cast) -> None:
    twice = follow(cast, design(courses={"1": "First", "2": "Open label"}))
    for day in (date(2027, 4, 1), date(2027, 4, 8)):
        record(twice.context, twice, VisitEntry("dosing", day, course=2))
    with pytest.raises(ConflictError, match="has 2 dosing"):
        record(twice.context, twice, VisitEntry("dosing", date(2027, 5, 1), course=2))
    record(twice.context, twice, VisitEntry("dosing", date(2027, 5, 1)))
    for entry in (VisitEntry("dosing", DOSED, course=3), VisitEntry("enrolment", DOSED, course=2)):
        with pytest.raises(BadInputError) as refused:
            record(twice.context, twice, entry)
        assert list(refused.value.places) == ["course"]


def test_a_clock_time_is_asked_for_where_forms_hang_on_it(cast: Cast) -> None:
    timed = follow(cast, design(visits={"class": {"time": "required"}}))
    with pytest.raises(BadInputError) as refused:
        record(timed.context, timed, VisitEntry("class", DOSED))
    assert list(refused.value.places) == ["at"]
    made = record(timed.context, timed, VisitEntry("class", DOSED, time(9)))
    record(timed.context, timed, VisitEntry("class", DOSED, None, "cancelled", made))


def test_a_fixed_date_cannot_be_moved_only_called_off_and_entered_anew(cast: Cast) -> None:
    fixed = follow(cast, design(visits={"class": {"dates": "fixed"}}))
    made = record(fixed.context, fixed, VisitEntry("class", DOSED, time(9)))
    record(fixed.context, fixed, VisitEntry("class", DOSED, time(11), visit_id=made))
    with pytest.raises(BadInputError) as refused:
        record(fixed.context, fixed, VisitEntry("class", date(2027, 3, 4), visit_id=made))
    assert "Cancel the visit" in refused.value.places["on"]
    record(fixed.context, fixed, VisitEntry("class", DOSED, None, "cancelled", made))
    assert record(fixed.context, fixed, VisitEntry("class", date(2027, 3, 4), time(9))) != made


def test_a_future_only_date_is_neither_set_to_a_day_that_is_past_nor_moved_from_one(
    cast: Cast, clock: FixedClock
) -> None:
    ahead = follow(cast, design(visits={"class": {"dates": "future only"}}))
    with pytest.raises(BadInputError) as refused:
        record(ahead.context, ahead, VisitEntry("class", date(2027, 2, 28), time(9)))
    assert "past one cannot be set" in refused.value.places["on"]
    made = record(ahead.context, ahead, VisitEntry("class", date(2027, 3, 2), time(9)))
    record(ahead.context, ahead, VisitEntry("class", date(2027, 3, 4), time(9), visit_id=made))
    clock.move(timedelta(days=5))
    later = VisitEntry("class", date(2027, 3, 20), time(9), visit_id=made)
    with pytest.raises(BadInputError) as refused:
        record(ahead.context, ahead, later)
    assert "cannot be left" in refused.value.places["on"]
    held = VisitEntry("class", date(2027, 3, 4), time(9), "held", made)
    record(ahead.context, ahead, held)
    days = [
        each["on_day"] for each in visits.one(cast.context.db, cast.coordinator, made)["history"]
    ]
    assert days == ["2027-03-02", "2027-03-04", "2027-03-04"]
