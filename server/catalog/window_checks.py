"""What must agree in the windows of a protocol: anchors, moments, repeats, what waits for a session."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from server.catalog.instrument_checks import Finding, unknown
from server.catalog.tree import Place
from server.domain.course import ENROLMENT
from server.domain.protocol import (
    MOST_OCCASIONS,
    Anchor,
    AssessmentDefinition,
    Moment,
    Offset,
    Protocol,
    Repeat,
    VisitKind,
)

_DAYS = {"day": 1.0, "week": 7.0, "month": 30.44}


def problems(
    protocol: Protocol, definition: AssessmentDefinition, place: Place
) -> Iterator[Finding]:
    """Yield each disagreement about when a definition is asked; `place` is where it stands."""
    yield from _anchor(protocol, definition.anchor, (*place, "anchor"))
    yield from _times(protocol, definition, place)
    if definition.repeat is not None:
        yield from _repeat(protocol, definition, definition.repeat, (*place, "repeat"))
    yield from _waits(protocol, definition, place)


def several(kind: VisitKind) -> bool:
    """Whether a kind of visit happens, or may happen, more than once."""
    return kind.repeat or (kind.count or 1) > 1


def _anchor(protocol: Protocol, anchor: Anchor, place: Place) -> Iterator[Finding]:
    if anchor.completion is not None:
        if anchor.completion not in protocol.definitions:
            yield place, unknown(anchor.completion, protocol.definitions)
        return
    kind = protocol.visits.get(anchor.kind)
    if kind is None:
        yield place, unknown(anchor.kind, protocol.visits)
        return
    yield from _number(kind, anchor.kind, anchor.number, place)
    if anchor.which != "one" and anchor.number is not None:
        yield place, f"{anchor.text!r} says both which and what number; leave one out"
    if anchor.which == "one" and anchor.number is None and several(kind):
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
    elif not number and several(kind):
        yield place, f"there are several; write '{name}-1'"
    else:
        yield from _number(kind, kind_name, int(number) if number else None, place)


def _number(kind: VisitKind, name: str, number: int | None, place: Place) -> Iterator[Finding]:
    most = None if kind.repeat else kind.count or 1
    if number is not None and (number < 1 or (most is not None and number > most)):
        times = "once" if most == 1 else f"{most or 'any number of'} times"
        yield place, f"there is no {name}-{number}; it happens {times}"


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


def _repeat(
    protocol: Protocol, definition: AssessmentDefinition, repeat: Repeat, place: Place
) -> Iterator[Finding]:
    every, until = _days(repeat.every), repeat.until
    if every <= 0:
        yield (*place, "every"), "comes again no later than before; write for example '4 weeks'"
    if repeat.times is None and until is None:
        yield place, "has no end; add `times: 6`, `until: dosing-1` or `until: +12 months`"
    elif repeat.times is not None and until is not None:
        yield place, "has two ends; give `times` or `until`"
    first = definition.target or definition.opens
    if first is not None and first.visit is not None:
        yield place, f"would fall on {first.visit} every time; count from the anchor instead"
    elif until is not None and until.visit is not None:
        yield from _visit(protocol, until.visit, (*place, "until"))
    elif until is not None and until.offset is not None and every > 0:
        end, begin = _days(until.offset), _days(first.offset) if first else 0
        if end < begin:
            yield (
                (*place, "until"),
                f"ends before the first time ({until.text} < {_told_by(first)})",
            )
        if (end - begin) / every > MOST_OCCASIONS:
            yield place, f"comes more than {MOST_OCCASIONS} times; ask less often, or end sooner"


def _waits(protocol: Protocol, definition: AssessmentDefinition, place: Place) -> Iterator[Finding]:
    """What waits until a visit is confirmed must still be open when it can be."""
    anchor = definition.anchor
    if definition.waits and (anchor.completion is not None or anchor.kind == ENROLMENT):
        yield (*place, "waits"), "there is no visit to confirm; leave it out"
    waits = definition.waits
    if waits is None:
        waits = anchor.kind in protocol.sessions
    if waits and _over_by_then(definition):
        told = "closes before the visit can be confirmed as held"
        yield (*place, "closes"), f"{told}; write `waits: false`, or let it close later"


def _over_by_then(definition: AssessmentDefinition) -> bool:
    """Whether a window closes before its visit's day is over, as far as the file tells."""
    if definition.window is not None:
        target = definition.target.offset if definition.target else None
        return target is not None and _days(target) + _days(definition.window[1]) < 0
    closes = definition.closes
    if closes is None or (closes.visit is not None and closes.visit != definition.anchor.text):
        return False
    days = _days(closes.offset)
    return days < 0 or (days == 0 and closes.at is not None)


def _days(offset: Offset) -> float:
    return offset.amount * _DAYS[offset.unit]


def _told(offset: Offset) -> str:
    return f"{offset.amount:+d} {offset.unit}{'' if abs(offset.amount) == 1 else 's'}"


def _told_by(moment: Moment | None) -> str:
    return _told(moment.offset) if moment else "the same day"


def _moment(moment: Moment) -> str:
    return f"{_told(moment.offset)} at {moment.at:%H:%M}" if moment.at else _told(moment.offset)
