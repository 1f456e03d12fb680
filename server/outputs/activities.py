"""The Schedule of Activities in words, as clinical protocols print it: for the screen, for paper, as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import time

from server.domain.activities import Column, Heading, Schedule
from server.domain.course import expected
from server.domain.instrument import Instrument
from server.domain.protocol import AssessmentDefinition, Moment, Offset, Protocol
from server.outputs import csv, protocol_words
from server.outputs.words import gettext, ngettext

# So many columns stand side by side on a landscape page; more make another part below.
MOST_ACROSS = 16
_FIRST = "Form"
# Between a number and its unit: narrow columns break lines elsewhere.
_CLOSE = "\u00a0"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Cell:
    """When a form may be answered, a line for each way it is asked, with the marks of its notes."""

    lines: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One instrument: its name, who answers and how long it takes, its cells."""

    label: str
    hint: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A run of columns: headings with their spans, points below them, which are visits, the rows."""

    spans: tuple[tuple[str, int], ...]
    heads: tuple[str, ...]
    visits: tuple[bool, ...]
    rows: tuple[Row, ...]

    @property
    def begins(self) -> tuple[bool, ...]:
        """Which columns are the first of their heading: a line stands before them."""
        return tuple(at == 0 for _text, span in self.spans for at in range(span))


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole table in one part, what its marks mean, and what holds for all of it."""

    title: str
    whole: Part
    notes: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]

    def parts(self, most: int = MOST_ACROSS) -> list[Part]:
        """Return the table cut between headings into parts that fit a page side by side."""
        return [_cut(self.whole, first, last) for first, last in _breaks(self.whole, most)]


def sheet(protocol: Protocol, schedule: Schedule) -> Sheet:
    """Put a schedule into words."""
    return _Words(protocol, schedule).sheet()


def lines(found: Sheet) -> Iterator[str]:
    """Yield the table as CSV, line by line; notes and remarks stand below it."""
    whole = found.whole
    groups = [text for text, span in whole.spans for _ in range(span)]
    pairs = zip(groups, whole.heads, strict=True)
    heads = [f"{group}, {head}".replace(_CLOSE, " ") for group, head in pairs]
    table = [[gettext("Visit"), *("x" if visit else "" for visit in whole.visits)]]
    table += [[_told(row), *(_flat(cell) for cell in row.cells)] for row in whole.rows]
    table += [[f"{mark}: {text}"] for mark, text in found.notes]
    table += [[remark] for remark in found.remarks]
    columns = (_FIRST, *(f"{at}" for at in range(len(heads))))
    yield next(csv.lines((), (_FIRST, *(csv.cell(head) for head in heads))))
    for row in table:
        plain = [cell.replace(_CLOSE, " ") for cell in row]
        filled = [*plain, *[""] * (len(columns) - len(row))]
        _head, line = csv.lines([dict(zip(columns, filled, strict=True))], columns)
        yield line


def _told(row: Row) -> str:
    return f"{row.label} ({row.hint})"


def _flat(cell: Cell) -> str:
    text = "; ".join(cell.lines)
    return f"{text} ({', '.join(cell.marks)})" if cell.marks else text


def _breaks(part: Part, most: int) -> list[tuple[int, int]]:
    """Return runs of columns, none longer than `most`, cut between headings where that is possible."""
    runs: list[tuple[int, int]] = []
    first = end = 0
    for _text, span in part.spans:
        if end + span - first > most and end > first:
            runs.append((first, end))
            first = end
        end += span
        while end - first > most:
            runs.append((first, first + most))
            first += most
    return [*runs, (first, end)] if end > first else runs


def _cut(part: Part, first: int, last: int) -> Part:
    spans, at = [], 0
    for text, span in part.spans:
        shown = min(at + span, last) - max(at, first)
        if shown > 0:
            spans.append((text, shown))
        at += span
    rows = (replace(row, cells=row.cells[first:last]) for row in part.rows)
    return Part(
        tuple(spans),
        part.heads[first:last],
        part.visits[first:last],
        tuple(row for row in rows if any(cell.lines for cell in row.cells)),
    )


