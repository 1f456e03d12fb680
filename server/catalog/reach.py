"""What answers can reach: the lowest and highest value of an item and of a score."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from server.domain.instrument import Instrument, Item, Score

OVER_ITEMS = frozenset({"sum", "mean", "max_of", "digits"})
COUNTABLE = frozenset({"choice", "yes-no", "number", "scale"})

Span = tuple[float, float]


def span(instrument: Instrument, item_id: str) -> Span | None:
    """Return what an item can count, lowest and highest; None where that is not known."""
    item = next((each for each in instrument.items if each.id == item_id), None)
    if item is None or item.kind not in COUNTABLE:
        return None
    if item.options is not None and item.options not in instrument.options:
        return None
    if item.recode is not None:
        return _recoded(instrument, item)
    return instrument.ends(item)


def reach(instrument: Instrument, score: Score, above: Mapping[str, Score]) -> Span | None:
    """Return the lowest and highest value that answers can give; None where that is not known."""
    if score.decides:
        return 0, 1
    if score.method == "percent":
        return 0, 100
    if score.method in OVER_ITEMS:
        parts = [span(instrument, name) for name in score.items]
    else:
        parts = [(above[n].minimum, above[n].maximum) if n in above else None for n in score.scores]
    known = [part for part in parts if part is not None]
    if not known or len(known) < len(parts):
        return None
    low, high = (_COMBINED[score.method](score, ends) for ends in zip(*known, strict=True))
    return min(low, high), max(low, high)


def _recoded(instrument: Instrument, item: Item) -> Span | None:
    table = instrument.recodes.get(item.recode or "", {})
    return (min(table.values()), max(table.values())) if table else None


def _scaled(score: Score, value: float) -> float:
    return value * score.factor + score.offset


_COMBINED: dict[str, Callable[[Score, Sequence[float]], float]] = {
    "sum": lambda score, ends: _scaled(score, sum(ends)),
    "mean": lambda score, ends: _scaled(score, sum(ends) / len(ends)),
    "max_of": lambda score, ends: _scaled(score, max(ends)),
    "digits": lambda _score, ends: sum(v * 10**place for place, v in enumerate(reversed(ends))),
    "sum_of": lambda _score, ends: sum(ends),
    "linear": lambda score, ends: _scaled(score, ends[0]),
    "lookup": lambda score, ends: score.table.get(round(ends[0]), (0.0, 0.0))[0],
}
