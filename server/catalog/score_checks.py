"""What must agree between an instrument's scores and its items: methods, ranges, missing rules, bands."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from server.catalog.instrument_checks import Finding, repeated, unknown
from server.catalog.tree import Place
from server.domain.instrument import Instrument, Score

_OVER_ITEMS = {"sum", "mean"}
_COUNTABLE = {"choice", "yes-no", "number", "scale"}


def problems(instrument: Instrument) -> Iterator[Finding]:
    """Yield each disagreement of the scores, with each other and with the items."""
    yield from repeated([score.id for score in instrument.scores], ("scores",))
    above: dict[str, Score] = {}
    for index, score in enumerate(instrument.scores):
        place: Place = ("scores", index)
        yield from _method(score, place)
        yield from _names(instrument, score, above, place)
        yield from _missing_rule(instrument, score, place)
        yield from _range(instrument, score, above, place)
        yield from _bands(score, place)
        above[score.id] = score
    headlines = sum(score.headline for score in instrument.scores)
    if instrument.scores and headlines != 1:
        yield ("scores",), f"{headlines} are the headline; mark exactly one `headline: true`"


def _method(score: Score, place: Place) -> Iterator[Finding]:
    wanted, other = ("items", "scores") if score.method in _OVER_ITEMS else ("scores", "items")
    if not getattr(score, wanted):
        yield place, f"method {score.method!r} needs {wanted!r}; add them"
    if getattr(score, other):
        yield (*place, other), f"means nothing for method {score.method!r}; remove it"
    if score.method == "linear" and len(score.scores) > 1:
        yield (*place, "scores"), "linear rescales one score; name one"
    if score.method != "linear" and (score.factor, score.offset) != (1, 0):
        yield place, f"factor and offset mean nothing for method {score.method!r}; remove them"


def _names(
    instrument: Instrument, score: Score, above: dict[str, Score], place: Place
) -> Iterator[Finding]:
    """Check that what a score counts is there, is a number, and counts once."""
    items = {item.id: item for item in instrument.items}
    for index, name in enumerate(score.items):
        here = (*place, "items", index)
        if name not in items:
            yield here, unknown(name, items)
        elif items[name].kind not in _COUNTABLE:
            yield here, f"{name!r} is of kind {items[name].kind!r}, which has no number to add"
        if name in score.items[:index]:
            yield here, f"{name!r} stands twice; it would count double"
    for index, name in enumerate(score.scores):
        if name not in above:
            yield (*place, "scores", index), f"{unknown(name, above)} (only scores above this one)"


def _missing_rule(instrument: Instrument, score: Score, place: Place) -> Iterator[Finding]:
    here = (*place, "missing")
    if (score.missing.allow > 0) != (score.missing.fill != "none"):
        yield here, "allow and fill belong together: give both (`allow: 1, fill: mean of answered`)"
    if score.method in _OVER_ITEMS and score.items and score.missing.allow >= len(score.items):
        yield here, f"allows {score.missing.allow} of {len(score.items)} to be missing: all of them"
    if score.missing.fill != "none" and len({_span(instrument, name) for name in score.items}) > 1:
        yield here, "items of different ranges; the mean of some says nothing about the others"
    if score.method not in _OVER_ITEMS and score.missing.allow:
        yield here, f"means nothing for method {score.method!r}; the scores below it have their own"


def _range(
    instrument: Instrument, score: Score, above: dict[str, Score], place: Place
) -> Iterator[Finding]:
    reach = _reach(instrument, score, above)
    if reach is None:
        return
    for name, stated, real in zip(
        ("minimum", "maximum"), (score.minimum, score.maximum), reach, strict=True
    ):
        if abs(stated - real) > 1e-6:
            yield (*place, name), f"{stated:g}, but the answers reach {real:g}; make them agree"


def _reach(
    instrument: Instrument, score: Score, above: dict[str, Score]
) -> tuple[float, float] | None:
    """Return the lowest and highest value that answers can give; None when that is not known."""
    if score.method in _OVER_ITEMS:
        parts = [_span(instrument, name) for name in score.items]
    else:
        parts = [(above[n].minimum, above[n].maximum) if n in above else None for n in score.scores]
    known = [part for part in parts if part is not None]
    if not known or len(known) < len(parts):
        return None
    low, high = sum(part[0] for part in known), sum(part[1] for part in known)
    match score.method:
        case "mean":
            return low / len(known), high / len(known)
        case "linear":
            ends = sorted(end * score.factor + score.offset for end in (low, high))
            return ends[0], ends[1]
        case _:
            return low, high


def _span(instrument: Instrument, item_id: str) -> tuple[float, float] | None:
    item = next((each for each in instrument.items if each.id == item_id), None)
    if item is None or item.kind not in _COUNTABLE:
        return None
    if item.minimum is not None and item.maximum is not None:
        return item.minimum, item.maximum
    if item.options is not None and item.options not in instrument.options:
        return None
    codes = instrument.codes(item)
    return (min(codes), max(codes)) if codes else None


def _bands(score: Score, place: Place) -> Iterator[Finding]:
    for index, band in enumerate(score.bands):
        here = (*place, "bands", index)
        if band.low > band.high:
            yield (*here, "high"), f"below its low end ({band.high:g} < {band.low:g})"
        if band.low < score.minimum or band.high > score.maximum:
            yield here, f"reaches outside the score ({score.minimum:g} to {score.maximum:g})"
    ordered = sorted(enumerate(score.bands), key=lambda pair: pair[1].low)
    for (_, lower), (index, upper) in pairwise(ordered):
        if upper.low <= lower.high:
            yield (*place, "bands", index, "low"), f"overlaps {lower.label!r} (to {lower.high:g})"
