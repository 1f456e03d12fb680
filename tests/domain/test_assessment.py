"""An assessment's state follows from its row and the present instant."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from server.domain.assessment import overdue, state

ROW = {
    "opens_at": "2027-03-01T08:00:00.000Z",
    "target_at": "2027-03-01T08:00:00.000Z",
    "closes_at": "2027-03-07T20:00:00.000Z",
    "response_id": None,
    "retired_at": None,
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "changes", "expected"),
    [
        ("2027-03-01T07:59:59", {}, "upcoming"),
        ("2027-03-01T08:00:00", {}, "open"),
        ("2027-03-07T19:59:59", {}, "open"),
        ("2027-03-07T20:00:00", {}, "missed"),
        ("2027-03-02T00:00:00", {"retired_at": "2027-03-01T00:00:00.000Z"}, "retired"),
        ("2027-03-02T00:00:00", {"response_id": "r"}, "answered"),
        ("2028-03-02T00:00:00", {"response_id": "r"}, "answered"),
        ("2027-03-02T00:00:00", {"response_id": "r", "retired_at": "2027-03-01"}, "unscheduled"),
    ],
)
def test_a_window_is_open_from_its_first_instant_up_to_its_last(
    now: str, changes: dict[str, str], expected: str
):
    assert state({**ROW, **changes}, at(now)) == expected


def test_overdue_is_past_half_of_what_the_target_leaves():
    assert not overdue(ROW, at("2027-03-04T13:59:59"))
    assert overdue(ROW, at("2027-03-04T14:00:00"))
    assert not overdue(ROW, at("2027-03-08T00:00:00"))
    assert not overdue({**ROW, "response_id": "r"}, at("2027-03-06T00:00:00"))
