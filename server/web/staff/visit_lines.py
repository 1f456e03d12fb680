"""Visits as staff read them: their names, what became of them, every date they had."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from flask_babel import gettext

from server.domain.course import ordinals
from server.domain.facts import NOT_STANDING
from server.domain.facts import Visit as Fact
from server.domain.protocol import Protocol, VisitKind
from server.domain.visit_names import with_number
from server.store.database import Row
from server.web.staff import moments, words
from server.web.staff.moments import Moment


@dataclass(frozen=True)
class Dated:
    """One thing that was recorded of a visit: when it was to be, or was, and who said so."""

    when: Moment | None
    mark: words.Mark
    reason: str
    recorded: Moment | None
    by: str


@dataclass(frozen=True)
class Visit:
    """A visit as it stands, and every date it had before, oldest first."""

    id: str
    label: str
    course: str
    when: Moment | None
    status: words.Mark
    reason: str
    past: list[Dated]
    shared: bool


def visit_label(protocol: Protocol, row: Row) -> str:
    """Call a visit what the protocol calls it: `dosing-2` is Dosing 2."""
    kind = protocol.visits.get(row["kind"])
    name = kind.label if kind else row["kind"]
    ordinal = row["label"].removeprefix(row["kind"]).removeprefix("-")
    return with_number(name, ordinal)


def anchor_label(protocol: Protocol, anchor: str) -> str:
    """Call the point that a form was counted from what staff call it."""
    completed = anchor.removeprefix("completion of ")
    if completed != anchor:
        asked = protocol.definitions.get(completed)
        return str(gettext("answer to “%(form)s”", form=asked.label if asked else completed))
    kind, _, number = anchor.rpartition("-")
    if not (kind and number.isdigit()):
        kind = anchor
    return visit_label(protocol, {"kind": kind, "label": anchor})


def group_labels(protocol: Protocol, dates: list[Row]) -> dict[str, str]:
    """Return date id → name for the dates that a group shares, numbered as visits are."""
    as_visits = [
        Fact(row["id"], row["kind"], date.fromisoformat(row["on_day"]), row["status"],
             time.fromisoformat(row["at_time"]) if row["at_time"] else None, row["course"])
        for row in dates
    ]  # fmt: skip
    numbers = ordinals(as_visits)
    return {
        row["id"]: visit_label(protocol, {**row, "label": numbers.get(row["id"], row["kind"])})
        for row in dates
    }


def course_label(protocol: Protocol, number: int) -> str:
    """Name a pass through the protocol; nothing where there is only one."""
    if len(protocol.courses) < 2:
        return ""
    return protocol.courses.get(number, str(gettext("Course %(number)s", number=number)))


def line(row: Row, protocol: Protocol, called: dict[str, str]) -> Visit:
    """Return a visit with its history; `called` names the staff by id."""
    return Visit(
        id=row["id"],
        label=visit_label(protocol, row),
        course=course_label(protocol, row["course"]),
        when=moments.day(row["on_day"], row["at_time"]),
        status=words.visit(row["status"]),
        reason=row["reason"],
        past=[dated(fact, called) for fact in row["history"][:-1]],
        shared=row["group_visit_id"] is not None,
    )


def moved_since(row: Row, visit: Row | None) -> str:
    """Say both days, to stand after the visit's name, where an answer kept one that it no longer has.

    Nothing where they are the same.

    `row` has the `anchor_on` that was in force, `visit` is the visit as it stands (none: enrolment).
    """
    if visit is None:
        return ""
    then = moments.day(row["anchor_on"])
    now = moments.day(visit["on_day"])
    if then is None or now is None:
        return ""
    if visit["status"] in NOT_STANDING:
        said = gettext("%(then)s; it did not take place", then=then.text)
    elif then.iso != now.iso:
        said = gettext("%(then)s; it is now on %(now)s", then=then.text, now=now.text)
    else:
        return ""
    return str(said)


def dated(fact: Row, called: dict[str, str]) -> Dated:
    """Return one entry of a visit's history."""
    return Dated(
        when=moments.day(fact["on_day"], fact["at_time"]),
        mark=words.visit(fact["status"]),
        reason=fact["reason"],
        recorded=moments.moment(fact["recorded_at"], "UTC"),
        by=called.get(str(fact["recorded_by"]).partition(":")[2], ""),
    )


def date_rule(kind: VisitKind) -> str:
    """Say what a kind of visit allows its dates."""
    said = {
        "fixed": gettext(
            "Fixed once it is set. If it must be another day, cancel the visit and enter it anew."
        ),
        "future only": gettext("Can be set and moved only while it is still to come."),
        "movable": gettext("Can be moved at any time; every date it had is kept."),
    }
    return str(said[kind.dates])


def date_exception(kind: VisitKind) -> str:
    """Say what is special about a kind's dates: that they cannot be moved freely, that a time is needed."""
    said = [] if kind.dates == "movable" else [date_rule(kind)]
    if kind.time == "required":
        said.append(str(gettext("The clock time is needed.")))
    return " ".join(said)


def session_rule(kind: VisitKind) -> str:
    """Say what a session makes wait; nothing of other visits."""
    if not kind.session:
        return ""
    return str(gettext("Forms about it open once somebody has said here that it was held."))
