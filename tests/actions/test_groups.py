"""Shared dates: they move for everybody who shares them, in one transaction, and for nobody else."""

from __future__ import annotations

from datetime import date, time

import pytest

from server.actions.add_group_visit import add_group_visit
from server.actions.change_participant import Change, change_participant
from server.actions.create_group import create_group
from server.actions.join_group import join_group
from server.actions.leave_group import leave_group
from server.actions.move_group_visit import move_group_visit
from server.actions.record_visit import VisitEntry, record_visit
from server.actions.shared_dates import GroupDate, Shared
from server.errors import BadInputError, ConflictError, ForbiddenError, NotFoundError
from server.store import assessments, groups, participants, visits
from server.store.database import Row
from tests.actions.designs import design, follow
from tests.cast import EVERYTHING, TESTER, Cast, Person

SECOND, NINTH = date(2027, 4, 2), date(2027, 4, 9)


@pytest.fixture
def small(cast: Cast) -> Cast:
    return follow(cast, design())


@pytest.fixture
def group(small: Cast) -> str:
    """Ada and Ben in one group, with nothing planned yet."""
    made = create_group(small.context, TESTER, small.coordinator, "Spring")
    for person in (small.ada, small.ben):
        join_group(small.context, TESTER, small.coordinator, person.id, made)
    return made


def add(small: Cast, group: str, on: date = SECOND, **more: object) -> Shared:
    when = GroupDate(on, time(10), **more)  # type: ignore[arg-type]
    return add_group_visit(small.context, TESTER, small.coordinator, group, "class", when)


def move(small: Cast, shared: str, on: date, **more: object) -> Shared:
    when = GroupDate(on, time(10), **more)  # type: ignore[arg-type]
    return move_group_visit(small.context, TESTER, small.coordinator, shared, when)


def classes(small: Cast, person: Person) -> list[Row]:
    known = visits.of(small.context.db, small.coordinator, person.id)
    return [row for row in known if row["kind"] == "class"]


def days(small: Cast, person: Person) -> list[tuple[str, str]]:
    return [(row["on_day"], row["status"]) for row in classes(small, person)]


def asked(small: Cast, person: Person) -> list[str]:
    rows = assessments.of(small.context.db, EVERYTHING, person.id)
    return [
        row["anchor_on"]
        for row in rows
        if row["definition"] == "class-after" and not row["retired_at"]
    ]


def test_a_date_is_everybodys_own_visit_and_moves_for_all_at_once(small: Cast, group: str) -> None:
    made = add(small, group)
    assert made.along == ("SYN-001", "SYN-002")
    before = small.context.db.value("SELECT MAX(seq) FROM audit")
    moved = move(small, made.id, NINTH, reason="the room is taken")
    assert (moved.along, moved.apart) == (("SYN-001", "SYN-002"), ())
    for person in (small.ada, small.ben):
        assert days(small, person) == [("2027-04-09", "planned")]
        assert asked(small, person) == ["2027-04-09"]
        assert [each["on_day"] for each in classes(small, person)[0]["history"]] == [
            "2027-04-02", "2027-04-09",
        ]  # fmt: skip
    reasons = small.context.db.all("SELECT DISTINCT reason FROM audit WHERE seq > ?", [before])
    assert reasons == [{"reason": "Changed a date of a group: the room is taken"}]
    (history,) = groups.history(small.context.db, group).values()
    assert [each["on_day"] for each in history] == ["2027-04-02", "2027-04-09"]


def test_whoever_has_a_day_of_their_own_keeps_it(small: Cast, group: str) -> None:
    made = add(small, group)
    (own,) = classes(small, small.ben)
    alone = VisitEntry("class", date(2027, 4, 5), time(10), visit_id=own["id"])
    record_visit(small.context, TESTER, small.coordinator, small.ben.id, alone)
    moved = move(small, made.id, NINTH)
    assert (moved.along, moved.apart) == (("SYN-001",), ("SYN-002",))
    assert days(small, small.ben) == [("2027-04-05", "planned")]
    assert asked(small, small.ben) == ["2027-04-05"]
    called_off = move(small, made.id, NINTH, status="cancelled")
    assert called_off.apart == ("SYN-002",)
    assert days(small, small.ada) == [("2027-04-09", "cancelled")]
    assert asked(small, small.ada) == []
    # Called back, it is theirs again who shared it.
    assert move(small, made.id, NINTH).along == ("SYN-001",)
    assert asked(small, small.ada) == ["2027-04-09"]


def test_moving_it_to_where_it_is_changes_nothing(small: Cast, group: str) -> None:
    made = add(small, group)
    before = small.context.db.value("SELECT COUNT(*) FROM audit")
    assert move(small, made.id, SECOND).along == ()
    assert small.context.db.value("SELECT COUNT(*) FROM audit") == before


