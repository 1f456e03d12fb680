"""What must agree inside an instrument: ids, options, what each kind of item needs, who must not see."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from server.catalog.tree import Place
from server.domain.instrument import Instrument, Item

Finding = tuple[Place, str]

# Which keys a kind of item may use, beyond id, kind and topic.
_KEYS = {
    "choice": {"options"},
    "multi-choice": {"options"},
    "number": {"minimum", "maximum", "step"},
    "scale": {"minimum", "maximum", "step"},
    "text": {"soft_limit"},
}
_NEEDED = {
    "choice": {"options"},
    "multi-choice": {"options"},
    "scale": {"minimum", "maximum"},
}


def problems(instrument: Instrument, path: Path) -> Iterator[Finding]:
    """Yield each disagreement with its place and remedy; `path` is the file it was read from."""
    yield from _named(instrument, path)
    yield from _option_sets(instrument)
    yield from repeated([item.id for item in instrument.items], ("items",))
    for index, item in enumerate(instrument.items):
        yield from _item(instrument, item, ("items", index))
    if not instrument.questions:
        yield ("items",), "asks nothing; add an item that a person can answer"
    yield from _visibility(instrument)
    yield from _giving(instrument)


def _giving(instrument: Instrument) -> Iterator[Finding]:
    """What becomes a fact about the participant is told in words, by one item each."""
    seen: set[str] = set()
    for index, item in enumerate(instrument.items):
        if item.gives is None:
            continue
        if item.kind != "text":
            yield ("items", index, "gives"), "only a text can give this; make the item a text"
        if item.gives in seen:
            yield ("items", index, "gives"), f"another item gives the {item.gives}; keep one"
        seen.add(item.gives)
    if "event date" in seen and "event" not in seen:
        yield ("items",), "gives a date and no event; add an item that gives the event"


def repeated(ids: Iterable[str], place: Place) -> Iterator[Finding]:
    """Yield each id that stands a second time."""
    seen: dict[str, int] = {}
    for index, each in enumerate(ids):
        if each in seen:
            first = f"{place[-1]}[{seen[each]}]"
            yield (*place, index, "id"), f"{each!r} is taken by {first}; give it another id"
        seen.setdefault(each, index)


def unknown(name: object, known: Collection[object]) -> str:
    """Say that a name is unknown, and what was perhaps meant."""
    names = [str(each) for each in known]
    near = difflib.get_close_matches(str(name), names, n=1)
    if near:
        return f"there is no {str(name)!r}; did you mean {near[0]!r}?"
    return f"there is no {str(name)!r}; there is {', '.join(names) or 'none yet'}"


def _named(instrument: Instrument, path: Path) -> Iterator[Finding]:
    if instrument.id != path.parent.name:
        yield ("id",), f"{instrument.id!r}, but the folder is {path.parent.name!r}; make them agree"
    if instrument.version != path.stem:
        yield (
            ("version",),
            f"{instrument.version!r}, but the file is {path.name!r}; make them agree",
        )


def _option_sets(instrument: Instrument) -> Iterator[Finding]:
    used = {item.options for item in instrument.items}
    for name, options in instrument.options.items():
        if len(set(options.values)) < len(options.values):
            yield ("options", name, "values"), "a code stands twice; each answer needs its own"
        if options.not_done is not None and options.not_done not in options.values:
            yield ("options", name, "not_done"), "is none of the values; name the code that says so"
        if name not in used:
            yield ("options", name), "no item uses it; remove it, or name it in an item"


def _item(instrument: Instrument, item: Item, place: Place) -> Iterator[Finding]:
    given = {
        name
        for name in ("options", "minimum", "maximum", "step", "soft_limit")
        if getattr(item, name) is not None
    }
    for name in sorted(given - _KEYS.get(item.kind, set())):
        yield (*place, name), f"means nothing for kind {item.kind!r}; remove it"
    for name in sorted(_NEEDED.get(item.kind, set()) - given):
        yield place, f"kind {item.kind!r} needs {name!r}; add it"
    if item.short and item.kind != "text":
        yield (*place, "short"), f"means nothing for kind {item.kind!r}; remove it"
    if item.options is not None and item.options not in instrument.options:
        yield (*place, "options"), unknown(item.options, instrument.options)
    if item.minimum is not None and item.maximum is not None and item.minimum >= item.maximum:
        yield (*place, "maximum"), f"must be above the minimum ({item.minimum:g})"


def _visibility(instrument: Instrument) -> Iterator[Finding]:
    if instrument.about and "rated facilitator" not in instrument.visibility.hidden_from:
        remedy = "answers about a person are hidden from that person; add `rated facilitator`"
        yield ("visibility",), remedy
