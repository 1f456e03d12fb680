"""Instants and days as staff read them."""

from __future__ import annotations

import pytest
from flask import Flask

from server.web.staff import moments


@pytest.mark.parametrize(
    ("stored", "zone", "shown"),
    [
        ("2026-11-26T05:00:00.000Z", "America/New_York", "25 Nov 2026, end of day New York"),
        ("2026-11-25T08:00:00.000Z", "Europe/London", "25 Nov 2026, 08:00 London"),
        # Cairo's clocks go from 23:59 to 01:00 on this night: its day has no midnight.
        ("2027-04-29T22:00:00.000Z", "Africa/Cairo", "29 Apr 2027, end of day Cairo"),
    ],
)
def test_a_window_that_closes_at_midnight_closes_on_its_last_day(
    app: Flask, stored: str, zone: str, shown: str
) -> None:
    with app.test_request_context("/staff/"):
        closing = moments.closing(stored, zone)

    assert closing is not None
    assert closing.text == shown
