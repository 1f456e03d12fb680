"""Until when a form that has closed is still offered: whoever is late is welcome, and the answer flagged."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol as Shape

from server.domain.localtime import instant, local, shifted
from server.domain.moments import Offset
from server.domain.protocol import Late, Protocol


class Asked(Shape):
    """A form asked once: of whom it is about, when in which course, and what the plan says of lateness."""

    @property
    def definition(self) -> str: ...
    @property
    def instrument(self) -> str: ...
    @property
    def course(self) -> int: ...
    @property
    def about(self) -> str | None: ...
    @property
    def opens_at(self) -> datetime: ...
    @property
    def closes_at(self) -> datetime: ...
    @property
    def late(self) -> Late: ...


def welcome_until(one: Asked, planned: Iterable[Asked], protocol: Protocol, zone: str) -> datetime:
    """Return when a form that nobody answered ceases to be offered: never before it closes.

    With `accept and flag` that is when the same instrument about the same person opens again, when the
    next course begins, or when the file's `late_for` is over, whichever comes first. `planned` is all
    that this participant is asked; this form itself may be among it.
    """
    if one.late == "stop opening":
        return one.closes_at
    here = local(one.closes_at, zone)
    limit = instant(shifted(here.date(), patience(protocol, one.definition)), here.time(), zone)
    ends = [each.opens_at for each in planned if _takes_over(each, one)]
    return max(one.closes_at, min([limit, *ends]))


def patience(protocol: Protocol, definition: str) -> Offset:
    """Return for how long after closing a form is offered: its own `late_for`, else the protocol's."""
    known = protocol.definitions.get(definition)
    return (known and known.late_for) or protocol.late_for


def _takes_over(other: Asked, one: Asked) -> bool:
    """Whether another form's opening ends this one: a later one of its kind, or one of a later course."""
    if other.course != one.course:
        return other.course > one.course
    alike = other.instrument == one.instrument and other.about == one.about
    return alike and other.opens_at > one.opens_at
