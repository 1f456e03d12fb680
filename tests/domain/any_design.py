"""Any schedule and any participant's facts: what hypothesis draws for the planner and its oracle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

from hypothesis import strategies as st

from server.domain.facts import Facilitator, Facts, Result, Visit, ZoneFact
from server.domain.protocol import Protocol
from server.domain.timeline import PlannedAssessment, plan
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
NEAR = st.sampled_from([
    date(2011, 12, 20), date(2027, 3, 1), date(2027, 10, 20), date(2028, 2, 10), date(2026, 9, 25),
    date(2027, 2, 1), date(2029, 1, 29), date(2026, 4, 1),
])  # fmt: skip
CLOCKS = st.sampled_from(["00:00", "02:15", "02:30", "08:00", "10:00", "16:45", "20:00", "23:30"])
COUNTS = st.integers(0, 9)


@dataclass(frozen=True)
class Case:
    """A schedule as written and as read, and what is known of one participant."""

    raw: dict[str, Any]
    protocol: Protocol
    facts: Facts


@st.composite
def offsets(draw: st.DrawFn, least: int = 0) -> str:
    unit = draw(st.sampled_from(["days", "days", "weeks", "months"]))
    most = {"days": 12, "weeks": 3, "months": 2}[unit]
    return f"{draw(st.integers(max(least, -most), most)):+d} {unit}"


def seldom(draw: st.DrawFn, often: int = 3) -> bool:
    """So many times out of ten."""
    return draw(st.integers(0, 9)) < often


@st.composite
def moments(draw: st.DrawFn, least: int = 0, *, visits: bool = True) -> str:
    """A moment so many days after the anchor or later; seldom before it, or on another visit's day."""
    if visits and seldom(draw, 2):
        text = draw(st.sampled_from(["dosing-1", "dosing-2", "preparation-1", "enrolment",
                                     "2 days before dosing-1", "1 week after dosing-1"]))  # fmt: skip
    elif seldom(draw, 2):
        text = draw(st.one_of(st.just("same day"), offsets(-12)))
    else:
        text = f"+{least + draw(COUNTS)} days" if seldom(draw, 7) else draw(offsets())
    return f"{text} at {draw(CLOCKS)}" if draw(st.booleans()) else text


@st.composite
def repeats(draw: st.DrawFn) -> dict[str, str]:
    every = draw(st.sampled_from(["5 days", "1 week", "2 weeks", "1 month"]))
    if draw(st.booleans()):
        return {"every": every, "times": str(draw(st.integers(1, 4)))}
    until = draw(st.sampled_from(["dosing-1", "integration-1", "+3 weeks", "+2 months"]))
    # Until nobody knows when is two years: seldom enough that it stays quick.
    return {"every": "1 month" if until[0].isalpha() else every, "until": until}


@st.composite
def whens(draw: st.DrawFn, before: list[str]) -> dict[str, Any]:
    some: dict[str, st.SearchStrategy[Any]] = {
        "arm": st.sampled_from([["one"], ["two"], ["one", "two"]]),
        "site": st.just(["north"]),
        "language": st.sampled_from([["de"], ["en", "de"]]),
        "course": st.sampled_from([["1"], ["2"], ["1", "2"]]),
    }
    if before:
        other = st.sampled_from(before)
        some["answered"] = st.fixed_dictionaries(
            {"assessment": other, "item": st.just("q"), "is": st.sampled_from([["1"], ["1", "2"]])}
        )
        some["score"] = st.fixed_dictionaries(
            {"assessment": other, "score": st.just("s"), "at_least": st.just("5")}
        )
    chosen = draw(st.lists(st.sampled_from(sorted(some)), unique=True, max_size=2))
    if before and seldom(draw, 7):
        chosen = draw(st.sampled_from([["answered"], ["score"], ["answered", "score"]]))
    return {key: draw(some[key]) for key in chosen}


@st.composite
def definitions(draw: st.DrawFn, index: int, before: list[str]) -> dict[str, Any]:
    plain = ["enrolment", "preparation-1", "dosing-1", "dosing-2", "every dosing", "last dosing",
             "every integration", "last integration", "last preparation before dosing-1"]  # fmt: skip
    found: dict[str, Any] = {
        "id": f"a{index}",
        "label": f"a{index}",
        "instrument": draw(st.sampled_from(["mood", "mood", "alliance", "interview", "eventful"])),
        "anchor": draw(st.sampled_from(plain)),
        "order": str(draw(st.integers(0, 2))),
    }
    again = seldom(draw)
    if draw(st.booleans()):
        found["target"] = draw(moments(visits=not again))
        found["window"] = [f"-{draw(COUNTS)} days", f"+{draw(COUNTS)} days"]
    else:
        found["opens"] = draw(moments(visits=not again))
        found["closes"] = draw(moments(least=8))
    if again:
        found["repeat"] = draw(repeats())
    if seldom(draw, 4):
        found["when"] = draw(whens(before))
    some = {
        "waits": st.sampled_from(["true", "false"]),
        "late": st.sampled_from(["accept and flag", "stop opening"]),
        "minutes": st.just("7"),
        "overlap": st.sampled_from(["both", "earlier closes", "later opens after"]),
        "asked": st.just("once per facilitator"),
    }
    if before and seldom(draw):
        # Follows another, or is the same form again, so that windows meet.
        found["anchor"] = f"completion of {draw(st.sampled_from(before))}"
    for key in draw(st.lists(st.sampled_from(sorted(some)), unique=True, max_size=1)):
        found[key] = draw(some[key])
    return found


