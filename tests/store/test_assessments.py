"""What is due is found by what is open, and nobody is asked what is not theirs or not yet to be asked."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from server.actions.context import Context
from server.actions.lapse_assessments import lapse_assessments
from server.clock import FixedClock, to_text
from server.store import assessments, lapses
from server.store.database import Row
from tests.cast import TESTER, Cast


def steps(context: Context, sql: str, params: object) -> list[str]:
    found = context.db.all(f"EXPLAIN QUERY PLAN {sql}", params)  # type: ignore[arg-type]  # a Clause has one or the other shape
    return [row["detail"] for row in found]


def definitions(rows: list[Row]) -> set[str]:
    return {row["definition"] for row in rows}


@pytest.mark.parametrize("who", ["coordinator", "rated", "rater", "monitor"])
def test_the_due_query_walks_the_partial_index_up_to_now_and_no_further(
    context: Context, cast: Cast, who: str
) -> None:
    sql, params = assessments.due_query(cast.staff[who], context.clock.now())
    first = steps(context, sql, params)[0]
    assert first == "SEARCH a USING INDEX assessments_waiting (study_id=? AND opens_at<?)"


def test_the_sweep_finds_by_their_own_indexes_what_closed_and_what_it_put_aside(
    context: Context, cast: Cast
) -> None:
    sql, params = lapses.query(context.clock.now(), 10)
    told = " ".join(steps(context, sql, params))
    assert "SEARCH a USING" in told
    assert "INDEX assessments_closing (closes_at<?)" in told
    back = "SELECT 1 FROM assessments WHERE lapsed_at > ?"
    told = " ".join(steps(context, back, [to_text(context.clock.now())]))
    assert "INDEX assessments_lapsed (lapsed_at>?)" in told


def test_what_closed_is_put_aside_and_still_counted_as_missed(
    context: Context, cast: Cast, clock: FixedClock
) -> None:
    assert lapse_assessments(context) == 0
    before = assessments.due(context.db, cast.coordinator, clock.now())
    assert definitions(before) == {"alliance-prep", "wellbeing-baseline", "distress-baseline"}
    clock.move(timedelta(days=3))
    gone = [row for row in before if row["closes_at"] <= to_text(clock.now())]
    assert lapse_assessments(context) == len(gone) > 0
    assert lapse_assessments(context) == 0
    after = assessments.due(context.db, cast.coordinator, clock.now())
    assert {row["id"] for row in after} == {row["id"] for row in before} - {
        row["id"] for row in gone
    }
    missed = assessments.missed(context.db, cast.coordinator, clock.now())
    assert {row["id"] for row in missed} == {row["id"] for row in gone}
    # The sweep is no fact about anybody: the trail does not tell of it.
    assert not context.db.all("SELECT 1 FROM audit WHERE field = 'lapsed_at'")


def test_a_clock_that_steps_back_finds_again_what_was_put_aside(
    context: Context, cast: Cast, clock: FixedClock
) -> None:
    before = assessments.due(context.db, cast.coordinator, clock.now())
    clock.move(timedelta(days=10))
    lapse_assessments(context)
    clock.move(timedelta(days=-10))
    assert lapse_assessments(context) > 0
    assert assessments.due(context.db, cast.coordinator, clock.now()) == before


def test_a_window_that_moves_on_is_open_again_though_the_sweep_had_put_it_aside(
    context: Context, cast: Cast, clock: FixedClock
) -> None:
    from server.actions.record_visit import VisitEntry, record_visit
    from server.store import visits

    clock.move(timedelta(days=14))  # 15 March: one week after the session is over
    lapse_assessments(context)
    week = cast.assessment(cast.ada, "alliance-week-1", cast.rated)
    assert assessments.one(context.db, cast.coordinator, week)["lapsed_at"]
    (dosing,) = (
        row
        for row in visits.current(context.db, cast.ada.id)
        if row["kind"] == "dosing"
    )  # fmt: skip
    moved = VisitEntry("dosing", date(2027, 3, 9), time(9), "held", dosing["id"])
    record_visit(context, TESTER, cast.coordinator, cast.ada.id, moved)
    due = assessments.due(context.db, cast.coordinator, clock.now())
    assert week in {row["id"] for row in due}


@pytest.mark.parametrize(
    "change", [{"respondent": "rater"}, {"awaits_visit_id": "the dosing visit"}]
)
def test_a_phone_is_not_asked_what_is_not_for_it_or_not_yet(
    context: Context, cast: Cast, change: Row
) -> None:
    form = cast.assessment(cast.ada, "wellbeing-baseline")
    if "awaits_visit_id" in change:
        sql = "SELECT id FROM visits WHERE participant_id = ? AND kind = 'dosing'"
        change = {"awaits_visit_id": context.db.value(sql, [cast.ada.id])}
    now, device = context.clock.now(), cast.ada.device
    assert form in {row["id"] for row in assessments.open_or_soon(context.db, device, now)}
    with context.write(TESTER, "planned otherwise") as tx:
        tx.change("assessments", form, change)
    assert form not in {row["id"] for row in assessments.open_or_soon(context.db, device, now)}
    assert form not in {row["id"] for row in assessments.open_now(context.db, cast.ada.id, now)}
    due = {row["id"] for row in assessments.due(context.db, cast.coordinator, now)}
    assert (form in due) == ("respondent" in change)
