"""Visits as people name them in a command or a table: `dosing-1`, `enrolment`, `2:dosing-1`; their dates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time

from server.domain import entry
from server.domain.course import ENROLMENT, expected
from server.domain.entry import FieldError
from server.domain.plain import parse_time
from server.domain.protocol import Protocol

_NAME = re.compile(r"(?:([1-9]):)?([a-z][a-z-]*?)(?:-(\d{1,3}))?")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})|(\d{1,2})\.(\d{1,2})\.(\d{4})")


@dataclass(frozen=True, slots=True, order=True)
class VisitName:
    """The number-th visit of a kind, counted by date within one course."""

    course: int
    kind: str
    number: int

    def __str__(self) -> str:
        label = self.kind if self.kind == ENROLMENT else f"{self.kind}-{self.number}"
        return label if self.course == 1 else f"{self.course}:{label}"


def visit_name(protocol: Protocol, text: str) -> VisitName:
    """Read the name of a visit that the protocol has.

    A kind that happens once needs no number; `2:` before the name means the second course.

    Raises:
        FieldError: the protocol has no such visit; the text says which there are.

    """
    match = _NAME.fullmatch(text.strip())
    kind = match and _kind(protocol, match[2], match[3])
    if match is None or kind is None:
        raise FieldError(
            f"{text.strip()!r} is no visit of {protocol.id}; there is {told(protocol)}."
        )
    course = int(match[1] or 1)
    _require_course(protocol, course)
    name, number = kind
    if number is None and _several(protocol, name):
        raise FieldError(f"There are several {name} visits; write {name}-1, {name}-2 and so on.")
    most = expected(protocol.visits[name])
    wanted = 1 if number is None else number
    if wanted < 1 or (most is not None and wanted > most):
        raise FieldError(_no_such(name, wanted, most))
    return VisitName(course, name, wanted)


def when(text: str) -> tuple[date, time | None]:
    """Read `2027-03-12`, `2027-03-12 09:30` (a T between them will do) or `12.03.2027`.

    Raises:
        FieldError: it is no day, or no time of day.

    """
    day, _, clock = text.strip().replace("T", " ").partition(" ")
    return _day(day), _clock(clock.strip())


def gaps(names: Iterable[VisitName]) -> list[VisitName]:
    """Return the visits left out below those named: visits are numbered by their dates, from 1 on."""
    named = set(names)
    below = (
        VisitName(name.course, name.kind, number)
        for name in sorted(named)
        for number in range(1, name.number)
    )
    return list(dict.fromkeys(each for each in below if each not in named))


def told(protocol: Protocol) -> str:
    """Return the names that visits of this protocol go by, for a remedy."""
    return ", ".join(_told(protocol, kind) for kind in protocol.visits)


def _told(protocol: Protocol, kind: str) -> str:
    most = expected(protocol.visits[kind])
    if most == 1:
        return kind
    last = "…" if most is None else f"{kind}-{most}"
    return f"{kind}-1 to {last}" if most else f"{kind}-1, {kind}-2 {last}"


def _kind(protocol: Protocol, name: str, number: str | None) -> tuple[str, int | None] | None:
    return (name, int(number) if number else None) if name in protocol.visits else None


def _several(protocol: Protocol, kind: str) -> bool:
    return expected(protocol.visits[kind]) != 1


def _require_course(protocol: Protocol, course: int) -> None:
    most = protocol.most_courses
    if course > most:
        raise FieldError(f"There is no course {course}; {protocol.id} has {most}.")


def _no_such(kind: str, number: int, most: int | None) -> str:
    if most is None:
        return f"There is no {kind}-{number}; write {kind}-1, {kind}-2 and so on."
    if most == 1:
        return f"There is no {kind}-{number}; {kind} happens once."
    return f"There is no {kind}-{number}; the protocol has {kind}-1 to {kind}-{most}."


def _day(text: str) -> date:
    match = _DAY.fullmatch(text)
    remedy = f"{text!r} is no date; write for example 2027-03-12."
    if match is None:
        raise FieldError(remedy)
    year, month, day = match.group(1, 2, 3) if match[1] else match.group(6, 5, 4)
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        raise FieldError(remedy) from None
    return entry.day(found)


def _clock(text: str) -> time | None:
    if not text:
        return None
    try:
        return parse_time(text[:5]) if re.fullmatch(r"\d\d:\d\d(:00)?", text) else parse_time(text)
    except ValueError:
        raise FieldError(f"{text!r} is no time of day; write for example 09:30.") from None


def with_number(label: str, number: str) -> str:
    """Put a visit's number behind its name and before what stands in brackets: Dosing 2 (sessions 3, 7)."""
    name, bracket, more = label.partition(" (")
    return f"{name} {number}{bracket}{more}" if number else label
