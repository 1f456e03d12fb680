"""Plausible courses of imagined participants through a protocol: every arm, site, language and pass of it.

Visits come in the order of the file: what stands above the first kind of session a week apart, sessions
a month apart, what stands below them on the day after each and then weekly. Everything is held and answered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from itertools import product

from server.domain.course import ENROLMENT, expected
from server.domain.facts import Facilitator, Facts, Result, Visit, ZoneFact
from server.domain.instrument import Instrument
from server.domain.protocol import Answered, Protocol, Scored
from server.domain.timeline import PlannedAssessment, plan

ENROLLED = date(2027, 3, 1)
_WEEK = timedelta(days=7)
_MONTH = timedelta(days=28)
# Who starts at once, and who waits first: only the second is asked what is asked while waiting.
_LEADS = (_WEEK, 9 * _WEEK)
# From the last session of one pass to the first visit of the next.
_BETWEEN_COURSES = 14 * _WEEK
# How often a visit comes of which nobody knows beforehand how often; for sessions, and around each of them.
_OFTEN = 2
_MOST_ANSWERS = 100


@dataclass(frozen=True)
class Run:
    """One imagined participant: the arm, the facts, and everything that they are asked."""

    arm: str
    facts: Facts
    rows: tuple[PlannedAssessment, ...]


def runs(protocol: Protocol, instruments: Mapping[str, Instrument]) -> Iterator[Run]:
    """Yield a run for each arm, site, language, lead and set of answers that conditions tell apart."""
    sites = tuple(protocol.sites) or ("",)
    answers = range(_variants(protocol))
    for arm, site, language, lead, which in product(
        protocol.arms, sites, _languages(protocol), _LEADS, answers
    ):
        facts = Facts(
            participant_id="typical",
            enrolled_on=ENROLLED,
            arm=arm,
            site=site,
            language=language,
            zones=(ZoneFact("UTC", ENROLLED),),
            visits=visits(protocol, lead),
            facilitators=(Facilitator("one", "One", ENROLLED), Facilitator("two", "Two", ENROLLED)),
            event=True,
        )
        yield _lived(arm, protocol, instruments, facts, which)


def visits(protocol: Protocol, lead: timedelta) -> tuple[Visit, ...]:
    """Return all visits of all courses, held; the first one `lead` after enrolment."""
    found: list[Visit] = []
    begins = ENROLLED + lead
    for number in sorted(protocol.courses):
        course = _course(protocol, number, begins)
        found += course
        begins = max((visit.on for visit in course), default=begins) + _BETWEEN_COURSES
    return tuple(found)


def _course(protocol: Protocol, number: int, begins: date) -> list[Visit]:
    kinds = [kind for kind in protocol.visits if kind != ENROLMENT]
    first = next((i for i, kind in enumerate(kinds) if kind in protocol.sessions), len(kinds))
    found: list[Visit] = []

    def add(kind: str, on: date) -> None:
        name = f"{number}/{kind}/{len(found)}"
        found.append(Visit(name, kind, on, "held", time(9), number))

    on = begins
    for kind in kinds[:first]:
        for _ in range(_times(protocol, kind)):
            add(kind, on)
            on += _WEEK
    after = [kind for kind in kinds[first:] if kind not in protocol.sessions]
    sessions = _sessions(protocol, on, after)
    for kind, day in sessions:
        add(kind, day)
    for kind in after:
        for day in _around(protocol, kind, [day for _, day in sessions]):
            add(kind, day)
    return found


def _times(protocol: Protocol, kind: str) -> int:
    return expected(protocol.visits[kind]) or _OFTEN


def _sessions(protocol: Protocol, first: date, after: list[str]) -> list[tuple[str, date]]:
    """Return the sessions with their days, far enough apart for all that follows each."""
    kinds = [
        k for k in protocol.visits if k in protocol.sessions for _ in range(_times(protocol, k))
    ]
    most = max((_each(protocol, kind, len(kinds)) for kind in after), default=0)
    gap = max(_MONTH, (most + 1) * _WEEK)
    return [(kind, first + i * gap) for i, kind in enumerate(kinds)]


def _each(protocol: Protocol, kind: str, sessions: int) -> int:
    """Return how many visits of a kind follow each session; the last ones get what is left."""
    known = expected(protocol.visits[kind])
    return _OFTEN if known is None else -(-known // max(sessions, 1))


def _around(protocol: Protocol, kind: str, sessions: list[date]) -> list[date]:
    each = _each(protocol, kind, len(sessions))
    days = [day + timedelta(days=1) + i * _WEEK for day in sessions for i in range(each)]
    return days[: expected(protocol.visits[kind])]


def _languages(protocol: Protocol) -> tuple[str, ...]:
    named = {language for each in protocol.assessments for language in each.when.language}
    return tuple(sorted(named | {"en"}))


_Asked = tuple[str, str]


def _conditions(protocol: Protocol) -> dict[_Asked, list[Answered | Scored]]:
    """Gather conditions by what they look at: those on one answer may leave no room for each other."""
    found: dict[_Asked, list[Answered | Scored]] = defaultdict(list)
    for each in protocol.assessments:
        if answered := each.when.answered:
            found[answered.assessment, answered.item].append(answered)
        if score := each.when.score:
            found[score.assessment, score.score].append(score)
    return found


def _variants(protocol: Protocol) -> int:
    return max((len(each) for each in _conditions(protocol).values()), default=1)


def _lived(
    arm: str,
    protocol: Protocol,
    instruments: Mapping[str, Instrument],
    facts: Facts,
    which: int,
) -> Run:
    """Answer everything that the plan looks at, in the order of its opening, until nothing is left."""
    asks = protocol.asks_results_of()
    for _ in range(_MOST_ANSWERS):
        rows = plan(protocol, instruments, facts)
        done = {result.assessment_id for result in facts.results}
        waiting = [row for row in rows if row.definition in asks and row.id not in done]
        if not waiting:
            break
        result = _result(protocol, waiting[0], which)
        facts = replace(facts, results=(*facts.results, result))
    return Run(arm, facts, plan(protocol, instruments, facts))


def _result(protocol: Protocol, row: PlannedAssessment, which: int) -> Result:
    answers: dict[str, object] = {}
    scores: dict[str, float | None] = {}
    for (definition, name), wanted in _conditions(protocol).items():
        if definition == row.definition:
            condition = wanted[which % len(wanted)]
            if isinstance(condition, Answered):
                answers[name] = condition.codes[0]
            else:
                scores[name] = _meeting(condition)
    return Result(
        assessment_id=row.id,
        definition=row.definition,
        course=row.course,
        about=row.about,
        visit_id=row.visit_id,
        occasion=row.occasion,
        answered_on=row.opens_at.date(),
        answered_at=row.opens_at,
        answers=answers,
        scores=scores,
    )


def _meeting(condition: Scored) -> float:
    """Return a score at which the condition holds."""
    if condition.at_least is not None:
        return condition.at_least
    return 0.0 if condition.below is None else condition.below - 1
