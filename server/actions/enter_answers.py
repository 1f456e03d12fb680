"""Staff enter answers: their own to a form of theirs, or a participant's from paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from server.actions.check_wordings import may_ask
from server.actions.context import Context
from server.actions.mark_on_paper import refuse_future
from server.actions.receive_envelope import receive_from_staff
from server.clock import from_text
from server.domain.answers import validate
from server.domain.assessment import state
from server.domain.desk import ANSWERED_BY, no_answering, no_paper
from server.domain.localtime import zone_on
from server.domain.people import Actor, Staff
from server.domain.punctuality import paper_moment
from server.domain.timeline import guides
from server.errors import BadInputError, ConflictError, NotReadyError
from server.inputs import envelope
from server.store import answered, assessments, events, facilitators, participants, raters, studies
from server.store.database import Database, Row


@dataclass(frozen=True, slots=True)
class Entry:
    """What was entered: on which page (`form`, its hash), in which language, since when.

    `on`, `at`: the day, and the time where it is known, that stand on the paper.
    """

    response_id: str
    form: str
    language: str
    began_at: datetime | None
    answers: Mapping[str, Any]
    on: date | None = None
    at: time | None = None


def to_answer(context: Context, viewer: Staff, assessment_id: str) -> Row:
    """Return the row of a form that this viewer may answer on screen now.

    Raises:
        NotFoundError: there is no such form for this viewer.
        ConflictError: they may not, or not now; the message says why.
        NotReadyError: a real study, and the form has sample sentences only.

    """
    row = assessments.one(context.db, viewer, assessment_id)
    now = context.clock.now()
    refusal = no_answering(
        row["respondent"], state(row, now), row["late"],
        answers=answers_it(context.db, viewer, row, now),
    )  # fmt: skip
    return _allowed(context, row, refusal)


def to_transcribe(context: Context, viewer: Staff, assessment_id: str) -> Row:
    """Return the row of a participant's form that may be entered from paper now; raises as above."""
    row = assessments.one(context.db, viewer, assessment_id)
    return _allowed(context, row, no_paper(row["respondent"], state(row, context.clock.now())))


def answers_it(db: Database, viewer: Staff, row: Row, now: datetime) -> bool:
    """Whether a form is this viewer's to answer: by their role, and by whom they are assigned to."""
    if not viewer.roles & ANSWERED_BY[row["respondent"]]:
        return False
    participant_id = row["participant_id"]
    if row["respondent"] == "rater":
        return raters.rates(db, viewer.id, participant_id)
    if row["respondent"] == "facilitator":
        zone = participants.present(db, participant_id)["zone"]
        today = now.astimezone(ZoneInfo(zone)).date()
        terms = facilitators.terms(db, participant_id)
        return any(term.staff_id == viewer.id and guides(term, today) for term in terms)
    return True


def enter_answers(
    context: Context, actor: Actor, viewer: Staff, assessment_id: str, entry: Entry
) -> str | None:
    """Take in a form that staff answer themselves; return what became of it (`receive_from_staff`).

    Raises:
        BadInputError: an answer does not fit, or one is missing; `places` names each.
        And as `to_answer`.

    """
    row = to_answer(context, viewer, assessment_id)
    began = entry.began_at.isoformat() if entry.began_at else None
    zone = participants.present(context.db, row["participant_id"])["zone"]
    finished = context.clock.now().astimezone(ZoneInfo(zone)).isoformat()
    times = {"began_at": began, "finished_at": finished, "zone": zone}
    return _deliver(context, actor, viewer, row, entry, {**times, "process": {"page": "staff"}})


def transcribe_answers(
    context: Context, actor: Actor, viewer: Staff, assessment_id: str, entry: Entry
) -> str | None:
    """Take in a participant's paper form, dated as the paper is; return what became of it.

    Raises:
        BadInputError: the day is missing, to come or before they joined, or an answer does not fit.
        And as `to_transcribe`.

    """
    row = to_transcribe(context, viewer, assessment_id)
    if entry.on is None:
        raise BadInputError("Nothing was saved.", {"on": "Give the day it was filled in."})
    with_day = paper_times(context, row, entry.on, entry.at)
    return _deliver(context, actor, viewer, row, entry, with_day)


def paper_times(context: Context, row: Row, on: date, at: time | None) -> dict[str, Any]:
    """Return what an answer from paper says of its times, in the zone the participant lived in.

    Raises:
        BadInputError: the day or the time is to come, or the day lies before they joined.

    """
    refuse_future(context.db, row["participant_id"], on, context.clock.now())
    zone = zone_on(participants.facts(context.db, row["participant_id"]).zones, on)
    opens, closes = from_text(row["opens_at"]), from_text(row["closes_at"])
    filled = paper_moment(on, at, zone, opens, closes)
    if filled > context.clock.now():
        # Only a time that was given can lie ahead: a bare day is one that has begun.
        if at is not None:
            raise BadInputError("Nothing was saved.", {"at": "That time has not come yet."})
        filled = context.clock.now()
    return {
        "began_at": None,
        "finished_at": filled.astimezone(ZoneInfo(zone)).isoformat(),
        "zone": zone,
        "process": {"page": "paper", "day_only": at is None},
    }


def _allowed(context: Context, row: Row, refusal: str) -> Row:
    if refusal:
        raise ConflictError(refusal)
    if answered.withdrawn(context.db, row["participant_id"]):
        raise ConflictError("This participant has withdrawn; nothing more is entered about them.")
    return row


def refuse_samples(context: Context, row: Row, language: str) -> None:
    """Refuse to open a form in a real study while its sentences are samples.

    Raises:
        NotReadyError: they are.

    """
    study = studies.of_participant(context.db, row["participant_id"])
    if not may_ask(context, study, row["instrument"], language):
        raise NotReadyError(
            "A real study asks no sample sentences. Load this form's wording first."
        )


def _deliver(
    context: Context, actor: Actor, viewer: Staff, row: Row, entry: Entry, more: dict[str, Any]
) -> str | None:
    instrument = context.catalog.instrument(row["instrument"])
    validate(instrument, entry.answers)
    told = (
        events.latest(context.db, context.keys, row["participant_id"]) if instrument.needs else None
    )
    payload = {
        "kind": "response", "assessment": row["id"], "form": entry.form,
        "language": entry.language, "about": row["about_staff_id"],
        "event": told.id if told else None, "answers": entry.answers, **more,
    }  # fmt: skip
    keys = context.keys
    body = envelope.seal(keys.public_key, keys.current, entry.response_id, payload)
    return receive_from_staff(context, actor, viewer, entry.response_id, body)
