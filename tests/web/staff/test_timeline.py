"""A course drawn to scale: every name has room, and what did not take place claims none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from server.web.staff.timeline import Named, Timeline, draw

NOW = datetime(2027, 3, 1, tzinfo=UTC)
LETTER = 6  # px, of 12 px type


@pytest.fixture(autouse=True)
def _page(app: Flask) -> Any:
    with app.test_request_context():
        yield


def visit(label: str, on: str, kind: str = "dosing", status: str = "held") -> dict[str, Any]:
    return {"label": label, "kind": kind, "on_day": on, "status": status}


def form(name: str) -> dict[str, Any]:
    return {
        "name": name, "label": name, "opens_at": "2027-03-05T00:00:00Z", "closes_at": "2027-03-09T00:00:00Z",
        "response_id": None, "retired_at": None, "awaits": None, "begun_at": None,
    }  # fmt: skip


def drawn(visits: list[dict[str, Any]], *forms: str) -> Timeline:
    named = Named(
        lambda row: row["label"], lambda row: row["name"], frozenset({"dosing", "infusion"})
    )
    found = draw(visits, [form(each) for each in forms], NOW, named)
    assert found is not None
    return found


@pytest.mark.parametrize("name", ["WHO-5", "Allocation guess, by the rater", "x" * 80])
def test_the_names_of_rows_stand_inside_the_drawing(name: str) -> None:
    (label,) = drawn([visit("Dosing 1", "2027-03-02")], name).rows
    assert label.x - len(label.text) * LETTER >= 0
    assert label.text[:8] == name[:8]


def test_visits_close_together_are_named_briefly_and_apart() -> None:
    names = [f"Dosing {number} (sessions 3 and 7)" for number in (1, 2)]
    days = ["2027-03-02", "2027-03-20"]
    found = drawn([visit(*each) for each in zip(names, days, strict=True)], "WHO-5").visit_labels
    assert [label.text for label in found] == ["Dosing 1", "Dosing 2"]


def test_whatever_the_design_calls_a_session_is_named_and_what_fell_through_is_not() -> None:
    visits = [
        visit("Infusion 1", "2027-03-02", "infusion"),
        visit("Infusion 2", "2027-03-09", "infusion", "no-show"),
        visit("Talk 1", "2027-03-12", "talk"),
    ]
    found = drawn(visits)
    assert [label.text for label in found.visit_labels] == ["Infusion 1"]
    assert [each.session for each in found.visits] == [True, True, False]
