"""What may be recorded of a visit: its fields, its kind's rule about dates, and how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from server.actions.context import Context
from server.actions.reconcile import design, reconcile
from server.domain import entry
from server.domain.course import ENROLMENT, expected
from server.domain.doubts import doubts
from server.domain.facts import NOT_STANDING, VisitStatus
from server.domain.localtime import local, zone_at
from server.domain.people import Staff
from server.domain.protocol import Protocol
from server.errors import BadInputError, ConflictError, NotFoundError
from server.store import participants, studies, visits, zones
from server.store.database import Row
from server.store.transaction import Transaction

STATES: tuple[VisitStatus, ...] = ("planned", "held", "cancelled", "no-show")


@dataclass(frozen=True)
class VisitEntry:
    """What staff enter: a new visit, or (with `visit_id`) what stands of a known one from now on.

    `at` is the participant's clock. `group_visit_id`: the group's date that it is a copy of.
    """

    kind: str
    on: date
    at: time | None = None
    status: VisitStatus = "planned"
    visit_id: str | None = None
    reason: str = ""
    course: int = 1
    group_visit_id: str | None = None


@dataclass(frozen=True)
class Recorded:
    """The visit, which keeps its id wherever it moves, and what is doubtful about its date, in words."""

    id: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Person:
    """Whose visits are recorded: their own version of the protocol, and which day it is for them."""

    id: str
    protocol: Protocol
    today: date


def person(context: Context, viewer: Staff, participant_id: str) -> Person:
    """Return a participant of this viewer's study; NotFoundError for anybody else."""
    row = participants.one(context.db, viewer, participant_id)
    study = studies.one(context.db, row["study_id"])
    protocol, _instruments = design(context, study, participant_id)
    now = context.clock.now()
    here = zone_at(zones.of(context.db, participant_id), now)
    return Person(participant_id, protocol, local(now, here).date())


def checked(raw: VisitEntry, who: Person, checks: entry.Checks, place: str = "") -> VisitEntry:
    """Return the tidy entry; what cannot be used is noted under `place` and the field's name."""
    kind = who.protocol.visits.get(raw.kind)
    kinds = ", ".join(who.protocol.visits)
    checks.require(f"{place}kind", kind, f"Choose one of: {kinds}.")
    checks.require(f"{place}status", raw.status in STATES, f"Choose one of: {', '.join(STATES)}.")
    courses = ", ".join(map(str, who.protocol.courses))
    known = raw.course in who.protocol.courses
    checks.require(f"{place}course", known, f"The protocol has these courses: {courses}.")
    first = raw.kind != ENROLMENT or raw.course == 1
    checks.require(f"{place}course", first, "Enrolment belongs to the first course.")
    on = checks.field(f"{place}on", lambda: entry.day(raw.on), who.today)
    over = raw.status in {"held", "no-show"}
    checks.require(
        f"{place}on", not over or on <= who.today,
        "This day is still to come: enter the visit as planned.",
    )  # fmt: skip
    timed = kind is None or kind.time != "required" or raw.status in NOT_STANDING
    checks.require(f"{place}at", timed or raw.at, "Give the clock time: forms hang on it.")
    reason = checks.field(f"{place}reason", lambda: entry.name(raw.reason, 300), "")
    at = raw.at.replace(second=0, microsecond=0, tzinfo=None) if raw.at else None
    return replace(raw, on=on, at=at, reason=reason)


def write(tx: Transaction, who: Person, tidy: VisitEntry, place: str = "") -> str:
    """Record one entry, unless it stands already, and return the visit's id. Reconcile afterwards.

    Raises:
        BadInputError: the visit's kind of date cannot be moved like this; `places` says where.
        ConflictError: the same visit is recorded already, or the protocol has no more of its kind.
        NotFoundError: this participant has no such visit.

    """
    known = visits.current(tx.db, who.id)
    before = _known(known, tidy)
    _refuse_move(before, tidy, who, place)
    _refuse_clash(known, tidy, who.protocol)
    if before is not None and _stands(before, tidy):
        return str(before["id"])
    visit_id = (
        str(before["id"])
        if before
        else visits.add(tx, who.id, tidy.kind, tidy.course, tidy.group_visit_id)
    )
    visits.record(tx, visit_id, tidy.status, tidy.on, tidy.at, tidy.reason)
    return visit_id


