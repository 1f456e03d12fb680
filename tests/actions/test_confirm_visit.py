"""What became of a visit: one answer, which opens what waited for it, and which nobody gives twice."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from server.actions.confirm_visit import Confirmation, confirm_as_planned, confirm_visit
from server.actions.context import Context
from server.actions.record_visit import VisitEntry, record_visit
from server.clock import FixedClock
from server.domain.assessment import state
from server.errors import BadInputError, ConflictError, ForbiddenError, NotFoundError
from server.store import assessments, messages, unconfirmed, visits
from server.store.database import Row
from tests.actions.designs import design, follow
from tests.cast import DOSED, EVERYTHING, TESTER, Cast


@pytest.fixture
def small(cast: Cast, clock: FixedClock) -> Cast:
    """Ada's dosing visit was on 3 March; it is the next morning."""
    small = follow(cast, design())
    clock.move(timedelta(days=3))
    return small


def dosing(cast: Cast) -> Row:
    known = visits.of(cast.context.db, cast.coordinator, cast.ada.id)
    return next(row for row in known if row["kind"] == "dosing")


def say(cast: Cast, outcome: str, **said: object) -> None:
    answer = Confirmation(outcome, **said)  # type: ignore[arg-type]
    confirm_visit(cast.context, TESTER, cast.coordinator, dosing(cast)["id"], answer)


def asked(cast: Cast, definition: str) -> Row:
    rows = assessments.of(cast.context.db, EVERYTHING, cast.ada.id)
    return next(row for row in rows if row["definition"] == definition)


def test_a_form_about_a_session_opens_once_somebody_said_that_it_was_held(small: Cast) -> None:
    db, now = small.context.db, small.context.clock.now()
    waiting = asked(small, "day-1")
    assert (state(waiting, now), waiting["awaits_visit_id"]) == ("awaiting", dosing(small)["id"])
    phone = {row["definition"] for row in assessments.open_or_soon(db, small.ada.device, now)}
    assert "day-1" not in phone
    assert "together" in phone  # it does not wait
    reminded = str(
        [messages.one(db, row["id"]) for row in messages.of(db, EVERYTHING, small.ada.id)]
    )
    assert waiting["id"] not in reminded
    say(small, "held")
    phone = {row["definition"] for row in assessments.open_or_soon(db, small.ada.device, now)}
    assert "day-1" in phone
    assert asked(small, "day-1")["awaits_visit_id"] is None
    due = [row for row in messages.stored(db, small.ada.id).values() if row["state"] == "due"]
    assert any(waiting["id"] in row["assessment_ids"] for row in due)


def test_moved_counts_from_the_new_day_and_is_asked_about_again(small: Cast) -> None:
    db = small.context.db
    assert [row["code"] for row in _unconfirmed(small)] == ["SYN-001", "SYN-002"]
    say(small, "moved", on=date(2027, 3, 9), at=time(10), reason="guide was ill")
    assert (dosing(small)["status"], dosing(small)["on_day"]) == ("planned", "2027-03-09")
    assert asked(small, "day-1")["anchor_on"] == "2027-03-09"
    assert [row["code"] for row in _unconfirmed(small)] == ["SYN-002"]
    assert visits.one(db, small.coordinator, dosing(small)["id"])["history"][-1]["reason"]


@pytest.mark.parametrize("outcome", ["cancelled", "no-show"])
def test_what_did_not_take_place_is_asked_nothing_and_leaves_its_place(
    small: Cast, outcome: str
) -> None:
    say(small, outcome, reason="as they said")
    assert (dosing(small)["status"], dosing(small)["label"]) == (outcome, "dosing")
    assert state(asked(small, "day-1"), small.context.clock.now()) == "retired"
    again = VisitEntry("dosing", date(2027, 3, 20), time(9))
    made = record_visit(small.context, TESTER, small.coordinator, small.ada.id, again)
    assert visits.one(small.context.db, small.coordinator, made.id)["label"] == "dosing-1"


def test_held_on_another_day_than_planned_counts_from_there(small: Cast) -> None:
    say(small, "held", on=date(2027, 3, 2))
    assert asked(small, "day-1")["anchor_on"] == "2027-03-02"
    assert dosing(small)["at_time"] == "09:00"  # nobody said another


