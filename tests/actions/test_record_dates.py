"""Many dates at once: all are recorded in one transaction, or none, and every remedy shows."""

from __future__ import annotations

from datetime import date, time

import pytest

from server.actions.context import Context
from server.actions.record_dates import record_dates
from server.actions.record_visit import Recorded, VisitEntry
from server.errors import BadInputError, ForbiddenError, NotFoundError
from server.store import assessments, visits
from tests.cast import DOSED, EVERYTHING, TESTER, Cast

PLAN = (
    VisitEntry("preparation", date(2027, 3, 2), time(11)),
    VisitEntry("dosing", date(2027, 3, 24), time(9)),
    VisitEntry("integration", date(2027, 3, 25), time(9)),
)


def enter(context: Context, cast: Cast, *dates: VisitEntry) -> tuple[Recorded, ...]:
    return record_dates(context, TESTER, cast.coordinator, cast.ada.id, dates)


def test_all_dates_are_recorded_planned_or_held_in_one_transaction(
    context: Context, cast: Cast
) -> None:
    before = context.db.value("SELECT COUNT(DISTINCT at || reason) FROM audit")
    dosing = next(
        row["id"] for row in visits.current(context.db, cast.ada.id) if row["kind"] == "dosing"
    )
    held = VisitEntry("dosing", date(2027, 3, 1), time(9), "held", dosing)
    made = enter(context, cast, held, *PLAN)
    known = {row["id"]: row for row in visits.of(context.db, cast.coordinator, cast.ada.id)}
    told = [(known[each.id]["label"], known[each.id]["status"]) for each in made]
    assert told == [
        ("dosing-1", "held"), ("preparation-2", "planned"), ("dosing-2", "planned"),
        ("integration-1", "planned"),
    ]  # fmt: skip
    assert context.db.value("SELECT COUNT(DISTINCT at || reason) FROM audit") == before + 1
    rows = assessments.of(context.db, EVERYTHING, cast.ada.id)
    assert any(row["anchor"] == "dosing-2" and not row["retired_at"] for row in rows)


def test_one_that_cannot_be_keeps_all_from_being_recorded_and_every_remedy_shows(
    context: Context, cast: Cast
) -> None:
    before = visits.current(context.db, cast.ada.id)
    with pytest.raises(BadInputError) as refused:
        enter(
            context, cast, *PLAN, VisitEntry("party", DOSED), VisitEntry("dosing", date(1900, 1, 1))
        )
    assert set(refused.value.places) == {"3.kind", "4.on"}
    with pytest.raises(BadInputError) as refused:
        enter(
            context, cast, *PLAN, VisitEntry("dosing", date(2027, 5, 1)), PLAN[0],
            VisitEntry("dosing", DOSED, visit_id="nobody's"),
        )  # fmt: skip
    assert set(refused.value.places) == {"3.on", "4.on", "5.on"}
    assert "has 2 dosing" in refused.value.places["3.on"]
    assert "recorded already" in refused.value.places["4.on"]
    assert visits.current(context.db, cast.ada.id) == before


def test_doubts_stand_beside_the_date_they_are_about(context: Context, cast: Cast) -> None:
    early = VisitEntry("integration", date(2027, 2, 27), time(9), "held")
    first, second = enter(context, cast, PLAN[0], early)
    assert first.warnings == ()
    assert second.warnings == ("integration-1 (2027-02-27) lies before dosing-1 (2027-03-03).",)


def test_only_those_who_care_for_participants_of_this_study(context: Context, cast: Cast) -> None:
    with pytest.raises(ForbiddenError):
        record_dates(context, TESTER, cast.rated, cast.ada.id, PLAN)
    with pytest.raises(NotFoundError):
        record_dates(context, TESTER, cast.outsider, cast.ada.id, PLAN)
