"""How the oracle sends reminders: it carries each one, and looks at the clock before every step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from server.domain.facts import Facts
from tests.domain.oracle_clock import MINUTE, Life, count
from tests.domain.oracle_form import Row
from tests.domain.oracle_visits import STANDS


class Postman:
    """Carries what the plan asks for: looks at the clock before every step."""

    def __init__(self, raw: Mapping[str, Any], facts: Facts) -> None:
        self.hours = raw["reminders"]["hours"]
        self.usual = self.hours["default"]
        wish = f"{facts.hour:%H:%M}" if facts.hour else ""
        self.wish = "" if self.quiet(wish or "24:00") else wish
        self.hours = {**self.hours, "default": self.wish or self.usual}
        self.rules = raw["reminders"]["plan"]
        self.most = int(raw["reminders"].get("most_per_day", "2"))
        self.life = Life(facts)
        sessions = {name for name, kind in raw["visits"].items() if kind.get("session") == "true"}
        self.sessions = {
            each.on for each in facts.visits if each.kind in sessions and each.status in STANDS
        }

    def messages(self, rows: list[Row]) -> list[tuple[str, tuple[str, ...], datetime]]:
        """Return every message: local minute, what it is about, when it cannot be answered any more."""
        days: dict[date, dict[datetime, list[Row]]] = {}
        for row in sorted(rows, key=lambda row: (row.opens_at, row.id)):
            if row.respondent != "participant" or row.awaits:
                continue
            written: set[date] = set()
            for moment in sorted(self.moments(row)):
                day = self.life.clock(moment).date()
                if day not in written:
                    written.add(day)
                    days.setdefault(day, {}).setdefault(moment, []).append(row)
        found = [each for day in sorted(days) for each in self.few(days[day])]
        bags: dict[str, tuple[list[Row], datetime]] = {}
        for moment, members in found:
            bags.setdefault(f"{self.life.clock(moment):%Y-%m-%dT%H:%M}", (members, moment))
        return [
            (minute, tuple(sorted(row.id for row in members)), max(r.closes_at for r in members))
            for minute, (members, _) in sorted(bags.items(), key=lambda bag: bag[1][1])
        ]

    def moments(self, row: Row) -> Iterator[datetime]:
        for rule in self.rules:
            moment = self.knock(rule, row, self.wish) if self.wish else None
            moment = moment or self.knock(rule, row, "")
            if moment is not None:
                yield moment

    def knock(self, rule: str, row: Row, wish: str) -> datetime | None:
        wanted = self.wanted(rule, row, wish)
        return None if wanted is None else self.first_good(wanted, row.closes_at)

    def wanted(self, rule: str, row: Row, wish: str) -> datetime | None:
        phrase, _, clock = rule.partition(" at ")
        if rule == "at opening":
            phrase, clock = "same day", ""
        usual = wish or clock or self.usual
        if "before closing" in phrase:
            last = self.life.clock(row.closes_at - timedelta(microseconds=1)).date()
            moment = self.life.at(count(last, "-" + phrase.removesuffix(" before closing")), usual)
            return None if moment < row.opens_at else moment
        first = self.life.clock(row.opens_at).date()
        if rule == "at opening" and row.opens_at != self.life.at(first):
            return row.opens_at
        return max(self.life.at(count(first, phrase), usual), row.opens_at)

    def first_good(self, moment: datetime, end: datetime) -> datetime | None:
        """Walk on until the clock shows an hour at which one may knock; None if the form closes first."""
        hold, peace = False, max(self.hours["default"], "10:00")
        while moment < end:
            clock = self.life.clock(moment)
            shown = f"{clock:%H:%M}"
            if self.session_near(clock.date(), shown):
                hold = True
            elif not self.quiet(shown) and not (hold and shown < peace):
                return moment
            stride = self.stride(moment, shown)
            moment += stride
        return None

    def stride(self, moment: datetime, shown: str) -> timedelta:
        """Walk by minutes near the edges, and by a quarter of an hour where nothing can change."""
        edges = (*self.hours["quiet"].split("-"), self.hours["default"], "10:00", "00:00", "24:00")
        soon = f"{self.life.clock(moment + 15 * MINUTE):%H:%M}"
        far = soon > shown and not any(shown <= edge <= soon for edge in edges)
        plain = self.life.clock(moment + 15 * MINUTE) - self.life.clock(moment) == 15 * MINUTE
        return 15 * MINUTE if far and plain else MINUTE

    def session_near(self, day: date, shown: str) -> bool:
        if day in self.sessions:
            return True
        if shown >= "10:00":
            return False
        before = self.life.at(day) - MINUTE
        return self.life.clock(before).date() in self.sessions

    def quiet(self, shown: str) -> bool:
        begin, end = str(self.hours["quiet"]).split("-")
        if begin <= end:
            return begin <= shown < end
        return not end <= shown < begin

    def few(self, moments: dict[datetime, list[Row]]) -> list[tuple[datetime, list[Row]]]:
        """Put what is above the day's limit into the last bag, at a moment when all of it is open."""
        bags: list[tuple[datetime, list[Row]]] = []
        for moment in sorted(moments):
            members = moments[moment]
            minute = f"{self.life.clock(moment):%H:%M}"
            double = bags and f"{self.life.clock(bags[-1][0]):%H:%M}" == minute
            if len(bags) < self.most and not double:
                bags.append((moment, list(members)))
                continue
            at, last = bags[-1]
            if all(row.opens_at <= moment < row.closes_at for row in last):
                bags[-1] = (moment, last + [row for row in members if row not in last])
            else:
                fitting = [row for row in members if row.opens_at <= at < row.closes_at]
                bags[-1] = (at, last + [row for row in fitting if row not in last])
        return bags
