"""Any schedule and any participant's facts, thrown by dice: hypothesis draws the seed and the sizes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st

from server.domain.facts import Facilitator, Facts, Result, Visit, ZoneFact
from server.domain.protocol import Protocol
from server.domain.timeline import plan
from tests.domain.design import ANNA, BEN, CARA, INSTRUMENTS, SESSIONS, VISITS, instrument
from tests.domain.oracle_clock import Life

# Every kind of trouble that clocks make: half hours, quarters, days left out, changes in Ramadan.
ZONES = (
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia",
    "Asia/Kathmandu", "Pacific/Chatham", "America/St_Johns", "America/Santiago", "Africa/Cairo",
    "Asia/Tokyo", "Pacific/Kiritimati", "Pacific/Honolulu", "America/Havana", "Asia/Beirut",
    "Atlantic/Azores", "Asia/Tehran", "Antarctica/Troll", "Europe/Dublin", "Pacific/Norfolk",
)  # fmt: skip
SHEETS: dict[str, dict[str, Any]] = {
    "mood": {"minutes": 2}, "alliance": {"minutes": 2, "about": True},
    "interview": {"minutes": 2, "respondent": "rater"}, "eventful": {"minutes": 2, "event": True},
}  # fmt: skip
FORMS = {**INSTRUMENTS, "eventful": instrument("eventful", needs="event")}
# Days around which something happens to clocks or calendars somewhere.
NEAR = (
    date(2011, 12, 20), date(2027, 3, 1), date(2027, 10, 20), date(2028, 2, 10), date(2026, 9, 25),
    date(2027, 2, 1), date(2029, 1, 29), date(2026, 4, 1),
)  # fmt: skip
CLOCKS = ("00:00", "02:15", "02:30", "08:00", "10:00", "14:00", "18:00", "21:00", "23:30")
ANCHORS = (
    "enrolment", "preparation-1", "dosing-1", "dosing-2", "every dosing", "last dosing",
    "every integration", "last integration", "last preparation before dosing-1",
)  # fmt: skip
ELSEWHERE = (
    "dosing-1", "dosing-2", "preparation-1", "enrolment", "2 days before dosing-1", "1 week after dosing-1",
)  # fmt: skip
RULES = ("at opening", "+1 day at 18:00", "+2 days", "1 day before closing at 18:00")


@dataclass(frozen=True)
class Case:
    """A schedule as written and as read, and what is known of one participant."""

    raw: dict[str, Any]
    protocol: Protocol
    facts: Facts


class Dice(Random):
    """Throws what a schedule or a life is made of."""

    def seldom(self, often: int = 3) -> bool:
        """So many times out of ten."""
        return self.randrange(10) < often

    def offset(self, *, earlier: bool = False) -> str:
        unit, most = self.choice([("days", 12), ("days", 12), ("weeks", 3), ("months", 2)])
        return f"{self.randint(-most if earlier else 0, most):+d} {unit}"

    def moment(self, least: int = 0, *, visits: bool = True) -> str:
        """A moment so many days after the anchor or later; seldom before it, or on another visit's day."""
        if visits and self.seldom(2):
            text = self.choice(ELSEWHERE)
        elif self.seldom(2):
            text = self.choice(["same day", self.offset(earlier=True)])
        else:
            text = f"+{least + self.randint(0, 9)} days" if self.seldom(7) else self.offset()
        return f"{text} at {self.choice(CLOCKS)}" if self.seldom(5) else text

    def repeat(self) -> dict[str, str]:
        every = self.choice(["5 days", "1 week", "2 weeks", "1 month"])
        if self.seldom(5):
            return {"every": every, "times": str(self.randint(1, 4))}
        until = self.choice(["dosing-1", "integration-1", "+3 weeks", "+2 months"])
        # Until nobody knows when is two years: a month apart, so that it stays quick.
        return {"every": "1 month" if until[0].isalpha() else every, "until": until}

    def when(self, before: list[str]) -> dict[str, Any]:
        if before and self.seldom(7):
            other = self.choice(before)
            looks = {
                "answered": {
                    "assessment": other,
                    "item": "q",
                    "is": self.choice([["1"], ["1", "2"]]),
                },
                "score": {"assessment": other, "score": "s", "at_least": "5"},
            }
            return {key: looks[key] for key in self.sample(sorted(looks), self.choice([1, 1, 2]))}
        plain = {
            "arm": self.choice([["one"], ["two"], ["one", "two"]]),
            "site": ["north"],
            "language": self.choice([["de"], ["en", "de"]]),
            "course": self.choice([["1"], ["2"], ["1", "2"]]),
        }
        return {key: plain[key] for key in self.sample(sorted(plain), self.randint(1, 2))}

    def definition(self, index: int, before: list[str]) -> dict[str, Any]:
        found: dict[str, Any] = {
            "id": f"a{index}",
            "label": f"a{index}",
            "instrument": self.choice(["mood", "mood", "alliance", "interview", "eventful"]),
            "anchor": self.choice(ANCHORS),
            "order": str(self.randint(0, 2)),
        }
        if self.seldom(2):
            found |= {"instrument": "alliance", "asked": "once per facilitator",
                      "anchor": self.choice(["every integration", "every dosing"])}  # fmt: skip
        if before and self.seldom():
            found["anchor"] = f"completion of {self.choice(before)}"
        if self.seldom():
            found["repeat"] = self.repeat()
        if self.seldom(5):
            found["target"] = self.moment(visits="repeat" not in found)
            found["window"] = [f"-{self.randint(0, 9)} days", f"+{self.randint(0, 9)} days"]
        else:
            found["opens"] = self.moment(visits="repeat" not in found)
            found["closes"] = self.moment(least=8)
        if self.seldom(4):
            found["when"] = self.when(before)
        if self.seldom(5):
            found |= self.choice([
                {"waits": "true"}, {"waits": "false"}, {"late": "accept and flag"},
                {"minutes": "7"}, {"overlap": "both"}, {"overlap": "earlier closes"},
                {"overlap": "later opens after"},
            ])  # fmt: skip
        return found

    def schedule(self, size: int) -> dict[str, Any]:
        asked: list[dict[str, Any]] = []
        for index in range(size):
            asked.append(self.definition(index, [each["id"] for each in asked]))
        quiet = self.choice(["21:00-08:00", "22:30-06:15", "01:00-02:30"])
        return {
            "id": "any", "version": "1.0.0", "title": "Any",
            "arms": {"one": "One", "two": "Two"}, "sites": {"north": "N", "south": "S"},
            "courses": {"1": "First", "2": "Second"},
            "overlap": self.choice(["both", "both", "earlier closes", "later opens after"]),
            "late": self.choice(["accept and flag", "stop opening"]),
            "visits": self.choice([VISITS, SESSIONS]),
            "assessments": asked,
            "reminders": {
                "plan": self.sample(RULES, self.randint(1, 3)),
                "hours": {"default": self.choice(["09:00", "10:00", "14:00"]), "quiet": quiet},
                "most_per_day": self.choice("123"),
            },
        }  # fmt: skip

    def course(self, start: date, number: int) -> list[Visit]:
        """Return the usual visits, some left out, some elsewhere, some that did not take place."""
        usual = (("preparation", 5), ("preparation", 12), ("dosing", 20), ("integration", 27),
                 ("dosing", 45), ("integration", 52), ("enrolment", 1))  # fmt: skip
        found: list[Visit] = []
        for index, (kind, after) in enumerate(usual):
            on = start + timedelta(days=after + self.choice([-3, 0, 0, 2, 8, 15]))
            if found and self.seldom(2):
                on = self.choice(found).on
            status = self.choice(
                ["planned", "planned", "held", "held", "held", "cancelled", "no-show"]
            )
            at = self.choice([None, time(9), time(14, 30)])
            if self.seldom(9 if number == 1 else 5):
                found.append(Visit(f"visit-{number}-{index}", kind, on, status, at, number))  # type: ignore[arg-type]
        return self.sample(found, len(found))

    def life(self) -> Facts:
        """Facts in any order, with visits that moved, fell out or were never attended."""
        start = self.choice(NEAR) + timedelta(days=self.randint(0, 20))
        visits = self.course(start, 1)
        if self.seldom():
            visits += self.course(start + timedelta(days=90), 2)
        ended = self.choice([None, self.day(start)])
        people = [Facilitator(ANNA, "Anna", start), Facilitator(BEN, "Ben", start, ended)]
        if self.seldom(5):
            people.append(Facilitator(self.choice([BEN, CARA]), "C", self.day(start)))
        moves = [ZoneFact(self.choice(ZONES), self.day(start)) for _ in range(self.randint(0, 2))]
        return Facts(
            "someone", start, self.choice(["", "one", "one", "two"]), self.choice(["en", "de"]),
            (ZoneFact(self.choice(ZONES), start), *moves), tuple(visits), tuple(people),
            event=self.seldom(8), site=self.choice(["", "north", "north", "south"]),
            hour=self.choice([None, None, time(7, 30), time(19), time(22)]),
        )  # fmt: skip

    def day(self, start: date) -> date:
        return start + timedelta(days=self.randint(0, 120))

    def answer(self, protocol: Protocol, facts: Facts) -> Facts:
        """Answer one of the forms that the plan looks at, if there is one."""
        done = {each.assessment_id for each in facts.results}
        wanted = protocol.asks_results_of() if facts.visits else ()
        rows = [row for row in plan(protocol, FORMS, facts) if row.definition in wanted]
        rows = [row for row in rows if row.id not in done]
        if not rows:
            return facts
        row = self.choice(rows)
        at = row.opens_at + timedelta(hours=self.randint(0, 100))
        given = Result(
            row.id, row.definition, row.course, row.about, row.visit_id, row.occasion,
            Life(facts).clock(at).date(), at, {"q": self.randint(0, 2)},
            {"s": self.choice([None, 4.0, 5.0, 6.0])},
        )  # fmt: skip
        return replace(facts, results=(*facts.results, given))


def case(seed: int, size: int, answers: int) -> Case:
    """Return what these dice throw: a schedule of so many assessments, so many of them answered."""
    dice = Dice(seed)
    raw = dice.schedule(size)
    protocol, facts = Protocol.model_validate(raw), dice.life()
    for _ in range(answers if protocol.asks_results_of() else 0):
        facts = dice.answer(protocol, facts)
    return Case(raw, protocol, facts)


def cases() -> st.SearchStrategy[Case]:
    """Draw a case; what fails shrinks to fewer assessments and answers."""
    return st.builds(case, st.integers(0, 2**32 - 1), st.integers(3, 8), st.integers(2, 9))
