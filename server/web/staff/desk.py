"""What a form wants of whoever looks: to be answered, to be entered from paper, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext

from server.actions.context import Context
from server.actions.enter_answers import answers_it
from server.domain.assessment import state
from server.domain.desk import no_answering, no_paper
from server.domain.people import CARES, Staff
from server.store import assessments, participants
from server.store.database import Row
from server.web.staff import moments, words
from server.web.staff.moments import Moment


@dataclass(frozen=True)
class Wish:
    """What can be done with a form now, and where."""

    word: str
    href: str


@dataclass(frozen=True)
class Mine:
    """One form that this person is asked to fill in or to enter."""

    id: str
    participant_id: str
    code: str
    form: str
    state: words.Mark
    closes: Moment | None
    wish: Wish


def wish(context: Context, viewer: Staff, row: Row, now: datetime) -> Wish | None:
    """Return what this viewer is to do with a form now; None when there is nothing."""
    shown = state(row, now)
    if row["respondent"] != "participant":
        mine = answers_it(context.db, viewer, row, now)
        if no_answering(row["respondent"], shown, row["late"], answers=mine):
            return None
        return Wish(gettext("Answer"), url_for("staff.answering", assessment_id=row["id"]))
    enters = viewer.roles & CARES and shown == "on-paper"
    if not enters or no_paper(row["respondent"], shown):
        return None
    return Wish(gettext("Enter"), url_for("staff.transcribing", assessment_id=row["id"]))


def mine(context: Context, viewer: Staff, rows: list[Row], now: datetime) -> list[Mine]:
    """Return what this viewer is to fill in: open forms of theirs among `rows`, then what lies on paper."""
    here = [*rows, *(assessments.on_paper(context.db, viewer) if viewer.roles & CARES else [])]
    return [
        Mine(
            id=row["id"],
            participant_id=row["participant_id"],
            code=row["code"],
            form=f"{row['label']} ({row['about_name']})" if row["about_name"] else row["label"],
            state=words.assessment(state(row, now)),
            closes=moments.closing(row["closes_at"], _zone(context, row)),
            wish=wanted,
        )
        for row in here
        if (wanted := wish(context, viewer, row, now))
    ]


def _zone(context: Context, row: Row) -> str:
    return str(participants.present(context.db, row["participant_id"])["zone"])
