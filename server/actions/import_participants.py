"""Bring a running study's participants in from a table: all rows or none, and only what changed.

Whoever is new comes in as prepared: planned, and written to by nobody before a person has said go.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, time

from server.actions.assign_facilitator import OUTSIDE
from server.actions.context import Context
from server.actions.enrol_participant import check_wording
from server.actions.import_line import Line
from server.actions.reconcile import design, reconcile
from server.domain.arrival import Arrival, Group, SharedDate, Standing
from server.domain.arrival_changes import applied, compare
from server.domain.doubts import doubts
from server.domain.entry import Checks, spoken
from server.domain.instrument import Instrument
from server.domain.localtime import local, zone_at
from server.domain.people import Actor
from server.domain.protocol import Protocol
from server.domain.reminders import plan_messages
from server.domain.timeline import plan
from server.errors import BadInputError, NotFoundError
from server.ids import new_id
from server.inputs.arrivals import Person, Problem, columns, read
from server.store import contacts, facilitators, groups, participants, staff, studies, visits
from server.store.contacts import Contact
from server.store.database import Database, Row
from server.store.transaction import Transaction

ACTOR = Actor("system", "participants import", "operator")


class NotImportedError(BadInputError):
    """Nothing was written; `problems` names every line and column."""

    def __init__(self, problems: list[Problem]) -> None:
        count = len(problems)
        super().__init__(f"{count} thing{'' if count == 1 else 's'} to mend. Nothing was written.")
        self.problems = problems


@dataclass(frozen=True)
class Report:
    """All rows, in the order of the table."""

    study: Row
    lines: tuple[Line, ...]

    @property
    def new(self) -> int:
        return sum(line.changes.new for line in self.lines)

    @property
    def changed(self) -> int:
        return sum(bool(line.changes) and not line.changes.new for line in self.lines)

    @property
    def same(self) -> int:
        return len(self.lines) - self.new - self.changed


def template(context: Context, study_code: str) -> tuple[str, ...]:
    """Return the columns of a table for this study; NotFoundError when there is no such study."""
    return columns(design(context, _study(context.db, study_code))[0])


def try_import(context: Context, study_code: str, data: bytes, *, arms: bool) -> Report:
    """Return what importing would change, and write nothing.

    Raises:
        NotImportedError: something is to be mended; all of it is named.
        BadInputError: it is no table.
        NotFoundError: there is no such study.

    """
    return _Import(context, context.db, study_code).report(data, arms=arms)


def import_participants(context: Context, study_code: str, data: bytes, *, arms: bool) -> Report:
    """Write what a table changes, all of it or nothing, in one transaction.

    Raises:
        NotImportedError: something is to be mended; all of it is named.
        BadInputError: it is no table.
        NotFoundError: there is no such study.

    """
    with context.write(ACTOR, "Imported participants") as tx:
        report = _Import(context, tx.db, study_code).report(data, arms=arms)
        for line in report.lines:
            if line.changes:
                _write(tx, context, report.study, line)
        return report


@dataclass
class _Import:
    """Compares a table with what stands."""

    context: Context
    db: Database
    study_code: str
    _worded: dict[str, str] = field(default_factory=dict)
    _groups: dict[str, Group] = field(default_factory=dict)

    def report(self, data: bytes, *, arms: bool) -> Report:
        study = _study(self.db, self.study_code)
        protocol, _instruments = design(self.context, study)
        found = read(data, protocol, _people(self.db, study["id"]), arms=arms)
        known = participants.by_code(self.db, study["id"])
        self._groups = _groups(self.db, study["id"])
        unread: dict[int, set[str]] = defaultdict(set)
        for problem in found.problems:
            unread[problem.line].add(problem.column)
        lines, problems = [], list(found.problems)
        for arrival in found.arrivals:
            more: list[Problem] = []
            whom = known.get(arrival.code.casefold())
            lines.append(self._line(study, arrival, whom, more, arms=arms))
            here = unread[arrival.line]
            problems += (each for each in more if not _follows(each.column, here, protocol))
        if problems:
            raise NotImportedError(sorted(problems))
        return Report(study, tuple(lines))

    def _line(
        self,
        study: Row,
        arrival: Arrival,
        participant_id: str | None,
        problems: list[Problem],
        *,
        arms: bool,
    ) -> Line:
        now = self.context.clock.now()
        protocol, instruments = design(self.context, study, participant_id)
        standing = self._standing(participant_id, protocol) if participant_id else None
        zones = standing.facts.zones if standing else ()
        zone = zone_at(zones, now) if zones else arrival.facts.get("zone", "UTC")
        today = local(now, zone).date()
        checks = Checks()
        changes = compare(protocol, arrival, standing, today, checks, self._groups)
        self._check_language(study, arrival, standing, checks)
        for said in arrival.guides:
            checks.require(said.place, said.staff_id != study["outside_staff_id"], OUTSIDE)
        facts = applied(arrival, standing, changes, today)
        problems += (Problem(arrival.line, where, why) for where, why in checks.places.items())
        line = Line(arrival, participant_id, changes, facts, 0, 0, None, ())
        return line if checks.places else _planned(line, protocol, instruments, now, arms=arms)

    def _standing(self, participant_id: str, protocol: Protocol) -> Standing:
        contact = contacts.read(self.db, self.context.keys, participant_id)
        return Standing(
            participants.facts(self.db, participant_id, protocol.asks_results_of()),
            participants.present(self.db, participant_id),
            asdict(contact),
        )

    def _check_language(
        self, study: Row, arrival: Arrival, standing: Standing | None, checks: Checks
    ) -> None:
        """Refuse a language that no form speaks, or that has sample sentences only in a real study."""
        language = arrival.facts.get("language", "")
        if not language or (standing and standing.present["language"] == language):
            return
        if language not in self._worded:
            asked = Checks()
            asked.field("language", lambda: spoken(language, self.context.catalog.spoken), "")
            check_wording(asked, self.context, study, language)
            self._worded[language] = asked.places.get("language", "")
        checks.require("language", not self._worded[language], self._worded[language])


def _planned(
    line: Line,
    protocol: Protocol,
    instruments: Mapping[str, Instrument],
    now: datetime,
    *,
    arms: bool,
) -> Line:
    """Add to a row the plan that follows from it; whoever may not know the arm sees nothing that tells it."""
    rows = plan(protocol, instruments, line.facts)
    hidden = protocol.follows_arm() if protocol.allocation and not arms else frozenset()
    shown = [row for row in rows if row.definition not in hidden]
    asked = [row for row in shown if row.respondent == "participant"]
    messages = [] if hidden else plan_messages(protocol, line.facts, asked, "email")
    found = doubts(protocol, line.facts.visits, line.changes.enrolled_on)
    return replace(
        line,
        forms=len(asked),
        over=sum(row.closes_at <= now for row in asked),
        next_message=min((each.due_at for each in messages if each.due_at > now), default=None),
        doubts=tuple(each.text for each in found),
        coming=tuple(row for row in shown if row.closes_at > now) if line.changes else (),
    )


def _follows(column: str, unread: set[str], protocol: Protocol) -> bool:
    """Whether a mistake only follows from another: what could not be read seems to be missing."""
    visits = tuple(f"{kind}-" for kind in protocol.visits)
    dates_unread = any(name.partition(":")[2] or name.startswith(visits) for name in unread)
    return column in unread or (dates_unread and column.startswith(visits))


def _study(db: Database, code: str) -> Row:
    every = studies.every(db)
    for row in every:
        if row["code"].casefold() == code.strip().casefold():
            return row
    there = ", ".join(row["code"] for row in every) or "none yet"
    raise NotFoundError(f"There is no study {code!r}; there is {there}.")


def _people(db: Database, study_id: str) -> list[Person]:
    found = []
    for row in facilitators.candidates(db, study_id):
        person = staff.one(db, row["id"]) or {}
        found.append(Person(row["id"], row["name"], person.get("email") or ""))
    return found


def _groups(db: Database, study_id: str) -> dict[str, Group]:
    """Return the study's groups with their planned dates, by label in small letters."""
    dates = groups.dates_of_study(db, study_id)
    return {
        row["label"].casefold(): Group(
            row["id"],
            row["label"],
            tuple(
                _shared(each) for each in dates.get(row["id"], ()) if each["status"] == "planned"
            ),
        )
        for row in groups.of(db, study_id)
    }


