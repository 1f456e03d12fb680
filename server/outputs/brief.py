"""Visits, offsets and windows as briefly as a table's cell can say them: `−2/+3 d`, `16:00 to Dosing 1`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from server.domain.activities import Column
from server.domain.protocol import AssessmentDefinition, Moment, Offset, Protocol
from server.outputs.words import gettext

# Between a number and its unit: narrow columns break lines elsewhere.
CLOSE = "\u00a0"


@dataclass(frozen=True, slots=True)
class Brief:
    """Says what belongs to one protocol."""

    protocol: Protocol

    def kind(self, kind: str) -> str:
        """Return a visit's name without what stands in brackets behind it: columns are narrow."""
        return self.protocol.visits[kind].label.partition(" (")[0]

    def today(self) -> str:
        """Return what an anchor's own day is called."""
        return gettext("day 0").replace(" ", CLOSE)

    def visit(self, label: str) -> str:
        """Return the name of `dosing-1`: Dosing 1."""
        kind, _, number = label.rpartition("-")
        return f"{self.kind(kind)}{CLOSE}{number}" if number.isdigit() else self.kind(label)

    def head(self, column: Column) -> str:
        """Return what stands above a column."""
        text = self.today() if column.offset.amount == 0 else _short(column.offset)
        if not column.repeat:
            return text
        every = _length(column.repeat.every)
        return gettext("%(first)s, then every %(every)s", first=text, every=every)

    def window(self, asked: AssessmentDefinition, column: Column) -> str:
        """Return when a form may be answered, beside its column's own offset."""
        if asked.target and asked.window:
            first, last = asked.window
            return _around(first, last)
        opens = self._edge(asked.opens, column.offset) if asked.opens else ""
        closes = self._closing(asked.closes, asked.opens) if asked.closes else ""
        return " ".join(each for each in (opens, closes) if each) or gettext("that day")

    def _edge(self, moment: Moment, beside: Offset | None) -> str:
        """Return a moment as short as it can be said beside a column's own offset."""
        clock = f"{moment.at:%H:%M}" if moment.at else ""
        if moment.visit:
            day = _apart(moment.offset, self.visit(moment.visit))
        elif moment.offset == beside:
            day = ""
        else:
            day = self.today() if moment.offset.amount == 0 else _short(moment.offset)
        return " ".join(each for each in (day, clock) if each)

    def _closing(self, closes: Moment, opens: Moment | None) -> str:
        if closes.at == time.min:
            before = self._edge(closes.model_copy(update={"at": None}), None)
            return gettext("until before %(day)s", day=before)
        same = opens is not None and (closes.visit, closes.offset) == (opens.visit, opens.offset)
        text = self._edge(closes, closes.offset if same else None)
        return gettext("to %(moment)s", moment=text) if text else ""


def _apart(offset: Offset, visit: str) -> str:
    """Return a day near a visit: `1 d before Dosing 2`."""
    if offset.amount == 0:
        return visit
    said = (
        gettext("%(length)s before %(visit)s")
        if offset.amount < 0
        else gettext("%(length)s after %(visit)s")
    )
    return said % {"length": _length(offset), "visit": visit}


def _around(first: Offset, last: Offset) -> str:
    """Write a window around its target: `−2/+3 d`, or `±2 wk` where both sides are alike."""
    if (first.unit, -first.amount) == (last.unit, last.amount):
        return f"±{_length(last)}" if last.amount else gettext("that day")
    if first.unit == last.unit:
        return f"{_signed(first, '−')}/{_signed(last, '+')}{CLOSE}{_unit(last)}"
    return f"{_signed(first, '−')}{CLOSE}{_unit(first)}/{_signed(last, '+')}{CLOSE}{_unit(last)}"


def _signed(offset: Offset, otherwise: str) -> str:
    sign = "−" if offset.amount < 0 else "+" if offset.amount else otherwise
    return f"{sign}{abs(offset.amount)}"


def _short(offset: Offset) -> str:
    return f"{_signed(offset, '+')}{CLOSE}{_unit(offset)}"


def _length(offset: Offset) -> str:
    return f"{abs(offset.amount)}{CLOSE}{_unit(offset)}"


def _unit(offset: Offset) -> str:
    return {"day": gettext("d"), "week": gettext("wk"), "month": gettext("mo")}[offset.unit]
