"""Dates that are possible but hardly meant: out of order, before enrolment, years away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from server.domain.course import ENROLMENT, in_order, ordinals
from server.domain.facts import Visit
from server.domain.protocol import Protocol

# Longer than any design leaves between one visit and the next: more likely a wrong year.
_LONGEST = timedelta(days=550)


@dataclass(frozen=True, slots=True)
class Doubt:
    """One visit whose date somebody should look at again, and why, in words for staff."""

    visit_id: str
    text: str


def doubts(protocol: Protocol, visits: Iterable[Visit], enrolled_on: date) -> tuple[Doubt, ...]:
    """Return what is doubtful about the visits that stand, in the order of their dates."""
    standing = in_order(visits)
    labels = ordinals(standing)
    enrolled = next((visit.on for visit in standing if visit.kind == ENROLMENT), enrolled_on)
    others = [visit for visit in standing if visit.kind != ENROLMENT]
    found = [
        *_before_enrolment(others, labels, enrolled),
        *_before_what_comes_first(protocol, others, labels),
        *_before_the_course(protocol, others, labels),
        *_two_sessions_a_day(protocol, others, labels),
        *_years_away(others, labels, enrolled),
    ]
    place = {visit.id: number for number, visit in enumerate(standing)}
    return tuple(sorted(found, key=lambda doubt: place[doubt.visit_id]))


def _before_enrolment(
    visits: Sequence[Visit], labels: Mapping[str, str], enrolled: date
) -> Iterator[Doubt]:
    for visit in visits:
        if visit.on < enrolled:
            yield Doubt(
                visit.id,
                f"{labels[visit.id]} ({visit.on.isoformat()}) lies before enrolment"
                f" ({enrolled.isoformat()}).",
            )


def _before_what_comes_first(
    protocol: Protocol, visits: Sequence[Visit], labels: Mapping[str, str]
) -> Iterator[Doubt]:
    """The first of a kind comes after the first of every kind that the protocol names before it."""
    order = {kind: place for place, kind in enumerate(protocol.visits)}
    firsts: dict[tuple[int, str], Visit] = {}
    for visit in visits:
        firsts.setdefault((visit.course, visit.kind), visit)
    for visit in firsts.values():
        late = [
            f"{labels[other.id]} ({other.on.isoformat()})"
            for other in firsts.values()
            if other.course == visit.course
            and order.get(other.kind, -1) < order.get(visit.kind, -1)
            and visit.on < other.on
        ]
        if late:
            yield Doubt(
                visit.id,
                f"{labels[visit.id]} ({visit.on.isoformat()}) lies before {' and '.join(late)}.",
            )


def _before_the_course(
    protocol: Protocol, visits: Sequence[Visit], labels: Mapping[str, str]
) -> Iterator[Doubt]:
    """A later course begins when the sessions of the one before it are over."""
    firsts: dict[int, Visit] = {}
    sessions: dict[int, Visit] = {}
    for visit in visits:
        firsts.setdefault(visit.course, visit)
        if visit.kind in protocol.sessions:
            sessions[visit.course] = visit
    for earlier, later in pairwise(sorted(firsts)):
        first, begins, last = firsts[later], firsts[earlier], sessions.get(earlier)
        told = f"{labels[first.id]} of course {later} ({first.on.isoformat()}) lies before"
        if first.on < begins.on:
            yield Doubt(first.id, f"{told} course {earlier} begins ({begins.on.isoformat()}).")
        elif last is not None and first.on < last.on:
            of = f"{labels[last.id]} of course {earlier} ({last.on.isoformat()})"
            yield Doubt(first.id, f"{told} {of}.")


def _two_sessions_a_day(
    protocol: Protocol, visits: Sequence[Visit], labels: Mapping[str, str]
) -> Iterator[Doubt]:
    sessions = [visit for visit in visits if visit.kind in protocol.sessions]
    for before, visit in pairwise(sessions):
        if visit.on == before.on:
            yield Doubt(
                visit.id,
                f"{labels[before.id]} and {labels[visit.id]} are on the same day"
                f" ({visit.on.isoformat()}).",
            )


def _years_away(
    visits: Sequence[Visit], labels: Mapping[str, str], enrolled: date
) -> Iterator[Doubt]:
    last = enrolled
    for visit in visits:
        if visit.on - last > _LONGEST:
            yield Doubt(
                visit.id,
                f"{labels[visit.id]} ({visit.on.isoformat()}) is {(visit.on - last).days} days after"
                " what came before it. Is the year right?",
            )
        last = max(last, visit.on)
