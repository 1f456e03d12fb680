"""How the oracle finds visits: it walks over the calendar and takes them up as they come."""

from __future__ import annotations

from datetime import date, time

from server.domain.facts import Facts, Visit
from tests.domain.oracle_clock import DAY

STANDS = ("planned", "held")


class Unknown(Exception):
    """Something that the plan waits for."""


class Calendar:
    """One participant's visits."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def visits(self, course: int, kind: str) -> list[Visit]:
        """Walk over the calendar and take up the visits of a kind as they come."""
        mine = [
            each
            for each in self.facts.visits
            if each.course == course and each.kind == kind and each.status in STANDS
        ]
        found: list[Visit] = []
        day = min((each.on for each in mine), default=None)
        while len(found) < len(mine) and day is not None:
            today = {f"{each.at or time():%H:%M}{each.id}": each for each in mine if each.on == day}
            found += [today[key] for key in sorted(today)]
            day += DAY
        return found

    def enrolment(self, course: int) -> date:
        if course > 1:
            raise Unknown
        first = self.visits(1, "enrolment")
        return first[0].on if first else self.facts.enrolled_on

    def day_of(self, course: int, name: str) -> date:
        if name == "enrolment":
            return self.enrolment(course)
        kind, number = name.rsplit("-", 1) if name[-1].isdigit() else (name, "1")
        found = self.visits(course, kind)
        if len(found) < int(number):
            raise Unknown
        return found[int(number) - 1].on
