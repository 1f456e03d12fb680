"""What one imagined participant would be asked and sent until the end: a design tried out beforehand.

All of it comes from `plan` and `plan_messages` themselves, so that a trial cannot differ from what happens.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from server.domain.entry import FieldError
from server.domain.facts import Facilitator, Facts, Result, Visit, ZoneFact
from server.domain.instrument import Instrument
from server.domain.lateness import welcome_until
from server.domain.localtime import local, zone_at
from server.domain.protocol import Protocol
from server.domain.reminders import plan_messages
from server.domain.timeline import PlannedAssessment, Unplanned, plan, unplanned

NOBODY = "simulated"


@dataclass(frozen=True, slots=True)
class Given:
    """An answer imagined: when, and what was answered and scored where the design asks about that."""

    definition: str
    at: datetime
    answers: Mapping[str, object] = field(default_factory=dict)
    scores: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trial:
    """An imagined participant. Visits count as held; `guides` is how many facilitators there are."""

    zone: str
    enrolled_on: date
    visits: tuple[Visit, ...] = ()
    arm: str = ""
    site: str = ""
    language: str = "en"
    guides: int = 2
    event: bool = True
    answered: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One message: when it leaves, which forms it was planned for, and all that is open by then."""

    at: datetime
    about: tuple[str, ...]
    open: tuple[PlannedAssessment, ...]

    @property
    def closes_at(self) -> datetime:
        """When the first of the open forms closes: what the message names."""
        return min(row.closes_at for row in self.open)


@dataclass(frozen=True, slots=True)
class Line:
    """One form asked once, with its number among its own kind, and the messages that name it."""

    row: PlannedAssessment
    occasion: int
    answered_at: datetime | None
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that would happen, in order of opening; what the design asks for and cannot plan, apart."""

    facts: Facts
    lines: tuple[Line, ...]
    messages: tuple[Message, ...]
    unplanned: tuple[Unplanned, ...]

    def zone(self, moment: datetime) -> str:
        """Return the zone in force at an instant."""
        return zone_at(self.facts.zones, moment)

    def local(self, moment: datetime) -> datetime:
        """Return an instant as the participant's clock shows it."""
        return local(moment, self.zone(moment))


def guide(number: int) -> str:
    """Return what the number-th imagined facilitator is called."""
    return f"facilitator-{number}"


def simulate(protocol: Protocol, instruments: Mapping[str, Instrument], trial: Trial) -> Outcome:
    """Return everything that this participant would be asked and sent.

    Raises:
        FieldError: an imagined answer finds no form that could have been answered then.

    """
    facts = _facts(trial)
    answered: dict[str, datetime] = {}
    for given in sorted(trial.answered, key=lambda each: (each.at, each.definition)):
        rows = plan(protocol, instruments, facts)
        found = _meant(rows, given, answered, protocol, facts.zones)
        answered |= {row.id: given.at for row in found}
        facts = _with_results(facts, protocol, found, given)
    rows = plan(protocol, instruments, facts)
    messages = _messages(protocol, facts, rows, answered)
    return Outcome(
        facts, _lines(rows, answered, messages), messages, unplanned(protocol, instruments, facts)
    )


def _facts(trial: Trial) -> Facts:
    first = min([trial.enrolled_on, *(visit.on for visit in trial.visits)])
    people = (Facilitator(guide(n + 1), guide(n + 1), first) for n in range(trial.guides))
    return Facts(
        participant_id=NOBODY,
        enrolled_on=trial.enrolled_on,
        arm=trial.arm,
        language=trial.language,
        zones=(ZoneFact(trial.zone, trial.enrolled_on),),
        visits=trial.visits,
        facilitators=tuple(people),
        event=trial.event,
        site=trial.site,
    )


def _meant(
    rows: Sequence[PlannedAssessment],
    given: Given,
    answered: Mapping[str, datetime],
    protocol: Protocol,
    zones: Sequence[ZoneFact],
) -> list[PlannedAssessment]:
    """Return the rows answered at this moment: of one occasion, about each facilitator at once."""
    known = [row for row in rows if row.definition == given.definition]
    if not known:
        raise FieldError(_nothing(given.definition, protocol))
    free = [row for row in known if row.id not in answered and row.opens_at <= given.at]
    open_now = [row for row in free if given.at < row.closes_at]
    late = [
        row
        for row in free
        if given.at < welcome_until(row, rows, protocol, zone_at(zones, row.closes_at))
    ]
    first = min(open_now, key=_turn, default=None) or max(late, key=_turn, default=None)
    if first is None:
        raise FieldError(_closed(known, given, zones))
    return [row for row in free if _turn(row) == _turn(first)]


def _turn(row: PlannedAssessment) -> tuple[datetime, int, str, int]:
    return row.opens_at, row.course, row.visit_id or "", row.occasion


def _nothing(definition: str, protocol: Protocol) -> str:
    if definition not in protocol.definitions:
        return f"There is no {definition!r}; there is {', '.join(protocol.definitions)}."
    return f"{definition!r} is not planned for this participant, so it cannot be answered."


def _closed(known: Sequence[PlannedAssessment], given: Given, zones: Sequence[ZoneFact]) -> str:
    """Say when it could have been, once for all it is asked about, by the participant's clock."""
    spans = dict.fromkeys(
        " to ".join(
            f"{local(each, zone_at(zones, each)):%Y-%m-%d %H:%M}"
            for each in (row.opens_at, row.closes_at)
        )
        for row in known
    )
    named = ", ".join(list(spans)[:4])
    return (
        f"{given.definition!r} could not be answered then; it is open from {named}, by their clock."
    )


def _with_results(
    facts: Facts, protocol: Protocol, rows: Iterable[PlannedAssessment], given: Given
) -> Facts:
    if given.definition not in protocol.asks_results_of():
        return facts
    on = local(given.at, zone_at(facts.zones, given.at)).date()
    fresh = tuple(
        Result(
            assessment_id=row.id,
            definition=row.definition,
            course=row.course,
            about=row.about,
            visit_id=row.visit_id,
            occasion=row.occasion,
            answered_on=on,
            answered_at=given.at,
            answers=given.answers,
            scores=given.scores,
        )
        for row in rows
    )
    return replace(facts, results=(*facts.results, *fresh))


def _messages(
    protocol: Protocol,
    facts: Facts,
    rows: Sequence[PlannedAssessment],
    answered: Mapping[str, datetime],
) -> tuple[Message, ...]:
    asked = [row for row in rows if row.respondent == "participant"]
    found = []
    for planned in plan_messages(protocol, facts, asked, "email"):
        waiting = tuple(
            row
            for row in asked
            if row.opens_at <= planned.due_at < row.closes_at
            and answered.get(row.id, planned.due_at) >= planned.due_at
            and row.awaits is None
        )
        about = tuple(row.id for row in waiting if row.id in planned.assessment_ids)
        if about:
            found.append(Message(planned.due_at, about, waiting))
    return tuple(sorted(found, key=lambda each: each.at))


def _lines(
    rows: Sequence[PlannedAssessment],
    answered: Mapping[str, datetime],
    messages: Sequence[Message],
) -> tuple[Line, ...]:
    counts: dict[tuple[str, str | None], int] = defaultdict(int)
    numbers: dict[str, int] = {}
    for row in sorted(rows, key=lambda each: (each.course, each.occasion)):
        counts[row.definition, row.about] += 1
        numbers[row.id] = counts[row.definition, row.about]
    return tuple(
        Line(
            row,
            numbers[row.id],
            answered.get(row.id),
            tuple(each for each in messages if row.id in each.about),
        )
        for row in rows
    )
