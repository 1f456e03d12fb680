"""From a protocol and dated facts to the assessments of one participant: no clock, no store.

An assessment's id follows from participant, course, definition, whom it is about and the visit, so
a visit that moves takes its assessments along.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from server.domain import overlap
from server.domain.course import courses
from server.domain.drafting import Draft, Drafting, guides
from server.domain.facts import Facts
from server.domain.instrument import Instrument, Respondent
from server.domain.protocol import Late, Protocol
from server.domain.windows import Window

__all__ = [
    "PlannedAssessment",
    "Unplanned",
    "Window",
    "guides",
    "hidden_from",
    "plan",
    "unplanned",
]


@dataclass(frozen=True, slots=True)
class PlannedAssessment:
    """One instrument asked once, with its window in UTC: `opens_at` ≤ answered < `closes_at`."""

    id: str
    definition: str
    label: str
    instrument: str
    course: int
    about: str | None
    visit_id: str | None
    anchor: str
    anchor_on: date
    opens_at: datetime
    target_at: datetime
    closes_at: datetime
    hidden_from: tuple[str, ...]
    alliance: bool
    position: int
    # Counted from 1 by the anchor's day, within definition, course and whom it is about.
    occasion: int = 1
    respondent: Respondent = "participant"
    # The visit that must be confirmed as held before it opens; None: it waits for nothing (any more).
    awaits: str | None = None
    late: Late = "stop opening"
    minutes: int = 1


@dataclass(frozen=True, slots=True)
class Unplanned:
    """What the protocol asks for and the facts do not allow (yet), in words for staff.

    `hidden_from` and `alliance` say who must not read even that, as with what is planned.
    """

    definition: str
    label: str
    course: int
    reason: str
    hidden_from: tuple[str, ...] = ()
    alliance: bool = False


def plan(
    protocol: Protocol, instruments: Mapping[str, Instrument], facts: Facts
) -> tuple[PlannedAssessment, ...]:
    """Return everything to be asked of this participant, in order of opening and position."""
    rows = _Plan(protocol, instruments, facts).planned()
    return tuple(sorted(rows, key=lambda row: (row.opens_at, row.position, row.id)))


def unplanned(
    protocol: Protocol, instruments: Mapping[str, Instrument], facts: Facts
) -> tuple[Unplanned, ...]:
    """Return what is not planned, and why: staff see what an assessment waits for."""
    return tuple(_Plan(protocol, instruments, facts).unplanned())


def hidden_from(instrument: Instrument, facts: Facts, about: str | None) -> tuple[str, ...]:
    """Return the staff who must never see these answers, whenever they were assigned.

    `rated facilitator` means whoever the form is about (all, when it is about nobody by name);
    `co-facilitator` means everyone who ever guided this participant.
    """
    rule = instrument.visibility.hidden_from
    if not rule:
        return ()
    ever = {facilitator.staff_id for facilitator in facts.facilitators}
    if "co-facilitator" in rule or about is None:
        return tuple(sorted(ever | ({about} if about else set())))
    return (about,)


class _Plan:
    """One participant's whole plan: all courses, overlapping windows settled."""

    def __init__(
        self, protocol: Protocol, instruments: Mapping[str, Instrument], facts: Facts
    ) -> None:
        self.protocol, self.instruments, self.facts = protocol, instruments, facts
        self.drafts: list[Draft] = []
        # Course, definition, reason.
        self.reasons: list[tuple[int, str, str]] = []
        for course in () if facts.withdrawn else courses(protocol, facts):
            drafting = Drafting(course, instruments)
            for definition in protocol.assessments:
                settled = drafting.of(definition.id)
                self.drafts += settled.drafts
                self.reasons += [(course.number, definition.id, each) for each in settled.reasons]
        gone = overlap.settle(protocol, self.drafts)
        self.reasons += [
            (draft.course, draft.definition.id, f"{draft.told}: {reason}") for draft, reason in gone
        ]
        lost = {draft.id for draft, _reason in gone}
        self.drafts = [draft for draft in self.drafts if draft.id not in lost]
        self._hidden: dict[tuple[str, str | None], tuple[tuple[str, ...], bool]] = {}

    def planned(self) -> list[PlannedAssessment]:
        """Return every form as a row, numbered by the anchors' days."""
        counts: dict[tuple[int, str, str | None], int] = defaultdict(int)
        rows = []
        for draft in sorted(self.drafts, key=lambda each: (each.point.on, each.number)):
            group = draft.course, draft.definition.id, draft.about
            counts[group] += 1
            rows.append(self._row(draft, counts[group]))
        return rows

    def unplanned(self) -> list[Unplanned]:
        """Return why something is not asked, hidden from those who may not see what decides it."""
        return [self._reason(*each) for each in self.reasons]

    def _row(self, draft: Draft, occasion: int) -> PlannedAssessment:
        definition, instrument = draft.definition, draft.instrument
        hidden, alliance = self._hides(definition.id, draft.about)
        return PlannedAssessment(
            id=draft.id,
            definition=definition.id,
            label=definition.label,
            instrument=instrument.id,
            course=draft.course,
            about=draft.about,
            visit_id=draft.point.visit_id,
            anchor=draft.point.label,
            anchor_on=draft.point.on,
            opens_at=draft.when.opens_at,
            target_at=draft.when.target_at,
            closes_at=draft.when.closes_at,
            hidden_from=hidden,
            alliance=alliance,
            position=draft.position,
            occasion=occasion,
            respondent=instrument.respondent,
            awaits=self._awaits(draft),
            late=definition.late or self.protocol.late,
            minutes=definition.minutes or instrument.minutes,
        )

    def _awaits(self, draft: Draft) -> str | None:
        """Return the visit that must be confirmed first: a session's, unless the file says otherwise."""
        waits = draft.definition.waits
        if waits is None:
            waits = draft.definition.anchor.kind in self.protocol.sessions
        return draft.point.visit_id if waits and not draft.point.held else None

    def _reason(self, course: int, definition_id: str, reason: str) -> Unplanned:
        definition = self.protocol.definitions[definition_id]
        hidden, alliance = self._told_by(definition_id)
        return Unplanned(definition_id, definition.label, course, reason, hidden, alliance)

    def _hides(self, definition_id: str, about: str | None) -> tuple[tuple[str, ...], bool]:
        """Return from whom a form is hidden, and whether by role too."""
        key = definition_id, about
        if key not in self._hidden:
            instrument = self.instruments[self.protocol.definitions[definition_id].instrument]
            more, telling = self._told_by(definition_id)
            hidden = {*hidden_from(instrument, self.facts, about), *more}
            self._hidden[key] = tuple(sorted(hidden)), telling or _by_role(instrument)
        return self._hidden[key]

    def _told_by(self, definition_id: str) -> tuple[tuple[str, ...], bool]:
        """Return from whom the forms that this one looks at are hidden: that it is asked tells of them."""
        hidden: set[str] = set()
        telling = False
        for other in self.protocol.all_looked_at(definition_id) - {definition_id}:
            instrument = self.instruments[self.protocol.definitions[other].instrument]
            hidden.update(hidden_from(instrument, self.facts, None))
            telling = telling or _by_role(instrument)
        return tuple(sorted(hidden)), telling


def _by_role(instrument: Instrument) -> bool:
    """Whatever is hidden by person is hidden by role as well: hiding beats seeing."""
    return instrument.about is not None or bool(instrument.visibility.hidden_from)