def settle(tx: Transaction, context: Context, who: Person) -> dict[str, tuple[str, ...]]:
    """Plan anew once all is recorded; return visit id → what is doubtful about its date."""
    reconcile(tx, context, who.id)
    enrolled_on = date.fromisoformat(participants.present(tx.db, who.id)["enrolled_on"])
    stand = [visits.as_fact(row) for row in visits.current(tx.db, who.id)]
    found: dict[str, tuple[str, ...]] = {}
    for doubt in doubts(who.protocol, stand, enrolled_on):
        found[doubt.visit_id] = (*found.get(doubt.visit_id, ()), doubt.text)
    return found


def refuse(checks: entry.Checks) -> None:
    """Raise all that was noted at once; nothing has been written then."""
    if checks.places:
        raise BadInputError("No visit was recorded: please mend what is marked.", checks.places)


def clock(at: time | None) -> str | None:
    """Write a clock time as it is stored."""
    return at.strftime("%H:%M") if at else None


def _known(known: Sequence[Row], tidy: VisitEntry) -> Row | None:
    """Return the visit meant; another participant's visit is not found."""
    if tidy.visit_id is None:
        return None
    for row in known:
        if row["id"] == tidy.visit_id:
            if row["kind"] != tidy.kind:
                remedy = f"This is a {row['kind']} visit. Cancel it and enter a new one."
                raise BadInputError("A visit keeps its kind.", {"kind": remedy})
            return row
    raise NotFoundError("There is no such visit.")


def _refuse_move(before: Row | None, tidy: VisitEntry, who: Person, place: str) -> None:
    """Hold dates to their kind's rule. What is called off or did not happen keeps its day anyway."""
    rule = who.protocol.visits[tidy.kind].dates
    if rule == "movable" or tidy.status in NOT_STANDING:
        return
    day = date.fromisoformat(before["on_day"]) if before else None
    remedy = ""
    if rule == "fixed":
        if day is not None and tidy.on != day:
            remedy = "This date is fixed once set. Cancel the visit and enter it anew."
    elif tidy.on != day and tidy.on < who.today:
        remedy = "Give a day that is still to come: a past one cannot be set here."
    elif tidy.on != day and day is not None and day < who.today:
        remedy = "Its day is past and cannot be left any more. Say what became of it."
    if remedy:
        raise BadInputError("No visit was recorded: please mend what is marked.",
                            {f"{place}on": remedy})  # fmt: skip


def _refuse_clash(known: Sequence[Row], tidy: VisitEntry, protocol: Protocol) -> None:
    """Refuse the same visit twice (a double click), and one more than the protocol has in a course."""
    if tidy.status in NOT_STANDING:
        return
    others = [
        row
        for row in known
        if row["id"] != tidy.visit_id
        and row["status"] not in NOT_STANDING
        and (row["kind"], row["course"]) == (tidy.kind, _course(known, tidy))
    ]
    there = {(row["on_day"], row["at_time"]) for row in others}
    if (tidy.on.isoformat(), clock(tidy.at)) in there:
        raise ConflictError(f"A {tidy.kind} visit on this day and time is recorded already.")
    most = expected(protocol.visits[tidy.kind])
    if most is not None and len(others) >= most:
        raise ConflictError(_full(tidy.kind, most))


def _full(kind: str, most: int) -> str:
    if most == 1:
        return f"The protocol has one {kind} visit, and it stands here already. Move or cancel it."
    return (
        f"The protocol has {most} {kind} visits, and all of them stand here already. "
        "Move or cancel one."
    )


def _course(known: Sequence[Row], tidy: VisitEntry) -> int:
    """Return the course of a visit, which it keeps for good."""
    return next((int(row["course"]) for row in known if row["id"] == tidy.visit_id), tidy.course)


def _stands(row: Row, tidy: VisitEntry) -> bool:
    return (row["status"], row["on_day"], row["at_time"]) == (
        tidy.status, tidy.on.isoformat(), clock(tidy.at),
    )  # fmt: skip
