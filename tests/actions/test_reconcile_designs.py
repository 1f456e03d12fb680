"""The stored plan follows answers, versions, whoever guides and whatever is over, each in its transaction."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest

from server.actions.assign_facilitator import (
    Assignment,
    assign_term,
    end_facilitator,
    replace_facilitator,
)
from server.actions.change_participant import Change, change_participant
from server.actions.reconcile import reconcile
from server.actions.record_visit import VisitEntry, record_visit
from server.clock import FixedClock
from server.domain.assessment import state
from server.errors import BadInputError, ConflictError
from server.store import assessments, facilitators, messages, participants, visits
from server.store.database import Row
from tests.actions.designs import design, follow
from tests.cast import DOSED, EVERYTHING, TESTER, Cast, Person

AFTER_BEFORE = {
    "id": "three-days-on", "instrument": "gad-7", "label": "Three days on",
    "anchor": "completion of before", "opens": "+3 days", "closes": "+9 days",
}  # fmt: skip
IF_LOW = {
    "id": "if-low", "instrument": "phq-9", "label": "If low", "anchor": "enrolment",
    "opens": "same day", "closes": "+60 days",
    "when": {"score": {"assessment": "before", "score": "raw", "below": "13"}},
}  # fmt: skip


def rows(cast: Cast, definition: str, person: Person | None = None) -> list[Row]:
    found = assessments.of(cast.context.db, EVERYTHING, (person or cast.ada).id)
    return [row for row in found if row["definition"] == definition]


def states(cast: Cast, definition: str, person: Person | None = None) -> dict[tuple[str, Any], str]:
    now = cast.context.clock.now()
    return {
        (row["anchor"], row["about_name"]): state(row, now)
        for row in rows(cast, definition, person)
    }


def hold_dosing(cast: Cast, on: date = DOSED) -> str:
    known = visits.current(cast.context.db, cast.ada.id)
    visit = next(row["id"] for row in known if row["kind"] == "dosing")
    held = VisitEntry("dosing", on, time(9), "held", visit)
    return record_visit(cast.context, TESTER, cast.coordinator, cast.ada.id, held).id


# ---------------------------------------------------------------- answers that the plan asks about


def test_what_counts_from_an_answer_is_planned_with_the_answer(cast: Cast) -> None:
    small = follow(cast, design(assessments=[AFTER_BEFORE, IF_LOW]))
    assert rows(small, "three-days-on") == rows(small, "if-low") == []
    (before,) = rows(small, "before")
    small.send(small.ada, small.payload(before["id"], small.answers("who-5", 1)))
    (after,) = rows(small, "three-days-on")
    assert (after["anchor_on"], after["opens_at"]) == ("2027-03-01", "2027-03-03T23:00:00.000Z")
    assert [row["retired_at"] for row in rows(small, "if-low")] == [None]
    reasons = small.context.db.all(
        "SELECT DISTINCT reason FROM audit WHERE table_name = 'assessments' AND row_id = ?",
        [after["id"]],
    )
    assert reasons == [{"reason": "an envelope was opened"}]


def test_a_score_that_does_not_fall_below_asks_nothing(cast: Cast) -> None:
    small = follow(cast, design(assessments=[AFTER_BEFORE, IF_LOW]))
    (before,) = rows(small, "before")
    small.send(small.ada, small.payload(before["id"], small.answers("who-5", 4)))
    assert rows(small, "if-low") == []
    assert len(rows(small, "three-days-on")) == 1


def test_an_answer_that_no_plan_asks_about_plans_nothing_anew(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = follow(cast, design())
    monkeypatch.setattr("server.actions.reconcile.plan", None)
    (before,) = rows(small, "before")
    small.send(small.ada, small.payload(before["id"]))
    assert state(rows(small, "before")[0], small.context.clock.now()) == "answered"


# ---------------------------------------------------------------- versions


def test_each_follows_their_own_version_and_the_rows_tell_which(cast: Cast) -> None:
    first, second = design(), design(version="2.0.0", assessments=[IF_LOW, AFTER_BEFORE])
    small = follow(cast, first, second)
    with small.context.write(TESTER, "put on another version") as tx:
        participants.record(tx, small.ada.id, "protocol", "2.0.0", date(2027, 3, 1))
        reconcile(tx, small.context, small.ada.id)
    assert {row["protocol_version"] for row in rows(small, "before")} == {"2.0.0"}
    assert {row["protocol_version"] for row in rows(small, "before", small.ben)} == {"1.0.0"}
    (before,) = rows(small, "before")
    small.send(small.ada, small.payload(before["id"], small.answers("who-5", 1)))
    assert len(rows(small, "three-days-on")) == 1


def test_what_closed_unanswered_under_one_version_stays_missed_under_the_next(
    cast: Cast, clock: FixedClock
) -> None:
    asks_less = design(version="2.0.0")
    asks_less = asks_less.model_copy(
        update={"assessments": tuple(each for each in asks_less.assessments if each.id != "before")}
    )
    small = follow(cast, design(), asks_less)
    clock.move(timedelta(days=40))
    assert states(small, "before") == {("enrolment", None): "unopened"}
    for _twice in range(2):
        with small.context.write(TESTER, "put on another version") as tx:
            participants.record(tx, small.ada.id, "protocol", "2.0.0", date(2027, 3, 1))
            reconcile(tx, small.context, small.ada.id)
        assert states(small, "before") == {("enrolment", None): "unopened"}
        assert {row["protocol_version"] for row in rows(small, "before")} == {"1.0.0"}


# ---------------------------------------------------------------- silence stays a fact


def test_what_was_missed_stays_missed_when_somebody_withdraws_later(
    cast: Cast, clock: FixedClock
) -> None:
    small = follow(cast, design())
    hold = VisitEntry("dosing", date(2027, 4, 20), time(9))
    record_visit(small.context, TESTER, small.coordinator, small.ada.id, hold)
    clock.move(timedelta(days=40))  # 10 April
    change_participant(
        small.context, TESTER, small.coordinator, small.ada.id, Change(status="withdrawn")
    )
    assert states(small, "before") == {("enrolment", None): "unopened"}
    assert states(small, "together")["dosing-2", "Robin"] == "retired"
    # Of the first session nobody ever said that it was held.
    assert states(small, "day-1") == {("dosing-1", None): "retired", ("dosing-2", None): "retired"}


def test_each_form_has_its_own_rule_about_answers_that_come_late(
    cast: Cast, clock: FixedClock
) -> None:
    tolerant = {
        "id": "tolerant", "instrument": "gad-7", "label": "Tolerant", "anchor": "enrolment",
        "opens": "same day", "closes": "+20 days", "late": "accept and flag",
    }  # fmt: skip
    small = follow(cast, design(assessments=[tolerant]))
    clock.move(timedelta(days=40))
    for definition in ("tolerant", "before"):
        small.send(small.ada, small.payload(rows(small, definition)[0]["id"]))
    assert states(small, "tolerant") == {("enrolment", None): "late"}
    assert states(small, "before") == {("enrolment", None): "unopened"}
    reasons = small.context.db.all("SELECT reason FROM openings WHERE outcome = 'quarantined'")
    assert reasons == [{"reason": "closed"}]  # kept all the same, apart


def test_nobody_is_written_to_before_somebody_said_go(cast: Cast) -> None:
    with cast.context.write(TESTER, "brought in") as tx:
        participants.record(tx, cast.ada.id, "status", "prepared", date(2027, 3, 1))
        reconcile(tx, cast.context, cast.ada.id)
    due = messages.stored(cast.context.db, cast.ada.id).values()
    assert {row["state"] for row in due} == {"cancelled"}
    now = cast.context.clock.now()
    assert assessments.open_or_soon(cast.context.db, cast.ada.device, now)


# ---------------------------------------------------------------- whoever guides


def test_a_replacement_asks_anew_only_what_nobody_has_answered(
    cast: Cast, clock: FixedClock
) -> None:
    small = follow(cast, design())
    clock.move(timedelta(days=8))
    hold_dosing(small)
    (robin,) = (row for row in rows(small, "together") if row["about_name"] == "Robin")
    small.send(small.ada, small.payload(robin["id"]))
    before = small.context.db.one("SELECT * FROM assessments WHERE id = ?", [robin["id"]])
    cora, ada = small.coordinator, small.ada.id
    # Somebody notices only now that Sam was not there any more, and that Robin had left before that.
    new = _hired(small)
    for leaving, coming in ((cast.rated.id, new), (cast.second.id, None)):
        if coming:
            term = Assignment(coming, "Toni", date(2027, 3, 1))
            replace_facilitator(small.context, TESTER, cora, ada, leaving, term)
        else:
            end_facilitator(small.context, TESTER, cora, ada, leaving, date(2027, 3, 1))
    assert states(small, "together") == {
        ("dosing-1", "Robin"): "answered",
        ("dosing-1", "Sam"): "retired",
        ("dosing-1", "Toni"): "open",
    }
    after = small.context.db.one("SELECT * FROM assessments WHERE id = ?", [robin["id"]])
    assert before is not None
    assert after is not None
    assert {**after, "hidden_from": ""} == {**before, "hidden_from": ""}
    assert new in after["hidden_from"]
    terms = {
        each.name: (each.from_on, each.to_on) for each in facilitators.terms(small.context.db, ada)
    }
    assert terms["Robin"] == (date(2027, 2, 24), date(2027, 2, 28))
    assert terms["Toni"] == (date(2027, 3, 1), None)


def test_a_term_may_have_a_last_day_from_the_start_and_it_may_be_corrected(cast: Cast) -> None:
    context, cora, ada = cast.context, cast.coordinator, cast.ada.id
    new = _hired(cast)
    term = Assignment(new, "Toni", date(2027, 3, 1), date(2027, 3, 31))
    for _twice in range(2):
        assign_term(context, TESTER, cora, ada, term)
        assert _terms(cast, new) == [("Toni", date(2027, 3, 1), date(2027, 3, 31))]
    end_facilitator(context, TESTER, cora, ada, new, date(2027, 4, 2))
    assert _terms(cast, new) == [("Toni", date(2027, 3, 1), date(2027, 4, 2))]
    with pytest.raises(ConflictError):
        end_facilitator(context, TESTER, cora, ada, new, date(2027, 4, 2))
    back = Assignment(new, "Toni", date(2027, 3, 9), date(2027, 3, 1))
    with pytest.raises(BadInputError) as refused:
        assign_term(context, TESTER, cora, ada, back)
    assert list(refused.value.places) == ["to"]
    with pytest.raises(BadInputError):
        replace_facilitator(context, TESTER, cora, ada, new, term)
    somebody = Assignment(cast.second.id, "Sam", date(2027, 3, 9))
    with pytest.raises(ConflictError):
        replace_facilitator(context, TESTER, cora, ada, cast.rater.id, somebody)


def test_asked_once_per_facilitator_is_asked_again_about_who_comes_later(
    cast: Cast, clock: FixedClock
) -> None:
    once = {
        "id": "once", "instrument": "wai-sr", "label": "Once", "anchor": "every dosing", "waits": "false",
        "target": "+1 day", "window": ["+0 days", "+20 days"], "asked": "once per facilitator",
    }  # fmt: skip
    small = follow(cast, design(assessments=[once]))
    clock.move(timedelta(days=8))
    hold_dosing(small)
    for row in rows(small, "once"):
        small.send(small.ada, small.payload(row["id"]))
    new = _hired(small)
    context, cora, ada = small.context, small.coordinator, small.ada.id
    assign_term(context, TESTER, cora, ada, Assignment(new, "Toni", date(2027, 3, 9)))
    again = VisitEntry("dosing", date(2027, 3, 20), time(9))
    record_visit(context, TESTER, cora, ada, again)
    assert states(small, "once") == {
        ("dosing-1", "Robin"): "answered", ("dosing-1", "Sam"): "answered",
        ("dosing-2", "Toni"): "upcoming",
    }  # fmt: skip


def _hired(cast: Cast) -> str:
    from tests.cast import _hire

    with cast.context.write(TESTER, "hired") as tx:
        return _hire(tx, cast.study_id, "Toni Third", "facilitator").id


def _terms(cast: Cast, who: str) -> list[tuple[str, date, date | None]]:
    found = facilitators.terms(cast.context.db, cast.ada.id)
    return [(each.name, each.from_on, each.to_on) for each in found if each.staff_id == who]
