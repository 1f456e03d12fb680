"""One participant's course drawn to scale: visits, windows, now; every number is worked out here."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from babel.dates import format_date
from flask_babel import get_locale

from server.clock import from_text
from server.domain.assessment import ANSWERED, LAPSED, State, rule, state
from server.domain.course import ENROLMENT
from server.domain.facts import NOT_STANDING
from server.store.database import Row

WIDTH, LEFT, RIGHT = 1000, 150, 980
ROW = 24
_LETTER = 6.4
# Names of rows get as much room at the left as the longest needs; past so many letters they are cut.
_LONGEST = 32
_LEVELS = 3
# How much room the word for now takes.
_NOW = 40


@dataclass(frozen=True)
class Label:
    """A word at a place."""

    x: float
    y: float
    text: str
    anchor: str = "start"


@dataclass(frozen=True)
class Bar:
    """A window: from opening to closing."""

    x: float
    y: float
    width: float
    state: str
    title: str


@dataclass(frozen=True)
class Visit:
    """A visit on its day."""

    x: float
    status: str
    session: bool
    title: str


@dataclass(frozen=True)
class Timeline:
    """The whole drawing."""

    height: float
    axis_y: float
    visit_y: float
    top: float
    now_x: float | None
    months: list[Label]
    visits: list[Visit]
    visit_labels: list[Label]
    rows: list[Label]
    bars: list[Bar]
    left: float = LEFT
    right: float = RIGHT
    width: float = WIDTH

    @property
    def now_left(self) -> bool:
        """Whether the word beside the line of now stands at its left: at the right there is no room."""
        return self.now_x is not None and self.now_x > RIGHT - _NOW

    @property
    def now_word_x(self) -> float:
        """Where the word beside the line of now begins, or ends."""
        return (self.now_x or 0.0) + (-4 if self.now_left else 4)


@dataclass(frozen=True)
class Named:
    """What the drawing calls things: a visit's label, a row's label; and which visits are sessions."""

    visit: Callable[[Row], str]
    row: Callable[[Row], str]
    sessions: Collection[str] = frozenset({"dosing"})


@dataclass
class Scale:
    """Days to the right, from the first to the last."""

    start: datetime
    end: datetime
    left: float = LEFT
    unit: float = field(init=False)

    def __post_init__(self) -> None:
        self.unit = (RIGHT - self.left) / max((self.end - self.start).total_seconds(), 1.0)

    def x(self, at: datetime) -> float:
        return round(self.left + (at - self.start).total_seconds() * self.unit, 1)


def draw(visits: list[Row], assessments: list[Row], now: datetime, named: Named) -> Timeline | None:
    """Return the drawing, None when there is nothing to draw yet."""
    planned = [row for row in assessments if state(row, now) != "retired"]
    if not visits:
        return None
    names = list(dict.fromkeys(named.row(row) for row in planned))
    longest = min(max(map(len, names), default=0), _LONGEST)
    scale = _scale(visits, planned, now, max(LEFT, round(longest * _LETTER) + 16))
    labels, levels = _visit_labels(visits, scale, named)
    visit_y = 14.0 + levels * 14
    tops = {name: visit_y + 18 + index * ROW for index, name in enumerate(names)}
    axis_y = visit_y + 22 + len(names) * ROW
    return Timeline(
        height=axis_y + 22,
        axis_y=axis_y,
        visit_y=visit_y,
        top=visit_y - 8,
        now_x=scale.x(now) if scale.start <= now <= scale.end else None,
        months=months(scale, axis_y + 16),
        visits=[_visit(row, scale, named) for row in visits],
        visit_labels=labels,
        rows=[Label(scale.left - 12, top + 10, _cut(name), "end") for name, top in tops.items()],
        bars=[_bar(row, tops[named.row(row)], scale, now) for row in planned],
        left=scale.left,
    )


def _cut(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1].rstrip()}…"


def _scale(visits: list[Row], planned: list[Row], now: datetime, left: float) -> Scale:
    moments = [_noon(row["on_day"]) for row in visits]
    moments += [from_text(row[name]) for row in planned for name in ("opens_at", "closes_at")]
    start, end = min(moments), max(moments)
    # Now belongs into the picture unless the course ended long ago.
    if now < end + timedelta(days=30):
        end = max(end, now)
    pad = max((end - start) * 0.02, timedelta(days=2))
    return Scale(start - pad, end + pad, left)


def _visit(row: Row, scale: Scale, named: Named) -> Visit:
    title = f"{named.visit(row)}, {row['on_day']}"
    session = row["kind"] in named.sessions
    return Visit(scale.x(_noon(row["on_day"])), row["status"], session, title)


def _visit_labels(visits: list[Row], scale: Scale, named: Named) -> tuple[list[Label], int]:
    """Name enrolment and sessions, each on the lowest line where it is clear of the others."""
    ends: list[float] = []
    found: list[tuple[float, int, str]] = []
    for row in visits:
        if row["kind"] not in {ENROLMENT, *named.sessions} or row["status"] in NOT_STANDING:
            continue
        text = named.visit(row).partition(" (")[0]
        x = scale.x(_noon(row["on_day"])) - 4
        level = next((at for at, end in enumerate(ends) if end < x), len(ends))
        level = min(level, _LEVELS - 1)
        ends[level : level + 1] = [x + len(text) * _LETTER + 8]
        found.append((x, level, text))
    levels = len(ends) or 1
    return [Label(x, 10 + (levels - 1 - level) * 14, text) for x, level, text in found], levels


def _bar(row: Row, top: float, scale: Scale, now: datetime) -> Bar:
    x, end = scale.x(from_text(row["opens_at"])), scale.x(from_text(row["closes_at"]))
    shown = state(row, now)
    title = f"{row['label']}: {rule(shown).word}"
    return Bar(x, top, max(round(end - x, 1), 5.0), _look(shown), title)


def _look(state: State) -> str:
    """Return one of the few looks that a bar has; its title says the state itself."""
    if state in ANSWERED:
        return "answered"
    if state in LAPSED:
        return "missed"
    return "open" if state in {"open", "on-paper"} else "upcoming"


def months(scale: Scale, y: float) -> list[Label]:
    """Return a label for the first day of each month, empty where there is no room for its name."""
    firsts = []
    day = date(scale.start.year, scale.start.month, 1)
    while day <= scale.end.date():
        if day >= scale.start.date():
            firsts.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    step = next(step for step in (1, 2, 3, 6, 12, 24) if len(firsts) / step <= 14)
    found: list[Label] = []
    clear = 0.0
    for index, first in enumerate(firsts[::step]):
        x, text = scale.x(datetime.combine(first, time(), UTC)), _month(first, index)
        # A year beside the month may reach into the next one, whose line then stands unnamed.
        found.append(Label(x, y, text if x >= clear else ""))
        clear = x + len(text) * 7 if x >= clear else clear
    return found


def _month(first: date, index: int) -> str:
    wide = index == 0 or first.month == 1
    return format_date(first, "MMM y" if wide else "MMM", locale=get_locale())


def _noon(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(12), UTC)
