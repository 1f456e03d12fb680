"""What must agree inside a protocol: its names, visits, arms, allocation, instruments, reminder hours."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import time
from pathlib import Path

from server.catalog import asking_checks, window_checks
from server.catalog.instrument_checks import Finding, repeated, unknown
from server.catalog.tree import Place
from server.domain.course import ENROLMENT
from server.domain.instrument import Instrument
from server.domain.moments import Offset
from server.domain.protocol import Hours, Late, Protocol

_NAME = re.compile(r"[a-z]+(-[a-z]+)*")
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# Words that anchors and moments are written with; a visit of that name could not be told apart.
_RESERVED = {"last", "every", "before", "same", "at", "completion", "of"}
_MOST_COURSES = 9


def problems(
    protocol: Protocol,
    path: Path,
    root: Path,
    known: Collection[str],
    instruments: Mapping[str, Instrument],
) -> Iterator[Finding]:
    """Yield each disagreement.

    `root` is the folder of schedules, `known` the ids of all forms there are, `instruments` those of
    them that could be read.
    """
    yield from _named(protocol, path, root)
    yield from _branches(protocol)
    yield from _visits(protocol)
    yield from repeated([each.id for each in protocol.assessments], ("assessments",))
    for index, definition in enumerate(protocol.assessments):
        place: Place = ("assessments", index)
        if definition.instrument not in known:
            yield (*place, "instrument"), unknown(definition.instrument, sorted(known))
        yield from window_checks.problems(protocol, definition, place)
        yield from asking_checks.problems(protocol, definition, place, instruments)
        yield from _late(definition.late or protocol.late, definition.late_for, place)
    # Said for all of them, it may stand beside forms that stop opening.
    yield from _late("accept and flag", protocol.late_for, ())
    yield from asking_checks.circles(protocol)
    yield from _hours(protocol.reminders.hours)


def _named(protocol: Protocol, path: Path, root: Path) -> Iterator[Finding]:
    nested = path.parent != root
    name = path.parent.name if nested else path.stem
    if protocol.id != name:
        yield ("id",), f"{protocol.id!r}, but the file is for {name!r}; make them agree"
    if nested and protocol.version != path.stem:
        yield ("version",), f"{protocol.version!r}, but the file is {path.name!r}; make them agree"


def _branches(protocol: Protocol) -> Iterator[Finding]:
    """Check arms and who may know them, sites and courses."""
    for code in protocol.arms:
        if not _NAME.fullmatch(code):
            yield ("arms", code), f"{code!r} is no code; write small letters and hyphens"
    if protocol.allocation is not None and len(protocol.arms) == 1:
        yield ("allocation",), "there is one arm, and nothing to allocate; leave it out"
    for code in protocol.sites:
        if not _CODE.fullmatch(code):
            yield ("sites", code), f"{code!r} is no code; write small letters, digits and hyphens"
    for number in sorted(protocol.courses):
        if not 1 <= number <= _MOST_COURSES:
            yield ("courses", str(number)), f"courses are numbered from 1 to {_MOST_COURSES}"
        elif number > 1 and number - 1 not in protocol.courses:
            yield ("courses", str(number)), f"there is no course {number - 1} before it; add it"


def _visits(protocol: Protocol) -> Iterator[Finding]:
    if ENROLMENT not in protocol.visits:
        yield ("visits",), "there is no 'enrolment'; every course begins with it"
    for name, kind in protocol.visits.items():
        if not _NAME.fullmatch(name) or name in _RESERVED:
            yield ("visits", name), f"{name!r} cannot name a visit; write small letters and hyphens"
        if kind.count is not None and kind.repeat:
            yield ("visits", name), "has a count and repeats; give one of them"
        if name == ENROLMENT and window_checks.several(kind):
            yield ("visits", name), "happens once; leave `count` and `repeat` out"
        if name == ENROLMENT and kind.session:
            yield ("visits", name, "session"), "nobody waits for enrolment; leave it out"


def _late(rule: Late, wanted: Offset | None, place: Place) -> Iterator[Finding]:
    if wanted is None:
        return
    if wanted.amount <= 0:
        yield (*place, "late_for"), "is no time after closing; write for example '2 weeks'"
    elif rule == "stop opening":
        told = "nothing is offered after closing; leave it out, or write `late: accept and flag`"
        yield (*place, "late_for"), told


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