@st.composite
def schedules(draw: st.DrawFn) -> dict[str, Any]:
    asked: list[dict[str, Any]] = []
    for index in range(draw(st.integers(2, 6))):
        asked.append(draw(definitions(index, [each["id"] for each in asked])))
    rules = ["at opening", "+1 day at 18:00", "+2 days", "1 day before closing at 18:00"]
    return {
        "id": "any", "version": "1.0.0", "title": "Any",
        "arms": {"one": "One", "two": "Two"}, "sites": {"north": "N", "south": "S"},
        "courses": {"1": "First", "2": "Second"},
        "overlap": draw(st.sampled_from(["both", "both", "earlier closes", "later opens after"])),
        "late": draw(st.sampled_from(["accept and flag", "stop opening"])),
        "visits": draw(st.sampled_from([VISITS, SESSIONS])),
        "assessments": asked,
        "reminders": {
            "plan": draw(st.lists(st.sampled_from(rules), min_size=1, max_size=3, unique=True)),
            "hours": {
                "default": draw(st.sampled_from(["09:00", "10:00", "14:00"])),
                "quiet": draw(st.sampled_from(["21:00-08:00", "22:30-06:15", "01:00-02:30"])),
            },
            "most_per_day": draw(st.sampled_from(["1", "2", "3"])),
        },
    }  # fmt: skip


@st.composite
def courses(draw: st.DrawFn, start: date, course: int) -> list[Visit]:
    """Return the usual visits, some left out, some elsewhere, some that did not take place."""
    usual = [("preparation", 5), ("preparation", 12), ("dosing", 20), ("integration", 27),
             ("dosing", 45), ("integration", 52), ("enrolment", 1)]  # fmt: skip
    found = []
    for index, (kind, after) in enumerate(usual):
        if seldom(draw, 8 if course == 1 else 4):
            on = start + timedelta(days=after + draw(st.integers(-3, 15)))
            status = draw(
                st.sampled_from(
                    ["planned", "planned", "held", "held", "held", "cancelled", "no-show"]
                )
            )
            at = draw(st.sampled_from([None, time(9), time(14, 30)]))
            found.append(Visit(f"visit-{course}-{index}", kind, on, status, at, course))  # type: ignore[arg-type]
    return draw(st.permutations(found))


@st.composite
def lives(draw: st.DrawFn) -> Facts:
    """Facts in any order, with visits that moved, fell out or were never attended."""
    start = draw(NEAR) + timedelta(days=draw(st.integers(0, 20)))
    days = st.integers(0, 120).map(lambda after: start + timedelta(days=after))
    visits = draw(courses(start, 1))
    if seldom(draw):
        visits += draw(courses(start + timedelta(days=90), 2))
    ben = draw(st.one_of(st.none(), days))
    people = [Facilitator(ANNA, "Anna", start), Facilitator(BEN, "Ben", start, ben)]
    if draw(st.booleans()):
        people.append(Facilitator(draw(st.sampled_from([BEN, CARA])), "C", draw(days)))
    moves = draw(st.lists(st.tuples(st.sampled_from(ZONES), days), max_size=2))
    zones = (ZoneFact(draw(st.sampled_from(ZONES)), start), *(ZoneFact(*move) for move in moves))
    return Facts(
        "someone", start, draw(st.sampled_from(["", "one", "one", "two"])),
        draw(st.sampled_from(["en", "de"])), zones, tuple(visits), tuple(people),
        event=seldom(draw, 8), site=draw(st.sampled_from(["", "north", "north", "south"])),
    )  # fmt: skip


def read(raw: Mapping[str, Any]) -> Protocol:
    return Protocol.model_validate(raw)


def answer(
    row: PlannedAssessment, facts: Facts, after: int, value: int, score: float | None
) -> Result:
    """Return a result given so many hours after the form opened."""
    moment = row.opens_at + timedelta(hours=after)
    return Result(
        row.id, row.definition, row.course, row.about, row.visit_id, row.occasion,
        Life(facts).clock(moment).date(), moment, {"q": value}, {"s": score},
    )  # fmt: skip


@st.composite
def cases(draw: st.DrawFn) -> Case:
    raw = draw(schedules())
    protocol, facts = read(raw), draw(lives())
    wanted = protocol.asks_results_of()
    for _ in range(draw(st.integers(2, 8)) if wanted else 0):
        done = {each.assessment_id for each in facts.results}
        rows = [row for row in plan(protocol, FORMS, facts)
                if row.definition in wanted and row.id not in done]  # fmt: skip
        if rows:
            row = rows[draw(st.integers(0, len(rows) - 1))]
            given = answer(row, facts, draw(st.integers(0, 100)), draw(st.integers(0, 2)),
                           draw(st.sampled_from([None, 4.0, 5.0, 6.0])))  # fmt: skip
            facts = replace(facts, results=(*facts.results, given))
    return Case(raw, protocol, facts)
