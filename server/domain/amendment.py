"""Two versions of a protocol: what changes between them, and what that means for one participant.

No clock and no store. Answers never change: an amendment touches only what is still to be answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from server.domain.course import ordinals
from server.domain.facts import Facts
from server.domain.plain import Frozen
from server.domain.protocol import AssessmentDefinition, Protocol
from server.domain.timeline import PlannedAssessment

Scope = Literal["new", "all", "before"]
Part = Literal["assessment", "visit", "arm", "site", "course", "reminders", "study"]
# What together says when a form may be answered is compared, and shown, as one thing.
WINDOW = ("anchor", "opens", "target", "closes", "window")
_PARTS: dict[str, Part] = {
    "assessments": "assessment", "visits": "visit", "arms": "arm", "sites": "site",
    "courses": "course", "reminders": "reminders",
}  # fmt: skip
_NOT_COMPARED = {"id", "version", "notes"}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a new version does differently.

    `key` names the assessment, visit, arm, … (empty where there is only one of its part), `aspect` the
    side of it that changed (empty for what was added or removed). `before` and `after` hold the values:
    whole definitions for what was added or removed and for a changed window, else the single side.
    """

    part: Part
    key: str
    kind: Literal["added", "removed", "changed"]
    aspect: str = ""
    before: object = None
    after: object = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A planned row as it is stored now. `answered`: it holds a response, and stays as it is."""

    id: str
    instrument: str
    opens_at: datetime
    target_at: datetime
    closes_at: datetime
    answered: bool
    retired: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """What another plan does to one participant's rows, in numbers.

    added, retired, moved: open or upcoming ones. over: asked for only now, though their time is past.
    answered: those that hold an answer, none of which changes.
    """

    added: int = 0
    retired: int = 0
    moved: int = 0
    over: int = 0
    answered: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.retired or self.moved or self.over)


def compare(old: Protocol, new: Protocol) -> tuple[Change, ...]:
    """Return all that differs: assessments in the new file's order, then visits and the rest.

    Raises:
        ValueError: they are versions of two different protocols.

    """
    if old.id != new.id:
        message = f"{old.id} and {new.id} are two protocols; only versions of one can be compared"
        raise ValueError(message)
    return tuple(_changes(old, new))


def effect(stored: Iterable[Stored], planned: Iterable[PlannedAssessment], now: datetime) -> Effect:
    """Return what storing this plan would do to a participant's rows."""
    rows = {row.id: row for row in stored}
    wanted = {each.id: each for each in planned}
    fresh = [each for key, each in wanted.items() if key not in rows or _rests(rows[key])]
    waiting = [row for row in rows.values() if not (row.answered or row.retired)]
    return Effect(
        added=sum(each.closes_at > now for each in fresh),
        retired=sum(row.closes_at > now for row in waiting if row.id not in wanted),
        moved=sum(_moves(row, wanted[row.id], now) for row in waiting if row.id in wanted),
        over=sum(each.closes_at <= now for each in fresh),
        answered=sum(row.answered for row in rows.values()),
    )


def reached(facts: Facts, visit: str) -> bool:
    """Whether a visit such as `dosing-1` was held already, in any course."""
    labels = ordinals(facts.visits)
    return any(each.status == "held" and labels.get(each.id) == visit for each in facts.visits)


def moves(scope: Scope, facts: Facts, before: str = "") -> bool:
    """Whether an amendment takes somebody along who is in the study already.

    Whoever withdrew is asked nothing any more, and so keeps the version that asked last.
    """
    if facts.withdrawn or scope == "new":
        return False
    return scope == "all" or not reached(facts, before)


def milestones(protocol: Protocol) -> tuple[str, ...]:
    """Return the visits that an amendment may name as its limit: `dosing-1`, `dosing-2`, …"""
    return tuple(
        f"{name}-{number}"
        for name, kind in protocol.visits.items()
        if name != "enrolment"
        for number in range(1, (kind.count or 1) + 1)
    )


def _rests(row: Stored) -> bool:
    return row.retired and not row.answered


def _moves(row: Stored, wanted: PlannedAssessment, now: datetime) -> bool:
    """Whether an unanswered row changes, of those that are not over both before and after."""
    same = (row.instrument, row.opens_at, row.target_at, row.closes_at) == (
        wanted.instrument, wanted.opens_at, wanted.target_at, wanted.closes_at,
    )  # fmt: skip
    return not same and max(row.closes_at, wanted.closes_at) > now


def _changes(old: Protocol, new: Protocol) -> Iterator[Change]:
    yield from _in_mapping("assessment", _by_id(old), _by_id(new))
    for name in Protocol.model_fields:
        before, after = getattr(old, name), getattr(new, name)
        part = _PARTS.get(name, "study")
        if name in _NOT_COMPARED or part == "assessment" or before == after:
            continue
        if isinstance(before, dict):
            yield from _in_mapping(part, before, after)
        elif part == "reminders":
            yield from _sides(part, "", before, after)
        else:
            yield Change(part, "", "changed", name, before, after)


def _by_id(protocol: Protocol) -> Mapping[str, AssessmentDefinition]:
    return {each.id: each for each in protocol.assessments}


def _in_mapping(
    part: Part, before: Mapping[str, object], after: Mapping[str, object]
) -> Iterator[Change]:
    for key, value in after.items():
        if key not in before:
            yield Change(part, str(key), "added", after=value)
        elif before[key] != value:
            yield from _sides(part, str(key), before[key], value)
    for key, value in before.items():
        if key not in after:
            yield Change(part, str(key), "removed", before=value)


def _sides(part: Part, key: str, before: object, after: object) -> Iterator[Change]:
    """Yield each side of one thing that changed; the parts of a window are one side."""
    if not isinstance(before, Frozen) or not isinstance(after, Frozen):
        yield Change(part, key, "changed", "label", before, after)
        return
    differing = [
        name for name in type(after).model_fields if getattr(before, name) != getattr(after, name)
    ]
    if part == "assessment" and any(name in WINDOW for name in differing):
        yield Change(part, key, "changed", "window", before, after)
    for name in differing:
        if part != "assessment" or name not in WINDOW:
            yield Change(part, key, "changed", name, getattr(before, name), getattr(after, name))
