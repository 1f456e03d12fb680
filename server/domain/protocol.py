"""A study's design as data: visits, assessments, windows, reminders. Read-only once loaded."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Literal

from pydantic import ConfigDict, Field, model_validator

from server.domain.moments import (
    Anchor,
    AnchorField,
    Moment,
    MomentField,
    Offset,
    OffsetField,
    ReminderRule,
    RuleField,
    Until,
    UntilField,
    parse_anchor,
    parse_moment,
    parse_offset,
    parse_rule,
    parse_until,
)
from server.domain.people import Role
from server.domain.plain import Frozen, Number, Text, TimeOfDay, Truth, Whole

__all__ = [
    "Allocation",
    "Anchor",
    "Answered",
    "AssessmentDefinition",
    "Hours",
    "Late",
    "Moment",
    "Offset",
    "Overlap",
    "Protocol",
    "ReminderPlan",
    "ReminderRule",
    "Repeat",
    "Scored",
    "Until",
    "VisitKind",
    "When",
    "Words",
    "parse_anchor",
    "parse_moment",
    "parse_offset",
    "parse_rule",
    "parse_until",
]

Late = Literal["accept and flag", "stop opening"]
Overlap = Literal["both", "earlier closes", "later opens after"]
# More than this nobody is asked of one form: a year of days, and a few.
MOST_OCCASIONS = 400


class VisitKind(Frozen):
    """A kind of visit: how often it happens, what staff call it, what the participant reads.

    `session`: what is anchored on it waits until it is confirmed as held, and nothing is sent on its
    day. `dates`: fixed cannot be moved once set; future only cannot be set to, or left on, a past day.
    """

    label: Text
    participant_label: Text
    count: Whole | None = Field(default=None, ge=1)
    repeat: Truth = False
    time: Literal["asked", "required"] = "asked"
    session: Truth = False
    group: Truth = False
    dates: Literal["movable", "fixed", "future only"] = "movable"


class Repeat(Frozen):
    """How a form comes again: every so often, so many times or until something."""

    every: OffsetField
    times: Whole | None = Field(default=None, ge=1, le=MOST_OCCASIONS)
    until: UntilField | None = None


class Answered(Frozen):
    """Holds when an earlier form's item was answered with one of these codes. A file writes `is`."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    assessment: str
    item: str
    codes: tuple[Number, ...] = Field(min_length=1, validation_alias="is")


class Scored(Frozen):
    """Holds when an earlier form's score is at least the one bound and below the other."""

    assessment: str
    score: str
    at_least: Number | None = None
    below: Number | None = None


class When(Frozen):
    """For whom a form is asked at all; everything named must hold."""

    arm: tuple[str, ...] = Field(default=(), min_length=1)
    site: tuple[str, ...] = Field(default=(), min_length=1)
    language: tuple[str, ...] = Field(default=(), min_length=1)
    course: tuple[Whole, ...] = Field(default=(), min_length=1)
    answered: Answered | None = None
    score: Scored | None = None

    @property
    def looks(self) -> tuple[Answered | Scored, ...]:
        """The conditions on earlier answers."""
        return tuple(each for each in (self.answered, self.score) if each is not None)


class AssessmentDefinition(Frozen):
    """One instrument asked at one kind of point of the course.

    Either `opens` and `closes` are given, or `target` with a `window` around it. What is None here
    (`waits`, `late`, `late_for`, `minutes`, `overlap`) follows the visit, the protocol or the instrument.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    instrument: str
    label: Text
    anchor: AnchorField
    opens: MomentField | None = None
    target: MomentField | None = None
    closes: MomentField | None = None
    window: tuple[OffsetField, OffsetField] | None = None
    order: Whole = 0
    repeat: Repeat | None = None
    when: When = When()
    asked: Literal["every time", "once per facilitator"] = "every time"
    waits: Truth | None = None
    late: Late | None = None
    late_for: OffsetField | None = None
    minutes: Whole | None = Field(default=None, ge=1)
    overlap: Overlap | None = None

    @property
    def looks_at(self) -> tuple[str, ...]:
        """The definitions whose answers decide whether, or when, this one is asked."""
        completed = (self.anchor.completion,) if self.anchor.completion else ()
        return tuple(dict.fromkeys([*completed, *(look.assessment for look in self.when.looks)]))


class Hours(Frozen):
    """When reminders may reach a participant, in their local time. Quiet may run over midnight.

    A file writes `{default: "10:00", quiet: "21:00-08:00"}`.
    """

    default: TimeOfDay
    quiet_from: TimeOfDay
    quiet_to: TimeOfDay

    @model_validator(mode="before")
    @classmethod
    def _split_quiet(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "quiet_from" in data:
            return data
        if "quiet" not in data:
            raise ValueError("'quiet' is missing; write for example quiet: \"21:00-08:00\"")
        quiet_from, dash, quiet_to = str(data["quiet"]).partition("-")
        if not dash:
            raise ValueError(f"quiet {data['quiet']!r} is no span; write for example 21:00-08:00")
        rest = {key: value for key, value in data.items() if key != "quiet"}
        return {**rest, "quiet_from": quiet_from.strip(), "quiet_to": quiet_to.strip()}


class ReminderPlan(Frozen):
    """All reminders that each assessment gets, and the hours they keep. A file calls them `plan`."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    rules: tuple[RuleField, ...] = Field(validation_alias="plan")
    hours: Hours
    most_per_day: Whole = Field(default=2, ge=1)


