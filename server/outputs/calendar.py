"""A course tried out, as months to look at: which days have a visit, open forms, a message."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date, get_day_names

from server.domain.agenda import Day
from server.domain.protocol import Protocol
from server.domain.simulation import Outcome
from server.outputs import protocol_words
from server.outputs.words import gettext, ngettext

_DAY = timedelta(days=1)
_WEEK = range(7)


@dataclass(frozen=True, slots=True)
class Square:
    """One day of a month; `column` (1 to 7) is its weekday. `words` say in a line what is on it."""

    on: str
    number: int
    column: int
    visit: bool
    opens: int
    message: bool
    waiting: bool
    words: str


@dataclass(frozen=True, slots=True)
class Month:
    """A month, and in words how many empty ones were left out before it."""

    label: str
    gap: str
    squares: tuple[Square, ...]


def months(
    outcome: Outcome, days: Sequence[Day], protocol: Protocol, locale: str
) -> tuple[Month, ...]:
    """Return the months on which something is, in order."""
    known = {day.on: day for day in days}
    firsts = sorted({on.replace(day=1) for on in known})
    return tuple(
        Month(
            str(format_date(first, "MMMM y", locale=locale)),
            _gap(firsts[at - 1], first) if at else "",
            _squares(first, known, outcome, protocol),
        )
        for at, first in enumerate(firsts)
    )


def weekdays(locale: str) -> tuple[tuple[str, str], ...]:
    """Return the weekdays from Monday on, in short and in full."""
    short, full = (get_day_names(width, locale=locale) for width in ("short", "wide"))
    return tuple((short[at], full[at]) for at in _WEEK)


def _gap(before: date, first: date) -> str:
    empty = (first.year - before.year) * 12 + first.month - before.month - 1
    if not empty:
        return ""
    return ngettext("%(num)s month with nothing", "%(num)s months with nothing", empty)


def _squares(
    first: date, known: dict[date, Day], outcome: Outcome, protocol: Protocol
) -> tuple[Square, ...]:
    length = calendar.monthrange(first.year, first.month)[1]
    days = (known.get(first + _DAY * at, Day(first + _DAY * at)) for at in range(length))
    return tuple(
        Square(
            on=day.on.isoformat(),
            number=day.on.day,
            column=day.on.isoweekday(),
            visit=bool(day.visits),
            opens=len(day.opens),
            message=bool(day.messages),
            waiting=day.waiting > 0,
            words=_words(day, outcome, protocol),
        )
        for day in days
    )


def _words(day: Day, outcome: Outcome, protocol: Protocol) -> str:
    found = [protocol_words.visit(label, protocol) for label, _visit in day.visits]
    if day.opens:
        found.append(ngettext("%(num)s form opens", "%(num)s forms open", len(day.opens)))
    found += [
        gettext("message at %(time)s", time=f"{outcome.local(each.at):%H:%M}")
        for each in day.messages
    ]
    if day.waiting and not day.opens:
        found.append(
            ngettext("%(num)s form can be answered", "%(num)s forms can be answered", day.waiting)
        )
    return ", ".join(found)
