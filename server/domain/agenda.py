"""A course tried out, day by day in the participant's own calendar: visits, forms, messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from server.domain.course import in_order, ordinals
from server.domain.facts import Visit
from server.domain.simulation import Line, Message, Outcome

_TICK = timedelta(microseconds=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Day:
    """One day on which something is: visits by label (`dosing-1`), what opens, closes, leaves.

    `waiting` is how many forms may be answered at some time of this day.
    """

    on: date
    visits: tuple[tuple[str, Visit], ...] = ()
    opens: tuple[Line, ...] = ()
    closes: tuple[Line, ...] = ()
    messages: tuple[Message, ...] = ()
    waiting: int = 0

    @property
    def eventful(self) -> bool:
        """Whether anything happens, beyond forms that merely stay open."""
        return bool(self.visits or self.opens or self.closes or self.messages)


def first_day(outcome: Outcome, line: Line) -> date:
    """Return the local day on which a form opens."""
    return outcome.local(line.row.opens_at).date()


def last_day(outcome: Outcome, line: Line) -> date:
    """Return the last local day on which a form may be answered."""
    return outcome.local(line.row.closes_at - _TICK).date()


def agenda(outcome: Outcome) -> tuple[Day, ...]:
    """Return every day on which something happens or may be answered, in order."""
    visits, labels = in_order(outcome.facts.visits), ordinals(outcome.facts.visits)
    spans = [(line, first_day(outcome, line), last_day(outcome, line)) for line in outcome.lines]
    sent = [(message, outcome.local(message.at).date()) for message in outcome.messages]
    covered: dict[date, int] = {}
    for _line, first, last in spans:
        for day in _from_to(first, last):
            covered[day] = covered.get(day, 0) + 1
    days = {*covered, *(visit.on for visit in visits), outcome.facts.enrolled_on}
    days |= {on for _message, on in sent}
    return tuple(
        Day(
            on,
            tuple((labels[visit.id], visit) for visit in visits if visit.on == on),
            tuple(line for line, first, _last in spans if first == on),
            tuple(line for line, _first, last in spans if last == on),
            tuple(message for message, day in sent if day == on),
            covered.get(on, 0),
        )
        for on in sorted(days)
    )


def _from_to(first: date, last: date) -> list[date]:
    return [first + _DAY * number for number in range((last - first).days + 1)]
