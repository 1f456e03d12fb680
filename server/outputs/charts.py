"""Small charts as SVG text: a course drawn to scale, and one score's path through it.

Units are points (1/72 inch). Greys and the accent stand as attributes, so that paper needs no style
sheet; each shape has a class, so that a screen's style sheet may say otherwise. No script, no style.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from markupsafe import Markup

from server.outputs import svg

WIDTH, LEFT, RIGHT = 296.0, 20.0, 62.0
_TITLE_ROWS = (8.0, 16.5)  # where the names above a time line stand, the upper first
_BASE = 34.0  # a time line's own line
_TOP, _BOTTOM = 6.0, 64.0  # a score's highest and lowest value
_LINE_LETTERS = 19  # of a band's name at the right edge
_SOLID = svg.stroke(svg.QUIET, 0.7)


@dataclass(frozen=True, slots=True)
class Span:
    """The days a chart runs over, first to last; charts with the same span line up."""

    first: date
    last: date

    def x(self, day: date) -> float:
        """Return where a day lies from left to right; a day outside stands at the nearer end."""
        share = (day - self.first).days / max((self.last - self.first).days, 1)
        return LEFT + min(max(share, 0.0), 1.0) * (WIDTH - LEFT - RIGHT)


@dataclass(frozen=True, slots=True)
class Tick:
    """A visit on the time line: `heavy` stands out (dosing), `held` is drawn solid."""

    on: date
    label: str
    held: bool = True
    heavy: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """A score on its day; `value` None is a form that was missed or could not be scored."""

    on: date
    value: float | None


@dataclass(frozen=True, slots=True)
class Tinted:
    """A range of the scale with a name, both ends included."""

    low: float
    high: float
    label: str


@dataclass(frozen=True, slots=True)
class Trend:
    """One score's path: its whole possible range, its values in order of time, its named ranges.

    `joined`: a line leads from one value to the next; without, each stands for itself.
    """

    low: float
    high: float
    points: Sequence[Point]
    bands: Sequence[Tinted] = ()
    joined: bool = True

    def y(self, value: float) -> float:
        """Return how high a value lies."""
        share = (value - self.low) / ((self.high - self.low) or 1)
        return _BOTTOM - min(max(share, 0.0), 1.0) * (_BOTTOM - _TOP)


def timeline(
    title: str, span: Span, ticks: Sequence[Tick], today: tuple[date, str], locale: str = "en"
) -> Markup:
    """Return a course to scale: visits as ticks, months below, today (a day and its word) broken."""
    now = span.x(today[0])
    shapes = [
        svg.line("axis", (LEFT, _BASE), (WIDTH - RIGHT, _BASE), _SOLID),
        svg.line("today", (now, 19), (now, _BASE + 3), svg.stroke(svg.ACCENT, 0.8, "2 1.4")),
        *_months(span, locale),
        *(_tick(span.x(tick.on), tick) for tick in ticks),
        *_names(span, ticks, today),
    ]
    return svg.drawing(title, WIDTH, 47, shapes)


def trend(title: str, span: Span, path: Trend, ticks: Sequence[Tick] = ()) -> Markup:
    """Return one score over time on its whole range: last value labelled, a missing one a gap."""
    shapes = [
        *_bands(path),
        *_feet(span, ticks),
        svg.line("axis", (LEFT, _BOTTOM), (WIDTH - RIGHT, _BOTTOM), _SOLID),
        svg.line("axis", (LEFT, _TOP), (WIDTH - RIGHT, _TOP), svg.stroke(svg.FAINT, 0.4)),
        svg.label("range", (LEFT - 4, _BOTTOM + 2.4), number(path.low), "end"),
        svg.label("range", (LEFT - 4, _TOP + 2.4), number(path.high), "end"),
        *(_line(span, path) if path.joined else ()),
        *_dots(span, path),
    ]
    return svg.drawing(title, WIDTH, 71, shapes)


def number(value: float) -> str:
    """Write a score with two decimals at most and no trailing noughts; minus as a minus sign."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "−")


def _tick(x: float, tick: Tick) -> str:
    top = _BASE - (11 if tick.heavy else 7)
    width = 2.2 if tick.heavy else 0.9
    colour = svg.ACCENT if tick.heavy else svg.QUIET
    return svg.line(
        "tick", (x, top), (x, _BASE), svg.stroke(colour, width, "" if tick.held else "1.5 1.2")
    )


def _feet(span: Span, ticks: Sequence[Tick]) -> Iterator[str]:
    """The held visits again under a score's chart: short ticks below the line."""
    for heavy, length, look in (
        (False, 3, svg.stroke(svg.QUIET, 0.6)),
        (True, 5, svg.stroke(svg.ACCENT, 1.6)),
    ):
        places = [span.x(tick.on) for tick in ticks if tick.held and tick.heavy is heavy]
        yield from svg.strokes(
            "tick", ([(x, _BOTTOM), (x, _BOTTOM + length)] for x in places), look
        )