def _shared(row: Row) -> SharedDate:
    at = time.fromisoformat(row["at_time"]) if row["at_time"] else None
    on = date.fromisoformat(row["on_day"])
    return SharedDate(row["id"], row["kind"], row["course"], on, at)


def _write(tx: Transaction, context: Context, study: Row, line: Line) -> None:
    participant_id = line.participant_id or _enrol(tx, study, line)
    changes = line.changes
    today = local(tx.at, zone_at(line.facts.zones, tx.at)).date()
    first = changes.enrolled_on if changes.new else today
    for step in changes.facts:
        participants.record(tx, participant_id, step.kind, step.value, first, "imported")
    if changes.contact:
        stands = asdict(contacts.read(tx.db, context.keys, participant_id))
        contacts.write(tx, context.keys, participant_id, Contact(**{**stands, **changes.contact}))
    for visit in changes.visits:
        visit_id = visit.visit_id or visits.add(
            tx, participant_id, visit.kind, visit.course, visit.group_visit_id
        )
        visits.record(tx, visit_id, visit.status, visit.on, visit.at, "imported")
    for guide in changes.guides:
        facilitators.record(tx, participant_id, guide.staff_id, guide.name, guide.state, guide.on)
    reconcile(tx, context, participant_id)


def _enrol(tx: Transaction, study: Row, line: Line) -> str:
    participant_id = new_id()
    on = line.changes.enrolled_on
    participants.add(tx, participant_id, study["id"], line.arrival.code, on)
    participants.record(tx, participant_id, "status", "prepared", on, "imported")
    said = line.arrival.facts
    if "channel" not in said:
        channel = "email" if line.arrival.contact.get("email") else "none"
        participants.record(tx, participant_id, "channel", channel, on, "imported")
    return participant_id
