"""Say who guides a participant, from when, until when; alliance forms and hiding follow at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from server.actions.context import Context
from server.actions.enrol_participant import require_care
from server.actions.reconcile import reconcile
from server.domain import entry
from server.domain.facts import Facilitator
from server.domain.people import Actor, Staff
from server.errors import BadInputError, ConflictError
from server.store import facilitators, outside, participants
from server.store.transaction import Transaction

# Said wherever somebody would become a guide whom participants are told to turn to about their guides.
OUTSIDE = (
    "Participants of this study are told that they can turn to this person outside the treatment team. "
    "Name somebody else for that first: under Study, How participants reach help."
)


@dataclass(frozen=True)
class Assignment:
    """Who, under the name that the participant knows, from which day to which (None: no end yet)."""

    staff_id: str
    name: str
    from_on: date
    to_on: date | None = None


def assign_facilitator(
    context: Context,
    actor: Actor,
    viewer: Staff,
    participant_id: str,
    staff_id: str,
    shown_name: str,
    on: date,
) -> None:
    """Assign a facilitator from a day on with no end yet: see `assign_term`."""
    assign_term(context, actor, viewer, participant_id, Assignment(staff_id, shown_name, on))


def assign_term(
    context: Context, actor: Actor, viewer: Staff, participant_id: str, term: Assignment
) -> None:
    """Assign a facilitator from a day on, to a last day if there is one.

    Assigning one who is assigned already corrects the name or the days.

    Raises:
        BadInputError: name, day or person cannot be used; `places` names each with its remedy.
        NotFoundError: no such participant for this viewer.

    """
    require_care(viewer)
    participants.one(context.db, viewer, participant_id)
    wanted = _checked(context, viewer, term)
    with context.write(actor, "Assigned a facilitator") as tx:
        if _assign(tx, participant_id, wanted):
            reconcile(tx, context, participant_id)


def replace_facilitator(
    context: Context,
    actor: Actor,
    viewer: Staff,
    participant_id: str,
    leaving_id: str,
    coming: Assignment,
) -> None:
    """Let one facilitator take over from another, whose last day is the day before, in one transaction.

    Forms that nobody has answered are asked about the new one from that day on; answers stay as they are.

    Raises:
        BadInputError: name, day or person cannot be used; `places` names each with its remedy.
        ConflictError: whoever leaves is not assigned.
        NotFoundError: no such participant for this viewer.

    """
    require_care(viewer)
    participants.one(context.db, viewer, participant_id)
    wanted = _checked(context, viewer, coming)
    if leaving_id == wanted.staff_id:
        raise BadInputError("Nobody was assigned.", {"staff_id": "Choose somebody else."})
    with context.write(actor, "Replaced a facilitator") as tx:
        _end(tx, participant_id, leaving_id, wanted.from_on - timedelta(days=1))
        _assign(tx, participant_id, wanted)
        reconcile(tx, context, participant_id)


def end_facilitator(
    context: Context, actor: Actor, viewer: Staff, participant_id: str, staff_id: str, on: date
) -> None:
    """End an assignment; this day is its last. What was answered about them stays hidden from them.

    Ending one that has ended corrects its last day.

    Raises:
        BadInputError: the day cannot be used or lies before the assignment.
        ConflictError: this person was never assigned, or has ended on this very day already.
        NotFoundError: no such participant for this viewer.

    """
    require_care(viewer)
    participants.one(context.db, viewer, participant_id)
    checks = entry.Checks()
    last = checks.field("on", lambda: entry.day(on), on)
    if checks.places:
        raise BadInputError("Nothing was ended: please mend what is marked.", checks.places)
    with context.write(actor, "Ended a facilitator's assignment") as tx:
        _end(tx, participant_id, staff_id, last)
        reconcile(tx, context, participant_id)


def _checked(context: Context, viewer: Staff, raw: Assignment) -> Assignment:
    checks = entry.Checks()
    name = checks.field("shown_name", lambda: entry.name(raw.name, 60), "")
    checks.require("shown_name", name, "Write the name that the participant uses.")
    first = checks.field("on", lambda: entry.day(raw.from_on), raw.from_on)
    last = checks.field("to", lambda: entry.day(raw.to_on or raw.from_on), raw.from_on)
    checks.require("to", last >= first, f"Give a day from {first.isoformat()} on.")
    known = {row["id"] for row in facilitators.candidates(context.db, viewer.study_id)}
    checks.require("staff_id", raw.staff_id in known, "Choose a facilitator of this study.")
    named = outside.is_named(context.db, viewer.study_id, raw.staff_id)
    checks.require("staff_id", not named, OUTSIDE)
    if checks.places:
        raise BadInputError("Nobody was assigned: please mend what is marked.", checks.places)
    return Assignment(raw.staff_id, name, first, raw.to_on)


def _assign(tx: Transaction, participant_id: str, wanted: Assignment) -> bool:
    """Record a term; False when it stands like this already."""
    terms = facilitators.terms(tx.db, participant_id)
    if Facilitator(wanted.staff_id, wanted.name, wanted.from_on, wanted.to_on) in terms:
        return False
    who, name = wanted.staff_id, wanted.name
    running = _latest(terms, who)
    begun = running is not None and running.to_on is None
    if not (begun and running and (running.name, running.from_on) == (name, wanted.from_on)):
        facilitators.record(tx, participant_id, who, name, "assigned", wanted.from_on)
    if wanted.to_on is not None:
        facilitators.record(tx, participant_id, who, name, "ended", wanted.to_on)
    return True


def _end(tx: Transaction, participant_id: str, staff_id: str, last: date) -> None:
    term = _latest(facilitators.terms(tx.db, participant_id), staff_id)
    if term is None or term.to_on == last:
        raise ConflictError("This person is not assigned (any more).")
    if last < term.from_on:
        remedy = f"Give a day from {term.from_on.isoformat()} on."
        raise BadInputError("Nothing was ended: please mend what is marked.", {"on": remedy})
    facilitators.record(tx, participant_id, staff_id, term.name, "ended", last)


def _latest(terms: list[Facilitator], staff_id: str) -> Facilitator | None:
    """Return the term of this person that was recorded last: the one that runs, if any does."""
    mine = [term for term in terms if term.staff_id == staff_id]
    return mine[-1] if mine else None