def _names(span: Span, ticks: Sequence[Tick], today: tuple[date, str]) -> Iterator[str]:
    """Name today, then the heavy ticks, then the others, as far as each finds room."""
    wanted = [today, *((tick.on, tick.label) for tick in sorted(ticks, key=lambda t: not t.heavy))]
    taken: list[tuple[float, float, float]] = []
    for day, words in wanted:
        half = svg.width_of(words) / 2
        x = min(max(span.x(day), half), WIDTH - half)
        for row in reversed(_TITLE_ROWS):
            if all(row != other or x + half + 4 < left or x - half - 4 > right
                   for other, left, right in taken):  # fmt: skip
                taken.append((row, x - half, x + half))
                yield svg.label("name", (x, row), words, "middle", f'fill="{svg.INK}"')
                break


def _months(span: Span, locale: str) -> Iterator[str]:
    """Mark the first of a month, as often as there is room; January carries its year."""
    days = list(_firsts(span))
    room = (WIDTH - LEFT - RIGHT) / 26
    step = next((s for s in (1, 2, 3, 6, 12, 24, 60) if len(days) / s <= room), 120)
    shown = [day for day in days if (day.month - 1 + 12 * day.year) % step == 0]
    marks = ([(span.x(day), _BASE), (span.x(day), _BASE + 3)] for day in shown)
    yield from svg.strokes("month", marks, svg.stroke(svg.QUIET, 0.5))
    for day in shown:
        words = format_date(day, "y" if day.month == 1 else "LLL", locale=locale)
        yield svg.label("month", (span.x(day), _BASE + 10.5), words, "middle")


def _firsts(span: Span) -> Iterator[date]:
    year, month = span.first.year, span.first.month
    while (day := date(year, month, 1)) <= span.last:
        if day >= span.first:
            yield day
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def _bands(path: Trend) -> Iterator[str]:
    """Tint each named range (every other one where they touch) and name it at the right edge."""
    for place, band in enumerate(path.bands):
        top, bottom = path.y(band.high), path.y(band.low)
        if place % 2 == len(path.bands) % 2 or len(path.bands) == 1:
            yield svg.box("band", (LEFT, top), (WIDTH - RIGHT - LEFT, bottom - top), svg.TINT)
        for edge in (top, bottom):
            ends = ((LEFT, edge), (WIDTH - RIGHT, edge))
            yield svg.line("band-edge", *ends, svg.stroke(svg.FAINT, 0.4))
        yield from _name_of(band.label, (top + bottom) / 2, fits=max(1, int((bottom - top) / 8)))


def _name_of(words: str, middle: float, fits: int) -> Iterator[str]:
    """Set a band's name in as many short lines as its height holds, cut with an ellipsis."""
    lines = textwrap.wrap(words, _LINE_LETTERS, max_lines=min(fits, 4), placeholder="…")
    first = middle - 4 * (len(lines) - 1) + 2.4
    for place, text in enumerate(lines):
        yield svg.label("band-name", (WIDTH - RIGHT + 5, first + 8 * place), text)


def _line(span: Span, path: Trend) -> Iterator[str]:
    """Join neighbours; where a value is missing the line breaks."""
    runs: list[list[tuple[float, float]]] = [[]]
    for each in path.points:
        if each.value is None:
            runs.append([])
        else:
            runs[-1].append((span.x(each.on), path.y(each.value)))
    yield from svg.strokes(
        "path", (run for run in runs if len(run) > 1), svg.stroke(svg.QUIET, 1.1)
    )


def _dots(span: Span, path: Trend) -> Iterator[str]:
    """Draw each value grey, the last in the accent with its number, a missing one open on the line."""
    last = max((i for i, each in enumerate(path.points) if each.value is not None), default=-1)
    for place, each in enumerate(path.points):
        x = span.x(each.on)
        if each.value is None:
            yield svg.dot("missing", (x, _BOTTOM), svg.QUIET, 2.1, filled=False)
        elif place == last:
            yield svg.dot("last", (x, path.y(each.value)), svg.ACCENT, 2.4)
            yield _value(x, path.y(each.value), number(each.value))
        else:
            yield svg.dot("value", (x, path.y(each.value)), svg.QUIET, 1.7)


def _value(x: float, y: float, words: str) -> str:
    """Write the last value beside its dot, or above it (below at the top) where the plot ends."""
    look = f'fill="{svg.ACCENT}" font-weight="600"'
    if x + 6 + svg.width_of(words) < WIDTH - RIGHT + 2:
        return svg.label("last-value", (x + 5, y + 2.5), words, "start", look)
    beside = y - 5 if y - 5 > _TOP + 4 else y + 9.5
    return svg.label("last-value", (x, beside), words, "middle", look)


def span_of(days: Iterable[date], least: int = 56) -> Span:
    """Return the span from the first to the last of these days, at least `least` days long."""
    known = sorted(days)
    first = known[0]
    return Span(first, max(known[-1], date.fromordinal(first.toordinal() + least)))
