"""Page one's heart: each measure's latest score, its change since baseline, its path and its bands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from server.domain.assessment import COMING
from server.domain.change import difference
from server.domain.instrument import Instrument, Score
from server.outputs import change_words, charts
from server.outputs.charts import Point, Span, Tick, Tinted, Trend, number
from server.outputs.record import ScoreLine, Sitting
from server.outputs.words import day, gettext

MOST_PANELS = 12  # two pages of charts; the rest stands in the tables behind
MOST_POINTS = 100  # of one chart, the latest


@dataclass(frozen=True, slots=True)
class Measure:
    """One instrument (about one person, where it is about one) and its sittings in order of time."""

    instrument: Instrument
    about: str
    sittings: tuple[Sitting, ...]

    @property
    def title(self) -> str:
        short = self.instrument.short_title
        return (
            gettext("%(form)s about %(who)s", form=short, who=self.about) if self.about else short
        )


@dataclass(frozen=True, slots=True)
class Panel:
    """A measure on page one, in words and as a chart."""

    title: str
    label: str
    latest: str
    range: str
    change: str
    reading: str
    meaning: str
    chart: Markup
    # What is known of such a change, each figure with what it rests on.
    yardsticks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Scored:
    """A sitting's one score, if it has that score."""

    sitting: Sitting
    line: ScoreLine | None

    @property
    def value(self) -> float | None:
        return self.line.value if self.line else None


def measures(sittings: Iterable[Sitting]) -> tuple[Measure, ...]:
    """Group sittings by instrument and person rated, in the order in which each first stands."""
    groups: dict[tuple[str, str], list[Sitting]] = {}
    for sitting in sorted(sittings, key=lambda each: (each.day, each.label, each.about)):
        groups.setdefault((sitting.instrument.id, sitting.about), []).append(sitting)
    return tuple(
        Measure(group[-1].instrument, about, tuple(group)) for (_, about), group in groups.items()
    )


def headlines(measure: Measure) -> tuple[Score, ...]:
    """Return the score that page one shows: the study's pick, else the marked one, else the last."""
    instrument = measure.instrument
    picked = measure.sittings[-1].headline
    chosen = tuple(each for each in instrument.scores if each.id == picked)
    marked = tuple(each for each in instrument.scores if each.headline)
    return chosen or marked or instrument.scores[-1:]


def known_change(measure: Measure, score: Score) -> tuple[str, ...]:
    """Say what is known of the change from the first to the latest value; nothing where none is."""
    values = [each.value for each in _scored(measure, score) if each.value is not None]
    if len(values) < 2 or not measure.instrument.compares(score):
        return ()
    found = difference(measure.instrument, score.id, values[0], values[-1])
    if found.yardsticks:
        return tuple(each.line for each in change_words.told(found))
    return (gettext("Within this person only: %(why)s.", why=_uncapped(found.none)),)


def _uncapped(text: str) -> str:
    return f"{text[:1].lower()}{text[1:].rstrip('.')}"


def panels(
    found: Iterable[Measure], span: Span, ticks: Sequence[Tick], locale: str
) -> tuple[list[Panel], int]:
    """Return a panel for each headline score of each measure, and how many found no room."""
    wanted = [(measure, score) for measure in found for score in headlines(measure)]
    shown = [_panel(*each, span, ticks, locale) for each in wanted[:MOST_PANELS]]
    return shown, len(wanted) - len(shown)


def _panel(measure: Measure, score: Score, span: Span, ticks: Sequence[Tick], locale: str) -> Panel:
    scored = _scored(measure, score)
    values = [each for each in scored if each.value is not None]
    latest = values[-1] if values else None
    compares = measure.instrument.compares(score)
    path = Trend(score.minimum, score.maximum, _points(scored), _tints(score), joined=compares)
    change = _change(scored, values, locale) if compares else _alone(values, locale)
    spoken = f"{measure.title}, {score.label}. {change}"
    return Panel(
        title=measure.title,
        label=score.label,
        latest=_figure(latest.line) if latest else "–",
        range=_range(score, latest, locale),
        change=change,
        reading=_reading(score, latest),
        meaning=gettext("Higher means %(what)s.", what=score.higher_is),
        chart=charts.trend(spoken, span, path, ticks),
        yardsticks=known_change(measure, score),
    )


def _scored(measure: Measure, score: Score) -> list[_Scored]:
    lines = [
        next((line for line in each.scores if line.score == score.id), None)
        for each in measure.sittings
    ]
    return [_Scored(each, line) for each, line in zip(measure.sittings, lines, strict=True)]


def _points(scored: Iterable[_Scored]) -> list[Point]:
    """Answered or missed forms are points (a missed one an open mark); those to come are not."""
    past = [each for each in scored if each.sitting.state not in COMING]
    return [Point(each.sitting.day, each.value) for each in past[-MOST_POINTS:]]


def _figure(line: ScoreLine | None) -> str:
    if line is None or line.value is None:
        return "–"
    return f"≈{number(line.value)}" if line.prorated else number(line.value)


def _range(score: Score, latest: _Scored | None, locale: str) -> str:
    low, high = number(score.minimum), number(score.maximum)
    if latest is None:
        return gettext("possible: %(low)s to %(high)s", low=low, high=high)
    on = day(latest.sitting.day, locale)
    return gettext("of %(low)s to %(high)s, on %(day)s", low=low, high=high, day=on)


def _change(scored: list[_Scored], values: list[_Scored], locale: str) -> str:
    """Say in words how the latest score differs from baseline; nothing about what that means."""
    if not values:
        return gettext("No score yet.")
    first, latest = values[0], values[-1]
    planned = next((each for each in scored if each.sitting.state != "unscheduled"), None)
    if first is latest:
        return gettext("The only score so far.")
    difference = (latest.value or 0) - (first.value or 0)
    where = {
        "amount": number(abs(difference)),
        "value": _figure(first.line),
        "day": day(first.sitting.day, locale),
    }
    if first is planned:
        return _since_baseline(difference, where)
    return _since_first(difference, where)


def _alone(values: list[_Scored], locale: str) -> str:
    """Say nothing of a change where each value stands for itself; name the one before it."""
    if not values:
        return gettext("No score yet.")
    if len(values) == 1:
        return gettext("It stands for itself.")
    where = {"value": _figure(values[-2].line), "day": day(values[-2].sitting.day, locale)}
    return gettext("Each stands for itself. The one before: %(value)s, %(day)s.", **where)


def _since_baseline(difference: float, where: dict[str, str]) -> str:
    if difference > 0:
        return gettext("%(amount)s higher than at baseline (%(value)s, %(day)s).", **where)
    if difference < 0:
        return gettext("%(amount)s lower than at baseline (%(value)s, %(day)s).", **where)
    return gettext("The same as at baseline (%(value)s, %(day)s).", **where)


def _since_first(difference: float, where: dict[str, str]) -> str:
    """The baseline itself is missing: say since when, and that it is not since baseline."""
    if difference > 0:
        return gettext("No baseline. %(amount)s higher than first (%(value)s, %(day)s).", **where)
    if difference < 0:
        return gettext("No baseline. %(amount)s lower than first (%(value)s, %(day)s).", **where)
    return gettext("No baseline. The same as first (%(value)s, %(day)s).", **where)


def _reading(score: Score, latest: _Scored | None) -> str:
    if latest is None or latest.value is None or not score.bands:
        return ""
    band = score.band(latest.value)
    if band is None:
        return gettext("In no named band.")
    return gettext("Band: %(label)s.", label=band.label)


def _tints(score: Score) -> list[Tinted]:
    return [Tinted(band.low, band.high, band.label) for band in score.bands]
