"""Which visits Today asks about the morning after: held, moved, cancelled, or did nobody come?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask import url_for
from flask_babel import gettext, ngettext

from server.actions.context import Context
from server.domain.assessment import state
from server.domain.course import ordinals
from server.domain.people import CARES, Staff
from server.domain.protocol import Protocol, VisitKind
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
    """Return what is to be asked of this viewer; a group is asked about once.

    However many there are, the database is asked the same few things.
    """
    if not viewer.roles & CARES:
        return Asked([], 0)
    rows = unconfirmed.of(here.db, viewer, now)
    dates = groups.dates_of_study(here.db, viewer.study_id) if rows else {}
    shared = {each["id"]: each for every in dates.values() for each in every}
    gathered: dict[str, list[Row]] = {}
    for row in rows:
        gathered.setdefault(_shared(row, shared) or row["id"], []).append(row)
    asked = dict(list(gathered.items())[:_AT_ONCE])
    look = _look(here, viewer, now, [row for each in asked.values() for row in each])
    first = [
        _of_group(look, shared[key], dates[shared[key]["group_id"]], found, wrong)
        if key in shared
        else _question(look, found[0], wrong)
        for key, found in asked.items()
    ]
    return Asked(first, len(gathered))


@dataclass(frozen=True)
class _Look:
    """What all questions are asked with: the study's protocol, visits by participant, forms by visit."""

    here: Context
    study: Row
    visits: dict[str, list[Row]]
    waiting: dict[str, list[Row]]
    now: datetime

    def protocol(self, version: str = "") -> Protocol:
        """Return the version that somebody follows, or the study's own."""
        wanted = version or self.study["protocol_version"]
        return self.here.catalog.protocol(self.study["protocol"], wanted)

    def stands(self, row: Row) -> Row:
        """Return a visit with its `label`, such as dosing-1."""
        labels = ordinals(visits.as_fact(each) for each in self.visits[row["participant_id"]])
        return {**row, "label": labels.get(row["id"], row["kind"])}

    def waits(self, row: Row) -> str:
        """Name the forms that could be answered by now, if only it were said that the visit was held."""
        found = self.waiting.get(row["id"], ())
        names = [each["label"] for each in found if state(each, self.now) == "awaiting"]
        return ", ".join(dict.fromkeys(names))


def _look(here: Context, viewer: Staff, now: datetime, rows: list[Row]) -> _Look:
    owners = {row["id"]: row["participant_id"] for row in rows}
    return _Look(
        here,
        studies.one(here.db, viewer.study_id),
        visits.current_of_these(here.db, set(owners.values())),
        assessments.awaiting(here.db, viewer, owners),
        now,
    )


def age(days: int) -> words.Mark:
    """Return since when the answer is missing; after a day a triangle and red."""
    if days <= LATE_AFTER:
        return words.Mark(gettext("was yesterday"), "ring", "quiet")
    said = ngettext("not confirmed for %(num)s day", "not confirmed for %(num)s days", days - 1)
    return words.Mark(said, "triangle", "danger")


def movable(kind: VisitKind | None) -> bool:
    """Whether the date of a visit whose day is over may still be moved."""
    return kind is None or kind.dates == "movable"


def _shared(row: Row, dates: Mapping[str, Row]) -> str | None:
    """Return the group's date that this visit still shares; None where it is the person's own."""
    shared = dates.get(row["group_visit_id"])
    if shared is None or not groups.follows({**row, "status": "planned"}, shared):
        return None
    return str(shared["id"])


def _of_group(
    look: _Look, shared: Row, dates: list[Row], rows: list[Row], wrong: Wrong | None
) -> Question:
    protocol, asked = look.protocol(), shared["id"]
    waits = [look.waits(row) for row in rows]
    return Question(
        id=asked,
        who=shared["label"],
        href=url_for("staff.group", group_id=shared["group_id"]),
        what=visit_lines.group_labels(protocol, dates)[asked],
        when=moments.day(shared["on_day"], shared["at_time"]),
        age=age(max(row["days"] for row in rows)),
        waits=", ".join(dict.fromkeys(each for each in waits if each)),
        moves=movable(protocol.visits.get(shared["kind"])),
        action=url_for("staff.group_visit_confirmed", group_visit_id=asked),
        people=", ".join(row["code"] for row in rows),
        wrong=_beside(wrong, asked),
    )


def _question(look: _Look, row: Row, wrong: Wrong | None) -> Question:
    protocol = look.protocol(row["version"])
    course = visit_lines.course_label(protocol, row["course"])
    what = visit_lines.visit_label(protocol, look.stands(row))
    return Question(
        id=row["id"],
        who=row["code"],
        href=url_for("staff.participant", participant_id=row["participant_id"]),
        what=f"{what}, {course}" if course else what,
        when=moments.day(row["on_day"], row["at_time"]),
        age=age(row["days"]),
        waits=look.waits(row),
        moves=movable(protocol.visits.get(row["kind"])),
        action=url_for("staff.visit_confirmed", visit_id=row["id"]),
        wrong=_beside(wrong, row["id"]),
    )


def _beside(wrong: Wrong | None, asked: str) -> Wrong | None:
    return wrong if wrong and wrong.asked == asked else None