class _Words:
    """Writes one schedule down, giving each note its mark as it first comes up."""

    def __init__(self, protocol: Protocol, schedule: Schedule) -> None:
        self.protocol = protocol
        self.schedule = schedule
        self.notes: dict[str, str] = {}

    def sheet(self) -> Sheet:
        rows = tuple(
            Row(
                each.instrument.short_title,
                self._hint(each.instrument),
                self._cells(each.instrument, each.cells),
            )
            for each in self.schedule.activities
        )
        columns = self.schedule.columns
        whole = Part(
            tuple((self._heading(heading), span) for heading, span in self.schedule.spans()),
            tuple(self._head(column) for column in columns),
            tuple(column.visit for column in columns),
            rows,
        )
        notes = tuple((mark, text) for text, mark in self.notes.items())
        return Sheet(gettext("Schedule of Activities"), whole, notes, tuple(self._remarks()))

    def _heading(self, heading: Heading) -> str:
        if heading.completion:
            form = self.protocol.definitions[heading.completion].label
            return gettext("“%(form)s” answered", form=form)
        label = self._kind(heading.kind)
        if heading.before:
            other = self._visit(heading.before)
            return gettext("Last %(visit)s before %(other)s", visit=label, other=other)
        if heading.last:
            return gettext("Last %(visit)s", visit=label)
        if heading.upto:
            return gettext(
                "%(visit)s %(first)s to %(last)s",
                visit=label,
                first=heading.number,
                last=heading.upto,
            )
        if heading.number:
            return f"{label}{_CLOSE}{heading.number}"
        once = expected(self.protocol.visits[heading.kind]) == 1
        return label if once else gettext("Each %(visit)s", visit=label)

    def _kind(self, kind: str) -> str:
        """Return a visit's name without what stands in brackets behind it: columns are narrow."""
        return self.protocol.visits[kind].label.partition(" (")[0]

    def _today(self) -> str:
        return gettext("day 0").replace(" ", _CLOSE)

    def _visit(self, label: str) -> str:
        kind, _, number = label.rpartition("-")
        return f"{self._kind(kind)}{_CLOSE}{number}" if number.isdigit() else self._kind(label)

    def _head(self, column: Column) -> str:
        text = self._today() if column.offset.amount == 0 else _short(column.offset)
        if not column.repeat:
            return text
        every = _length(column.repeat.every)
        return gettext("%(first)s, then every %(every)s", first=text, every=every)

    def _hint(self, instrument: Instrument) -> str:
        minutes = ngettext("%(num)s min", "%(num)s min", instrument.minutes)
        if instrument.respondent == "participant":
            return minutes
        who = protocol_words.answered_by(instrument.respondent)
        return gettext("%(minutes)s, by %(who)s", minutes=minutes, who=who)

    def _cells(
        self, instrument: Instrument, cells: tuple[tuple[AssessmentDefinition, ...], ...]
    ) -> tuple[Cell, ...]:
        return tuple(
            Cell(
                tuple(dict.fromkeys(self._window(each, column) for each in cell)),
                self._marks(instrument, cell, column),
            )
            for cell, column in zip(cells, self.schedule.columns, strict=True)
        )

    def _marks(
        self, instrument: Instrument, cell: tuple[AssessmentDefinition, ...], column: Column
    ) -> tuple[str, ...]:
        texts = [text for each in cell for text in self._notes(instrument, each, column)]
        return tuple(sorted(self._mark(text) for text in dict.fromkeys(texts)))

    def _mark(self, text: str) -> str:
        number = len(self.notes)
        letter = _LETTERS[number % 26] * (number // 26 + 1)
        return self.notes.setdefault(text, letter)

    def _notes(
        self, instrument: Instrument, asked: AssessmentDefinition, column: Column
    ) -> Iterator[str]:
        if instrument.about == "facilitator":
            once = asked.asked == "once per facilitator"
            yield (
                gettext("Once about each facilitator.")
                if once
                else gettext("About each facilitator apart.")
            )
        if instrument.needs == "event":
            yield gettext("Where the event that it is about is known.")
        yield from protocol_words.conditions(asked.when, self.protocol)
        if asked.anchor.which == "last" and column.heading.number:
            label = self._kind(asked.anchor.kind)
            yield gettext("Counted from the last %(visit)s that takes place.", visit=label)
        if asked.repeat:
            text = protocol_words.repeat(asked.repeat, self.protocol)
            yield gettext("Comes again %(how)s.", how=text)
        if asked.late and asked.late != self.protocol.late:
            yield _late(asked.late)

    def _window(self, asked: AssessmentDefinition, column: Column) -> str:
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
            day = _apart(moment.offset, self._visit(moment.visit))
        elif moment.offset == beside:
            day = ""
        else:
            day = self._today() if moment.offset.amount == 0 else _short(moment.offset)
        return " ".join(each for each in (day, clock) if each)

    def _closing(self, closes: Moment, opens: Moment | None) -> str:
        if closes.at == time.min:
            before = self._edge(closes.model_copy(update={"at": None}), None)
            return gettext("until before %(day)s", day=before)
        same = opens is not None and (closes.visit, closes.offset) == (opens.visit, opens.offset)
        text = self._edge(closes, closes.offset if same else None)
        return gettext("to %(moment)s", moment=text) if text else ""

    def _remarks(self) -> Iterator[str]:
        yield gettext(
            "Windows are counted in the participant's own calendar days: d days, wk weeks, mo months."
        )
        sessions = [
            self._kind(kind) for kind in self.protocol.visits if kind in self.protocol.sessions
        ]
        if sessions:
            yield gettext(
                "What is counted from %(visits)s opens once the visit is confirmed as held.",
                visits=gettext(" or ").join(sessions),
            )
        yield _late(self.protocol.late)
        if self.protocol.overlap == "earlier closes":
            yield gettext(
                "Where two windows of a form overlap, the earlier closes as the later opens."
            )
        if self.protocol.overlap == "later opens after":
            yield gettext(
                "Where two windows of a form overlap, the later opens as the earlier closes."
            )


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


def _late(rule: str) -> str:
    if rule == "accept and flag":
        return gettext("What comes late is taken in and marked as late.")
    return gettext("A form does not open any more once its window is over.")


def _around(first: Offset, last: Offset) -> str:
    """Write a window around its target: `−2/+3 d`, or `±2 wk` where both sides are alike."""
    if (first.unit, -first.amount) == (last.unit, last.amount):
        return f"±{_length(last)}" if last.amount else gettext("that day")
    if first.unit == last.unit:
        return f"{_signed(first, '−')}/{_signed(last, '+')}{_CLOSE}{_unit(last)}"
    return f"{_signed(first, '−')}{_CLOSE}{_unit(first)}/{_signed(last, '+')}{_CLOSE}{_unit(last)}"


def _signed(offset: Offset, otherwise: str) -> str:
    sign = "−" if offset.amount < 0 else "+" if offset.amount else otherwise
    return f"{sign}{abs(offset.amount)}"


def _short(offset: Offset) -> str:
    return f"{_signed(offset, '+')}{_CLOSE}{_unit(offset)}"


def _length(offset: Offset) -> str:
    return f"{abs(offset.amount)}{_CLOSE}{_unit(offset)}"


def _unit(offset: Offset) -> str:
    return {"day": gettext("d"), "week": gettext("wk"), "month": gettext("mo")}[offset.unit]
