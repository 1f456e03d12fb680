"""Say who guides a participant, from when, until when; alliance forms and hiding follow at once."""

from __future__ import annotations

from datetime import date

from server.actions.context import Context
from server.actions.enrol_participant import require_care
from server.actions.reconcile import reconcile
from server.domain import entry
from server.domain.facts import Facilitator
from server.domain.people import Actor, Staff
from server.errors import BadInputError, ConflictError
from server.store import facilitators, participants


def assign_facilitator(
    context: Context,
    actor: Actor,
    viewer: Staff,
    participant_id: str,
    staff_id: str,
    shown_name: str,
    on: date,
) -> None:
    """Assign a facilitator from a day on, under the name that the participant knows.

    Assigning one who is assigned already corrects the name or the first day.

    Raises:
        BadInputError: name, day or person cannot be used; `places` names each with its remedy.
        NotFoundError: no such participant for this viewer.

    """
    require_care(viewer)
    participants.one(context.db, viewer, participant_id)
    checks = entry.Checks()
    name = checks.field("shown_name", lambda: entry.name(shown_name, 60), "")
    checks.require("shown_name", name, "Write the name that the participant uses.")
    first = checks.field("on", lambda: entry.day(on), on)
    known = {row["id"] for row in facilitators.candidates(context.db, viewer.study_id)}
    checks.require("staff_id", staff_id in known, "Choose a facilitator of this study.")
    if checks.places:
        raise BadInputError("Nobody was assigned: please mend what is marked.", checks.places)
    with context.write(actor, "Assigned a facilitator") as tx:
        running = _running(facilitators.terms(tx.db, participant_id), staff_id)
        if running is None or (running.name, running.from_on) != (name, first):
            facilitators.record(tx, participant_id, staff_id, name, "assigned", first)
            reconcile(tx, context, participant_id)


def end_facilitator(
    context: Context, actor: Actor, viewer: Staff, participant_id: str, staff_id: str, on: date
) -> None:
    """End an assignment; this day is its last. What was answered about them stays hidden from them.

    Raises:
        BadInputError: the day cannot be used or lies before the assignment.
        ConflictError: this person is not assigned.
        NotFoundError: no such participant for this viewer.

    """
    require_care(viewer)
    participants.one(context.db, viewer, participant_id)
    checks = entry.Checks()
    last = checks.field("on", lambda: entry.day(on), on)
    with context.write(actor, "Ended a facilitator's assignment") as tx:
        running = _running(facilitators.terms(tx.db, participant_id), staff_id)
        if running is None:
            raise ConflictError("This person is not assigned (any more).")
        first = running.from_on
        checks.require("on", last >= first, f"Give a day from {first.isoformat()} on.")
        if checks.places:
            raise BadInputError("Nothing was ended: please mend what is marked.", checks.places)
        facilitators.record(tx, participant_id, staff_id, running.name, "ended", last)
        reconcile(tx, context, participant_id)


def _running(terms: list[Facilitator], staff_id: str) -> Facilitator | None:
    for term in terms:
        if term.staff_id == staff_id and term.to_on is None:
            return term
    return None
