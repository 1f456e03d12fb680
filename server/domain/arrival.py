"""A table's row about a participant: what it says, what stands already, and the steps between the two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Literal

from server.domain.facts import NOT_STANDING, Facts, Visit, VisitStatus
from server.domain.visit_names import VisitName

FactKind = Literal["zone", "language", "arm", "site", "channel", "hours", "group"]
# What a row says of itself; a group is known by its label, and brings its dates along.
FACTS: tuple[FactKind, ...] = ("zone", "language", "arm", "site", "channel", "hours")
GROUP = "group"
CONTACT = ("name", "email", "phone")
ENROLLED_ON = "enrolled_on"
# Nobody has been enrolled before a new row is written; what is planned of it needs an id all the same.
NOBODY = "imported"


@dataclass(frozen=True, slots=True)
class VisitSaid:
    """A visit as a row tells it; `status` None: held if its day is past, planned otherwise."""

    name: VisitName
    on: date
    at: time | None = None
    status: VisitStatus | None = None

    @property
    def stands(self) -> bool:
        return self.status not in NOT_STANDING


@dataclass(frozen=True, slots=True)
class GuideSaid:
    """A facilitator as a row tells it; `place` names the columns. What is empty is not said."""

    place: str
    staff_id: str
    name: str
    known_as: str = ""
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class SharedDate:
    """A planned date of a group; `at` is each participant's own clock."""

    id: str
    kind: str
    course: int
    on: date
    at: time | None


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the study with its planned dates, by day."""

    id: str
    label: str
    dates: tuple[SharedDate, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrival:
    """One row: whoever it is about, and all that it says. What it leaves empty it does not change."""

    line: int
    code: str
    facts: Mapping[FactKind, str] = field(default_factory=dict)
    contact: Mapping[str, str] = field(default_factory=dict)
    enrolled_on: date | None = None
    visits: tuple[VisitSaid, ...] = ()
    guides: tuple[GuideSaid, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is stored of a participant already."""

    facts: Facts
    present: Mapping[str, str]
    contact: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FactStep:
    """A fact to be recorded, and what stood before; `shown`: what people call the value."""

    kind: FactKind
    value: str
    was: str
    shown: str = ""


@dataclass(frozen=True, slots=True)
class VisitStep:
    """A visit to be recorded: a new one (no id), or what stands from now on of a known one.

    `group_visit_id`: the group's date that it is a copy of.
    """

    label: str
    visit_id: str | None
    kind: str
    course: int
    status: VisitStatus
    on: date
    at: time | None
    was: Visit | None
    group_visit_id: str | None = None


@dataclass(frozen=True, slots=True)
class GuideStep:
    """Somebody begins or ceases to guide."""

    staff_id: str
    name: str
    state: Literal["assigned", "ended"]
    on: date


@dataclass(frozen=True, slots=True)
class Changes:
    """All that a row changes; false when everything stands like this already."""

    new: bool
    enrolled_on: date
    facts: tuple[FactStep, ...] = ()
    contact: Mapping[str, str] = field(default_factory=dict)
    visits: tuple[VisitStep, ...] = ()
    guides: tuple[GuideStep, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.facts or self.contact or self.visits or self.guides)
