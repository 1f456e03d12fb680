"""Say what became of a planned visit: held, moved to another day, cancelled, or nobody came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Literal, get_args

from server.actions.context import Context
from server.actions.enrol_participant import require_care
from server.actions.visit_rules import (
    Recorded,
    VisitEntry,
    checked,
    person,
    refuse,
    settle,
    write,
)
from server.domain import entry
from server.domain.facts import VisitStatus
from server.domain.people import Actor, Staff
from server.errors import BadInputError, ConflictError
from server.store import visits
from server.store.database import Row

Outcome = Literal["held", "moved", "cancelled", "no-show"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
_STATUS: dict[Outcome, VisitStatus] = {
    "held": "held", "moved": "planned", "cancelled": "cancelled", "no-show": "no-show",
}  # fmt: skip


@dataclass(frozen=True)
class Confirmation:
    """What became of it. `on`, `at`: the day and clock time it was held, or is moved to.

    Without them it was held as planned; a visit that is moved needs its new day.
    """

    outcome: Outcome
    on: date | None = None
    at: time | None = None
    reason: str = ""


def confirm_visit(
    context: Context, actor: Actor, viewer: Staff, visit_id: str, said: Confirmation
) -> Recorded:
    """Record what became of one visit; forms about a session open once it was held.

    Raises:
        BadInputError: the answer cannot be used; `places` names each field with its remedy.
        ConflictError: somebody has said already what became of it.
        NotFoundError: no such visit for this viewer.

    """
    require_care(viewer)
    stands = visits.one(context.db, viewer, visit_id)
    who = person(context, viewer, stands["participant_id"])
    checks = entry.Checks()
    checks.require("outcome", said.outcome in OUTCOMES, f"Choose one of: {', '.join(OUTCOMES)}.")
    moved = said.outcome == "moved"
    checks.require("on", not moved or said.on, "Give the day that the visit was moved to.")
    refuse(checks)
    tidy = checked(_entry(stands, said), who, checks)
    refuse(checks)
    with context.write(actor, _reason(said.outcome, tidy.reason)) as tx:
        _require_planned(visits.one(tx.db, viewer, visit_id))
        write(tx, who, tidy)
        return Recorded(visit_id, settle(tx, context, who).get(visit_id, ()))


def confirm_as_planned(
    context: Context,
    actor: Actor,
    viewer: Staff,
    participant_id: str,
    visit_ids: Sequence[str],
) -> tuple[Recorded, ...]:
    """Record that these visits of one participant were held on the day planned: all, or none.

    Raises:
        BadInputError: one of them is still to come; `places` names it by its id.
        ConflictError: somebody has said already what became of one.
        NotFoundError: no such participant, or not their visit.

    """
    require_care(viewer)
    who = person(context, viewer, participant_id)
    with context.write(actor, "Confirmed visits as planned") as tx:
        for visit_id in dict.fromkeys(visit_ids):
            stands = visits.one(tx.db, viewer, visit_id)
            _require_planned(stands)
            checks = entry.Checks()
            tidy = checked(_entry(stands, Confirmation("held")), who, checks)
            if checks.places:
                remedy = "; ".join(checks.places.values())
                raise BadInputError("No visit was confirmed.", {visit_id: remedy})
            write(tx, who, tidy)
        warnings = settle(tx, context, who)
    return tuple(Recorded(each, warnings.get(each, ())) for each in dict.fromkeys(visit_ids))


def _entry(stands: Row, said: Confirmation) -> VisitEntry:
    """Return what is recorded. A visit that did not take place keeps the day it was planned for."""
    keeps = said.outcome in {"cancelled", "no-show"} or said.on is None
    on = date.fromisoformat(stands["on_day"]) if keeps or said.on is None else said.on
    planned_at = time.fromisoformat(stands["at_time"]) if stands["at_time"] else None
    return VisitEntry(
        kind=stands["kind"],
        on=on,
        at=planned_at if keeps and said.at is None else said.at or planned_at,
        status=_STATUS[said.outcome],
        visit_id=stands["id"],
        reason=said.reason,
        course=stands["course"],
    )


def _require_planned(stands: Row) -> None:
    if stands["status"] != "planned":
        raise ConflictError(
            f"Somebody has recorded already that this visit was {stands['status']}."
        )


def _reason(outcome: Outcome, reason: str) -> str:
    what = f"Confirmed a visit: {outcome}"
    return f"{what}; {reason}" if reason else what
