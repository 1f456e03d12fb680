"""Visits keep their id and every date they had; double clicks and impossible ones are refused."""

from __future__ import annotations

from datetime import date, time

import pytest

from server.actions.context import Context
from server.actions.record_visit import VisitEntry, record_visit
from server.errors import BadInputError, ConflictError, ForbiddenError, NotFoundError
from server.store import visits
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
    with pytest.raises(ConflictError, match="has 1 enrolment"):
        record(context, cast, VisitEntry("enrolment", date(2027, 2, 27), status="held"))


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (VisitEntry("party", DOSED), "kind"),
        (VisitEntry("integration", date(2027, 3, 2), status="held"), "on"),
        (VisitEntry("integration", date(1927, 3, 2)), "on"),
        (VisitEntry("integration", DOSED, status="postponed"), "status"),  # type: ignore[arg-type]
        (VisitEntry("integration", DOSED, course=0), "course"),
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
