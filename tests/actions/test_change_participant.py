"""What changes about a participant becomes a dated fact; unchanged things write nothing."""

from __future__ import annotations

from datetime import date

import pytest

from server.actions.assign_facilitator import assign_facilitator, end_facilitator
from server.actions.change_participant import Change, change_participant
from server.actions.context import Context
from server.errors import BadInputError, ConflictError, ForbiddenError, NotFoundError
from server.store import assessments, contacts, facilitators, participants
from tests.cast import EVERYTHING, TESTER, Cast


def change(context: Context, cast: Cast, **what: object) -> None:
    change_participant(context, TESTER, cast.coordinator, cast.ada.id, Change(**what))  # type: ignore[arg-type]


def test_a_move_to_another_zone_moves_what_is_to_come_by_the_clock(
    context: Context, cast: Cast
) -> None:
    week = cast.assessment(cast.ada, "alliance-week-1", cast.rated)
    baseline = cast.assessment(cast.ada, "wellbeing-baseline")
    before = assessments.one(context.db, EVERYTHING, baseline)
    change(context, cast, zone="Asia/Tokyo", on=date(2027, 3, 5), reason="moved for work")
    after = assessments.one(context.db, EVERYTHING, week)
    assert after["opens_at"] == "2027-03-07T15:00:00.000Z"  # midnight in Tokyo
    assert assessments.one(context.db, EVERYTHING, baseline) == before
    recorded = participants.history(context.db, cast.coordinator, cast.ada.id)[-1]
    assert (recorded["kind"], recorded["value"], recorded["from_on"], recorded["reason"]) == (
        "zone", "Asia/Tokyo", "2027-03-05", "moved for work",
    )  # fmt: skip


def test_two_changes_in_one_instant_count_in_the_order_recorded(
    context: Context, cast: Cast
) -> None:
    change(context, cast, status="paused")
    change(context, cast, status="active")
    assert participants.one(context.db, cast.coordinator, cast.ada.id)["status"] == "active"


def test_what_stays_as_it_is_writes_nothing(context: Context, cast: Cast) -> None:
    before = context.db.value("SELECT COUNT(*) FROM audit")
    change(context, cast, status="active", zone="Europe/Berlin", email="syn-001@example.org")
    change(context, cast)
    assert context.db.value("SELECT COUNT(*) FROM audit") == before


def test_a_new_address_is_sealed_and_audited_without_its_text(context: Context, cast: Cast) -> None:
    change(context, cast, email="Canary@example.org")
    assert contacts.read(context.db, context.keys, cast.ada.id).email == "Canary@example.org"
    told = context.db.all("SELECT * FROM audit_values WHERE new_value LIKE '%anary%'")
    assert told == []


@pytest.mark.parametrize(
    ("what", "field"),
    [
        ({"zone": "Mars"}, "zone"), ({"status": "gone"}, "status"), ({"channel": "fax"}, "channel"),
        ({"email": ""}, "email"), ({"language": "klingon"}, "language"),
        ({"on": date(1900, 1, 1), "status": "paused"}, "on"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_named(
    context: Context, cast: Cast, what: dict[str, object], field: str
) -> None:
    with pytest.raises(BadInputError) as refused:
        change(context, cast, **what)
    assert list(refused.value.places) == [field]


def test_assigning_or_ending_again_corrects_and_assigning_after_an_end_begins_another_term(
    context: Context, cast: Cast
) -> None:
    who, ada = cast.rated.id, cast.ada.id
    assign_facilitator(context, TESTER, cast.coordinator, ada, who, "Robin R.", date(2027, 2, 25))
    end_facilitator(context, TESTER, cast.coordinator, ada, who, date(2027, 3, 1))
    with pytest.raises(ConflictError):
        end_facilitator(context, TESTER, cast.coordinator, ada, who, date(2027, 3, 1))
    end_facilitator(context, TESTER, cast.coordinator, ada, who, date(2027, 3, 2))
    assign_facilitator(context, TESTER, cast.coordinator, ada, who, "Robin", date(2027, 3, 5))
    terms = [
        (row["name"], row["from_on"], row["to_on"])
        for row in facilitators.of(context.db, cast.coordinator, ada)
        if row["staff_id"] == who
    ]
    assert terms == [("Robin R.", "2027-02-25", "2027-03-02"), ("Robin", "2027-03-05", None)]


def test_only_facilitators_of_the_study_are_assigned(context: Context, cast: Cast) -> None:
    for who in (cast.monitor.id, cast.outsider.id, "nobody"):
        with pytest.raises(BadInputError) as refused:
            assign_facilitator(
                context, TESTER, cast.coordinator, cast.ada.id, who, "X", date(2027, 3, 1)
            )
        assert list(refused.value.places) == ["staff_id"]
    with pytest.raises(BadInputError) as refused:
        assign_facilitator(
            context, TESTER, cast.coordinator, cast.ben.id, cast.rated.id, " ", date(2027, 3, 1)
        )
    assert list(refused.value.places) == ["shown_name"]
    with pytest.raises(BadInputError) as refused:
        end_facilitator(
            context, TESTER, cast.coordinator, cast.ada.id, cast.rated.id, date(2027, 1, 1)
        )
    assert list(refused.value.places) == ["on"]


def test_a4_nobody_else_changes_them(context: Context, cast: Cast) -> None:
    with pytest.raises(NotFoundError):
        change_participant(context, TESTER, cast.outsider, cast.ada.id, Change(status="withdrawn"))
    with pytest.raises(ForbiddenError):
        change_participant(context, TESTER, cast.rated, cast.ada.id, Change(status="withdrawn"))
