"""Which visits Today asks about the morning after: held, moved, cancelled, or did nobody come?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from flask import url_for
from flask_babel import gettext, ngettext

from server.actions.context import Context
from server.actions.reconcile import design
from server.domain.assessment import state
from server.domain.people import CARES, Staff
from server.domain.protocol import VisitKind
from server.store import assessments, groups, studies, unconfirmed, visits
from server.store.database import Row
from server.web.staff import moments, visit_lines, words
from server.web.staff.moments import Moment

# The morning after nobody is late yet; a day later somebody should have said.
LATE_AFTER = 1
# Nobody answers more in one go, and a table of old visits that was imported may hold thousands.
_AT_ONCE = 40


@dataclass(frozen=True)
class Wrong:
    """What was typed beside a visit and cannot be used, by field."""

    asked: str
    on: str = ""
    at: str = ""
    places: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """One visit, or a date that a group shares, of which nobody has said what became of it.

    `waits` says which forms wait for the answer; `moves` whether its date may still be moved; `people`
    who shares it, empty where it is one person's.
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
    people: str = ""
    wrong: Wrong | None = None


@dataclass(frozen=True)
class Asked:
    """What Today asks, the longest overdue first, and how many questions there are in all."""

    first: list[Question]
    count: int

    @property
    def more(self) -> int:
        """How many are not shown yet."""
        return self.count - len(self.first)


def questions(here: Context, viewer: Staff, now: datetime, wrong: Wrong | None = None) -> Asked:
    """Return what is to be asked of this viewer; a group is asked about once."""
    if not viewer.roles & CARES:
        return Asked([], 0)
    gathered: dict[str, list[Row]] = {}
    for row in unconfirmed.of(here.db, viewer, now):
        gathered.setdefault(_shared(here, row) or row["id"], []).append(row)
    first = [
        _of_group(here, viewer, asked, rows, wrong)
        if asked != rows[0]["id"]
        else _question(here, viewer, rows[0], wrong)
        for asked, rows in list(gathered.items())[:_AT_ONCE]
    ]
    return Asked(first, len(gathered))


def age(days: int) -> words.Mark:
    """Return since when the answer is missing; after a day a triangle and red."""
    if days <= LATE_AFTER:
        return words.Mark(gettext("was yesterday"), "ring", "quiet")
    said = ngettext("not confirmed for %(num)s day", "not confirmed for %(num)s days", days - 1)
    return words.Mark(said, "triangle", "danger")


def movable(kind: VisitKind | None) -> bool:
    """Whether the date of a visit whose day is over may still be moved."""
    return kind is None or kind.dates == "movable"


def _shared(here: Context, row: Row) -> str | None:
    """Return the group's date that this visit still shares; None where it is the person's own."""
    if row["group_visit_id"] is None:
        return None
    shared = groups.date_of(here.db, row["group_visit_id"])
    follows = groups.follows({**row, "status": "planned"}, shared)
    return str(shared["id"]) if follows else None


def _of_group(
    here: Context, viewer: Staff, asked: str, rows: list[Row], wrong: Wrong | None
) -> Question:
    shared = groups.date_of(here.db, asked)
    group = groups.one(here.db, viewer.study_id, shared["group_id"])
    protocol, _ = design(here, studies.one(here.db, viewer.study_id))
    dates = visit_lines.group_labels(protocol, groups.dates(here.db, group["id"]))
    waits = [_waits(here, viewer, row) for row in rows]
    return Question(
        id=asked,
        who=group["label"],
        href=url_for("staff.group", group_id=group["id"]),
        what=dates[asked],
        when=moments.day(shared["on_day"], shared["at_time"]),
        age=age(max(row["days"] for row in rows)),
        waits=", ".join(dict.fromkeys(each for each in waits if each)),
        moves=movable(protocol.visits.get(shared["kind"])),
        action=url_for("staff.group_visit_confirmed", group_visit_id=asked),
        people=", ".join(row["code"] for row in rows),
        wrong=_beside(wrong, asked),
    )


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
        wrong=_beside(wrong, row["id"]),
    )


def _beside(wrong: Wrong | None, asked: str) -> Wrong | None:
    return wrong if wrong and wrong.asked == asked else None


def _waits(here: Context, viewer: Staff, row: Row) -> str:
    """Name the forms that could be answered by now, if only it were said that the visit was held."""
    waiting = [
        each["label"]
        for each in assessments.of(here.db, viewer, row["participant_id"])
        if each["awaits_visit_id"] == row["id"] and state(each, here.clock.now()) == "awaiting"
    ]
    return ", ".join(dict.fromkeys(waiting))
