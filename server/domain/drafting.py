"""What one course asks, definition by definition, before overlapping windows are settled.

Some definitions look at the answers to others, so each is settled when it is first looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from server.domain.conditions import asked_at_all, verdict
from server.domain.course import Course, Missing, Point
from server.domain.facts import Facilitator, Facts, Result
from server.domain.instrument import Instrument
from server.domain.protocol import AssessmentDefinition
from server.domain.windows import Window, occasions, window
from server.ids import derived_id

# One definition may ask about several people; this many positions are kept free for them.
_ABREAST = 100


@dataclass(slots=True)
class Draft:
    """One form to be asked: of a definition, counted from a point, the number-th time, about someone."""

    id: str
    definition: AssessmentDefinition
    instrument: Instrument
    course: int
    point: Point
    number: int
    about: str | None
    when: Window
    position: int

    @property
    def key(self) -> tuple[str, ...]:
        """What it is asked at, whomever it is about: ids of what follows its answer grow from it."""
        return _key(self.point, self.number)

    @property
    def told(self) -> str:
        """What it is asked at, in words."""
        return _told(self.point, self.number)


@dataclass(slots=True)
class Settled:
    """What became of one definition: forms to ask, and why others are not. Neither: not asked here."""

    drafts: list[Draft] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def note(self, reason: str) -> None:
        """Keep a reason; the same for several people or occasions is told once."""
        if reason not in self.reasons:
            self.reasons.append(reason)


class Drafting:
    """One course being planned."""

    def __init__(self, course: Course, instruments: Mapping[str, Instrument]) -> None:
        self.course = course
        self.instruments = instruments
        facts = course.facts
        self.results: Mapping[str, Result] = {each.assessment_id: each for each in facts.results}
        self._settled: dict[str, Settled] = {}
        many = len(course.protocol.assessments)
        self._positions = {
            each.id: (each.order * many + index) * _ABREAST
            for index, each in enumerate(course.protocol.assessments)
        }

    def of(self, definition_id: str) -> Settled:
        """Return what becomes of a definition."""
        if definition_id not in self._settled:
            # The check of files refuses circles; a design built by hand waits for itself, and ends.
            self._settled[definition_id] = Settled(reasons=["waits for itself"])
            definition = self.course.protocol.definitions[definition_id]
            self._settled[definition_id] = self._settle(definition)
        return self._settled[definition_id]

    def _settle(self, definition: AssessmentDefinition) -> Settled:
        found = Settled()
        try:
            for point in self._points(definition):
                self._at(found, definition, point)
        except Missing as reason:
            found.note(str(reason))
        if definition.asked == "once per facilitator":
            found.drafts = self._once(found.drafts)
        return found

    def _points(self, definition: AssessmentDefinition) -> list[Point]:
        if not asked_at_all(definition, self.course):
            return []
        if self.instruments[definition.instrument].needs == "event" and not self.course.facts.event:
            raise Missing("waits for the event that it is about")
        if definition.anchor.completion is None:
            return self.course.anchors(definition.anchor)
        return self._completions(definition.anchor.completion, definition.anchor.text)

    def _completions(self, other_id: str, text: str) -> list[Point]:
        """Return a point for whatever was answered; of answers about several people, the first counts."""
        other = self.of(other_id)
        given = [(self.results[each.id], each) for each in other.drafts if each.id in self.results]
        first: dict[tuple[str, ...], tuple[Result, Draft]] = {}
        for result, draft in sorted(given, key=lambda each: _age(each[0])):
            first.setdefault(draft.key, (result, draft))
        if not first and (other.drafts or other.reasons):
            label = self.course.protocol.definitions[other_id].label
            raise Missing(f"waits for an answer to “{label}”")
        return [
            Point(text, result.answered_on, draft.point.visit_id, (*key, other_id))
            for key, (result, draft) in first.items()
        ]

    def _at(self, found: Settled, definition: AssessmentDefinition, point: Point) -> None:
        """Add what is counted from one point."""
        instrument = self.instruments[definition.instrument]
        people = _about(instrument, self.course.facts, point.on)
        for number, when in self._windows(found, definition, point):
            if not people:
                found.note(f"{point.label}: nobody is assigned on that day")
            for rank, about in enumerate(people):
                if self._holds(found, definition, point, number, about):
                    found.drafts.append(
                        Draft(
                            self._id(definition, about, _key(point, number)),
                            definition, instrument, self.course.number, point, number, about, when,
                            self._positions[definition.id] + rank,
                        )
                    )  # fmt: skip

    def _windows(
        self, found: Settled, definition: AssessmentDefinition, point: Point
    ) -> Iterator[tuple[int, Window]]:
        number = 0
        try:
            for number in occasions(self.course, definition, point.on):
                try:
                    yield number, window(self.course, definition, point.on, number)
                except Missing as reason:
                    found.note(f"{_told(point, number)}: {reason}")
        except Missing as reason:
            found.note(f"{point.label}: {reason}")
        except (OverflowError, ValueError):
            found.note(f"{point.label}: no calendar reaches that far")
            return
        if number == 0 and definition.repeat and definition.repeat.until:
            found.note(f"{point.label}: {definition.repeat.until.text} comes before the first time")

    def _holds(
        self,
        found: Settled,
        definition: AssessmentDefinition,
        point: Point,
        number: int,
        about: str | None,
    ) -> bool:
        """Whether earlier answers ask for it; what is not answered yet is noted."""
        waits: list[str] = []
        for look in definition.when.looks:
            other = self.of(look.assessment)
            asked = _alike(other.drafts, definition, look.assessment, point, number, about)
            answer = verdict(look, [(each.about, self.results.get(each.id)) for each in asked])
            if answer is False or not (other.drafts or other.reasons):
                return False
            if answer is None:
                waits.append(self.course.protocol.definitions[look.assessment].label)
        for label in waits:
            found.note(f"{_told(point, number)}: waits for an answer to “{label}”")
        return not waits

    def _id(self, definition: AssessmentDefinition, about: str | None, key: tuple[str, ...]) -> str:
        participant = self.course.facts.participant_id
        return derived_id(participant, str(self.course.number), definition.id, about or "", *key)

    def _once(self, drafts: list[Draft]) -> list[Draft]:
        """Keep one form about each person: the first that was answered, else the first to be asked."""
        kept: dict[str | None, Draft] = {}
        for draft in drafts:
            known = kept.setdefault(draft.about, draft)
            if self._answered_before(draft, known):
                kept[draft.about] = draft
        return list(kept.values())

    def _answered_before(self, one: Draft, other: Draft) -> bool:
        mine, theirs = self.results.get(one.id), self.results.get(other.id)
        return mine is not None and (theirs is None or _age(mine) < _age(theirs))


def guides(facilitator: Facilitator, day: date) -> bool:
    """Whether a facilitator guides the participant on this day (first and last day included)."""
    ended = facilitator.to_on is not None and facilitator.to_on < day
    return facilitator.from_on <= day and not ended


def _about(instrument: Instrument, facts: Facts, day: date) -> tuple[str | None, ...]:
    """Return whom the form is about on the anchor's day: each facilitator of that day, or nobody."""
    if instrument.about is None:
        return (None,)
    terms = sorted(facts.facilitators, key=lambda each: (each.from_on, each.staff_id))
    return tuple(dict.fromkeys(each.staff_id for each in terms if guides(each, day)))


def _alike(
    drafts: list[Draft],
    definition: AssessmentDefinition,
    other_id: str,
    point: Point,
    number: int,
    about: str | None,
) -> list[Draft]:
    """Return which forms of another definition a condition means.

    Those it is counted from; else those of the same visit (the same time, where both repeat); else
    all. Where some are about the same person, those only.
    """
    if definition.anchor.completion == other_id:
        found = [each for each in drafts if (*each.key, other_id) == point.key]
    else:
        found = [each for each in drafts if each.point.visit_id == point.visit_id]
        if definition.repeat:
            same = [each for each in found if each.definition.repeat and each.number == number]
            found = same or found
    found = found or drafts
    return [each for each in found if about is not None and each.about == about] or found


def _age(result: Result) -> tuple[datetime, str]:
    return result.answered_at, result.assessment_id


def _key(point: Point, number: int) -> tuple[str, ...]:
    return point.key if number == 1 else (*point.key, f"#{number}")


def _told(point: Point, number: int) -> str:
    return point.label if number == 1 else f"{point.label}, time {number}"
