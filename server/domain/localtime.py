"""Local clock times and calendar days as instants, in the zone that a participant lives in that day."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from server.domain.facts import ZoneFact
from server.domain.moments import Offset

MIDNIGHT = time()
_SECOND = timedelta(seconds=1)


def zone_on(zones: Sequence[ZoneFact], day: date) -> str:
    """Return the zone in force on a calendar day: the last one begun by then, else the first known.

    Of two that begin on the same day the later in the sequence (recorded later) corrects the other.
    """
    first = min(fact.from_on for fact in zones)
    begun = [fact for fact in zones if fact.from_on <= max(day, first)]
    latest = max(fact.from_on for fact in begun)
    return [fact for fact in begun if fact.from_on == latest][-1].zone


def zone_at(zones: Sequence[ZoneFact], moment: datetime) -> str:
    """Return the zone in force at an instant: each takes over when its first day begins in it."""
    for day in sorted({fact.from_on for fact in zones}, reverse=True):
        zone = zone_on(zones, day)
        if day_start(day, zone) <= moment:
            return zone
    return zone_on(zones, min(fact.from_on for fact in zones))


def instant(day: date, at: time, zone: str) -> datetime:
    """Return when a local clock shows this, in UTC.

    A time that spring leaves out becomes the first that exists after it; of two in autumn, the first.
    """
    return _instant(day, at, zone)


@lru_cache(maxsize=65_536)
def _instant(day: date, at: time, zone: str) -> datetime:
    tz = ZoneInfo(zone)
    wall = datetime.combine(day, at.replace(tzinfo=None, fold=0))
    first = wall.replace(tzinfo=tz).astimezone(UTC)
    if first.astimezone(tz).replace(tzinfo=None) == wall:
        return first
    # Inside a gap fold=1 reads the wall with the offset after it and so lands before it, fold=0 after.
    before = wall.replace(tzinfo=tz, fold=1).astimezone(UTC)
    return _change_between(before, first, tz)


def instant_after(moment: datetime, day: date, at: time, zone: str) -> datetime:
    """Return when a local clock shows this and the moment is not past: of two in autumn, the second."""
    first = instant(day, at, zone)
    if first >= moment:
        return first
    wall = datetime.combine(day, at.replace(tzinfo=None, fold=1), ZoneInfo(zone))
    return max(first, wall.astimezone(UTC))


def _change_between(low: datetime, high: datetime, tz: ZoneInfo) -> datetime:
    """Return the first second at which the offset is `high`'s: zones change on whole seconds."""
    after = high.astimezone(tz).utcoffset()
    while high - low > _SECOND:
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        if middle.astimezone(tz).utcoffset() == after:
            high = middle
        else:
            low = middle
    return high.replace(microsecond=0)


def day_start(day: date, zone: str) -> datetime:
    """Return the first instant of a calendar day."""
    return instant(day, MIDNIGHT, zone)


def day_end(day: date, zone: str) -> datetime:
    """Return the first instant after a calendar day: windows are open up to it, not at it."""
    return instant(day + timedelta(days=1), MIDNIGHT, zone)


def local(moment: datetime, zone: str) -> datetime:
    """Return an instant as the local clock shows it."""
    return moment.astimezone(ZoneInfo(zone))


def shifted(day: date, offset: Offset, sign: int = 1) -> date:
    """Return the day so many calendar days, weeks or months on; months stop at the month's end."""
    return counted(day, (offset, sign))


def counted(day: date, *steps: tuple[Offset, int]) -> date:
    """Return the day so many times each offset on: the months first and together, then the days.

    Every month from 31 January on is 28 February and then 31 March, not 28 March.

    Raises:
        OverflowError, ValueError: no calendar reaches that far.

    """
    months = sum(offset.amount * times for offset, times in steps if offset.unit == "month")
    weeks = sum(offset.amount * times for offset, times in steps if offset.unit == "week")
    days = sum(offset.amount * times for offset, times in steps if offset.unit == "day")
    if months:
        year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        day = date(year, month + 1, min(day.day, last))
    return day + timedelta(days=weeks * 7 + days)
