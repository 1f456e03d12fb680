"""Who guides a participant: from when, until when, under which name; replaced in one step."""

from __future__ import annotations

from datetime import date

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms.fields import DateField, SelectField
from wtforms.validators import InputRequired, Optional

from server.actions.assign_facilitator import (
    Assignment,
    assign_term,
    end_facilitator,
    replace_facilitator,
)
from server.errors import BadInputError, ConflictError, NotFoundError
from server.store import facilitators, participants
from server.store.database import Row
from server.web.access import context, staff
from server.web.staff import blueprint, entry


class GuideForm(FlaskForm):
    """Who guides, under which name, from which day, to which (none: no end yet)."""

    staff_id = SelectField()
    shown_name = entry.text(60, lazy_gettext("Write the name that the participant uses."))
    on = DateField(validators=[InputRequired(lazy_gettext("Give the first day."))])
    to = DateField(validators=[Optional()])


@blueprint.get("/participants/<participant_id>/facilitators")
@staff("administrator", "investigator", "coordinator")
def guide(participant_id: str) -> ResponseReturnValue:
    """Ask who guides this participant."""
    person = participants.one(context().db, g.staff, participant_id)
    form = _form()
    form.on.data = date.fromisoformat(person["enrolled_on"])
    return _page(form, person)


@blueprint.post("/participants/<participant_id>/facilitators")
@staff("administrator", "investigator", "coordinator")
def guide_sent(participant_id: str) -> ResponseReturnValue:
    """Assign a facilitator."""
    person = participants.one(context().db, g.staff, participant_id)
    form = _form()
    if form.validate_on_submit():
        try:
            assign_term(context(), g.actor, g.staff, participant_id, _given(form))
        except (BadInputError, ConflictError) as error:
            entry.complain(form, error)
        else:
            return _back(participant_id, gettext("Assigned."))
    return _page(form, person), 422


@blueprint.get("/participants/<participant_id>/facilitators/<staff_id>/replace")
@staff("administrator", "investigator", "coordinator")
def guide_replace(participant_id: str, staff_id: str) -> ResponseReturnValue:
    """Ask who takes over, and from which day."""
    person = participants.one(context().db, g.staff, participant_id)
    leaving = _leaving(participant_id, staff_id)
    form = _form(without=staff_id)
    form.on.data = context().clock.now().date()
    return _page(form, person, leaving)


@blueprint.post("/participants/<participant_id>/facilitators/<staff_id>/replace")
@staff("administrator", "investigator", "coordinator")
def guide_replaced(participant_id: str, staff_id: str) -> ResponseReturnValue:
    """Let somebody take over; whoever leaves has their last day the day before."""
    person = participants.one(context().db, g.staff, participant_id)
    leaving = _leaving(participant_id, staff_id)
    form = _form(without=staff_id)
    if form.validate_on_submit():
        try:
            replace_facilitator(
                context(), g.actor, g.staff, participant_id, staff_id, _given(form)
            )  # fmt: skip
        except (BadInputError, ConflictError) as error:
            entry.complain(form, error)
        else:
            return _back(
                participant_id,
                gettext("Replaced. Forms not answered yet ask about the new one from that day."),
            )
    return _page(form, person, leaving), 422


@blueprint.post("/participants/<participant_id>/facilitators/<staff_id>/end")
@staff("administrator", "investigator", "coordinator")
def guide_ended(participant_id: str, staff_id: str) -> ResponseReturnValue:
    """End an assignment; the day given is its last."""
    on = entry.day(request.form.get("on", ""))
    end_facilitator(context(), g.actor, g.staff, participant_id, staff_id, on)
    return _back(participant_id, gettext("The assignment has ended."))


def _form(without: str = "") -> GuideForm:
    form = GuideForm()
    people = facilitators.candidates(context().db, g.staff.study_id)
    form.staff_id.choices = entry.choices(
        (row["id"], row["name"]) for row in people if row["id"] != without
    )
    return form


def _given(form: GuideForm) -> Assignment:
    return Assignment(
        form.staff_id.data, form.shown_name.data or "", form.on.data or date.min, form.to.data
    )


def _leaving(participant_id: str, staff_id: str) -> Row:
    """Return the latest term of a facilitator; NotFoundError for whoever never guided this participant."""
    terms = facilitators.of(context().db, g.staff, participant_id)
    mine = [row for row in terms if row["staff_id"] == staff_id]
    if not mine:
        message = "This person does not guide this participant."
        raise NotFoundError(message)
    return mine[-1]


def _page(form: GuideForm, person: Row, leaving: Row | None = None) -> str:
    return render_template("staff/guide.html", form=form, person=person, leaving=leaving)


def _back(participant_id: str, said: str) -> ResponseReturnValue:
    flash(said, "good")
    return redirect(url_for("staff.participant", participant_id=participant_id), 303)