def test_whoever_joins_later_gets_what_is_still_to_come(small: Cast) -> None:
    made = create_group(small.context, TESTER, small.coordinator, "Spring")
    gone, ahead = add(small, made, date(2027, 2, 26)), add(small, made)
    move(small, gone.id, date(2027, 2, 27))
    join_group(small.context, TESTER, small.coordinator, small.ada.id, made)
    assert days(small, small.ada) == [("2027-04-02", "planned")]
    assert participants.one(small.context.db, small.coordinator, small.ada.id)["group"] == made
    join_group(small.context, TESTER, small.coordinator, small.ada.id, made)
    assert len(classes(small, small.ada)) == 1
    assert move(small, ahead.id, NINTH).along == ("SYN-001",)
    members = groups.members(small.context.db, small.coordinator, made)
    assert [row["code"] for row in members] == ["SYN-001"]
    (listed,) = groups.of(small.context.db, small.study_id)
    assert (listed["label"], listed["member_count"]) == ("Spring", 1)


def test_whoever_leaves_does_not_come_any_more_and_comes_back_to_the_same_visits(
    small: Cast, group: str
) -> None:
    made = add(small, group)
    leave_group(small.context, TESTER, small.coordinator, small.ada.id, reason="moved away")
    assert days(small, small.ada) == [("2027-04-02", "cancelled")]
    assert asked(small, small.ada) == []
    assert move(small, made.id, NINTH).along == ("SYN-002",)
    with pytest.raises(ConflictError, match="in no group"):
        leave_group(small.context, TESTER, small.coordinator, small.ada.id)
    join_group(small.context, TESTER, small.coordinator, small.ada.id, group)
    assert days(small, small.ada) == [("2027-04-09", "planned")]
    leave_group(small.context, TESTER, small.coordinator, small.ada.id, keep_dates=True)
    assert days(small, small.ada) == [("2027-04-09", "planned")]
    assert move(small, made.id, SECOND).along == ("SYN-002",)
    assert days(small, small.ada) == [("2027-04-09", "planned")]


def test_the_withdrawn_are_left_alone(small: Cast, group: str) -> None:
    made = add(small, group)
    gone = Change(status="withdrawn")
    change_participant(small.context, TESTER, small.coordinator, small.ada.id, gone)
    assert move(small, made.id, NINTH).along == ("SYN-002",)
    assert days(small, small.ada) == [("2027-04-02", "planned")]


def test_one_who_cannot_have_the_date_keeps_it_from_all_and_is_named(
    small: Cast, group: str
) -> None:
    own = VisitEntry("class", NINTH, time(10))
    record_visit(small.context, TESTER, small.coordinator, small.ben.id, own)
    made = add(small, group)
    with pytest.raises(BadInputError) as refused:
        move(small, made.id, NINTH)
    assert list(refused.value.places) == ["SYN-002"]
    assert "recorded already" in refused.value.places["SYN-002"]
    assert days(small, small.ada) == [("2027-04-02", "planned")]
    assert groups.date_of(small.context.db, made.id)["on_day"] == "2027-04-02"


def test_a_day_to_come_is_held_for_nobody(small: Cast, group: str) -> None:
    with pytest.raises(BadInputError) as refused:
        add(small, group, status="held")
    assert list(refused.value.places) == ["on"]


def test_what_cannot_be_is_named(small: Cast, group: str) -> None:
    context, cora = small.context, small.coordinator
    add(small, group)
    with pytest.raises(ConflictError, match="has this date already"):
        add(small, group)
    with pytest.raises(BadInputError) as refused:
        add_group_visit(context, TESTER, cora, group, "dosing", GroupDate(SECOND))
    assert "nobody's to share" in refused.value.places["kind"]
    with pytest.raises(BadInputError) as refused:
        add(small, group, NINTH, status="no-show")
    assert "status" in refused.value.places
    with pytest.raises(ConflictError, match="called spring already"):
        create_group(context, TESTER, cora, " spring ")
    with pytest.raises(BadInputError):
        create_group(context, TESTER, cora, "")
    other = create_group(context, TESTER, cora, "Autumn")
    with pytest.raises(ConflictError, match="leave it first"):
        join_group(context, TESTER, cora, small.ada.id, other)


def test_a_design_without_shared_dates_has_no_groups(cast: Cast) -> None:
    with pytest.raises(BadInputError, match="No group was made"):
        create_group(cast.context, TESTER, cast.coordinator, "Spring")


def test_only_those_who_care_for_participants_of_this_study(small: Cast, group: str) -> None:
    context, when = small.context, GroupDate(SECOND, time(10))
    made = add(small, group)
    for viewer, error in ((small.rated, ForbiddenError), (small.outsider, NotFoundError)):
        with pytest.raises(error):
            add_group_visit(context, TESTER, viewer, group, "class", when)
        with pytest.raises(error):
            move_group_visit(context, TESTER, viewer, made.id, when)
        with pytest.raises(error):
            join_group(context, TESTER, viewer, small.ada.id, group)
        with pytest.raises(error):
            leave_group(context, TESTER, viewer, small.ada.id)
    assert groups.members(context.db, small.outsider, group) == []
