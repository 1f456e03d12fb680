"""How the oracle counts: days one by one, hours by looking at the clock on the wall minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from server.domain.facts import Facts

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def step(day: date, count: int) -> date:
    for _ in range(abs(count)):
        day = day + DAY if count > 0 else day - DAY
    return day


def months(day: date, count: int) -> date:
    """Turn the calendar's pages, then put the finger on the same number, or on the last there is."""
    year, month = day.year, day.month
    for _ in range(abs(count)):
        month += 1 if count > 0 else -1
        if month == 13:
            year, month = year + 1, 1
        if month == 0:
            year, month = year - 1, 12
    finger = date(year, month, 1)
    while finger.day < day.day and (finger + DAY).month == month:
        finger += DAY
    return finger


@lru_cache(maxsize=100_000)
def count(day: date, *phrases: str) -> date:
    """Count several phrases ("+1 month", "same day", "2 weeks") from a day: months first, then days."""
    pages, squares = 0, 0
    for phrase in phrases:
        if phrase == "same day":
            continue
        number, unit = phrase.replace("+", "").replace("- ", "-").split()
        if unit.startswith("month"):
            pages += int(number)
        else:
            squares += int(number) * (7 if unit.startswith("week") else 1)
    return step(months(day, pages), squares)


def times(phrase: str, number: int) -> str:
    """Return `2 weeks` taken so many times."""
    amount, unit = phrase.split()
    return f"{int(amount) * number} {unit}"


@lru_cache(maxsize=200_000)
def struck(zone: str, day: date, hour: int, minute: int) -> datetime:
    """The first minute at which a clock in this zone shows this time of this day, or a later one."""
    wanted = datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001  # what a wall shows
    moment = wanted.replace(tzinfo=UTC) - 15 * HOUR
    place = ZoneInfo(zone)
    while (moment + HOUR).astimezone(place).replace(tzinfo=None) < wanted:
        moment += HOUR
    while moment.astimezone(place).replace(tzinfo=None) < wanted:
        moment += MINUTE
    return moment


class Life:
    """Where somebody lives, day by day and minute by minute."""

    def __init__(self, facts: Facts) -> None:
        self.moves = {fact.from_on: fact.zone for fact in facts.zones}
        self.turns = [
            (struck(self.moves[day], day, 0, 0), self.moves[day]) for day in sorted(self.moves)
        ]

    def zone_of(self, day: date) -> str:
        zone = self.moves[min(self.moves)]
        for begins in sorted(self.moves):
            if begins <= day:
                zone = self.moves[begins]
        return zone

    def clock(self, moment: datetime) -> datetime:
        """What the clock on the wall shows at this moment."""
        zone = self.turns[0][1]
        for turn, other in self.turns:
            if turn <= moment:
                zone = other
        return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)

    def at(self, day: date, clock: str = "00:00") -> datetime:
        hour, minute = clock.split(":")
        return struck(self.zone_of(day), day, int(hour), int(minute))
