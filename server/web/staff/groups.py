"""Groups that go through a programme on the same dates: who is in them, and dates that move for all."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import cast

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag

from server.actions.add_group_visit import add_group_visit
from server.actions.create_group import create_group
from server.actions.join_group import join_group
from server.actions.leave_group import leave_group
from server.actions.move_group_visit import move_group_visit
from server.actions.reconcile import design
from server.actions.shared_dates import GroupDate
from server.domain.facts import VisitStatus
from server.domain.protocol import Protocol
from server.errors import BadInputError, ConflictError, NotFoundError
from server.store import groups as store
from server.store import participants, studies
from server.store import staff as people
from server.store.database import Row
from server.web.access import context, staff
from server.web.staff import blueprint, entry, moments, visit_lines, words
from server.web.staff.confirmed import tell
from server.web.staff.moments import Moment


@dataclass(frozen=True)
class Shared:
    """One date that a group shares, ready to be changed."""

    id: str
    label: str
    course: str
    when: Moment | None
    on: str
    at: str
    status: words.Mark
    state: str
    reason: str
    past: list[visit_lines.Dated]


@dataclass(frozen=True)
class Trouble:
    """What was typed into one of the page's forms and cannot be used: which form, what, and why."""

    form: str = ""
    said: str = ""
    typed: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    def value(self, form: str, name: str, otherwise: str = "") -> str:
        """Return what stands in a field: what was typed last, where this form was sent."""
        return self.typed.get(name, "") if form == self.form else otherwise

    def wrong(self, form: str, name: str) -> str:
        """Return what is wrong with a field."""
        return self.places.get(name, "") if form == self.form else ""


@dataclass(frozen=True)
class Page:
    """One group: its dates, who is in it, and who might join."""

    group: Row
    dates: list[Shared]
    members: list[Row]
    others: list[Row]
    kinds: list[SelectChoice]
    courses: list[SelectChoice]
    trouble: Trouble


@blueprint.get("/groups")
@staff("administrator", "investigator", "coordinator")
def groups() -> ResponseReturnValue:
    """Show the study's groups, and make another."""
    return _list(Trouble())


@blueprint.post("/groups")
@staff("administrator", "investigator", "coordinator")
def group_made() -> ResponseReturnValue:
    """Make a group and go to its page."""
    label = request.form.get("label", "")
    try:
        group_id = create_group(context(), g.actor, g.staff, label)
    except (BadInputError, ConflictError) as error:
        return _list(_trouble("make", error)), 422
    flash(gettext("Made. Next: who is in it, and its dates."), "good")
    return redirect(url_for("staff.group", group_id=group_id), 303)


@blueprint.get("/groups/<group_id>")
@staff("administrator", "investigator", "coordinator")
def group(group_id: str) -> ResponseReturnValue:
    """Show one group."""
    return _page(group_id, Trouble())


@blueprint.post("/groups/<group_id>/members")
@staff("administrator", "investigator", "coordinator")
def group_joined(group_id: str) -> ResponseReturnValue:
    """Put a participant into the group; its dates to come become theirs."""
    store.one(context().db, g.staff.study_id, group_id)
    participant_id = request.form.get("participant", "")
    try:
        person = participants.one(context().db, g.staff, participant_id)
        warnings = join_group(context(), g.actor, g.staff, participant_id, group_id)
    except NotFoundError:
        told = BadInputError("", {"participant": gettext("Choose who joins.")})
        return _page(group_id, _trouble("join", told)), 422
    except (BadInputError, ConflictError) as error:
        return _page(group_id, _trouble("join", error)), 422
    flash(gettext("%(code)s has joined.", code=person["code"]), "good")
    for warning in warnings:
        flash(warning, "care")
    return _back(group_id)


@blueprint.post("/groups/<group_id>/members/<participant_id>/leave")
@staff("administrator", "investigator", "coordinator")
def group_left(group_id: str, participant_id: str) -> ResponseReturnValue:
    """Take a participant out of the group."""
    store.one(context().db, g.staff.study_id, group_id)
    person = participants.one(context().db, g.staff, participant_id)
    keep = request.form.get("keep") == "yes"
    try:
        leave_group(context(), g.actor, g.staff, participant_id, keep_dates=keep)
    except (BadInputError, ConflictError) as error:
        return _page(group_id, _trouble("leave", error)), 422
    flash(gettext("%(code)s has left.", code=person["code"]), "good")
    return _back(group_id)


