"""What is known about one participant: dated facts, from which everything planned follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal

VisitStatus = Literal["planned", "held", "cancelled", "no-show"]
# What leaves a visit without a place in the order of visits: it did not take place.
NOT_STANDING: frozenset[VisitStatus] = frozenset({"cancelled", "no-show"})


@dataclass(frozen=True, slots=True)
class Visit:
    """A dated therapy event as it stands now. Its id stays; its date and its ordinal may change."""

    id: str
    kind: str
    on: date
    status: VisitStatus
    at: time | None = None
    course: int = 1


@dataclass(frozen=True, slots=True)
class Facilitator:
    """A person who guides this participant, from one day to another (both included)."""

    staff_id: str
    name: str
    from_on: date
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class ZoneFact:
    """The IANA zone the participant lives in from a calendar day on."""

    zone: str
    from_on: date


@dataclass(frozen=True, slots=True)
class Result:
    """One finished form, of a definition that the plan asks about (`Protocol.asks_results_of`).

    `assessment_id` is the planned row that was answered, `occasion` and `visit_id` as they stood then;
    `answered_on` is the local day of `answered_at`. `answers` is item → value as stored (a number, a
    text, a list of codes); what was left empty or not shown is absent or None. `scores` is score → value.
    """

    assessment_id: str
    definition: str
    course: int
    about: str | None
    visit_id: str | None
    occasion: int
    answered_on: date
    answered_at: datetime
    answers: Mapping[str, object] = field(default_factory=dict)
    scores: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that `plan` may look at. Built by the store, or by hand in a test.

    `arm` is empty as long as nobody has been allocated. `zones` stand in the order recorded.
    """

    participant_id: str
    enrolled_on: date
    arm: str
    language: str
    zones: tuple[ZoneFact, ...]
    visits: tuple[Visit, ...] = ()
    facilitators: tuple[Facilitator, ...] = ()
    withdrawn: bool = False
    # Whether the event that some forms are about is known; what it was, no plan needs.
    event: bool = False
    site: str = ""
    results: tuple[Result, ...] = ()
    # The hour at which they wish to be reminded; None leaves it to the protocol.
    hour: time | None = None