class Words(Frozen):
    """What participants read for the people who guide them: guide, therapist or coach."""

    guide: Literal["guide", "therapist", "coach"] = "guide"


class Allocation(Frozen):
    """Who may see, enter or import the arm; and whether somebody may be enrolled before it is known."""

    known_to: tuple[Role, ...] = Field(min_length=1)
    after_enrolment: Truth = False


class Protocol(Frozen):
    """One version of a study's design. Without `allocation` everyone on the team knows the arm."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    title: Text
    notes: str = ""
    words: Words = Words()
    pin: Literal["asked", "off"] = "asked"
    late: Late = "stop opening"
    late_for: OffsetField = Offset(amount=2, unit="week")
    overlap: Overlap = "both"
    arms: dict[str, Text] = Field(min_length=1)
    allocation: Allocation | None = None
    sites: dict[str, Text] = Field(default_factory=dict)
    courses: dict[Whole, Text] = Field(default_factory=lambda: {1: "First course"}, min_length=1)
    visits: dict[str, VisitKind] = Field(min_length=1)
    assessments: tuple[AssessmentDefinition, ...] = Field(min_length=1)
    reminders: ReminderPlan

    @property
    def most_courses(self) -> int:
        """How often a participant may go through the course."""
        return max(self.courses)

    @cached_property
    def sessions(self) -> frozenset[str]:
        """The kinds of visit that are sessions."""
        return frozenset(name for name, kind in self.visits.items() if kind.session)

    @cached_property
    def definitions(self) -> dict[str, AssessmentDefinition]:
        """Every assessment's definition by its id."""
        return {each.id: each for each in self.assessments}

    def asks_results_of(self) -> frozenset[str]:
        """Return the definitions whose results the plan looks at: Facts.results is about these."""
        once = {each.id for each in self.assessments if each.asked == "once per facilitator"}
        return frozenset(once.union(*(each.looks_at for each in self.assessments)))

    def all_looked_at(self, definition_id: str) -> frozenset[str]:
        """Return the definitions whose answers decide about this one, directly or through others."""
        found: set[str] = set()
        while (
            more := {
                other
                for each in (definition_id, *found)
                for other in self.definitions[each].looks_at
                if other in self.definitions
            }
            - found
        ):
            found |= more
        return frozenset(found)

    def follows_arm(self) -> frozenset[str]:
        """Return the definitions whose being asked, or whose window, tells the arm: by themselves, by
        what they look at, or by giving way to another form of the same instrument.
        """
        return self.arm_tellers

    @cached_property
    def arm_tellers(self) -> frozenset[str]:
        """What `follows_arm` returns, found once: it is asked for every row."""
        telling = {each.id for each in self.assessments if each.when.arm}
        while (
            more := {each.id for each in self.assessments if self._told_by(each, telling)} - telling
        ):
            telling |= more
        return frozenset(telling)

    def _told_by(self, one: AssessmentDefinition, telling: set[str]) -> bool:
        """Whether it looks at one of these, or shares an instrument of which one window cuts another."""
        if telling.intersection(one.looks_at):
            return True
        alike = [each for each in self.assessments if each.instrument == one.instrument]
        cuts = any((each.overlap or self.overlap) != "both" for each in alike)
        return cuts and any(each.id in telling for each in alike)
