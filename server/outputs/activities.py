"""The Schedule of Activities in words, as clinical protocols print it: for the screen, for paper, as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from server.domain.activities import Column, Heading, Schedule
from server.domain.course import expected
from server.domain.instrument import Instrument
from server.domain.protocol import AssessmentDefinition, Protocol
from server.outputs import csv, protocol_words
from server.outputs.brief import CLOSE, Brief
from server.outputs.words import gettext, ngettext

# So many columns stand side by side on a landscape page; more make another part below.
MOST_ACROSS = 16
_FIRST = "Form"
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
    heads = [f"{group}, {head}".replace(CLOSE, " ") for group, head in pairs]
    table = [[gettext("Visit"), *("x" if visit else "" for visit in whole.visits)]]
    table += [[_told(row), *(_flat(cell) for cell in row.cells)] for row in whole.rows]
    table += [[f"{mark}: {text}"] for mark, text in found.notes]
    table += [[remark] for remark in found.remarks]
    columns = (_FIRST, *(f"{at}" for at in range(len(heads))))
    yield next(csv.lines((), (_FIRST, *(csv.cell(head) for head in heads))))
    for row in table:
        plain = [cell.replace(CLOSE, " ") for cell in row]
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
        self.brief = Brief(protocol)
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
            tuple(self.brief.head(column) for column in columns),
            tuple(column.visit for column in columns),
            rows,
        )
        notes = tuple((mark, text) for text, mark in self.notes.items())
        return Sheet(gettext("Schedule of Activities"), whole, notes, tuple(self._remarks()))

    def _heading(self, heading: Heading) -> str:
        if heading.completion:
            form = self.protocol.definitions[heading.completion].label
            return gettext("“%(form)s” answered", form=form)
        label = self.brief.kind(heading.kind)
        if heading.before:
            other = self.brief.visit(heading.before)
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
            return f"{label}{CLOSE}{heading.number}"
        once = expected(self.protocol.visits[heading.kind]) == 1
        return label if once else gettext("Each %(visit)s", visit=label)

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
                tuple(dict.fromkeys(self.brief.window(each, column) for each in cell)),
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
            label = self.brief.kind(asked.anchor.kind)
            yield gettext("Counted from the last %(visit)s that takes place.", visit=label)
        if asked.repeat:
            text = protocol_words.repeat(asked.repeat, self.protocol)
            yield gettext("Comes again %(how)s.", how=text)
        session = asked.anchor.kind in self.protocol.sessions
        if asked.waits is False and session:
            yield gettext("Opens without waiting for the visit to be confirmed.")
        if asked.waits and not session:
            yield gettext("Opens once the visit is confirmed as held.")
        if asked.late and asked.late != self.protocol.late:
            yield _late(asked.late)

    def _remarks(self) -> Iterator[str]:
        yield gettext(
            "Windows are counted in the participant's own calendar days: d days, wk weeks, mo months."
        )
        sessions = [
            self.brief.kind(kind) for kind in self.protocol.visits if kind in self.protocol.sessions
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


def _late(rule: str) -> str:
    if rule == "accept and flag":
        return gettext("What comes late is taken in and marked as late.")
    return gettext("A form does not open any more once its window is over.")
