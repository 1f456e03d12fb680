"""Sentences from another system's file → the places of an instrument, by id, by order or by a map."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from server.domain.foreign import ForeignForm, ForeignItem, ForeignOption, Loss
from server.domain.instrument import YES_NO, Instrument, Item
from server.domain.wording_places import Place

How = Literal["id", "order"]
_MOST_NAMED = 40
# How files leave room for the name of the person whom a form is about.
_BLANK = re.compile(r"_{3,}")


@dataclass(frozen=True, slots=True)
class Match:
    """One line of the table that is shown before anything is written."""

    item: str
    known_as: str
    note: str = ""


@dataclass
class Matched:
    """What was matched, what each place then says, and what stands in the way."""

    rows: list[Match] = field(default_factory=list)
    told: dict[Place, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)


def match(
    instrument: Instrument,
    form: ForeignForm,
    how: How | None = None,
    names: Mapping[str, str] | None = None,
) -> Matched:
    """Match every item of the instrument with one of the form.

    `names` maps our ids to the other system's names and wins over `how`; without either, ids are
    taken if they all fit, else the order if there are as many questions.
    """
    found = Matched()
    pairs = _pairs(instrument, form, how, names, found)
    for item, foreign in pairs:
        found.rows.append(Match(item.id, foreign.known_as))
        _sentences(instrument, item, foreign, found)
    _spoilt(pairs, form.losses, found)
    used = {foreign.known_as for _item, foreign in pairs}
    found.unused = [each.known_as for each in form.items if each.known_as not in used]
    _labels(instrument, pairs, found)
    if form.title:
        found.told[Place("title")] = form.title
    return found


_Pairs = Sequence[tuple[Item, ForeignItem]]


def _pairs(
    instrument: Instrument,
    form: ForeignForm,
    how: How | None,
    names: Mapping[str, str] | None,
    found: Matched,
) -> _Pairs:
    by_name = {each.known_as: each for each in form.items} | {each.id: each for each in form.items}
    if names is not None:
        return _by_map(instrument, by_name, names, found)
    if how == "id" or (how is None and all(each.id in by_name for each in instrument.items)):
        wanted = [each for each in instrument.items if each.id in by_name]
        absent = [each.id for each in instrument.items if each.id not in by_name]
        found.problems += [f"item {name}: the file has none of that name" for name in absent]
        return [(each, by_name[each.id]) for each in wanted]
    pairs = _by_order(instrument, form, found)
    _disordered(instrument, pairs, how, found)
    return pairs


def _by_map(
    instrument: Instrument,
    by_name: Mapping[str, ForeignItem],
    names: Mapping[str, str],
    found: Matched,
) -> _Pairs:
    known = {each.id for each in instrument.items}
    given: dict[str, str] = {}
    known_as = dict.fromkeys(each.known_as for each in by_name.values())
    pairs: list[tuple[Item, ForeignItem]] = []
    for ours, theirs in names.items():
        if ours not in known:
            found.problems.append(f"the map names {ours!r}, which {instrument.id} does not have")
        elif theirs not in by_name:
            told = (
                f"the map names {theirs!r}, which the file does not have; it has {_named(known_as)}"
            )
            found.problems.append(told)
        elif (taken := given.setdefault(by_name[theirs].known_as, ours)) != ours:
            found.problems.append(f"the map gives {theirs!r} to both {taken} and {ours}")
        else:
            pairs.append((instrument.item(ours), by_name[theirs]))
    return pairs


def _named(names: Iterable[str]) -> str:
    """List what can stand in a map; of a long file only the first."""
    every = list(names)
    more = f" and {len(every) - _MOST_NAMED} more" if len(every) > _MOST_NAMED else ""
    return ", ".join(every[:_MOST_NAMED]) + more


def _by_order(instrument: Instrument, form: ForeignForm, found: Matched) -> _Pairs:
    """Match questions with questions in order, and what only speaks likewise where it can be."""
    ours, theirs = instrument.questions, [each for each in form.items if each.asks]
    if len(ours) != len(theirs):
        found.problems.append(
            f"{instrument.id} has {len(ours)} questions, the file has {len(theirs)}: "
            "the order says nothing; match by id, or give a map. "
            f"The file has {_named(each.known_as for each in theirs)}"
        )
        return []
    pairs = list(zip(ours, theirs, strict=True))
    speaking = [each for each in instrument.items if not each.asks]
    spoken = [each for each in form.items if not each.asks]
    if len(speaking) == len(spoken):
        pairs += zip(speaking, spoken, strict=True)
    place = {item.id: at for at, item in enumerate(instrument.items)}
    return sorted(pairs, key=lambda pair: place[pair[0].id])


def _disordered(instrument: Instrument, pairs: _Pairs, how: How | None, found: Matched) -> None:
    """Tell where the order puts a sentence at one item while the file calls it by another's name.

    Whoever asked for the order by name gets it, with a note; otherwise it is refused.
    """
    ids = {each.id for each in instrument.items}
    for item, foreign in pairs:
        named = {foreign.id, foreign.known_as} & ids
        if not named or item.id in named:
            continue
        if how == "order":
            told = f"the file calls it {foreign.known_as}, which is another item here"
            found.rows.append(Match(item.id, foreign.known_as, told))
        else:
            found.problems.append(
                f"item {item.id}: by its place {foreign.known_as} stands here, which is another item; "
                "give a map, or say --match order if the names mean nothing"
            )


def _sentences(instrument: Instrument, item: Item, foreign: ForeignItem, found: Matched) -> None:
    told = {
        "item": foreign.text, "hint": foreign.hint, "low": foreign.low, "high": foreign.high,
        "unit": foreign.unit,
    }  # fmt: skip
    if item.kind != "scale":
        told |= {"low": "", "high": ""}
    if item.kind != "number":
        told["unit"] = ""
    if item.asks != foreign.asks:
        found.problems.append(f"item {item.id}: {foreign.known_as} is of another kind")
    for what, text in told.items():
        if text:
            filled = _BLANK.sub("{about}", text) if instrument.about else text
            found.told[Place(what, item.id)] = filled  # type: ignore[arg-type]


def _spoilt(pairs: _Pairs, losses: Iterable[Loss], found: Matched) -> None:
    """Refuse a name where words are needed, and show which sentences are not quite what stood there."""
    ours = {foreign.known_as: item.id for item, foreign in pairs}
    for loss in losses:
        if loss.where in ours and loss.unsaid:
            found.problems.append(f"item {ours[loss.where]}: {loss}")
        elif loss.where in ours and loss.alters:
            found.rows.append(Match(ours[loss.where], loss.where, loss.what))


def _labels(instrument: Instrument, pairs: _Pairs, found: Matched) -> None:
    """Gather each set's labels; items that share a set must agree about them."""
    source: dict[tuple[str, str], tuple[str, str]] = {}
    for item, foreign in pairs:
        if item.label_set is None or not foreign.options:
            continue
        for code, option in _fitted(instrument, item, foreign, found):
            key = (item.label_set, code)
            first, label = source.setdefault(key, (item.id, option.label))
            if label != option.label:
                found.problems.append(
                    f"item {item.id}: code {code} is {option.label!r}, but {label!r} at {first}; "
                    f"they share the set {item.label_set!r}"
                )
            found.told.setdefault(Place("option", *key), option.label)


def _fitted(
    instrument: Instrument, item: Item, foreign: ForeignItem, found: Matched
) -> list[tuple[str, ForeignOption]]:
    """Return each of our codes with the option that says it: the same numbers, or the same order."""
    codes = instrument.codes(item)
    counted = {_number(option): option for option in foreign.options}
    if set(counted) == set(codes):
        return [(str(code), counted[code]) for code in codes]
    if item.kind == YES_NO or len(codes) != len(foreign.options):
        told = ", ".join(option.known_as for option in foreign.options)
        found.problems.append(
            f"item {item.id} offers {', '.join(map(str, codes))}, {foreign.known_as} offers {told}"
        )
        return []
    pairs = list(zip(map(str, codes), foreign.options, strict=True))
    listed = ", ".join(f"{code} is {option.label!r}" for code, option in pairs)
    found.rows.append(Match(item.id, foreign.known_as, f"answers matched by order: {listed}"))
    return pairs


def _number(option: ForeignOption) -> int | None:
    """Return what an option counts, if that is a whole number: its weight, or its own name."""
    if option.weight is not None:
        return int(option.weight) if option.weight == int(option.weight) else None
    try:
        return int(option.known_as)
    except ValueError:
        return None
