"""Record, move, hold or cancel a visit; all that hangs on it moves in the same transaction."""

from __future__ import annotations

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
from server.domain.people import Actor, Staff

__all__ = ["Recorded", "VisitEntry", "record_visit"]


def record_visit(
    context: Context, actor: Actor, viewer: Staff, participant_id: str, visit: VisitEntry
) -> Recorded:
    """Record the visit. An odd date (dosing before enrolment) is recorded all the same, with a warning.

    Raises:
        BadInputError: some field cannot be used; `places` names each with its remedy.
        ConflictError: the same visit is recorded already, or the protocol has no more of its kind.
        NotFoundError: no such participant, or no such visit, for this viewer.

    """
    require_care(viewer)
    who = person(context, viewer, participant_id)
    checks = entry.Checks()
    tidy = checked(visit, who, checks)
    refuse(checks)
    what = "Recorded a visit" if tidy.visit_id is None else "Changed a visit"
    with context.write(actor, f"{what}: {tidy.reason}" if tidy.reason else what) as tx:
        visit_id = write(tx, who, tidy)
        return Recorded(visit_id, settle(tx, context, who).get(visit_id, ()))
