"""The stored plan follows the facts; answers stay; running it twice changes nothing."""

from __future__ import annotations

import json
from datetime import date, time, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.actions.assign_facilitator import assign_facilitator, end_facilitator
from server.actions.change_participant import Change, change_participant
from server.actions.context import Context
from server.actions.reconcile import Difference, reconcile, waits_for
from server.actions.reconcile_messages import cancel_reminders
from server.actions.record_visit import VisitEntry, record_visit
from server.clock import FixedClock
from server.domain.assessment import state
from server.errors import AttuneError
from server.store import assessments, audit, messages, visits
from server.store.database import Row
from tests.cast import DOSED, EVERYTHING, TESTER, Cast


def again(context: Context, participant_id: str) -> Difference:
    with context.write(TESTER, "planned anew") as tx:
        return reconcile(tx, context, participant_id)


def rows(context: Context, participant_id: str) -> dict[str, Row]:
    return {row["id"]: row for row in assessments.of(context.db, EVERYTHING, participant_id)}


def due(context: Context, participant_id: str) -> list[Row]:
    found = messages.of(context.db, EVERYTHING, participant_id)
    return [row for row in found if row["state"] == "due"]


def dosing(context: Context, cast: Cast) -> Row:
    known = visits.of(context.db, cast.coordinator, cast.ada.id)
    return next(row for row in known if row["kind"] == "dosing")


def move(context: Context, cast: Cast, visit: Row, on: date, status: str = "planned") -> None:
    entry = VisitEntry(visit["kind"], on, time(9), status, visit["id"], "guide was ill")  # type: ignore[arg-type]  # as typed by staff
    record_visit(context, TESTER, cast.coordinator, cast.ada.id, entry)


def test_running_it_twice_changes_nothing(context: Context, cast: Cast, clock: FixedClock) -> None:
    assert not again(context, cast.ada.id)
    clock.move(timedelta(days=40))
    assert not again(context, cast.ada.id)


def test_a_moved_visit_moves_what_hangs_on_it_in_the_same_transaction(
    context: Context, cast: Cast
) -> None:
    before = rows(context, cast.ada.id)
    visit = dosing(context, cast)
    move(context, cast, visit, DOSED + timedelta(days=7))
    after = rows(context, cast.ada.id)
    assert before.keys() == after.keys()
    week = cast.assessment(cast.ada, "alliance-week-1", cast.rated)
    assert before[week]["opens_at"] == "2027-03-07T23:00:00.000Z"
    assert after[week]["opens_at"] == "2027-03-14T23:00:00.000Z"
    assert after[week]["anchor_on"] == "2027-03-10"
    baseline = cast.assessment(cast.ada, "wellbeing-baseline")
    assert before[baseline] == after[baseline]
    history = visits.one(context.db, cast.coordinator, visit["id"])["history"]
    assert [(each["on_day"], each["reason"]) for each in history] == [
        ("2027-03-03", ""), ("2027-03-10", "guide was ill"),
    ]  # fmt: skip


def test_each_changed_assessment_has_its_audit_entry_with_both_rows(
    context: Context, cast: Cast
) -> None:
    week = cast.assessment(cast.ada, "alliance-week-1", cast.rated)
    move(context, cast, dosing(context, cast), DOSED + timedelta(days=7))
    planned, moved = audit.history(context.db, "assessments", week)
    assert moved["reason"] == "Changed a visit: guide was ill"
    assert json.loads(planned["new_value"])["anchor_on"] == "2027-03-03"
    assert json.loads(moved["old_value"])["anchor_on"] == "2027-03-03"
    assert json.loads(moved["new_value"])["anchor_on"] == "2027-03-10"
    audit.verify(context.db)


def test_what_leaves_the_plan_is_retired_and_comes_back_under_its_own_id(
    context: Context, cast: Cast
) -> None:
    visit = dosing(context, cast)
    week = cast.assessment(cast.ada, "alliance-week-1", cast.rated)
    move(context, cast, visit, DOSED, "cancelled")
    assert state(rows(context, cast.ada.id)[week], context.clock.now()) == "retired"
    assert all(week not in json.dumps(row) for row in due(context, cast.ada.id))
    move(context, cast, visit, DOSED)
    assert state(rows(context, cast.ada.id)[week], context.clock.now()) == "upcoming"


