"""What a printed summary is drawn from: plain facts about one participant, already filtered by its reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from server.domain.answers import Answer
from server.domain.assessment import State
from server.domain.facts import VisitStatus
from server.domain.instrument import Instrument, Wording


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom the page is made, as it will say."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit as it stands now; `label` carries its ordinal where there are several of a kind."""

    kind: str
    label: str
    on: date
    status: VisitStatus
    at: time | None = None


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One score of one sitting; `value` is None where it could not be scored, and `reason` says why."""

    score: str
    value: float | None
    reason: str = ""
    prorated: bool = False
    error: float | None = None


@dataclass(frozen=True, slots=True)
class Sitting:
    """One form asked at one point of the course, and what came of it. Days are the participant's.

    `source` says who gave the answers (`participant`, `paper`, `rater`, `facilitator`, `staff`),
    `entered_by` the name of whoever of the staff entered them; `note` is why it was excused.
    """

    label: str
    instrument: Instrument
    wording: Wording
    opens_on: date
    target_on: date
    closes_on: date
    state: State
    about: str = ""
    alliance: bool = False
    answered_at: datetime | None = None
    source: str = "participant"
    entered_by: str = ""
    note: str = ""
    scores: tuple[ScoreLine, ...] = ()
    # The score that stands for the form on page one; empty: the one its file names.
    headline: str = ""
    answers: tuple[Answer, ...] = ()

    @property
    def day(self) -> date:
        """The day it stands at on a time line: when it was answered, else when it was due."""
        return self.answered_at.date() if self.answered_at else self.target_on


@dataclass(frozen=True, slots=True)
class Record:
    """Everything a summary may show. `printed_at` is aware, in the zone that the page names."""

    study_code: str
    study_title: str
    participant_code: str
    status: str
    enrolled_on: date
    printed_at: datetime
    zone: str
    reader: Reader
    synthetic: bool = False
    research_copy: bool = False
    language: str = "en"
    visits: tuple[VisitLine, ...] = ()
    sittings: tuple[Sitting, ...] = ()

    @property
    def today(self) -> date:
        return self.printed_at.date()
