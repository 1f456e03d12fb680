"""What a protocol asks of people on one day, and around a session: not wrong, but worth a second look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from server.catalog.instrument_checks import Finding
from server.catalog.tree import Place
from server.catalog.typical_run import Run, runs
from server.domain.course import ordinals
from server.domain.facts import Visit
from server.domain.instrument import Instrument
from server.domain.protocol import Protocol
from server.domain.reminders import PlannedMessage, plan_messages
from server.domain.timeline import PlannedAssessment

MOST_FORMS = 3
MOST_MINUTES = 20
# Reminders after a session wait until then; see `server.domain.reminders`.
MORNING = time(10)
_TICK = timedelta(microseconds=1)

_Key = tuple[object, ...]


@dataclass
class _Warning:
    """Something worth a look: where, what, on which day, what to do; `arms` are those it was met in."""

    place: Place
    what: str
    remedy: str
    arms: set[str] = field(default_factory=set)

    def told(self, protocol: Protocol) -> Finding:
        whose = ""
        if self.arms != set(protocol.arms):
            whose = f" (arm {', '.join(sorted(self.arms))})"
        return self.place, f"{self.what}{whose}; {self.remedy}"


def warnings(protocol: Protocol, instruments: Mapping[str, Instrument]) -> list[Finding]:
    """Return what to look at twice, in the order of the file, each once for however many days it is so."""
    found: dict[_Key, _Warning] = {}
    for run in runs(protocol, instruments):
        for key, warning in (*_heavy(protocol, run), *_near_sessions(protocol, run)):
            found.setdefault(key, warning).arms.add(run.arm)
    told = [warning.told(protocol) for warning in found.values()]
    return sorted(told, key=lambda each: _order(each[0]))


def _order(place: Place) -> tuple[int, str]:
    return (place[1] if len(place) > 1 and isinstance(place[1], int) else -1, str(place))


# ---------------------------------------------------------------- too much for one day


def _heavy(protocol: Protocol, run: Run) -> Iterator[tuple[_Key, _Warning]]:
    """Yield the days on which too much begins, and those that are the last day of too much."""
    mine = [row for row in run.rows if row.respondent == "participant"]
    seen: set[frozenset[str]] = set()
    for verb, edge in (("open", _first_day), ("have their last day", _last_day)):
        days: dict[date, list[PlannedAssessment]] = defaultdict(list)
        for row in mine:
            days[edge(row)].append(row)
        for day, rows in sorted(days.items()):
            minutes = sum(row.minutes for row in rows)
            together = frozenset(row.definition for row in rows)
            much = len(rows) > MOST_FORMS or minutes > MOST_MINUTES
            # What begins together ends together as a rule: one remedy, so one warning.
            if much and not any(each <= together for each in seen):
                seen.add(together)
                yield (together,), _too_much(protocol, verb, day, rows)


def _first_day(row: PlannedAssessment) -> date:
    return row.opens_at.date()


def _last_day(row: PlannedAssessment) -> date:
    return (row.closes_at - _TICK).date()


def _too_much(
    protocol: Protocol, verb: str, day: date, rows: Sequence[PlannedAssessment]
) -> _Warning:
    last = max(rows, key=lambda row: row.position)
    minutes = sum(row.minutes for row in rows)
    what = (
        f"{len(rows)} forms of {minutes} minutes {verb} on one day, {_when(protocol, last, day)}: "
        f"{_names(rows)}"
    )
    remedy = (
        f"more than {MOST_FORMS} forms or {MOST_MINUTES} minutes a day is much: let some open and "
        "close a day later, or ask less, or say in the notes why it must be"
    )
    return _Warning(_place(protocol, last.definition), what, remedy)


def _names(rows: Iterable[PlannedAssessment]) -> str:
    counts: dict[str, int] = defaultdict(int)
    for row in sorted(rows, key=lambda row: row.position):
        counts[row.definition] += 1
    return ", ".join(f"{name} ×{n}" if n > 1 else name for name, n in counts.items())


def _when(protocol: Protocol, row: PlannedAssessment, day: date) -> str:
    """Say a day as counted from a form's anchor: `2 days before dosing-1`."""
    days = (day - row.anchor_on).days
    course = f" of course {row.course}" if protocol.most_courses > 1 else ""
    if not days:
        return f"the day of {row.anchor}{course}"
    unit = "day" if abs(days) == 1 else "days"
    return f"{abs(days)} {unit} {'after' if days > 0 else 'before'} {row.anchor}{course}"


