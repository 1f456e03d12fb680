"""What a wording owes its instrument: every item and option said, no slot that nobody fills."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from server.catalog.instrument_checks import Finding, unknown
from server.catalog.tree import Place
from server.domain.instrument import (
    YES_NO,
    YES_NO_CODES,
    Instrument,
    Item,
    ItemWording,
    Wording,
)

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_SLOT = re.compile(r"\{([^{}]*)\}|[{}]")
# Filled on the phone: whom the form is about, and the event that a participant has named.
SLOTS = ("about", "event")


def is_language(tag: str) -> bool:
    """Whether this names a language; files are called by it, so nothing else may be."""
    return _LANGUAGE.fullmatch(tag) is not None


def problems(
    wording: Wording, path: Path, latest: Mapping[str, Instrument], folders: set[str]
) -> Iterator[Finding]:
    """Yield what is missing, left over or not fillable, measured by the newest structure.

    An instrument that stands in `folders` but not in `latest` has problems of its own, told elsewhere.
    """
    yield from _named(wording, path)
    yield from agreement(wording, latest, folders)


def agreement(
    wording: Wording, latest: Mapping[str, Instrument], folders: set[str]
) -> Iterator[Finding]:
    """Yield what is wrong with a wording wherever its file lies."""
    yield from _status(wording)
    instrument = latest.get(wording.instrument)
    if instrument is None:
        if wording.instrument not in folders:
            yield ("instrument",), unknown(wording.instrument, sorted(folders))
        return
    yield from _items(wording, instrument)
    yield from _labels(wording, instrument)
    yield from _slots(wording, instrument)
    if (wording.status == "own") != (instrument.licence.status == "own"):
        remedy = (
            "`own` is for instruments of one's own; published ones are `placeholder` or `licensed`"
        )
        yield ("status",), remedy


def _named(wording: Wording, path: Path) -> Iterator[Finding]:
    folder = path.parent.parent.name
    if wording.instrument != folder:
        yield (
            ("instrument",),
            f"{wording.instrument!r}, but the folder is {folder!r}; make them agree",
        )
    if wording.language != path.stem:
        yield ("language",), f"{wording.language!r}, but the file is {path.name!r}; make them agree"
    if wording.of_site:
        remedy = "-site is for files of the site's own folder; leave it out here"
        yield ("version",), remedy


def _status(wording: Wording) -> Iterator[Finding]:
    if not is_language(wording.language):
        yield (
            ("language",),
            f"{wording.language!r} is no language tag; write for example en or pt-BR",
        )
    if wording.status == "licensed" and not (wording.holder and wording.proof):
        yield ("status",), "a licensed wording names its `holder` and the `proof` of permission"
    if wording.proof_on and not is_day(wording.proof_on):
        yield ("proof_on",), f"{wording.proof_on!r} is no day; write for example 2027-03-01"


def is_day(text: str) -> bool:
    """Whether a text is a day of the calendar, written as files write it."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _items(wording: Wording, instrument: Instrument) -> Iterator[Finding]:
    known = {item.id: item for item in instrument.items}
    for name in [each for each in known if each not in wording.items]:
        yield ("items",), f"{name!r} has no sentence; add it"
    for name, sentence in wording.items.items():
        if name in known:
            yield from _ends(known[name], sentence, ("items", name))
        else:
            yield ("items", name), unknown(name, known)


def _ends(item: Item, sentence: ItemWording, place: Place) -> Iterator[Finding]:
    if item.kind == "scale" and not (sentence.low and sentence.high):
        yield place, "a scale needs words for both its ends; add `low` and `high`"
    if item.kind != "scale" and (sentence.low or sentence.high):
        yield place, f"`low` and `high` mean nothing for kind {item.kind!r}; remove them"
    if item.kind != "number" and sentence.unit:
        yield (*place, "unit"), f"means nothing for kind {item.kind!r}; remove it"


def _labels(wording: Wording, instrument: Instrument) -> Iterator[Finding]:
    """Every code of every set has its own label. The page itself says yes and no, unless these do."""
    sets = {name: set(options.values) for name, options in instrument.options.items()}
    for name in sorted(sets.keys() - wording.options.keys()):
        yield ("options",), f"{name!r} has no labels; add them"
    if any(item.kind == YES_NO for item in instrument.items):
        sets[YES_NO] = set(YES_NO_CODES)
    for name, labels in wording.options.items():
        if name in sets:
            yield from _codes(sets[name], labels, ("options", name))
        else:
            yield ("options", name), unknown(name, sets)


def _codes(codes: set[int], labels: Mapping[int, str], place: Place) -> Iterator[Finding]:
    for code in sorted(codes - labels.keys()):
        yield place, f"code {code} has no label; add it"
    for code in sorted(labels.keys() - codes):
        yield (*place, str(code)), "is no code of this set; remove it"
    if len(set(labels.values())) < len(labels):
        yield place, "two codes have the same label; nobody could tell them apart"


def _slots(wording: Wording, instrument: Instrument) -> Iterator[Finding]:
    used: set[str] = set()
    for place, text, filled in _texts(wording):
        for match in _SLOT.finditer(text):
            slot = match[1] or match[0]
            used.add(slot)
            if slot not in SLOTS:
                yield place, f"{match[0]!r} is filled by nobody; known are {{about}} and {{event}}"
            elif not filled:
                yield place, f"{match[0]!r} is not filled here; only in introduction, text and hint"
            elif slot == "about" and not instrument.about:
                yield (
                    place,
                    "'{about}' stays empty: this instrument is about no one but the participant",
                )
            elif slot == "event" and not instrument.needs:
                yield place, "'{event}' stays empty: this instrument does not say `needs: event`"
    if instrument.about and "about" not in used:
        yield ("items",), "no sentence says whom it is about; use {about} for the name"


def _texts(wording: Wording) -> Iterator[tuple[Place, str, bool]]:
    """Yield every sentence with its place, and whether the phone fills slots there."""
    yield ("title",), wording.title, False
    yield ("introduction",), wording.introduction, True
    for name, sentence in wording.items.items():
        yield ("items", name, "text"), sentence.text, True
        yield ("items", name, "hint"), sentence.hint, True
        for end in ("low", "high", "unit"):
            yield ("items", name, end), getattr(sentence, end), False
    for name, labels in wording.options.items():
        for code, label in labels.items():
            yield ("options", name, str(code)), label, False
