"""What differs between two versions of a protocol, as lines of a table: what, as it was, as it becomes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import Any

from flask_babel import gettext

from server.catalog.catalog import Catalog
from server.domain.amendment import Change, compare
from server.domain.moments import Offset
from server.domain.plain import Frozen
from server.domain.protocol import AssessmentDefinition, Hours, Protocol, Repeat, VisitKind, When
from server.outputs import protocol_words

NOTHING = "–"


@dataclass(frozen=True)
class Line:
    """One difference. `kind`: added, removed or changed; `side`: what about it changed, if not all.

    `what` names everything that changes in the same way, an entry each.
    """

    kind: str
    what: tuple[str, ...]
    side: str
    before: str
    after: str


@dataclass(frozen=True)
class Group:
    """The differences of one part of the protocol."""

    title: str
    lines: list[Line]


def groups(catalog: Catalog, old: Protocol, new: Protocol) -> list[Group]:
    """Return all that differs, forms first; empty when nothing does."""
    found = [_Teller(catalog, old, new).line(each) for each in _without_order(old, new)]
    gathered: dict[str, list[Line]] = {}
    for part, line in [*found, *_order(old, new)]:
        gathered.setdefault(part, []).append(line)
    return [Group(_titles()[part], _merged(lines)) for part, lines in gathered.items()]


def _merged(lines: list[Line]) -> list[Line]:
    """Gather what changes in the same way under one line, in the place of the first."""
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for line in lines:
        found.setdefault((line.kind, line.side, line.before, line.after), []).extend(line.what)
    return [Line(key[0], tuple(names), *key[1:]) for key, names in found.items()]


@dataclass(frozen=True)
class _Teller:
    """Says the changes between these two versions in words."""

    catalog: Catalog
    old: Protocol
    new: Protocol

    def line(self, change: Change) -> tuple[str, Line]:
        """Return the part that a change belongs to, and its line."""
        name, side = self._name(change), _aspect(change.aspect)
        return change.part, Line(
            change.kind,
            (name or _capital(side),),
            side if name else "",
            self._value(change, change.before, self.old),
            self._value(change, change.after, self.new),
        )

    def _name(self, change: Change) -> str:
        if change.part == "assessment":
            known = self.new.definitions | self.old.definitions
            return known[change.key].label
        if change.part == "visit":
            return (self.old.visits | self.new.visits)[change.key].label
        return change.key

    def _value(self, change: Change, value: object, protocol: Protocol) -> str:
        if value is None or value == ():
            return NOTHING
        if isinstance(value, AssessmentDefinition):
            asked = _asked(value, protocol)
            if change.aspect:
                return asked
            return f"{self.catalog.instrument(value.instrument).short_title}, {asked}"
        if change.aspect == "rules" and isinstance(value, tuple):
            return "; ".join(protocol_words.reminder(rule) for rule in value)
        if change.aspect == "instrument":
            return self.catalog.instrument(str(value)).short_title
        return _plain(value, protocol)


def _asked(value: AssessmentDefinition, protocol: Protocol) -> str:
    """Say from what a form is counted and when it may be answered."""
    counted = protocol_words.counted_from(value, protocol)
    return f"{counted}: {protocol_words.window(value, protocol)}"


def _plain(value: Any, protocol: Protocol) -> str:
    for kind, say in _SAY.items():
        if isinstance(value, kind):
            return say(value, protocol)
    if isinstance(value, tuple):
        return "; ".join(_plain(each, protocol) for each in value)
    if isinstance(value, Frozen):
        return ", ".join(_plain(each, protocol) for _name, each in value if each not in (None, ()))
    return str(value)


_SAY: dict[type, Callable[[Any, Protocol], str]] = {
    bool: lambda value, _: str(gettext("yes") if value else gettext("no")),
    time: lambda value, _: f"{value:%H:%M}",
    VisitKind: lambda value, _: protocol_words.times(value),
    Offset: lambda value, _: protocol_words.length(value),
    Repeat: protocol_words.repeat,
    When: lambda value, protocol: (
        " ".join(protocol_words.conditions(value, protocol)) or str(gettext("for everyone"))
    ),
    Hours: lambda value, _: str(
        gettext(
            "from %(default)s, never between %(from_)s and %(to)s",
            default=f"{value.default:%H:%M}",
            from_=f"{value.quiet_from:%H:%M}",
            to=f"{value.quiet_to:%H:%M}",
        )
    ),
}


def _without_order(old: Protocol, new: Protocol) -> list[Change]:
    return [each for each in compare(old, new) if each.aspect != "order"]


def _order(old: Protocol, new: Protocol) -> list[tuple[str, Line]]:
    """Gather in one line what only changes its place within a day."""
    moved = [
        new.definitions[each.key].label for each in compare(old, new) if each.aspect == "order"
    ]
    if not moved:
        return []
    what = str(gettext("Order within the day"))
    return [("assessment", Line("changed", (what,), "", NOTHING, ", ".join(moved)))]


def _titles() -> dict[str, str]:
    return {
        "assessment": gettext("Forms"),
        "visit": gettext("Visits"),
        "arm": gettext("Arms"),
        "site": gettext("Sites"),
        "course": gettext("Courses"),
        "reminders": gettext("Reminders"),
        "study": gettext("The study"),
    }


def _aspect(name: str) -> str:
    """Return which side of a thing it is about; empty where it is about all of it."""
    words: dict[str, str] = {
        "window": gettext("when it may be answered"),
        "instrument": gettext("instrument"),
        "label": gettext("name"),
        "participant_label": gettext("name that participants read"),
        "repeat": gettext("how it comes again"),
        "when": gettext("for whom"),
        "asked": gettext("how often about each facilitator"),
        "waits": gettext("waits until the visit is confirmed"),
        "late": gettext("what comes late"),
        "late_for": gettext("how long it is welcome after closing"),
        "minutes": gettext("expected minutes"),
        "overlap": gettext("when two windows overlap"),
        "count": gettext("how many there are"),
        "time": gettext("clock time"),
        "session": gettext("is a session"),
        "group": gettext("shared by a group"),
        "dates": gettext("whether dates may move"),
        "rules": gettext("when they go out"),
        "hours": gettext("hours"),
        "most_per_day": gettext("most in a day"),
        "title": gettext("title"),
        "words": gettext("what guides are called"),
        "pin": gettext("PIN on the phone"),
        "allocation": gettext("who may know the arm"),
    }
    return words.get(name, name.replace("_", " "))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