# ---------------------------------------------------------------- around a session


def _near_sessions(protocol: Protocol, run: Run) -> Iterator[tuple[_Key, _Warning]]:
    labels = ordinals(run.facts.visits)
    sessions = [visit for visit in run.facts.visits if visit.kind in protocol.sessions]
    mine = [row for row in run.rows if row.respondent == "participant"]
    messages = _unrestrained(protocol, run, mine)
    for visit in sessions:
        for row in mine:
            if row.course == visit.course and _hangs_on(protocol, row, visit, labels[visit.id]):
                told = [message for message in messages if row.id in message.assessment_ids]
                yield from _of_row(protocol, row, visit, labels[visit.id], told)


def _hangs_on(protocol: Protocol, row: PlannedAssessment, visit: Visit, label: str) -> bool:
    """Whether a form is counted from this session or names it: then it falls so in every run."""
    definition = protocol.definitions[row.definition]
    moments = (definition.opens, definition.target, definition.closes)
    named = {moment.visit for moment in moments if moment}
    return row.visit_id == visit.id or bool(named & {label, visit.kind})


def _of_row(
    protocol: Protocol,
    row: PlannedAssessment,
    visit: Visit,
    label: str,
    messages: Iterable[PlannedMessage],
) -> Iterator[tuple[_Key, _Warning]]:
    name = row.definition
    opens_then, closes_then = _first_day(row) == visit.on, _last_day(row) == visit.on
    if opens_then:
        what = f"opens on the day of {label}, a session"
        remedy = "nobody should be asked that day: open it on the next, '+1 day at 10:00'"
        yield (name, "opens"), _Warning(_place(protocol, name, "opens", "window"), what, remedy)
    if closes_then:
        what = f"closes on the day of {label}, a session"
        remedy = f"close it when the day before ends: '{_day_before(protocol, row, label)}'"
        yield (name, "closes"), _Warning(_place(protocol, name, "closes", "window"), what, remedy)
    for message in messages:
        sent = _sent(datetime.fromisoformat(message.local_moment), visit, label)
        if sent and not opens_then:
            remedy = (
                f"it is held back until {MORNING:%H:%M} on the day after: open the form then, "
                "or give the reminder a later hour"
            )
            yield (name, "sent"), _Warning(_place(protocol, name, "opens", "window"), sent, remedy)


def _day_before(protocol: Protocol, row: PlannedAssessment, label: str) -> str:
    anchored = protocol.definitions[row.definition].anchor.kind in protocol.sessions
    return "-1 day" if anchored else f"1 day before {label}"


def _sent(moment: datetime, visit: Visit, label: str) -> str:
    """Say what is wrong with a reminder's moment; empty where nothing is."""
    if moment.date() == visit.on:
        return f"its reminder at {moment:%H:%M} falls on the day of {label}, a session"
    if moment.date() == visit.on + timedelta(days=1) and moment.time() < MORNING:
        return f"its reminder at {moment:%H:%M} comes early on the day after {label}, a session"
    return ""


def _unrestrained(
    protocol: Protocol, run: Run, rows: Sequence[PlannedAssessment]
) -> tuple[PlannedMessage, ...]:
    """Return the reminders as the file's rules alone would send them, held back by no session."""
    visits = {
        name: kind.model_copy(update={"session": False}) for name, kind in protocol.visits.items()
    }
    # Built anew, not copied: a copy would keep what the protocol has worked out about its sessions.
    loose = Protocol.model_construct(**{**dict(protocol), "visits": visits})
    return plan_messages(loose, run.facts, rows, "email")


def _place(protocol: Protocol, name: str, *keys: str) -> Place:
    """Return where a definition stands in the file, or the first of these keys that it has."""
    index = next(i for i, each in enumerate(protocol.assessments) if each.id == name)
    definition = protocol.assessments[index]
    key = next((key for key in keys if getattr(definition, key) is not None), None)
    return ("assessments", index, key) if key else ("assessments", index)
