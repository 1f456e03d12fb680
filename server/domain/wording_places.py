"""What a wording has to say, place by place: title, introduction, each item, each option."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from server.domain.instrument import YES_NO, YES_NO_CODES, Instrument, Wording

What = Literal["title", "introduction", "item", "hint", "low", "high", "unit", "option"]
# How a sheet to fill names its columns; `now` is what stands there so far, `text` is to be filled.
SHEET_COLUMNS = ("what", "name", "code", "topic", "now", "text")


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere a sentence belongs: an item's text, an option's label. `code` is an option's."""

    what: What
    name: str = ""
    code: str = ""

    def __str__(self) -> str:
        parts = [part for part in (self.what, self.name, self.code) if part]
        return " ".join(parts)


Told = Mapping[Place, str]


def places(instrument: Instrument) -> Iterator[tuple[Place, bool]]:
    """Yield every place of an instrument in the order of its form, and whether it must be filled."""
    yield Place("title"), True
    yield Place("introduction"), False
    for item in instrument.items:
        yield Place("item", item.id), True
        yield Place("hint", item.id), False
        if item.kind == "scale":
            yield Place("low", item.id), True
            yield Place("high", item.id), True
        if item.kind == "number":
            yield Place("unit", item.id), False
    for name, options in instrument.options.items():
        for code in options.values:
            yield Place("option", name, str(code)), True
    if any(item.kind == YES_NO for item in instrument.items):
        for code in YES_NO_CODES:
            yield Place("option", YES_NO, str(code)), False


def told_by(wording: Wording) -> dict[Place, str]:
    """Return what a wording says at each of its places."""
    told = {Place("title"): wording.title, Place("introduction"): wording.introduction}
    for name, sentence in wording.items.items():
        told[Place("item", name)] = sentence.text
        told |= {
            Place("hint", name): sentence.hint,
            Place("low", name): sentence.low,
            Place("high", name): sentence.high,
            Place("unit", name): sentence.unit,
        }
    for name, labels in wording.options.items():
        told |= {Place("option", name, str(code)): label for code, label in labels.items()}
    return told


def missing(instrument: Instrument, told: Told) -> list[Place]:
    """Return the places that must be filled and are not: half a wording is none."""
    return [place for place, needed in places(instrument) if needed and not told.get(place)]


def topics(instrument: Instrument) -> dict[str, str]:
    """Return what each item is about, in a staff member's words, by its id."""
    return {item.id: item.topic for item in instrument.items}


def assembled(instrument: Instrument, told: Told) -> dict[str, Any]:
    """Return title, introduction, items and options as a wording's file has them."""
    items: dict[str, dict[str, str]] = {}
    options: dict[str, dict[str, str]] = {}
    for place, _needed in places(instrument):
        text = told.get(place, "")
        if not text:
            continue
        if place.what == "option":
            options.setdefault(place.name, {})[place.code] = text
        elif place.name:
            key = "text" if place.what == "item" else place.what
            items.setdefault(place.name, {})[key] = text
    head = {what: told[Place(what)] for what in ("title", "introduction") if told.get(Place(what))}
    return {**head, "items": items, **({"options": options} if options else {})}
