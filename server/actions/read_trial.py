"""Read what somebody wants tried out, as typed: visits with dates, answers, where and in which arm."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import partial

from server.catalog.instrument_checks import unknown
from server.clock import Clock
from server.domain import entry
from server.domain.course import ENROLMENT
from server.domain.entry import Checks, FieldError
from server.domain.facts import Visit
from server.domain.instrument import Instrument
from server.domain.localtime import instant
from server.domain.plain import parse_number
from server.domain.protocol import Protocol
from server.domain.simulation import Given, Trial
from server.domain.visit_names import VisitName, gaps, visit_name, when
from server.errors import BadInputError

ZONE = "Europe/Berlin"
MOST_GUIDES = 20
NAME_AND_DAY = "Write it as NAME=DATE, for example dosing-1=2027-03-12."
NAME_AND_MOMENT = "Write it as ASSESSMENT=DATETIME, for example baseline=2027-03-12T10:00."
NO_MOMENT = "Write it as 2027-03-12T10:00, by the participant's clock."
NAME_AND_NUMBER = "Write it as ASSESSMENT.NAME=NUMBER, for example baseline.total=14."


@dataclass(frozen=True)
class Wanted:
    """What is to be imagined, as typed. None: the design's first, or what follows from the visits."""

    visits: Sequence[str] = ()
    arm: str | None = None
    site: str | None = None
    language: str = "en"
    zone: str = ZONE
    enrolled: str | None = None
    guides: int = 2
    event: bool = True
    answered: Sequence[str] = ()
    results: Sequence[str] = ()


@dataclass
class _Reading:
    """What has been understood so far; `notes` are what was assumed in silence, to be said aloud."""

    protocol: Protocol
    instruments: Mapping[str, Instrument]
    checks: Checks = field(default_factory=Checks)
    notes: list[str] = field(default_factory=list)


def present(text: str | None, zone: str, clock: Clock) -> datetime:
    """Return the instant to be imagined as now; the clock's own where none is given.

    Raises:
        BadInputError: it cannot be read.

    """
    if text is None:
        return clock.now()
    try:
        return _moment(text, zone)
    except FieldError as remedy:
        raise BadInputError("This cannot be tried out.", {"now": NO_MOMENT}) from remedy


def read_trial(
    protocol: Protocol,
    instruments: Mapping[str, Instrument],
    languages: Collection[str],
    wanted: Wanted,
) -> tuple[Trial, tuple[str, ...]]:
    """Return what is to be imagined, and what was assumed where nothing was said.

    `languages`: those in which any form has words.

    Raises:
        BadInputError: something cannot be read; `places` names each thing with its remedy.

    """
    reading = _Reading(protocol, instruments)
    checks = reading.checks
    zone = checks.field("zone", lambda: entry.zone(wanted.zone), "UTC")
    language = checks.field(
        "language", lambda: _language(wanted.language, protocol, languages), "en"
    )
    arm = _chosen(reading, "arm", wanted.arm, protocol.arms)
    site = _chosen(reading, "site", wanted.site, protocol.sites)
    enough = 0 <= wanted.guides <= MOST_GUIDES
    checks.require("facilitators", enough, f"Give a number from 0 to {MOST_GUIDES}.")
    dated = _dated(reading, wanted.visits)
    enrolled_on = _enrolled_on(reading, wanted, dated)
    answered = _answered(reading, wanted, zone)
    if checks.places:
        raise BadInputError("This cannot be tried out: please mend what is named.", checks.places)
    dated.setdefault(VisitName(1, ENROLMENT, 1), (enrolled_on, None))
    visits = tuple(
        Visit(str(name), name.kind, on, "held", at, name.course)
        for name, (on, at) in sorted(dated.items())
    )
    trial = Trial(
        zone, enrolled_on, visits, arm, site, language, wanted.guides, wanted.event, answered
    )
    return trial, tuple(reading.notes)


def _chosen(reading: _Reading, what: str, named: str | None, known: Mapping[str, str]) -> str:
    """Return what was named, or the first there is, which is then said aloud if there are several."""
    if named is None:
        first = next(iter(known), "")
        if len(known) > 1:
            reading.notes.append(f"{what} {first}, as none was named ({', '.join(known)})")
        return first
    unallocated = what == "arm" and not named and reading.protocol.allocation is not None
    nothing = not named and not known
    remedy = (
        f"Choose one of: {', '.join(known)}."
        if known
        else f"This protocol names no {what}; leave it out."
    )
    reading.checks.require(what, unallocated or nothing or named in known, remedy)
    return named


def _language(text: str, protocol: Protocol, languages: Collection[str]) -> str:
    """Return a language in which a form has words, or that the design asks about."""
    asked = {each for form in protocol.assessments for each in form.when.language}
    return entry.spoken(entry.language(text), {*languages, *asked})