def test_nobody_answers_twice(small: Cast) -> None:
    say(small, "held")
    for outcome in ("held", "cancelled"):
        with pytest.raises(ConflictError, match="was held"):
            say(small, outcome)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"outcome": "moved"}, "on"),
        ({"outcome": "held", "on": date(2027, 3, 5)}, "on"),
        ({"outcome": "postponed"}, "outcome"),
        ({"outcome": "held", "reason": "x" * 301}, "reason"),
    ],
)
def test_what_cannot_be_is_named(small: Cast, said: dict[str, object], field: str) -> None:
    with pytest.raises(BadInputError) as refused:
        say(small, **said)  # type: ignore[arg-type]
    assert list(refused.value.places) == [field]


def test_several_are_confirmed_as_planned_at_once_or_none(small: Cast, clock: FixedClock) -> None:
    later = VisitEntry("dosing", date(2027, 3, 20), time(9))
    ahead = record_visit(small.context, TESTER, small.coordinator, small.ada.id, later).id
    both = [dosing(small)["id"], ahead]
    with pytest.raises(BadInputError) as refused:
        confirm_as_planned(small.context, TESTER, small.coordinator, small.ada.id, both)
    assert list(refused.value.places) == [ahead]
    assert dosing(small)["status"] == "planned"
    clock.move(timedelta(days=20))
    confirm_as_planned(small.context, TESTER, small.coordinator, small.ada.id, both)
    known = visits.of(small.context.db, small.coordinator, small.ada.id)
    assert {row["status"] for row in known if row["kind"] == "dosing"} == {"held"}
    with pytest.raises(ConflictError):
        confirm_as_planned(small.context, TESTER, small.coordinator, small.ada.id, both)


def test_a_visit_is_asked_about_when_its_day_is_over_where_the_person_lives(
    context: Context, cast: Cast, clock: FixedClock
) -> None:
    # 3 March, 23:30 in Berlin: nobody's day is over. Half an hour later Ada's is; Ben's is in New York.
    clock.move(timedelta(days=2, hours=13, minutes=30))
    assert _unconfirmed(cast) == []
    clock.move(timedelta(minutes=30))
    assert [(row["code"], row["kind"], row["days"]) for row in _unconfirmed(cast)] == [
        ("SYN-001", "dosing", 1)
    ]
    clock.move(timedelta(days=1))
    assert [(row["code"], row["days"]) for row in _unconfirmed(cast)] == [
        ("SYN-001", 2), ("SYN-002", 1),
    ]  # fmt: skip
    assert unconfirmed.of(context.db, cast.outsider, clock.now()) == []
    assert {row["code"] for row in unconfirmed.of(context.db, cast.rated, clock.now())} == {
        "SYN-001"
    }


def test_only_those_who_care_for_participants_of_this_study(small: Cast) -> None:
    held, visit = Confirmation("held"), dosing(small)["id"]
    for viewer in (small.rated, small.monitor, small.rater):
        with pytest.raises(ForbiddenError):
            confirm_visit(small.context, TESTER, viewer, visit, held)
    with pytest.raises(NotFoundError):
        confirm_visit(small.context, TESTER, small.outsider, visit, held)


def test_an_answer_keeps_its_day_and_it_shows_where_the_visit_has_another(small: Cast) -> None:
    say(small, "held")
    small.send(small.ada, small.payload(asked(small, "day-1")["id"]))
    db = small.context.db
    assert visits.moved_since_answer(db, small.coordinator, small.ada.id) == {}
    visit = dosing(small)
    moved = VisitEntry("dosing", date(2027, 3, 1), time(9), "held", visit["id"])
    record_visit(small.context, TESTER, small.coordinator, small.ada.id, moved)
    (told,) = visits.moved_since_answer(db, small.coordinator, small.ada.id).values()
    assert told == {
        "anchor": "dosing-1", "anchor_on": DOSED.isoformat(), "on_day": "2027-03-01", "status": "held",
    }  # fmt: skip
    assert visits.moved_since_answer(db, small.outsider, small.ada.id) == {}


def _unconfirmed(cast: Cast) -> list[Row]:
    return unconfirmed.of(cast.context.db, cast.coordinator, cast.context.clock.now())