@blueprint.post("/groups/<group_id>/dates")
@staff("administrator", "investigator", "coordinator")
def group_date_added(group_id: str) -> ResponseReturnValue:
    """Add a date for everybody in the group."""
    store.one(context().db, g.staff.study_id, group_id)
    kind, course = request.form.get("kind", ""), request.form.get("course", "1")
    try:
        number = int(course) if course.isdigit() else 0
        done = add_group_visit(
            context(), g.actor, g.staff, group_id, kind, _given(), number
        )  # fmt: skip
    except (BadInputError, ConflictError) as error:
        return _page(group_id, _trouble("add", error)), 422
    flash(gettext("Added for everybody in the group."), "good")
    tell(done)
    return _back(group_id)


@blueprint.post("/groups/<group_id>/dates/<group_visit_id>")
@staff("administrator", "investigator", "coordinator")
def group_date_changed(group_id: str, group_visit_id: str) -> ResponseReturnValue:
    """Move a date, or say what became of it, for everybody who shares it."""
    store.one(context().db, g.staff.study_id, group_id)
    if store.date_of(context().db, group_visit_id)["group_id"] != group_id:
        raise NotFoundError("There is no such date of a group.")
    try:
        done = move_group_visit(context(), g.actor, g.staff, group_visit_id, _given())
    except (BadInputError, ConflictError) as error:
        return _page(group_id, _trouble(group_visit_id, error)), 422
    flash(gettext("Recorded for everybody who shares this date."), "good")
    tell(done)
    return _back(group_id)


def _given() -> GroupDate:
    """Return the date that was typed; BadInputError names the field that cannot be read."""
    places: dict[str, str] = {}
    on = entry.maybe_day(request.form.get("on", ""), places)
    at = entry.maybe_time(request.form.get("at", ""), places)
    if on is None:
        places.setdefault("on", gettext("Give the day."))
    if places:
        raise BadInputError("Nothing was recorded: please mend what is marked.", places)
    status = cast("VisitStatus", request.form.get("status", "planned"))
    return GroupDate(on or date.min, at, status, request.form.get("reason", ""))


def _trouble(form: str, error: BadInputError | ConflictError) -> Trouble:
    places = error.places if isinstance(error, BadInputError) else {}
    shown = {"on", "at", "kind", "course", "status", "reason", "label", "participant"}
    rest = [text for name, text in places.items() if name not in shown]
    # Codes of members who cannot have the date are in the message already.
    said = str(error) if rest or not places else ""
    return Trouble(form, said, dict(request.form), {**places})


def _list(trouble: Trouble) -> str:
    here = context()
    protocol, _ = design(here, studies.one(here.db, g.staff.study_id))
    return render_template(
        "staff/groups.html", groups=store.of(here.db, g.staff.study_id), trouble=trouble,
        shares=any(kind.group for kind in protocol.visits.values()),
    )  # fmt: skip


def _page(group_id: str, trouble: Trouble) -> str:
    here = context()
    row = store.one(here.db, g.staff.study_id, group_id)
    protocol, _ = design(here, studies.one(here.db, g.staff.study_id))
    inside = [
        {**each, "mark": words.participant(each["status"])}
        for each in store.members(here.db, g.staff, group_id)
    ]
    everyone = participants.list_of(here.db, g.staff, here.clock.now())
    page = Page(
        group=row,
        dates=_dates(protocol, group_id),
        members=inside,
        others=[each for each in everyone if not each["group"] and each["status"] != "withdrawn"],
        kinds=entry.choices((name, kind.label) for name, kind in protocol.visits.items() if kind.group),
        courses=entry.choices((str(number), label) for number, label in protocol.courses.items()),
        trouble=trouble,
    )  # fmt: skip
    return render_template("staff/group.html", page=page)


def _dates(protocol: Protocol, group_id: str) -> list[Shared]:
    db = context().db
    rows, past = store.dates(db, group_id), store.history(db, group_id)
    names, called = visit_lines.group_labels(protocol, rows), people.names(db, g.staff)
    return [
        Shared(
            id=row["id"],
            label=names[row["id"]],
            course=visit_lines.course_label(protocol, row["course"]),
            when=moments.day(row["on_day"], row["at_time"]),
            on=row["on_day"],
            at=(row["at_time"] or "")[:5],
            status=words.visit(row["status"]),
            state=row["status"],
            reason=row["reason"],
            past=[visit_lines.dated(fact, called) for fact in past.get(row["id"], [])[:-1]],
        )
        for row in rows
    ]


def _back(group_id: str) -> ResponseReturnValue:
    return redirect(url_for("staff.group", group_id=group_id), 303)
