"""The Schedule of Activities as a list: all that stands in the table, where it stands there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel

from server.actions.print_activities import draw_activities
from server.catalog.catalog import Catalog
from server.outputs.activity_stops import stops


@pytest.fixture(autouse=True)
def _words() -> Iterator[None]:
    app = Flask("words")
    Babel(app)
    with app.test_request_context():
        yield


def test_it_says_all_that_the_table_says(catalog: Catalog):
    for protocol in catalog.protocols:
        part = draw_activities(catalog, protocol).whole
        points = [point for stop in stops(part) for point in stop.points]
        assert [point.head for point in points] == list(part.heads)
        assert [point.visit for point in points] == list(part.visits)
        for at, point in enumerate(points):
            told = {(form.label, form.when, form.marks) for form in point.asked}
            cells = ((row.label, row.cells[at]) for row in part.rows)
            assert told == {
                (label, "; ".join(cell.lines), cell.marks) for label, cell in cells if cell.lines
            }


def test_a_stop_is_a_visit_with_its_days(catalog: Catalog):
    part = draw_activities(catalog, catalog.protocol("alliance-core", "1.2.0")).whole
    found = {stop.title.replace("\u00a0", " "): stop.points for stop in stops(part)}
    first, after, week = found["Dosing 1"]
    assert (first.visit, first.asked) == (True, ())
    assert [form.label for form in after.asked] == ["Safety check", "MEQ30", "PIQ"]
    assert [form.label for form in week.asked] == ["Safety check", "WAI-SR"]
