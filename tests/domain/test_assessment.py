"""An assessment's state follows from its row and the present instant."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from server.config import ROOT
from server.domain.assessment import ANSWERED, COMING, LAPSED, RULES, State, overdue, state

ROW = {
    "opens_at": "2027-03-01T08:00:00.000Z",
    "target_at": "2027-03-01T08:00:00.000Z",
    "closes_at": "2027-03-07T20:00:00.000Z",
    "response_id": None,
    "retired_at": None,
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


DURING, AFTER = "2027-03-03T00:00:00", "2027-03-07T20:00:00"
DONE = {"response_id": "r"}
GONE = {"retired_at": "2027-03-02T00:00:00.000Z"}


@pytest.mark.parametrize(
    ("now", "changes", "expected"),
    [
        ("2027-03-01T07:59:59", {}, "upcoming"),
        ("2027-03-01T08:00:00", {}, "open"),
        ("2027-03-07T19:59:59", {}, "open"),
        (AFTER, {}, "missed"),
        (AFTER, {"begun": 0}, "unopened"),
        (DURING, {"begun": 1}, "open"),
        (AFTER, {"begun": 1}, "half-done"),
        # A session that nobody confirmed: nothing was asked, so nothing was missed either.
        ("2027-03-01T07:59:59", {"awaits_visit_id": "v"}, "upcoming"),
        (DURING, {"awaits_visit_id": "v"}, "awaiting"),
        (AFTER, {"awaits_visit_id": "v", "begun": 1}, "awaiting"),
        (DURING, GONE, "retired"),
        # Excused before, while and after; taken back, it is what it was.
        ("2027-03-01T07:59:59", {"became": "excused"}, "excused"),
        (DURING, {"became": "excused", "begun": 1}, "excused"),
        (AFTER, {"became": "excused"}, "excused"),
        (AFTER, {"became": "excused", **GONE}, "retired"),
        (DURING, {"became": "excuse withdrawn"}, "open"),
        (AFTER, {"became": "excuse withdrawn", "begun": 1}, "half-done"),
        (DURING, {"became": "on paper"}, "on-paper"),
        (AFTER, {"became": "on paper", **GONE}, "on-paper"),
        (AFTER, {"became": "paper withdrawn", "begun": 0}, "unopened"),
        # An answer outweighs whatever was said before it came.
        (DURING, DONE, "answered"),
        ("2028-03-02T00:00:00", DONE, "answered"),
        (DURING, {**DONE, "became": "excused"}, "answered"),
        (DURING, {**DONE, "became": "on paper", "source": "paper"}, "transcribed"),
        (DURING, {**DONE, "answered_late": 1}, "late"),
        (DURING, {**DONE, "answered_late": 1, "source": "paper"}, "late"),
        (DURING, {**DONE, "answered_early": 1}, "unscheduled"),
        (DURING, {**DONE, **GONE, "answered_late": 1}, "unscheduled"),
    ],
)
def test_each_state_follows_from_the_row_what_was_said_and_now(
    now: str, changes: dict[str, Any], expected: str
):
    assert state({**ROW, **changes}, at(now)) == expected


def test_one_table_holds_every_state_once_each_with_a_word_of_its_own():
    assert [each.state for each in RULES] == list(get_args(State))
    assert len({each.word for each in RULES}) == len(RULES)
    assert {each.state for each in RULES} == ANSWERED | COMING | LAPSED | {
        "on-paper", "retired", "excused",
    }  # fmt: skip


def test_the_guide_for_staff_names_every_state_by_its_word():
    guide = (ROOT / "docs" / "guide" / "staff.md").read_text(encoding="utf-8")
    assert [each.word for each in RULES if f"| {each.word} |" not in guide] == []


def test_overdue_is_past_half_of_what_the_target_leaves():
    assert not overdue(ROW, at("2027-03-04T13:59:59"))
    assert overdue(ROW, at("2027-03-04T14:00:00"))
    assert not overdue(ROW, at("2027-03-08T00:00:00"))
    assert not overdue({**ROW, "response_id": "r"}, at("2027-03-06T00:00:00"))
