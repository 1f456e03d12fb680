"""A Schedule of Activities as a list, for a screen too narrow for its table: stop by stop, what is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from server.outputs.activities import Part


@dataclass(frozen=True, slots=True)
class Asked:
    """One form at one point: its name, who answers and how long it takes, when, the marks of its notes."""

    label: str
    hint: str
    when: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """A column of the table: so far from its heading; `visit`: the day of the visit itself."""

    head: str
    visit: bool
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """A heading of the table with its points."""

    title: str
    points: tuple[Point, ...]


def stops(part: Part) -> Iterator[Stop]:
    """Yield the headings in their order; nothing that stands in the table is left out."""
    first = 0
    for title, span in part.spans:
        yield Stop(title, tuple(_point(part, at) for at in range(first, first + span)))
        first += span


def _point(part: Part, at: int) -> Point:
    here = ((row, row.cells[at]) for row in part.rows)
    asked = (
        Asked(row.label, row.hint, "; ".join(cell.lines), cell.marks)
        for row, cell in here
        if cell.lines
    )
    return Point(part.heads[at], part.visits[at], tuple(asked))
