"""What is known about one participant: dated facts, from which everything planned follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Literal

VisitStatus = Literal["planned", "held", "cancelled"]


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
class Facts:
    """All that `plan` may look at. Built by the store, or by hand in a test."""

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
