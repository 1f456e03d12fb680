"""What must agree inside a protocol: visits, anchors, windows, instruments, reminder hours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import time
from pathlib import Path

from server.catalog.instrument_checks import Finding, repeated, unknown
from server.catalog.tree import Place
from server.domain.protocol import (
    Anchor,
    AssessmentDefinition,
    Hours,
    Moment,
    Offset,
    Protocol,
    VisitKind,
)

_NAME = re.compile(r"[a-z]+(-[a-z]+)*")
# Words that anchors and moments are written with; a visit of that name could not be told apart.
_RESERVED = {"last", "every", "before", "same", "at"}
_DAYS = {"day": 1.0, "week": 7.0, "month": 30.44}


def problems(
    protocol: Protocol, path: Path, root: Path, instruments: set[str]
) -> Iterator[Finding]:
    """Yield each disagreement; `root` is the folder of schedules, `instruments` the ids there are."""
    yield from _named(protocol, path, root)
    for code in protocol.arms:
        if not _NAME.fullmatch(code):
            yield ("arms", code), f"{code!r} is no code; write small letters and hyphens"
    yield from _visits(protocol)
    yield from repeated([each.id for each in protocol.assessments], ("assessments",))
    for index, definition in enumerate(protocol.assessments):
        place: Place = ("assessments", index)
        if definition.instrument not in instruments:
            yield (*place, "instrument"), unknown(definition.instrument, sorted(instruments))
        yield from _anchor(protocol, definition.anchor, (*place, "anchor"))
        yield from _times(protocol, definition, place)
    yield from _hours(protocol.reminders.hours)


def _named(protocol: Protocol, path: Path, root: Path) -> Iterator[Finding]:
    nested = path.parent != root
    name = path.parent.name if nested else path.stem
    if protocol.id != name:
        yield ("id",), f"{protocol.id!r}, but the file is for {name!r}; make them agree"
    if nested and protocol.version != path.stem:
        yield ("version",), f"{protocol.version!r}, but the file is {path.name!r}; make them agree"


def _visits(protocol: Protocol) -> Iterator[Finding]:
    if "enrolment" not in protocol.visits:
        yield ("visits",), "there is no 'enrolment'; every course begins with it"
    for name, kind in protocol.visits.items():
        if not _NAME.fullmatch(name) or name in _RESERVED:
            yield ("visits", name), f"{name!r} cannot name a visit; write small letters and hyphens"
        if kind.count is not None and kind.repeat:
            yield ("visits", name), "has a count and repeats; give one of them"


def _several(kind: VisitKind) -> bool:
    return kind.repeat or (kind.count or 1) > 1


def _anchor(protocol: Protocol, anchor: Anchor, place: Place) -> Iterator[Finding]:
    kind = protocol.visits.get(anchor.kind)
    if kind is None:
        yield place, unknown(anchor.kind, protocol.visits)
        return
    yield from _number(kind, anchor.kind, anchor.number, place)
    if anchor.which != "one" and anchor.number is not None:
        yield place, f"{anchor.text!r} says both which and what number; leave one out"
    if anchor.which == "one" and anchor.number is None and _several(kind):
        name = anchor.kind
        yield place, f"there are several; write '{name}-1', 'every {name}' or 'last {name}'"
    if anchor.before is not None:
        yield from _visit(protocol, anchor.before, place)
        if anchor.which != "last":
            yield place, f"only 'last … before …' can be counted; write 'last {anchor.text}'"


def _visit(protocol: Protocol, name: str, place: Place) -> Iterator[Finding]:
    """Check a visit named like `dosing-1`, or `enrolment` where there is but one."""
    kind_name, _, number = name.rpartition("-")
    if not number.isdigit():
        kind_name, number = name, ""
    kind = protocol.visits.get(kind_name)
    if kind is None:
        yield place, unknown(kind_name, protocol.visits)
    elif not number and _several(kind):
        yield place, f"there are several; write '{name}-1'"
    else:
        yield from _number(kind, kind_name, int(number) if number else None, place)


def _number(kind: VisitKind, name: str, number: int | None, place: Place) -> Iterator[Finding]:
    most = None if kind.repeat else kind.count or 1
    if number is not None and (number < 1 or (most is not None and number > most)):
        yield place, f"there is no {name}-{number}; it happens {most or 'any number of'} times"


def _times(protocol: Protocol, definition: AssessmentDefinition, place: Place) -> Iterator[Finding]:
    around = definition.target is not None and definition.window is not None
    between = definition.opens is not None and definition.closes is not None
    if around == between or (around and (definition.opens or definition.closes)):
        yield place, "give `opens` and `closes`, or `target` with a `window`"
        return
    for name in ("opens", "target", "closes"):
        moment: Moment | None = getattr(definition, name)
        if moment is not None and moment.visit is not None:
            yield from _visit(protocol, moment.visit, (*place, name))
    if definition.window is not None:
        yield from _window(definition.window, (*place, "window"))
    if definition.opens is not None and definition.closes is not None:
        yield from _order(definition.opens, definition.closes, (*place, "closes"))
        if definition.target is not None:
            yield from _order(definition.opens, definition.target, (*place, "target"))


def _window(window: tuple[Offset, Offset], place: Place) -> Iterator[Finding]:
    first, last = window
    if _days(last) < _days(first):
        yield place, f"closes before it opens ({_told(last)} < {_told(first)})"
    elif _days(first) > 0 or _days(last) < 0:
        yield place, f"leaves out its own target ({_told(first)} to {_told(last)})"


def _order(opens: Moment, closes: Moment, place: Place) -> Iterator[Finding]:
    """Compare two moments where both are counted from the anchor; other visits' dates are open."""
    if opens.visit is not None or closes.visit is not None:
        return
    begin = (_days(opens.offset), opens.at or time.min)
    end = (_days(closes.offset), closes.at or time.max)
    if end <= begin:
        yield place, f"not after it opens ({_moment(closes)} against {_moment(opens)})"


def _days(offset: Offset) -> float:
    return offset.amount * _DAYS[offset.unit]


def _told(offset: Offset) -> str:
    return f"{offset.amount:+d} {offset.unit}{'' if abs(offset.amount) == 1 else 's'}"


def _moment(moment: Moment) -> str:
    return f"{_told(moment.offset)} at {moment.at:%H:%M}" if moment.at else _told(moment.offset)


def _hours(hours: Hours) -> Iterator[Finding]:
    place: Place = ("reminders", "hours")
    if hours.quiet_from == hours.quiet_to:
        yield place, "quiet hours end when they begin; that could mean all day or never"
    elif quiet(hours, hours.default):
        yield place, f"the default hour {hours.default:%H:%M} lies in the quiet hours"


def quiet(hours: Hours, at: time) -> bool:
    """Whether a time of day lies in the quiet hours, which may run over midnight."""
    if hours.quiet_from < hours.quiet_to:
        return hours.quiet_from <= at < hours.quiet_to
    return at >= hours.quiet_from or at < hours.quiet_to
