"""What must agree beside the scores: recodes, reversed items, settings, change, safety, the gate."""

from __future__ import annotations

from collections.abc import Iterator

from server.catalog.instrument_checks import Finding, unknown
from server.catalog.reach import COUNTABLE
from server.catalog.tree import Place
from server.domain.instrument import Instrument, Item


def problems(instrument: Instrument) -> Iterator[Finding]:
    """Yield each disagreement, with its place and remedy."""
    for index, item in enumerate(instrument.items):
        yield from _counting(instrument, item, ("items", index))
    used = {item.recode for item in instrument.items}
    for name in instrument.recodes.keys() - used:
        yield ("recodes", name), "no item uses it; remove it, or name it in an item"
    yield from _settings(instrument)
    yield from _change(instrument)
    yield from _safety(instrument)
    if instrument.gate and instrument.gate.most_missing >= len(instrument.questions):
        yield ("gate", "most_missing"), f"there are {len(instrument.questions)} questions only"


def _counting(instrument: Instrument, item: Item, place: Place) -> Iterator[Finding]:
    if item.reversed and item.recode is not None:
        yield place, "reversed and recoded at once; the table can do both"
    if item.reversed and (item.kind not in COUNTABLE or instrument.ends(item) is None):
        yield (*place, "reversed"), "only an answer between two ends can be turned around"
    if item.required and instrument.respondent == "participant":
        yield (*place, "required"), "a participant may leave any question empty; remove it"
    if item.recode is None:
        return
    table = instrument.recodes.get(item.recode)
    if table is None:
        yield (*place, "recode"), unknown(item.recode, instrument.recodes)
        return
    for code in sorted(set(_codes(instrument, item)) - table.keys()):
        yield (*place, "recode"), f"{item.recode!r} says nothing for {code}; add it"


def _codes(instrument: Instrument, item: Item) -> tuple[int, ...]:
    """Return every answer that a table must know; a number goes in whole steps there."""
    if item.options is not None and item.options not in instrument.options:
        return ()
    if item.minimum is not None and item.maximum is not None:
        return tuple(range(round(item.minimum), round(item.maximum) + 1))
    return instrument.codes(item)


def _settings(instrument: Instrument) -> Iterator[Finding]:
    used = {name for score in instrument.scores for name in score.settings}
    for name, setting in instrument.settings.items():
        if setting.default not in setting.choices:
            yield ("settings", name, "default"), unknown(setting.default, setting.choices)
        if name not in used:
            yield ("settings", name), "no score depends on it; remove it, or name it in a score"


def _change(instrument: Instrument) -> Iterator[Finding]:
    scores = [score.id for score in instrument.scores]
    if instrument.stands_alone and instrument.change:
        yield ("stands_alone",), "no change is read from it, yet `change` says how; remove one"
    for name, rule in instrument.change.items():
        here: Place = ("change", name)
        if name not in scores:
            yield here, unknown(name, scores)
        known = rule.reliability is not None or bool(rule.published)
        if known == bool(rule.none):
            yield (
                here,
                "give reliability or published differences, or say in `none` why there are none",
            )
        for index, each in enumerate(rule.published):
            if each.most is not None and each.most < each.least:
                yield (*here, "published", index, "most"), f"below its least ({each.least:g})"


def _safety(instrument: Instrument) -> Iterator[Finding]:
    items = {item.id: item for item in instrument.questions}
    for index, rule in enumerate(instrument.safety):
        here: Place = ("safety", index)
        item = items.get(rule.item)
        if item is None:
            yield (*here, "item"), unknown(rule.item, items)
        elif item.kind not in COUNTABLE:
            yield (*here, "item"), f"{rule.item!r} is of kind {item.kind!r}, which has no number"
        elif item.options is None or item.options in instrument.options:
            ends = instrument.ends(item)
            if ends is not None and not ends[0] < rule.at_least <= ends[1]:
                yield here, f"at_least {rule.at_least:g} is outside {ends[0]:g} to {ends[1]:g}"
