"""For whom a protocol asks what: arms, sites, courses, and the earlier answers that it looks at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from server.catalog.instrument_checks import Finding, unknown
from server.catalog.tree import Place
from server.domain.course import ENROLMENT
from server.domain.instrument import Instrument
from server.domain.protocol import Answered, AssessmentDefinition, Protocol, Scored, When

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
# What an answer with codes is; words and dates cannot be compared with any.
_CODED = {"choice", "multi-choice", "yes-no"}
_COUNTED = {"number", "scale"}

Instruments = Mapping[str, Instrument]


def problems(
    protocol: Protocol, definition: AssessmentDefinition, place: Place, instruments: Instruments
) -> Iterator[Finding]:
    """Yield each disagreement about whom a definition is asked of; `place` is where it stands."""
    yield from _people(protocol, definition, (*place, "when"))
    when = definition.when
    if when.answered is not None:
        yield from _answered(protocol, when.answered, (*place, "when", "answered"), instruments)
    if when.score is not None:
        yield from _scored(protocol, when.score, (*place, "when", "score"), instruments)
    if definition.asked == "once per facilitator":
        yield from _once(definition, (*place, "asked"), instruments)


def circles(protocol: Protocol) -> Iterator[Finding]:
    """Yield each definition that waits for its own answer, directly or through others, once a circle."""
    told: set[str] = set()
    for index, definition in enumerate(protocol.assessments):
        way = _way_back(protocol, definition.id)
        if way and not told.intersection(way):
            told.update(way)
            place: Place = ("assessments", index, _key(definition, way[1]))
            yield place, f"waits for its own answer ({' → '.join(way)}); break the circle"


def _people(
    protocol: Protocol, definition: AssessmentDefinition, place: Place
) -> Iterator[Finding]:
    when: When = definition.when
    for name, given, known in (
        ("arm", when.arm, protocol.arms),
        ("site", when.site, protocol.sites),
    ):
        for index, each in enumerate(given):
            if each not in known:
                yield (*place, name, index), unknown(each, known)
    for index, language in enumerate(when.language):
        if not _LANGUAGE.fullmatch(language):
            yield (*place, "language", index), f"{language!r} is no language; write for example de"
    for index, course in enumerate(when.course):
        if course not in protocol.courses:
            yield (*place, "course", index), unknown(course, protocol.courses)
    if when.course and 1 not in when.course and definition.anchor.kind == ENROLMENT:
        yield (*place, "course"), "enrolment is in the first course only; anchor it elsewhere"


def _answered(
    protocol: Protocol, look: Answered, place: Place, instruments: Instruments
) -> Iterator[Finding]:
    if look.assessment not in protocol.definitions:
        yield (*place, "assessment"), unknown(look.assessment, protocol.definitions)
        return
    instrument = instruments.get(protocol.definitions[look.assessment].instrument)
    if instrument is None:
        return
    items = {item.id: item for item in instrument.questions}
    item = items.get(look.item)
    if item is None:
        yield (*place, "item"), unknown(look.item, items)
    elif item.gives is not None:
        yield (*place, "item"), f"the answer to {item.id!r} is kept sealed; look at another item"
    elif item.kind in _CODED:
        offered = instrument.codes(item)
        for index, code in enumerate(look.codes):
            if code not in offered:
                listed = ", ".join(map(str, offered))
                yield (
                    (*place, "is", index),
                    f"{code:g} is no answer of {item.id!r}; it offers {listed}",
                )
    elif item.kind not in _COUNTED:
        yield (*place, "item"), f"{item.id!r} is of kind {item.kind!r}; name one with codes"


def _scored(
    protocol: Protocol, look: Scored, place: Place, instruments: Instruments
) -> Iterator[Finding]:
    if look.at_least is None and look.below is None:
        yield place, "names no bound; add `at_least` or `below`"
    elif look.at_least is not None and look.below is not None and look.below <= look.at_least:
        yield place, f"never holds: below {look.below:g} and at least {look.at_least:g}"
    if look.assessment not in protocol.definitions:
        yield (*place, "assessment"), unknown(look.assessment, protocol.definitions)
        return
    instrument = instruments.get(protocol.definitions[look.assessment].instrument)
    if instrument is None:
        return
    scores = {score.id: score for score in instrument.scores}
    score = scores.get(look.score)
    if score is None:
        yield (*place, "score"), unknown(look.score, scores)
        return
    low, high = score.minimum, score.maximum
    if look.at_least is not None and not low <= look.at_least <= high:
        yield (
            (*place, "at_least"),
            f"lies outside {low:g} to {high:g}, all that {score.id!r} can be",
        )
    if look.below is not None and not low < look.below <= high:
        yield (*place, "below"), f"lies outside {low:g} to {high:g}, all that {score.id!r} can be"


def _once(
    definition: AssessmentDefinition, place: Place, instruments: Instruments
) -> Iterator[Finding]:
    instrument = instruments.get(definition.instrument)
    if instrument is not None and instrument.about is None:
        yield place, f"{instrument.id!r} is about no facilitator; leave `asked` out"
    if definition.repeat is not None:
        yield place, "repeats, and is asked once; leave `repeat` or `asked` out"


def _way_back(protocol: Protocol, start: str) -> list[str]:
    """Return the way from a definition through what it looks at back to itself; empty if there is none."""
    known = protocol.definitions
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for other in known[way[-1]].looks_at:
            if other == start:
                return [*way, other]
            if other in known and other not in seen:
                seen.add(other)
                ways.append([*way, other])
    return []


def _key(definition: AssessmentDefinition, other: str) -> str:
    return "anchor" if definition.anchor.completion == other else "when"
