"""Recording a visit; moving it, holding it, cancelling it."""

from __future__ import annotations

from datetime import date, time

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms.fields import DateField, RadioField, SelectField, TimeField
from wtforms.validators import InputRequired, Optional

from server.actions.reconcile import design
from server.actions.record_visit import VisitEntry, record_visit
from server.domain.course import ENROLMENT
from server.domain.protocol import Protocol
from server.errors import BadInputError, ConflictError, NotFoundError
from server.store import groups, participants, studies
from server.store import staff as people
from server.store import visits as store
from server.store.database import Row
from server.web.access import context, staff
from server.web.staff import blueprint, entry, visit_lines


class VisitForm(FlaskForm):
    """A visit's kind, course, day, clock time and what became of it."""

    kind = SelectField()
    course = SelectField(default="1")
    on = DateField(validators=[InputRequired(lazy_gettext("Give the day of the visit."))])
    at = TimeField(validators=[Optional()])
    status = RadioField()
    reason = entry.reason()


@blueprint.get("/participants/<participant_id>/visits/new")
@staff("administrator", "investigator", "coordinator")
def visit_new(participant_id: str) -> ResponseReturnValue:
    """Ask which visit to record."""
    person = participants.one(context().db, g.staff, participant_id)
    form = _form(person)
    form.on.data = context().clock.now().date()
    form.status.data = "planned"
    return _page(form, person, None)


@blueprint.post("/participants/<participant_id>/visits/new")
@staff("administrator", "investigator", "coordinator")
def visit_new_sent(participant_id: str) -> ResponseReturnValue:
    """Record a new visit."""
    person = participants.one(context().db, g.staff, participant_id)
    return _save(_form(person), person, None)


@blueprint.get("/participants/<participant_id>/visits/<visit_id>")
@staff("administrator", "investigator", "coordinator")
def visit(participant_id: str, visit_id: str) -> ResponseReturnValue:
    """Show a visit as it stands, ready to be changed."""
    person = participants.one(context().db, g.staff, participant_id)
    stands = _of(participant_id, visit_id)
    form = _form(person, stands)
    form.on.data = date.fromisoformat(stands["on_day"])
    form.at.data = time.fromisoformat(stands["at_time"]) if stands["at_time"] else None
    form.status.data = stands["status"]
    return _page(form, person, stands)


@blueprint.post("/participants/<participant_id>/visits/<visit_id>")
@staff("administrator", "investigator", "coordinator")
def visit_sent(participant_id: str, visit_id: str) -> ResponseReturnValue:
    """Record what stands of this visit from now on."""
    person = participants.one(context().db, g.staff, participant_id)
    stands = _of(participant_id, visit_id)
    return _save(_form(person, stands), person, stands)


def _save(form: VisitForm, person: Row, stands: Row | None) -> ResponseReturnValue:
    if not form.validate_on_submit():
        return _page(form, person, stands), 422
    visit_entry = VisitEntry(
        kind=stands["kind"] if stands else form.kind.data,
        on=form.on.data or date.min,
        at=form.at.data,
        status=form.status.data,
        visit_id=stands["id"] if stands else None,
        reason=form.reason.data or "",
        course=stands["course"] if stands else int(form.course.data),
    )
    try:
        done = record_visit(context(), g.actor, g.staff, person["id"], visit_entry)
    except (BadInputError, ConflictError) as error:
        entry.complain(form, error)
        return _page(form, person, stands), 422
    flash(gettext("Recorded. What hangs on this visit has moved with it."), "good")
    for warning in done.warnings:
        flash(warning, "care")
    return redirect(url_for("staff.participant", participant_id=person["id"]), 303)


def _form(person: Row, stands: Row | None = None) -> VisitForm:
    form = VisitForm()
    protocol = _protocol(person)
    # Everybody is enrolled once, and that visit is there already.
    form.kind.choices = entry.choices(
        (name, kind.label) for name, kind in protocol.visits.items() if stands or name != ENROLMENT
    )
    form.course.choices = entry.choices(
        (str(number), label) for number, label in sorted(protocol.courses.items())
    )
    form.status.choices = entry.choices(
        [
            ("planned", gettext("planned")),
            ("held", gettext("held")),
            ("no-show", gettext("nobody came")),
            ("cancelled", gettext("cancelled")),
        ]
    )
    if stands:
        form.kind.data, form.course.data = stands["kind"], str(stands["course"])
    return form


def _protocol(person: Row) -> Protocol:
    here = context()
    protocol, _ = design(here, studies.one(here.db, person["study_id"]), person["id"])
    return protocol


def _of(participant_id: str, visit_id: str) -> Row:
    """Return the visit, if it is this participant's."""
    found = store.one(context().db, g.staff, visit_id)
    if found["participant_id"] != participant_id:
        raise NotFoundError("There is no such visit.")
    return found


def _page(form: VisitForm, person: Row, stands: Row | None) -> str:
    protocol = _protocol(person)
    line = None
    if stands:
        line = visit_lines.line(stands, protocol, people.names(context().db, g.staff))
    return render_template(
        "staff/visit.html", form=form, person=person, stands=stands, line=line,
        title=line.label if line else gettext("Record a visit"),
        several=len(protocol.courses) > 1, rules=_rules(protocol, stands),
        group=_group(stands), zone=person["zone"],
    )  # fmt: skip


def _rules(protocol: Protocol, stands: Row | None) -> list[tuple[str, str]]:
    """Say what the protocol allows this visit's date; of a new one, what is special about some kinds."""
    if stands:
        kind = protocol.visits.get(stands["kind"])
        parts = (visit_lines.date_rule(kind), visit_lines.session_rule(kind)) if kind else ()
        return [(kind.label, " ".join(filter(None, parts)))] if kind else []
    return [
        (kind.label, " ".join(filter(None, said)))
        for name, kind in protocol.visits.items()
        if name != ENROLMENT
        for said in [(visit_lines.date_exception(kind), visit_lines.session_rule(kind))]
        if any(said)
    ]


def _group(stands: Row | None) -> Row | None:
    """Return the group whose date this visit is a copy of, if it is one."""
    if not stands or not stands["group_visit_id"]:
        return None
    shared = groups.date_of(context().db, stands["group_visit_id"])
    return groups.one(context().db, g.staff.study_id, shared["group_id"])
