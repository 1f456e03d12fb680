"""Record, move, hold or cancel a visit; all that hangs on it moves in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time
from zoneinfo import ZoneInfo

from server.actions.context import Context
from server.actions.enrol_participant import require_care
from server.actions.reconcile import design, reconcile
from server.domain import entry
from server.domain.course import expected
from server.domain.facts import VisitStatus
from server.domain.people import Actor, Staff
from server.domain.protocol import Protocol
from server.errors import BadInputError, ConflictError, NotFoundError
from server.store import participants, studies, visits
from server.store.database import Row
from server.store.transaction import Transaction

STATES: tuple[VisitStatus, ...] = ("planned", "held", "cancelled")


@dataclass(frozen=True)
class VisitEntry:
    """What staff enter: a new visit, or (with `visit_id`) what stands of a known one from now on."""

    kind: str
    on: date
    at: time | None = None
    status: VisitStatus = "planned"
    visit_id: str | None = None
    reason: str = ""
    course: int = 1


def record_visit(
    context: Context, actor: Actor, viewer: Staff, participant_id: str, visit: VisitEntry
) -> str:
    """Record the visit and return its id, which stays the same wherever it moves.

    Raises:
        BadInputError: some field cannot be used; `places` names each with its remedy.
        ConflictError: the same visit is recorded already, or the protocol has no more of its kind.
        NotFoundError: no such participant, or no such visit, for this viewer.

    """
    require_care(viewer)
    person = participants.one(context.db, viewer, participant_id)
    protocol, _instruments = design(context, studies.one(context.db, person["study_id"]))
    tidy = _checked(visit, protocol, context, person["zone"])
    with context.write(actor, _reason(tidy)) as tx:
        known = visits.current(tx.db, participant_id)
        visit_id = _known_id(known, tidy)
        _refuse_clash(known, tidy, protocol)
        if visit_id is None:
            visit_id = visits.add(tx, participant_id, tidy.kind, tidy.course)
        elif _stands(known, tidy):
            return visit_id
        _record(tx, visit_id, tidy)
        reconcile(tx, context, participant_id)
    return visit_id


def _checked(raw: VisitEntry, protocol: Protocol, context: Context, zone: str) -> VisitEntry:
    checks = entry.Checks()
    kinds = ", ".join(protocol.visits)
    checks.require("kind", raw.kind in protocol.visits, f"Choose one of: {kinds}.")
    checks.require("status", raw.status in STATES, "Choose planned, held or cancelled.")
    checks.require("course", 1 <= raw.course <= 9, "Give a course from 1 to 9.")
    today = context.clock.now().astimezone(ZoneInfo(zone)).date()
    on = checks.field("on", lambda: entry.day(raw.on), today)
    future = raw.status == "held" and on > today
    checks.require("on", not future, "This day is still to come: enter the visit as planned.")
    reason = checks.field("reason", lambda: entry.name(raw.reason, 300), "")
    if checks.places:
        raise BadInputError("No visit was recorded: please mend what is marked.", checks.places)
    at = raw.at.replace(second=0, microsecond=0, tzinfo=None) if raw.at else None
    return replace(raw, on=on, at=at, reason=reason)


def _known_id(known: list[Row], tidy: VisitEntry) -> str | None:
    """Return the id of the visit meant; another participant's visit is not found."""
    if tidy.visit_id is None:
        return None
    for row in known:
        if row["id"] == tidy.visit_id:
            if row["kind"] != tidy.kind:
                remedy = f"This is a {row['kind']} visit. Cancel it and enter a new one."
                raise BadInputError("A visit keeps its kind.", {"kind": remedy})
            return tidy.visit_id
    raise NotFoundError("There is no such visit.")


def _refuse_clash(known: list[Row], tidy: VisitEntry, protocol: Protocol) -> None:
    """Refuse the same visit twice (a double click), and one more than the protocol has."""
    if tidy.status == "cancelled":
        return
    others = [
        row
        for row in known
        if row["id"] != tidy.visit_id
        and row["status"] != "cancelled"
        and (row["kind"], row["course"]) == (tidy.kind, tidy.course)
    ]
    at = tidy.at.strftime("%H:%M") if tidy.at else None
    if any((row["on_day"], row["at_time"]) == (tidy.on.isoformat(), at) for row in others):
        raise ConflictError(f"A {tidy.kind} visit on this day and time is recorded already.")
    most = expected(protocol.visits[tidy.kind])
    if most is not None and len(others) >= most:
        raise ConflictError(
            f"The protocol has {most} {tidy.kind} visit(s), and {len(others)} stand here. "
            "Move or cancel one of them."
        )


def _stands(known: list[Row], tidy: VisitEntry) -> bool:
    at = tidy.at.strftime("%H:%M") if tidy.at else None
    return any(
        (row["id"], row["status"], row["on_day"], row["at_time"])
        == (tidy.visit_id, tidy.status, tidy.on.isoformat(), at)
        for row in known
    )


def _record(tx: Transaction, visit_id: str, tidy: VisitEntry) -> None:
    visits.record(tx, visit_id, tidy.status, tidy.on, tidy.at, tidy.reason)


def _reason(tidy: VisitEntry) -> str:
    what = "Recorded a visit" if tidy.visit_id is None else "Changed a visit"
    return f"{what}: {tidy.reason}" if tidy.reason else what
