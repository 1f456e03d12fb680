"""What can be told of somebody who lives through a study: their visits, forms and messages, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.actions.context import Context
from server.clock import FixedClock
from server.domain.assessment import state
from server.domain.people import System
from server.store import assessments, messages, studies, visits
from server.store.database import Database, Row

SEES_ALL = System("tests")


@dataclass
class Told:
    """A participant, as their record stands by now."""

    context: Context
    clock: FixedClock
    id: str
    zone: ZoneInfo

    def visits(self) -> list[Row]:
        """Return all visits as they stand."""
        return visits.current(self._db, self.id)

    def visit_on(self, on: str) -> str:
        """Return the one visit that stands on a day."""
        (found,) = (row["id"] for row in self.visits() if row["on_day"] == on)
        return str(found)

    def days(self, kind: str) -> list[str]:
        """Return the days of this kind of visit, as they stand."""
        return sorted(row["on_day"] for row in self.visits() if row["kind"] == kind)

    def calendar(self) -> list[tuple[str, str]]:
        """Return the visits that stand as planned, each with its day."""
        found = visits.current(self._db, self.id)
        return [(row["id"], row["on_day"]) for row in found if row["status"] == "planned"]

    def rows(self, *definitions: str) -> list[Row]:
        """Return what is or was planned, answered or left, without what left the plan unanswered."""
        found = assessments.of(self._db, SEES_ALL, self.id)
        return [
            row
            for row in found
            if state(row, self._now) != "retired"
            and (not definitions or row["definition"] in definitions)
        ]

    def told(self, *definitions: str) -> list[str]:
        """Say each as a trialist would: `alliance-prep about Robin, preparation-2, 18 to 21 March: answered`."""
        rows = sorted(
            self.rows(*definitions),
            # Guides are planned abreast, in no order that anybody sees.
            key=lambda row: (row["opens_at"], row["position"] // 100, row["about_name"] or ""),
        )
        return [self._told(row) for row in rows]

    def states(self) -> dict[str, dict[str, int]]:
        """Count what became of each definition: {"alliance-prep": {"answered": 2}}."""
        found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for row in self.rows():
            found[row["definition"]][state(row, self._now)] += 1
        return {name: dict(counts) for name, counts in found.items()}

    def answered_on(self, definition: str) -> list[str]:
        """Return the days on which forms of this definition were answered, in order."""
        rows = self._db.all(
            "SELECT r.finished_at FROM responses r JOIN assessments a ON a.id = r.assessment_id"
            " WHERE a.participant_id = ? AND a.definition = ? ORDER BY r.finished_at",
            [self.id, definition],
        )
        return [str(self._local(row["finished_at"]).date()) for row in rows]

    def reminders(self) -> list[datetime]:
        """Return when messages left, by the clock on this person's wall."""
        found = messages.of(self._db, SEES_ALL, self.id)
        return sorted(self._local(row["settled_at"]) for row in found if row["state"] == "sent")

    def minutes(self, row: Row) -> int:
        """Return how long a form takes, as its design or its own file says."""
        study = studies.of_participant(self._db, self.id)
        design = self.context.catalog.protocol(study["protocol"], study["protocol_version"])
        own = design.definitions[row["definition"]].minutes
        return own or self.context.catalog.instrument(row["instrument"]).minutes

    def forms_by_day(self) -> dict[date, list[Row]]:
        """Gather the forms that this person was to answer, by the day they opened."""
        days: dict[date, list[Row]] = defaultdict(list)
        for row in self.rows():
            if row["respondent"] == "participant":
                days[self._local(row["opens_at"]).date()].append(row)
        return dict(days)

    def _told(self, row: Row) -> str:
        about = f" about {row['about_name']}" if row["about_name"] else ""
        opens = self._local(row["opens_at"])
        closes = self._local(row["closes_at"]) - timedelta(seconds=1)
        return (
            f"{row['definition']}{about}, {row['anchor']}, {opens:%-d %b} to {closes:%-d %b %Y}: "
            f"{state(row, self._now)}"
        )

    def _local(self, text: str) -> datetime:
        return datetime.fromisoformat(text).astimezone(self.zone)

    @property
    def _now(self) -> datetime:
        return self.clock.at

    @property
    def _db(self) -> Database:
        return self.context.db


def assert_in_peace(person: Told, sessions: Sequence[str] = ()) -> None:
    """Nobody was written to at night, twice a day, on a session's day, or before ten on the next."""
    moments = person.reminders()
    assert moments, "nobody was reminded of anything"
    days = [moment.date() for moment in moments]
    assert len(days) == len(set(days)), "two messages on a day"
    held = {date.fromisoformat(day) for day in sessions}
    assert not held & set(days), "a message on a session's day"
    for moment in moments:
        assert time(8) <= moment.time() < time(21), moment
        if moment.date() - timedelta(days=1) in held:
            assert moment.time() >= time(10), moment


def assert_light(person: Told) -> None:
    """No day brought more than three forms or twenty minutes."""
    for day, rows in person.forms_by_day().items():
        minutes = sum(person.minutes(row) for row in rows)
        assert len(rows) <= 3, (day, [row["definition"] for row in rows])
        assert minutes <= 20, (day, minutes)
