"""Which visits Today asks about the morning after: held, moved, cancelled, or did nobody come?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from flask import url_for
from flask_babel import gettext, ngettext

from server.actions.context import Context
from server.actions.reconcile import design
from server.domain.people import CARES, Staff
from server.domain.protocol import VisitKind
from server.store import assessments, studies, unconfirmed, visits
from server.store.database import Row
from server.web.staff import moments, visit_lines, words
from server.web.staff.moments import Moment

# The morning after nobody is late yet; a day later somebody should have said.
LATE_AFTER = 1


@dataclass(frozen=True)
class Wrong:
    """What was typed beside a visit and cannot be used, by field."""

    asked: str
    on: str = ""
    at: str = ""
    places: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """One visit of which nobody has said what became of it.

    `waits` says which forms wait for the answer; `moves` whether its date may still be moved.
    """

    id: str
    who: str
    href: str
    what: str
    when: Moment | None
    age: words.Mark
    waits: str
    moves: bool
    action: str
    wrong: Wrong | None = None


def questions(
    here: Context, viewer: Staff, now: datetime, wrong: Wrong | None = None
) -> list[Question]:
    """Return what is to be asked of this viewer, the longest overdue first."""
    if not viewer.roles & CARES:
        return []
    return [_question(here, viewer, row, wrong) for row in unconfirmed.of(here.db, viewer, now)]


def age(days: int) -> words.Mark:
    """Return since when the answer is missing; after a day a triangle and red."""
    if days <= LATE_AFTER:
        return words.Mark(gettext("was yesterday"), "ring", "quiet")
    said = ngettext("not confirmed for %(num)s day", "not confirmed for %(num)s days", days - 1)
    return words.Mark(said, "triangle", "danger")


def movable(kind: VisitKind | None) -> bool:
    """Whether the date of a visit whose day is over may still be moved."""
    return kind is None or kind.dates == "movable"


def _question(here: Context, viewer: Staff, row: Row, wrong: Wrong | None) -> Question:
    person, study = row["participant_id"], studies.one(here.db, viewer.study_id)
    protocol, _ = design(here, study, person)
    stands = visits.one(here.db, viewer, row["id"])
    course = visit_lines.course_label(protocol, row["course"])
    what = visit_lines.visit_label(protocol, stands)
    return Question(
        id=row["id"],
        who=row["code"],
        href=url_for("staff.participant", participant_id=person),
        what=f"{what}, {course}" if course else what,
        when=moments.day(row["on_day"], row["at_time"]),
        age=age(row["days"]),
        waits=_waits(here, viewer, row),
        moves=movable(protocol.visits.get(row["kind"])),
        action=url_for("staff.visit_confirmed", visit_id=row["id"]),
        wrong=wrong if wrong and wrong.asked == row["id"] else None,
    )


def _waits(here: Context, viewer: Staff, row: Row) -> str:
    waiting = [
        each["label"]
        for each in assessments.of(here.db, viewer, row["participant_id"])
        if each["awaits_visit_id"] == row["id"] and each["retired_at"] is None
    ]
    return ", ".join(dict.fromkeys(waiting))