def test_an_answer_keeps_the_dates_it_was_given_under(context: Context, cast: Cast) -> None:
    prepared = cast.assessment(cast.ada, "alliance-prep", cast.rated)
    cast.send(cast.ada, cast.payload(prepared))
    before = rows(context, cast.ada.id)[prepared]
    assert before["response_id"]
    move(context, cast, dosing(context, cast), DOSED + timedelta(days=2))
    assert rows(context, cast.ada.id)[prepared] == before
    sibling = cast.assessment(cast.ada, "alliance-prep", cast.second)
    assert rows(context, cast.ada.id)[sibling]["closes_at"] == "2027-03-05T07:00:00.000Z"


def test_a_later_preparation_asks_anew_and_leaves_the_answer_as_unscheduled(
    context: Context, cast: Cast
) -> None:
    prepared = cast.assessment(cast.ada, "alliance-prep", cast.rated)
    cast.send(cast.ada, cast.payload(prepared))
    later = VisitEntry("preparation", date(2027, 3, 2), time(11))
    record_visit(context, TESTER, cast.coordinator, cast.ada.id, later)
    now = context.clock.now()
    found = [
        row for row in rows(context, cast.ada.id).values() if row["definition"] == "alliance-prep"
    ]
    states = {(row["anchor"], row["about_name"]): state(row, now) for row in found}
    assert states == {
        ("preparation-1", "Robin"): "unscheduled",
        ("preparation-1", "Sam"): "retired",
        ("preparation-2", "Robin"): "upcoming",
        ("preparation-2", "Sam"): "upcoming",
    }


def test_whoever_joins_later_is_hidden_from_earlier_answers_too(
    context: Context, cast: Cast
) -> None:
    old = cast.assessment(cast.ben, "alliance-prep", cast.second)
    cast.send(cast.ben, cast.payload(old))
    coordinator = cast.coordinator
    assign_facilitator(
        context, TESTER, coordinator, cast.ben.id, cast.rated.id, "Robin", date(2027, 3, 1)
    )
    row = rows(context, cast.ben.id)[old]
    assert set(row["hidden_from"]) == {cast.second.id, cast.rated.id}
    assert row["response_id"]
    end_facilitator(context, TESTER, coordinator, cast.ben.id, cast.rated.id, date(2027, 3, 1))
    assert set(rows(context, cast.ben.id)[old]["hidden_from"]) == {cast.second.id, cast.rated.id}


def test_r40_the_withdrawn_get_no_message_and_no_form_and_keep_what_they_answered(
    context: Context, cast: Cast
) -> None:
    prepared = cast.assessment(cast.ada, "alliance-prep", cast.rated)
    cast.send(cast.ada, cast.payload(prepared))
    change_participant(context, TESTER, cast.coordinator, cast.ada.id, Change(status="withdrawn"))
    now = context.clock.now()
    assert due(context, cast.ada.id) == []
    assert assessments.open_or_soon(context.db, cast.ada.device, now, 400) == []
    states = {row["id"]: state(row, now) for row in rows(context, cast.ada.id).values()}
    assert states.pop(prepared) == "answered"
    assert set(states.values()) == {"retired"}
    assert not again(context, cast.ada.id)


def test_the_paused_keep_their_forms_and_get_no_message_until_they_return(
    context: Context, cast: Cast
) -> None:
    before = due(context, cast.ada.id)
    change_participant(context, TESTER, cast.coordinator, cast.ada.id, Change(status="paused"))
    assert due(context, cast.ada.id) == []
    assert assessments.open_or_soon(context.db, cast.ada.device, context.clock.now())
    change_participant(context, TESTER, cast.coordinator, cast.ada.id, Change(status="active"))
    # Of those already past only the latest comes back: one message says it all.
    assert due(context, cast.ada.id) == [row for row in before if row["due_at"] > "2027-02-28"]


