"""Note that a participant answered a form on paper: nobody is reminded, and staff have it to enter."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from server.actions.context import Context
from server.actions.reconcile import reconcile
from server.domain.assessment import state
from server.domain.desk import no_paper
from server.domain.people import Actor, Staff
from server.errors import BadInputError, ConflictError
from server.store import assessment_facts, assessments, participants
from server.store.database import Database


def mark_on_paper(
    context: Context, actor: Actor, viewer: Staff, assessment_id: str, on: date
) -> None:
    """Note on which day it was filled in; what stands there is entered later.

    Raises:
        NotFoundError: there is no such form for this viewer.
        BadInputError: that day has not come yet.
        ConflictError: it is answered, is nobody's to fill in on paper, or cannot have been yet.

    """
    with context.write(actor, "Noted a form as answered on paper") as tx:
        row = assessments.one(tx.db, viewer, assessment_id)
        refusal = no_paper(row["respondent"], state(row, tx.at))
        if refusal:
            raise ConflictError(refusal)
        refuse_future(tx.db, row["participant_id"], on, tx.at)
        assessment_facts.record(tx, assessment_id, "on paper", on)
        reconcile(tx, context, row["participant_id"])


def withdraw_paper(context: Context, actor: Actor, viewer: Staff, assessment_id: str) -> None:
    """Take it back: there is no such paper after all.

    Raises:
        NotFoundError: there is no such form for this viewer.
        ConflictError: it was not noted, or has been entered since.

    """
    with context.write(actor, "Took back that a form was answered on paper") as tx:
        row = assessments.one(tx.db, viewer, assessment_id)
        if row["became"] != "on paper" or row["response_id"] is not None:
            raise ConflictError("This form does not stand as answered on paper.")
        assessment_facts.record(tx, assessment_id, "paper withdrawn", tx.at.date())
        reconcile(tx, context, row["participant_id"])


def refuse_future(db: Database, participant_id: str, on: date, now: datetime) -> None:
    """Refuse a day that has not begun where the participant lives, or before they joined.

    Raises:
        BadInputError: it is such a day.

    """
    person = participants.present(db, participant_id)
    today = now.astimezone(ZoneInfo(person["zone"])).date()
    if on > today:
        raise BadInputError("Nothing was noted.", {"on": "That day has not come yet."})
    if on.isoformat() < person["enrolled_on"]:
        remedy = f"They joined on {person['enrolled_on']}."
        raise BadInputError("Nothing was noted.", {"on": remedy})
