"""All dates of one course in one table: entered, moved and confirmed as planned together, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from zoneinfo import ZoneInfo

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.actions.reconcile import design
from server.actions.record_dates import record_dates
from server.actions.visit_rules import VisitEntry
from server.domain.protocol import Protocol
from server.errors import BadInputError, NotFoundError
from server.store import participants, studies, visits
from server.store.database import Row
from server.web.access import context, staff
from server.web.staff import blueprint, date_rows
from server.web.staff.date_rows import DateRow, Kind


@dataclass(frozen=True)
class Page:
    """The table of one course; `rows` are those that can be typed into, with their fields' numbers."""

    person: Row
    course: int
    courses: list[tuple[int, str]]
    kinds: list[Kind]
    rows: list[tuple[int, DateRow]]
    # Field → what is wrong with it, for the list above the table.
    wrong: list[tuple[str, str]]

    @property
    def title(self) -> str:
        """Return what the course is called."""
        return dict(self.courses).get(self.course, "")

    def number(self, row: DateRow) -> int:
        """Return the number that a row's fields carry."""
        return next(number for number, each in self.rows if each is row)


@blueprint.get("/participants/<participant_id>/dates")
@staff("administrator", "investigator", "coordinator")
def dates(participant_id: str) -> ResponseReturnValue:
    """Show all dates of a course, and room for those that are missing."""
    person, protocol = _person(participant_id)
    course = _course(protocol)
    return _page(person, protocol, course, _table(person, protocol, course))


@blueprint.post("/participants/<participant_id>/dates")
@staff("administrator", "investigator", "coordinator")
def dates_sent(participant_id: str) -> ResponseReturnValue:
    """Record all that was typed; or only add a row."""
    person, protocol = _person(participant_id)
    course = _course(protocol)
    table = date_rows.filled(_table(person, protocol, course), request.form)
    if request.form.get("add"):
        return _page(person, protocol, course, table)
    entered, problems = _entered(table, course)
    if not problems:
        problems = _recorded(participant_id, entered)
    if problems:
        return _page(person, protocol, course, table), 422
    return redirect(url_for("staff.participant", participant_id=participant_id), 303)


def _recorded(participant_id: str, entered: list[tuple[DateRow, VisitEntry]]) -> bool:
    """Record them; return whether something stood in the way, which is then noted on its row."""
    try:
        done = record_dates(
            context(), g.actor, g.staff, participant_id, [visit for _row, visit in entered]
        )
    except BadInputError as error:
        for place, remedy in error.places.items():
            number, _, name = place.partition(".")
            row = entered[int(number)][0]
            field = name if name in {"on", "at"} else "on"
            row.places = {**row.places, field: remedy}
        return True
    flash(gettext("Recorded. What hangs on these dates is planned anew."), "good")
    for warning in dict.fromkeys(text for each in done for text in each.warnings):
        flash(warning, "care")
    return False


def _entered(table: list[Kind], course: int) -> tuple[list[tuple[DateRow, VisitEntry]], bool]:
    """Return what was typed, row by row, and whether any of it cannot be read."""
    found: list[tuple[DateRow, VisitEntry]] = []
    for _number, row in date_rows.numbered(table):
        on, at = date_rows.read(row)
        if row.visit_id and on is None and not row.places:
            row.places = {"on": str(gettext("To take it out, cancel it on its own page."))}
        if on is not None:
            found.append((row, _visit(row, on, at, course)))
    return found, any(row.places for _number, row in date_rows.numbered(table))


def _visit(row: DateRow, on: date, at: time | None, course: int) -> VisitEntry:
    return VisitEntry(
        kind=row.kind, on=on, at=at, status="held" if row.held else "planned",
        visit_id=row.visit_id or None, course=course,
    )  # fmt: skip


def _person(participant_id: str) -> tuple[Row, Protocol]:
    db = context().db
    person = participants.one(db, g.staff, participant_id)
    protocol, _ = design(context(), studies.one(db, person["study_id"]), participant_id)
    return person, protocol


def _course(protocol: Protocol) -> int:
    """Return the course asked for, the first unless the address says another."""
    asked = request.args.get("course", "1")
    number = int(asked) if asked.isdigit() else 0
    if number not in protocol.courses:
        message = "The protocol has no such course."
        raise NotFoundError(message)
    return number


def _table(person: Row, protocol: Protocol, course: int) -> list[Kind]:
    rows = [
        row
        for row in visits.of(context().db, g.staff, person["id"])
        if row["course"] == course
    ]  # fmt: skip
    today = context().clock.now().astimezone(ZoneInfo(person["zone"])).date()
    return date_rows.table(protocol, rows, today)


def _page(person: Row, protocol: Protocol, course: int, table: list[Kind]) -> str:
    rows = date_rows.numbered(table)
    wrong = [
        (f"{name}-{number}", f"{row.label}: {remedy}")
        for number, row in rows
        for name, remedy in row.places.items()
    ]
    page = Page(person, course, sorted(protocol.courses.items()), table, rows, wrong)
    return render_template("staff/dates.html", page=page)