def _dated(reading: _Reading, visits: Sequence[str]) -> dict[VisitName, tuple[date, time | None]]:
    """Return the visits given; one whose date cannot be read leaves its remedy, but no gap."""
    found: dict[VisitName, tuple[date, time | None]] = {}
    named: set[VisitName] = set()
    checks = reading.checks
    for text in visits:
        before, equals, day = text.partition("=")
        checks.require(text, equals, NAME_AND_DAY)
        name = checks.field(text, partial(_name, reading, before), None) if equals else None
        on = checks.field(text, partial(when, day), None) if name else None
        if name in named:
            checks.require(text, None, f"{name} is given twice; leave one out.")
        if name is not None:
            named.add(name)
        if name is not None and on is not None:
            found[name] = on
    for name in gaps(named):
        remedy = f"Give {name} too: visits are numbered by their dates, from 1 on."
        checks.require(f"{name}", None, remedy)
    _tell_reversed(reading, found)
    return found


def _name(reading: _Reading, text: str) -> VisitName | None:
    return visit_name(reading.protocol, text)


def _tell_reversed(reading: _Reading, found: Mapping[VisitName, tuple[date, time | None]]) -> None:
    for name, (on, at) in found.items():
        before = VisitName(name.course, name.kind, name.number - 1)
        earlier = found.get(before)
        if earlier and (on, at or time.min) < (earlier[0], earlier[1] or time.min):
            reading.notes.append(
                f"{name} lies before {before}; visits are numbered by their dates, so they change places"
            )


def _enrolled_on(
    reading: _Reading,
    wanted: Wanted,
    dated: Mapping[VisitName, tuple[date, time | None]],
) -> date:
    """Return the day of enrolment: as given, else the visit of that name, else the first visit's."""
    visit = dated.get(VisitName(1, ENROLMENT, 1))
    if (enrolled := wanted.enrolled) is not None:
        on = reading.checks.field("enrolled", lambda: when(enrolled)[0], date.min)
        same = visit is None or visit[0] == on
        reading.checks.require(
            "enrolled", same, "The enrolment visit has another day; leave one out."
        )
        return on
    days = [on for name, (on, _at) in dated.items() if name.course == 1]
    if visit or days:
        first = visit[0] if visit else min(days)
        if not visit:
            reading.notes.append(f"enrolled on {first.isoformat()}, the day of the first visit")
        return first
    remedy = "Give the day of enrolment, or a visit: nothing can be counted otherwise."
    reading.checks.require("enrolled", wanted.visits, remedy)
    return date.min


def _answered(reading: _Reading, wanted: Wanted, zone: str) -> tuple[Given, ...]:
    values = _results(reading, wanted.results)
    found = []
    for text in wanted.answered:
        read = reading.checks.field(text, partial(_given, reading, text, zone, values), None)
        if read is not None:
            found.append(read)
    for definition in values:
        told = any(text.partition("=")[0].strip() == definition for text in wanted.answered)
        reading.checks.require(definition, told, f"Say when {definition} was answered, too.")
    return tuple(found)


def _given(
    reading: _Reading, text: str, zone: str, values: Mapping[str, Mapping[str, float]]
) -> Given | None:
    definition, _, when_answered = text.partition("=")
    known = reading.protocol.definitions
    if definition.strip() not in known:
        raise FieldError(_unknown(definition.strip(), known))
    told = values.get(definition.strip(), {})
    return Given(definition.strip(), _moment(when_answered, zone), told, told)


def _unknown(name: str, known: Collection[object]) -> str:
    """Say that there is no such thing, as a sentence."""
    text = unknown(name, known)
    return f"T{text[1:]}" if text.endswith("?") else f"T{text[1:]}."


def _results(reading: _Reading, texts: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return what each named form holds, item or score by name."""
    found: dict[str, dict[str, float]] = {}
    for text in texts:
        place, equals, value = text.partition("=")
        definition, dot, name = place.strip().partition(".")
        try:
            number = parse_number(value.strip())
        except ValueError:
            number = None
        good = equals and dot and name and number is not None
        reading.checks.require(text, good, NAME_AND_NUMBER)
        if good and number is not None:
            _require_name(reading, text, definition, name)
            found.setdefault(definition, {})[name] = number
    return found


def _require_name(reading: _Reading, text: str, definition: str, name: str) -> None:
    """Refuse a name that the form has neither as an item nor as a score."""
    known = reading.protocol.definitions
    if definition not in known:
        reading.checks.require(text, None, _unknown(definition, known))
        return
    form = reading.instruments[known[definition].instrument]
    names = [*(item.id for item in form.items), *(score.id for score in form.scores)]
    reading.checks.require(text, name in names, _unknown(name, names))


def _moment(text: str, zone: str) -> datetime:
    """Read an instant: the participant's own clock time, unless an offset stands with it."""
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        raise FieldError(NAME_AND_MOMENT) from None
    if read.tzinfo is not None:
        return read
    entry.day(read.date())
    return instant(read.date(), read.time(), zone)
