"""Lists and counts hold what the viewer may see, and no more (A4, alliance is blind)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.actions.context import Context
from server.clock import FixedClock
from server.domain.people import System
from server.errors import NotFoundError
from server.ids import new_id
from server.store import assessments, messages, participants, visits
from server.store.database import Database, Row
from tests.cast import ENROLLED, TESTER, Cast


def listed(context: Context, viewer: object) -> dict[str, Row]:
    rows = participants.list_of(context.db, viewer, context.clock.now())  # type: ignore[arg-type]
    return {row["code"]: row for row in rows}


def test_the_list_says_who_waits_for_what(context: Context, cast: Cast, clock: FixedClock) -> None:
    ada = listed(context, cast.coordinator)["SYN-001"]
    assert (ada["open_count"], ada["overdue_count"], ada["missed_count"]) == (4, 4, 0)
    assert ada["next_due_at"] == "2027-03-02T19:00:00.000Z"
    assert ada["next_opens_at"] == "2027-03-07T23:00:00.000Z"
    assert ada["status"] == "active"
    assert ada["seen_at"]
    clock.move(timedelta(days=3))
    ada = listed(context, cast.coordinator)["SYN-001"]
    assert (ada["open_count"], ada["missed_count"], ada["next_due_at"]) == (0, 4, None)


def test_a_rated_guide_sees_no_alliance_not_even_as_a_count(context: Context, cast: Cast) -> None:
    assert listed(context, cast.rated)["SYN-001"]["open_count"] == 2
    assert "SYN-002" not in listed(context, cast.rated)
    assert {row["instrument"] for row in assessments.of(context.db, cast.rated, cast.ada.id)} == {
        "who-5", "ies-r",
    }  # fmt: skip
    hidden = cast.assessment(cast.ada, "alliance-prep", cast.second)
    with pytest.raises(NotFoundError):
        assessments.one(context.db, cast.rated, hidden)
    now = context.clock.now()
    assert all(not row["alliance"] for row in assessments.due(context.db, cast.rated, now))
    assert any(row["alliance"] for row in assessments.due(context.db, cast.monitor, now))


def test_messages_do_not_say_what_they_were_about_and_nothing_to_the_rated(
    context: Context, cast: Cast
) -> None:
    rows = messages.of(context.db, cast.coordinator, cast.ada.id)
    assert rows
    assert all("assessment_ids" not in row for row in rows)
    # That a message was called off would tell that its form was answered.
    assert messages.of(context.db, cast.rated, cast.ada.id) == []


def test_a4_an_outsider_finds_nothing(context: Context, cast: Cast) -> None:
    assert listed(context, cast.outsider) == {}
    now = context.clock.now()
    assert assessments.of(context.db, cast.outsider, cast.ada.id) == []
    assert assessments.due(context.db, cast.outsider, now) == []
    assert messages.of(context.db, cast.outsider, cast.ada.id) == []
    assert visits.of(context.db, cast.outsider, cast.ada.id) == []
    with pytest.raises(NotFoundError):
        participants.one(context.db, cast.outsider, cast.ada.id)


def test_a_phone_lists_its_own_and_nothing_answered(context: Context, cast: Cast) -> None:
    now = context.clock.now()
    rows = assessments.open_or_soon(context.db, cast.ada.device, now)
    assert {row["participant_id"] for row in rows} == {cast.ada.id}
    about = {row["about_name"] for row in rows if row["definition"] == "alliance-prep"}
    assert about == {"Robin", "Sam"}
    first = cast.assessment(cast.ada, "alliance-prep", cast.rated)
    cast.send(cast.ada, cast.payload(first))
    after = {row["id"] for row in assessments.open_or_soon(context.db, cast.ada.device, now)}
    assert {row["id"] for row in rows} - after == {first}
    with pytest.raises(NotFoundError):
        participants.one(context.db, cast.ada.device, cast.ben.id)


def test_siblings_ask_the_same_about_someone_else(context: Context, cast: Cast) -> None:
    mine = cast.assessment(cast.ada, "alliance-prep", cast.rated)
    (other,) = assessments.siblings(context.db, cast.ada.device, mine)
    assert other["about_name"] == "Sam"


def test_the_newest_is_whoever_was_enrolled_last(context: Context, cast: Cast) -> None:
    assert participants.newest(context.db, System("tests")) == (cast.ben.id, cast.study_id)
    assert set(participants.all_ids(context.db)) == {cast.ada.id, cast.ben.id}


def test_the_usual_is_what_most_have_and_nothing_where_nobody_is(
    context: Context, cast: Cast
) -> None:
    with context.write(TESTER, "a second one lives in Paris, and one elsewhere came last") as tx:
        for code, zone in (("P-1", "Europe/Paris"), ("P-2", "Europe/Paris"), ("P-3", "Asia/Tokyo")):
            name = new_id()
            participants.add(tx, name, cast.study_id, code, ENROLLED)
            participants.record(tx, name, "zone", zone, ENROLLED)
    assert participants.usual(context.db, cast.coordinator, "zone") == "Europe/Paris"
    assert participants.usual(context.db, cast.outsider, "zone") == ""


def test_what_closed_unanswered_is_listed_for_a_while(
    context: Context, cast: Cast, clock: FixedClock
) -> None:
    clock.move(timedelta(days=3))
    rows = assessments.missed(context.db, cast.coordinator, clock.now())
    assert len(rows) == 7
    clock.move(timedelta(days=60))
    missed = assessments.missed(context.db, cast.coordinator, clock.now())
    assert {row["definition"] for row in missed} == set()


@pytest.mark.parametrize("who", ["coordinator", "rated", "rater", "monitor"])
def test_the_list_looks_at_each_persons_own_forms_only(
    cast: Cast, context: Context, monkeypatch: pytest.MonkeyPatch, who: str
):
    """Else a study of a thousand asks for a thousand times a thousand people's forms."""
    asked: list[tuple[str, object]] = []
    real = Database.all

    def spied(db: Database, sql: str, params: object = ()) -> list[Row]:
        asked.append((sql, params))
        return real(db, sql, params)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(Database, "all", spied)
    participants.list_of(context.db, cast.staff[who], context.clock.now())
    sql, params = asked[0]
    steps = [row["detail"] for row in context.db.all(f"EXPLAIN QUERY PLAN {sql}", params)]  # type: ignore[arg-type]  # as above
    forms = [step for step in steps if step.split()[1] == "a"]
    assert forms == ["SEARCH a USING INDEX assessments_by_participant (participant_id=?) LEFT-JOIN"]
