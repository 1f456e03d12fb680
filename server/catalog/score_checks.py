"""What must agree between an instrument's scores and its items: methods, ranges, missing rules, bands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from server.catalog.instrument_checks import Finding, repeated, unknown
from server.catalog.reach import COUNTABLE, OVER_ITEMS, reach, span
from server.catalog.tree import Place
from server.domain.instrument import Instrument, Missing, Score

# What each method is made of; other keys would be passed over in silence.
_PARTS = {
    **{name: {"items"} for name in OVER_ITEMS},
    "sum_of": {"scores"},
    "linear": {"scores"},
    "percent": {"scores"},
    "lookup": {"scores", "table"},
    "every": {"scores", "at_least"},
    "clusters": {"clusters"},
}
_OF_ONE = {"linear", "percent", "lookup"}
_SCALED = {"linear", "sum", "mean", "max_of"}
_FILLS = {
    "sum": {"mean of answered"},
    "mean": {"mean of answered", "those answered"},
    "max_of": {"those answered"},
}


def problems(instrument: Instrument) -> Iterator[Finding]:
    """Yield each disagreement of the scores, with each other and with the items."""
    yield from repeated([score.id for score in instrument.scores], ("scores",))
    above: dict[str, Score] = {}
    for index, score in enumerate(instrument.scores):
        place: Place = ("scores", index)
        yield from _method(score, place)
        yield from _names(instrument, score, above, place)
        yield from _missing_rules(instrument, score, place)
        yield from _table(score, above, place)
        yield from _range(instrument, score, above, place)
        yield from _bands(score, place)
        above[score.id] = score
    headlines = sum(score.headline for score in instrument.scores)
    if instrument.scores and headlines != 1:
        yield ("scores",), f"{headlines} are the headline; mark exactly one `headline: true`"
    yield from _heads(instrument)


def _heads(instrument: Instrument) -> Iterator[Finding]:
    """A study picks one of several scores, the headline among them."""
    known = {score.id: score for score in instrument.scores}
    for index, name in enumerate(instrument.heads):
        if name not in known:
            yield ("heads", index), unknown(name, known)
        elif name in instrument.heads[:index]:
            yield ("heads", index), f"{name!r} stands twice; keep one"
    if instrument.heads and not any(known[n].headline for n in instrument.heads if n in known):
        yield ("heads",), "the headline is not among them; add it"


def _method(score: Score, place: Place) -> Iterator[Finding]:
    wanted = _PARTS[score.method]
    for name in sorted(wanted):
        if getattr(score, name) in ((), {}, None):
            yield place, f"method {score.method!r} needs {name!r}; add them"
    for name in ("items", "scores", "table", "at_least", "clusters"):
        if name not in wanted and getattr(score, name) not in ((), {}, None):
            yield (*place, name), f"means nothing for method {score.method!r}; remove it"
    if score.method in _OF_ONE and len(score.scores) > 1:
        yield (*place, "scores"), f"{score.method} is made of one score; name one"
    if score.method not in _SCALED and (score.factor, score.offset) != (1, 0):
        yield place, f"factor and offset mean nothing for method {score.method!r}; remove them"


def _names(
    instrument: Instrument, score: Score, above: Mapping[str, Score], place: Place
) -> Iterator[Finding]:
    """Check that what a score counts is there, is a number, and counts once."""
    yield from _items(instrument, score.items, (*place, "items"))
    for index, cluster in enumerate(score.clusters):
        here: Place = (*place, "clusters", index)
        yield from _items(instrument, cluster.items, (*here, "items"))
        for name in sorted(cluster.own.keys() - set(cluster.items)):
            yield (*here, "own", name), unknown(name, cluster.items)
        if not cluster.count <= (cluster.most or len(cluster.items)) <= len(cluster.items):
            yield here, f"count and most must fit its {len(cluster.items)} items"
    for index, name in enumerate(score.scores):
        if name not in above:
            yield (*place, "scores", index), f"{unknown(name, above)} (only scores above this one)"


def _items(instrument: Instrument, names: tuple[str, ...], place: Place) -> Iterator[Finding]:
    items = {item.id: item for item in instrument.items}
    for index, name in enumerate(names):
        here = (*place, index)
        if name not in items:
            yield here, unknown(name, items)
        elif items[name].kind not in COUNTABLE:
            yield here, f"{name!r} is of kind {items[name].kind!r}, which has no number to add"
        if name in names[:index]:
            yield here, f"{name!r} stands twice; it would count double"


def _missing_rules(instrument: Instrument, score: Score, place: Place) -> Iterator[Finding]:
    yield from _missing_rule(instrument, score, score.missing, (*place, "missing"))
    for name, rules in score.settings.items():
        here: Place = (*place, "settings", name)
        if name not in instrument.settings:
            yield here, unknown(name, instrument.settings)
            continue
        for choice, missing in rules.items():
            if choice not in instrument.settings[name].choices:
                yield (*here, choice), unknown(choice, instrument.settings[name].choices)
            yield from _missing_rule(instrument, score, missing, (*here, choice))


def _missing_rule(
    instrument: Instrument, score: Score, missing: Missing, here: Place
) -> Iterator[Finding]:
    if (missing.allow > 0) != (missing.fill != "none"):
        yield here, "allow and fill belong together: give both (`allow: 1, fill: mean of answered`)"
    if missing.allow and score.method not in OVER_ITEMS:
        yield here, f"means nothing for method {score.method!r}; the scores below it have their own"
        return
    if missing.allow and score.items and missing.allow >= len(score.items):
        yield here, f"allows {missing.allow} of {len(score.items)} to be missing: all of them"
    if missing.allow and missing.fill not in {"none", *_FILLS.get(score.method, set())}:
        yield here, f"{missing.fill!r} cannot fill method {score.method!r}"
    if missing.expected > missing.allow:
        yield here, f"expects {missing.expected} to be missing, but allows {missing.allow}"
    if missing.not_shown == "left out" and score.method != "max_of":
        yield here, f"what was not shown cannot be left out of method {score.method!r}"
    mean = missing.fill == "mean of answered"
    if mean and len({span(instrument, name) for name in score.items}) > 1:
        yield here, "items of different ranges; the mean of some says nothing about the others"


def _table(score: Score, above: Mapping[str, Score], place: Place) -> Iterator[Finding]:
    """A table answers for every whole value of the score that is looked up in it."""
    base = above.get(score.scores[0]) if score.scores else None
    if score.method != "lookup" or base is None:
        return
    wanted = set(range(round(base.minimum), round(base.maximum) + 1))
    for value in sorted(wanted - score.table.keys()):
        yield (*place, "table"), f"nothing stands for {value}; add it"
    for value in sorted(score.table.keys() - wanted):
        yield (*place, "table", str(value)), f"{base.id} never is {value}; remove it"


def _range(
    instrument: Instrument, score: Score, above: Mapping[str, Score], place: Place
) -> Iterator[Finding]:
    real = reach(instrument, score, above)
    if real is None:
        return
    stated = (score.minimum, score.maximum)
    for name, said, reached in zip(("minimum", "maximum"), stated, real, strict=True):
        if abs(said - reached) > 1e-6:
            yield (*place, name), f"{said:g}, but the answers reach {reached:g}; make them agree"


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