def test_an_answered_form_drops_out_of_messages_at_once(context: Context, cast: Cast) -> None:
    ids = [cast.assessment(cast.ada, "alliance-prep", who) for who in (cast.rated, cast.second)]
    ids += [cast.assessment(cast.ada, name) for name in ("wellbeing-baseline", "distress-baseline")]
    tomorrow = next(row for row in due(context, cast.ada.id) if row["local_moment"] > "2027-03-02")
    for each in ids:
        with context.write(TESTER, "answered elsewhere") as tx:
            tx.change("assessments", each, {"response_id": f"r-{each}"})
            cancel_reminders(tx, each)
    row = messages.one(context.db, tomorrow["id"])
    assert row is not None
    assert row["state"] == "cancelled"
    assert again(context, cast.ada.id).messages_added == 0


def test_a_visit_entered_late_does_not_bring_all_the_messages_it_would_have_had(
    context: Context, cast: Cast, clock: FixedClock
) -> None:
    clock.move(timedelta(days=12))  # 13 March: one week after is open and was never announced
    move(context, cast, dosing(context, cast), date(2027, 3, 5), "held")
    past = [row for row in due(context, cast.ada.id) if row["due_at"] < "2027-03-13T09"]
    fresh = [row for row in past if row["local_moment"] > "2027-03-09"]
    assert len(fresh) <= 1
    assert not again(context, cast.ada.id)


def test_staff_read_what_the_rest_waits_for(context: Context, cast: Cast) -> None:
    found = {each.definition: each.reason for each in waits_for(context, context.db, cast.ada.id)}
    assert (
        found["wellbeing-month-1"] == "waits for dosing-2, planned or cancelled, to know the last"
    )


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("visit"), st.sampled_from(["preparation", "dosing", "integration"]),
                  st.integers(-5, 60), st.sampled_from(["planned", "cancelled"])),
        st.tuples(st.just("move"), st.integers(0, 5), st.integers(-5, 60),
                  st.sampled_from(["planned", "cancelled"])),
        st.tuples(st.just("guide"), st.booleans(), st.integers(-5, 30), st.booleans()),
        st.tuples(st.just("zone"), st.sampled_from(["Asia/Tokyo", "America/Lima"]),
                  st.integers(-5, 30), st.none()),
        st.tuples(st.just("wait"), st.integers(0, 20), st.none(), st.none()),
    ),
    min_size=1, max_size=8,
)  # fmt: skip


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_whatever_happens_the_plan_settles_and_nothing_is_lost(
    context: Context, cast: Cast, clock: FixedClock, steps: list[tuple[str, object, int, object]]
) -> None:
    known = set(rows(context, cast.ada.id))
    for step in steps:
        try:
            act(context, cast, clock, *step)
        except AttuneError:
            continue
        assert not again(context, cast.ada.id), step
        present = rows(context, cast.ada.id)
        assert known <= present.keys()  # a phone may hold any of them
        known = set(present)
        for row in present.values():
            if row["alliance"]:
                assert {cast.rated.id, cast.second.id} <= set(row["hidden_from"])
        planned = {each["id"] for each in present.values() if each["retired_at"] is None}
        for message in due(context, cast.ada.id):
            stored = messages.one(context.db, message["id"])
            assert stored is not None
            assert set(json.loads(stored["assessment_ids"])) <= planned


def act(
    context: Context, cast: Cast, clock: FixedClock, what: str, a: object, b: int, c: object
) -> None:
    coordinator, ada = cast.coordinator, cast.ada.id
    day = date(2027, 3, 1) + timedelta(days=b or 0)
    if what == "visit":
        record_visit(context, TESTER, coordinator, ada, VisitEntry(str(a), day, time(9), c))  # type: ignore[arg-type]  # drawn
    elif what == "move":
        known = visits.of(context.db, coordinator, ada)
        row = known[int(str(a)) % len(known)]
        entry = VisitEntry(row["kind"], day, None, c, row["id"])  # type: ignore[arg-type]  # drawn
        record_visit(context, TESTER, coordinator, ada, entry)
    elif what == "guide":
        who, name = (cast.rated, "Robin") if a else (cast.second, "Sam")
        if c:
            assign_facilitator(context, TESTER, coordinator, ada, who.id, name, day)
        else:
            end_facilitator(context, TESTER, coordinator, ada, who.id, day)
    elif what == "zone":
        change_participant(context, TESTER, coordinator, ada, Change(zone=str(a), on=day))
    else:
        clock.move(timedelta(days=int(str(a))))
