"""Local clock times as instants: gaps, doubled hours, half-hour changes, a day that never was (T4, F11)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from server.domain.facts import ZoneFact
from server.domain.localtime import (
    counted,
    day_end,
    day_start,
    instant,
    instant_after,
    shifted,
    zone_at,
    zone_on,
)  # fmt: skip
from server.domain.protocol import parse_offset

ZONES = (
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca",
    "Asia/Kathmandu", "America/St_Johns", "Pacific/Chatham", "Atlantic/Azores", "UTC",
    "America/Santiago", "Asia/Tehran", "Africa/Cairo", "Pacific/Kiritimati", "America/Asuncion",
    "Europe/Dublin", "Asia/Beirut", "Pacific/Norfolk", "America/Havana", "Antarctica/Troll",
)  # fmt: skip


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected"),
    [
        ("Europe/Berlin", "2027-03-28", "02:30", "2027-03-28T01:00"),  # left out: 03:00 comes first
        ("Europe/Berlin", "2027-03-28", "03:00", "2027-03-28T01:00"),
        ("Europe/Berlin", "2027-10-31", "02:30", "2027-10-31T00:30"),  # twice: the first
        ("Europe/Berlin", "2027-10-31", "03:00", "2027-10-31T02:00"),
        ("Australia/Lord_Howe", "2027-10-03", "02:15", "2027-10-02T15:30"),  # half an hour left out
        ("Australia/Lord_Howe", "2027-04-04", "01:45", "2027-04-03T14:45"),
        ("Pacific/Apia", "2011-12-30", "09:00", "2011-12-30T10:00"),  # the day that never was
        ("America/Santiago", "2027-09-05", "00:00", "2027-09-05T04:00"),  # a day begins at one
    ],
)
def test_f11_a_local_time_that_is_missing_moves_on_and_of_two_the_first_counts(
    zone: str, day: str, at: str, expected: str
):
    assert instant(date.fromisoformat(day), time.fromisoformat(at), zone) == utc(expected)


def scanned(day: date, at: time, zone: str) -> datetime:
    """The first minute at which this clock shows the time or a later one, found by walking there."""
    wall = datetime.combine(day, at)
    moment = datetime.combine(day, at, UTC) - timedelta(hours=26)
    tz = ZoneInfo(zone)
    while moment.astimezone(tz).replace(tzinfo=None) < wall:
        moment += timedelta(minutes=1)
    return moment


@settings(max_examples=150, deadline=None)
@given(
    day=st.dates(date(2005, 1, 1), date(2036, 12, 31)),
    at=st.times().map(lambda each: each.replace(second=0, microsecond=0)),
    zone=st.sampled_from(ZONES),
)
@example(day=date(2011, 12, 30), at=time(0, 0), zone="Pacific/Apia")
@example(day=date(2026, 10, 4), at=time(2, 29), zone="Australia/Lord_Howe")
def test_f11_every_local_time_is_where_walking_minute_by_minute_finds_it(
    day: date, at: time, zone: str
):
    assert instant(day, at, zone) == scanned(day, at, zone)


@given(day=st.dates(date(2010, 1, 1), date(2036, 1, 1)), zone=st.sampled_from(ZONES))
def test_days_follow_each_other_without_gap_or_overlap(day: date, zone: str):
    assert day_end(day, zone) == day_start(day + timedelta(days=1), zone)
    assert day_start(day, zone) <= day_end(day, zone)


def test_months_stop_at_the_months_end():
    month = parse_offset("+1 month")
    assert shifted(date(2027, 1, 31), month) == date(2027, 2, 28)
    assert shifted(date(2028, 1, 31), month) == date(2028, 2, 29)
    assert shifted(date(2027, 12, 31), parse_offset("+6 months")) == date(2028, 6, 30)
    assert shifted(date(2027, 3, 31), parse_offset("-1 month")) == date(2027, 2, 28)
    assert shifted(date(2027, 3, 1), parse_offset("2 weeks")) == date(2027, 3, 15)


def test_months_and_days_together_count_the_months_first():
    month, week = parse_offset("+1 month"), parse_offset("1 week")
    assert counted(date(2027, 1, 31), (month, 2)) == date(2027, 3, 31)  # not by way of 28 February
    assert counted(date(2027, 1, 25), (week, 1), (month, 1)) == date(2027, 3, 4)
    assert counted(date(2027, 3, 31), (month, -1), (week, -1)) == date(2027, 2, 21)


def test_of_a_time_shown_twice_the_one_that_is_still_to_come_can_be_asked_for():
    day, at = date(2027, 10, 31), time(2, 30)
    first, second = utc("2027-10-31T00:30"), utc("2027-10-31T01:30")
    assert instant_after(first, day, at, "Europe/Berlin") == first
    assert instant_after(first + timedelta(minutes=1), day, at, "Europe/Berlin") == second
    # What is past altogether is past: the caller keeps its own moment.
    assert instant_after(second + timedelta(hours=3), day, at, "Europe/Berlin") == second


def test_whoever_moves_lives_by_the_new_clock_from_that_day_on():
    zones = (
        ZoneFact("Europe/Berlin", date(2027, 3, 1)),
        ZoneFact("Asia/Tokyo", date(2027, 3, 10)),
        ZoneFact("America/New_York", date(2027, 3, 10)),  # recorded later: corrects
    )
    assert zone_on(zones, date(2027, 3, 9)) == "Europe/Berlin"
    assert zone_on(zones, date(2027, 3, 10)) == "America/New_York"
    assert zone_on(zones, date(2020, 1, 1)) == "Europe/Berlin"
    assert zone_at(zones, utc("2027-03-10T02:00")) == "Europe/Berlin"  # still the 9th in New York
    assert zone_at(zones, utc("2027-03-10T06:00")) == "America/New_York"
