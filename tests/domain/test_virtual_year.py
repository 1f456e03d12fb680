"""A year in twenty zones: 200 people whose sessions move, fall out and wait, against the oracle all along."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from time import perf_counter
from typing import Any

import pytest

from server.catalog.catalog import Catalog
from server.catalog.tree import read as read_tree
from server.config import ROOT
from server.domain.facts import Facilitator, Facts, Result, Visit, VisitStatus, ZoneFact
from server.domain.instrument import Instrument
from server.domain.protocol import Protocol
from server.domain.reminders import PlannedMessage, plan_messages
from server.domain.timeline import PlannedAssessment, plan, unplanned
from tests.catalog.every_word import TEXT
from tests.domain.any_design import ZONES
from tests.domain.oracle import Oracle
from tests.domain.oracle_clock import Life
from tests.domain.oracle_post import Postman
from tests.domain.test_oracle import as_row

PEOPLE = 10
# The last one of each year lives through 29 February, and Apia's through the day that never was.
STARTS = (date(2027, 1, 11), date(2027, 9, 6), date(2011, 11, 28))


@dataclass(frozen=True)
class Design:
    """A schedule as written and as read, with its forms for the planner and for the oracle."""

    raw: dict[str, Any]
    protocol: Protocol
    instruments: dict[str, Instrument]
    sheets: dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def designs(catalog: Catalog) -> list[Design]:
    """Return all that we ship, and a schedule that says everything that one can say."""
    texts = [path.read_text() for path in sorted((ROOT / "schedules").rglob("*.yaml"))]
    instruments = {each.id: each for each in catalog.instruments}
    sheets: dict[str, dict[str, Any]] = {
        each.id: {"minutes": each.minutes, "respondent": each.respondent, "about": each.about,
                  "event": each.needs == "event"}
        for each in catalog.instruments
    }  # fmt: skip
    raws = [read_tree(text.encode()).data for text in [*texts, TEXT, TEXT]]
    return [Design(raw, Protocol.model_validate(raw), instruments, sheets) for raw in raws]


@dataclass
class Person:
    """Somebody who goes through a schedule, and the post that has reached them."""

    design: Design
    facts: Facts
    dice: Random
    now: datetime
    got: dict[str, PlannedMessage] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return Life(self.facts).clock(self.now).date()

    def rows(self) -> tuple[PlannedAssessment, ...]:
        return plan(self.design.protocol, self.design.instruments, self.facts)

    def messages(self, rows: tuple[PlannedAssessment, ...]) -> tuple[PlannedMessage, ...]:
        return plan_messages(self.design.protocol, self.facts, rows, "email")

    # ------------------------------------------------------------ what happens to them

    def live(self) -> None:
        """Let some days pass with their post and their answers, then let something happen."""
        until = self.now + timedelta(hours=self.dice.randint(30, 900))
        for message in self.messages(self.rows()):
            # Whoever flies back across the date line lives the same minute again: its id is known.
            if self.now <= message.due_at < until and message.id not in self.got:
                self.see(message)
                self.got[message.id] = message
        since, self.now = self.now, until
        self.answers(since)
        self.dice.choice(
            [self.comes, self.comes, self.comes, self.moves, self.settles, self.settles,
             self.travels, self.changes_guide, self.is_told]
        )()  # fmt: skip

    def see(self, message: PlannedMessage) -> None:
        """Look at the clock on the wall when a message comes."""
        clock = Life(self.facts).clock(message.due_at)
        begin, end = self.design.raw["reminders"]["hours"]["quiet"].split("-")
        shown = f"{clock:%H:%M}"
        assert end <= shown < begin, f"{shown} lies in the quiet hours"
        sessions = {
            visit.on
            for visit in self.facts.visits
            if visit.kind in self.design.protocol.sessions and visit.status in {"planned", "held"}
        }
        assert clock.date() not in sessions
        assert message.local_moment == f"{clock:%Y-%m-%dT%H:%M}"
        if shown < "10:00":
            assert clock.date() - timedelta(days=1) not in sessions

    def comes(self) -> None:
        """A visit is entered, soon or later, now and then one that was yesterday."""
        kinds = [kind for kind in self.design.protocol.visits if kind != "enrolment"]
        begun = any(visit.course == 1 and visit.status == "held" for visit in self.facts.visits)
        courses = sorted(self.design.protocol.courses) if begun else [1]
        on = self.today + timedelta(days=self.dice.randint(-2, 25))
        at = self.dice.choice([None, time(9), time(13, 30)])
        name = f"visit-{len(self.facts.visits)}"
        fresh = Visit(name, self.dice.choice(kinds), on, "planned", at, self.dice.choice(courses))
        self.facts = replace(self.facts, visits=(*self.facts.visits, fresh))

    def moves(self) -> None:
        self.change(on=self.today + timedelta(days=self.dice.randint(-3, 20)))

    def settles(self) -> None:
        past: list[VisitStatus] = ["held", "held", "held", "cancelled", "no-show"]
        self.change(status=self.dice.choice(past))

    def change(self, **what: Any) -> None:
        standing = [visit for visit in self.facts.visits if visit.status == "planned"]
        if standing:
            one = self.dice.choice(standing)
            others = tuple(visit for visit in self.facts.visits if visit is not one)
            self.facts = replace(self.facts, visits=(*others, replace(one, **what)))

    def travels(self) -> None:
        fresh = ZoneFact(self.dice.choice(ZONES), self.today)
        self.facts = replace(self.facts, zones=(*self.facts.zones, fresh))

    def changes_guide(self) -> None:
        *others, last = self.facts.facilitators
        ended = replace(last, to_on=max(self.today, last.from_on))
        fresh = Facilitator(f"guide-{len(others)}", "Guide", ended.to_on or self.today)
        self.facts = replace(self.facts, facilitators=(*others, ended, fresh))

    def is_told(self) -> None:
        """The arm becomes known, the site, the event, another language."""
        self.facts = replace(
            self.facts,
            arm=self.facts.arm or self.dice.choice(sorted(self.design.protocol.arms)),
            site=self.facts.site or self.dice.choice(["", *self.design.protocol.sites]),
            event=True,
            language=self.dice.choice(["en", "de"]),
        )

    def answers(self, since: datetime) -> None:
        """Of what was open meanwhile, and decides about other forms, most is answered."""
        wanted = self.design.protocol.asks_results_of()
        done = {result.assessment_id for result in self.facts.results}
        for row in self.rows():
            begin, end = max(row.opens_at, since), min(row.closes_at, self.now)
            ready = begin < end and row.awaits is None and row.id not in done
            if ready and row.definition in wanted and self.dice.random() < 0.8:
                at = begin + (end - begin) * self.dice.random()
                given = Result(
                    row.id, row.definition, row.course, row.about, row.visit_id, row.occasion,
                    Life(self.facts).clock(at).date(), at, {"phq01": self.dice.randint(1, 3)},
                    {"total": float(self.dice.randint(5, 27))},
                )  # fmt: skip
                self.facts = replace(self.facts, results=(*self.facts.results, given))

    # ------------------------------------------------------------ what must be true

    def compare(self) -> int:
        """Hold everything against the oracle; return how many windows and messages were compared."""
        rows = self.rows()
        oracle = Oracle(self.design.raw, self.design.sheets, self.facts)
        said = set(oracle.rows())
        assert {as_row(row) for row in rows} == said
        told = unplanned(self.design.protocol, self.design.instruments, self.facts)
        assert {(each.course, each.definition) for each in told} == oracle.waiting
        messages = self.messages(rows)
        carried = Postman(self.design.raw, self.facts).messages(list(said))
        assert [(m.local_moment, m.assessment_ids, m.expires_at) for m in messages] == carried
        days = Counter((name, m.local_moment[:10]) for m in messages for name in m.assessment_ids)
        assert set(days.values()) <= {1}
        return len(rows) + len(messages)


def person(zone: str, number: int, designs: list[Design]) -> Person:
    dice = Random(f"{zone} {number}")
    start = STARTS[number % len(STARTS)] + timedelta(days=dice.randint(0, 30))
    guides = (Facilitator("anna", "Anna", start), Facilitator("ben", "Ben", start))
    design = designs[number % len(designs)]
    arm = "" if design.protocol.allocation else dice.choice(sorted(design.protocol.arms))
    facts = Facts(f"{zone} {number}", start, arm, "en", (ZoneFact(zone, start),), (), guides)
    return Person(design, facts, dice, datetime.combine(start, time(9), UTC))


def test_what_a_plan_costs_grows_no_faster_than_the_course(designs: list[Design]):
    one = next(
        each
        for each in designs
        if each.raw["id"] == "alliance-core" and each.raw["version"] == "1.1.0"
    )
    assert _fastest(one, 32) < 3 * _fastest(one, 16)


def _fastest(one: Design, sessions: int) -> float:
    """Return the seconds of the quickest of several plans of a course of so many sessions."""
    start = date(2027, 3, 1)
    visits = tuple(
        Visit(f"integration-{n}", "integration", start + timedelta(days=3 * n), "held")
        for n in range(1, sessions + 1)
    )
    known = Facts(
        "someone", start, "immediate", "en", (ZoneFact("Europe/Berlin", start),), visits,
        (Facilitator("anna", "Anna", start), Facilitator("ben", "Ben", start)), event=True,
    )  # fmt: skip
    taken = []
    for _ in range(10):
        begun = perf_counter()
        assert plan(one.protocol, one.instruments, known)
        taken.append(perf_counter() - begun)
    return min(taken)


@pytest.mark.slow
@pytest.mark.parametrize("zone", ZONES)
def test_a_year_of_moves_cancellations_and_travels_agrees_with_the_oracle(
    zone: str, designs: list[Design]
):
    compared = 0
    for number in range(PEOPLE):
        one = person(zone, number, designs)
        begin = one.now
        while one.now < begin + timedelta(days=365):
            one.live()
            if one.dice.random() < 0.3:
                compared += one.compare()
        compared += one.compare()
        minutes = [message.local_moment for message in one.got.values()]
        assert len(set(minutes)) == len(minutes)
    assert compared > 300
