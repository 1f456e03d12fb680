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
from server.store import facilitators, participants, studies
from server.store.database import Row
from server.web.access import context, staff
from server.web.staff import blueprint, entry


class GuideForm(FlaskForm):
    """Who guides, under which name, from which day, to which (none: no end yet)."""

    staff_id = SelectField(validators=[InputRequired(lazy_gettext("Choose who it is."))])
    shown_name = entry.text(60, lazy_gettext("Write the name that the participant uses."))
    on = DateField(validators=[InputRequired(lazy_gettext("Give the first day."))])
    to = DateField(validators=[Optional()])


@blueprint.get("/participants/<participant_id>/facilitators")
@staff("administrator", "investigator", "coordinator")
def guide(participant_id: str) -> ResponseReturnValue:
    """Ask who guides this participant; with `who`, how the name or the days of one who does are to read."""
    person = participants.one(context().db, g.staff, participant_id)
    stands = _stands(participant_id)
    form = _form(participant_id, stands)
    form.on.data = date.fromisoformat(stands["from_on"] if stands else person["enrolled_on"])
    if stands:
        form.shown_name.data = stands["name"]
    return _page(form, person, stands=stands)


@blueprint.post("/participants/<participant_id>/facilitators")
@staff("administrator", "investigator", "coordinator")
def guide_sent(participant_id: str) -> ResponseReturnValue:
    """Assign a facilitator, or correct an assignment."""
    person = participants.one(context().db, g.staff, participant_id)
    stands = _stands(participant_id)
    form = _form(participant_id, stands)
    if form.validate_on_submit():
        try:
            assign_term(context(), g.actor, g.staff, participant_id, _given(form))
        except (BadInputError, ConflictError) as error:
            entry.complain(form, error)
        else:
            return _back(participant_id, gettext("Changed.") if stands else gettext("Assigned."))
    return _page(form, person, stands=stands), 422


@blueprint.get("/participants/<participant_id>/facilitators/<staff_id>/replace")
@staff("administrator", "investigator", "coordinator")
def guide_replace(participant_id: str, staff_id: str) -> ResponseReturnValue:
    """Ask who takes over, and from which day."""
    person = participants.one(context().db, g.staff, participant_id)
    leaving = _leaving(participant_id, staff_id)
    form = _form(participant_id)
    form.on.data = context().clock.now().date()
    return _page(form, person, leaving)


@blueprint.post("/participants/<participant_id>/facilitators/<staff_id>/replace")
@staff("administrator", "investigator", "coordinator")
def guide_replaced(participant_id: str, staff_id: str) -> ResponseReturnValue:
    """Let somebody take over; whoever leaves has their last day the day before."""
    person = participants.one(context().db, g.staff, participant_id)
    leaving = _leaving(participant_id, staff_id)
    form = _form(participant_id)
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
                gettext(
                    "Replaced. Forms about visits from that day on ask about the new person, "
                    "where nobody has answered yet."
                ),
            )
    return _page(form, person, leaving), 422


@blueprint.post("/participants/<participant_id>/facilitators/<staff_id>/end")
@staff("administrator", "investigator", "coordinator")
def guide_ended(participant_id: str, staff_id: str) -> ResponseReturnValue:
    """End an assignment; the day given is its last."""
    on = entry.day(request.form.get("on", ""))
    end_facilitator(context(), g.actor, g.staff, participant_id, staff_id, on)
    return _back(participant_id, gettext("The assignment has ended."))


def _form(participant_id: str, stands: Row | None = None) -> GuideForm:
    """Return the form with whoever may be assigned: nobody who guides already, or only the one meant."""
    form = GuideForm()
    db = context().db
    here = g.staff.study_id
    guiding = {row["staff_id"] for row in _terms(participant_id) if _runs(row)}
    outsider = studies.one(db, here)["outside_staff_id"]
    known = [
        (row["id"], row["name"])
        for row in facilitators.candidates(db, here)
        if (row["id"] == stands["staff_id"] if stands else row["id"] not in {*guiding, outsider})
    ]
    # What somebody cannot see any more is for good: nobody is to be assigned by a slip.
    first = [("", gettext("Choose"))] if known and not stands else []
    form.staff_id.choices = entry.choices([*first, *known])
    return form


def _runs(term: Row) -> bool:
    return term["to_on"] is None or term["to_on"] >= context().clock.now().date().isoformat()


def _terms(participant_id: str) -> list[Row]:
    return facilitators.of(context().db, g.staff, participant_id)


def _stands(participant_id: str) -> Row | None:
    """Return the assignment that the address asks to correct; None where somebody new is meant."""
    who = request.args.get("who", "")
    return _leaving(participant_id, who) if who else None


def _given(form: GuideForm) -> Assignment:
    return Assignment(
        form.staff_id.data, form.shown_name.data or "", form.on.data or date.min, form.to.data
    )


def _leaving(participant_id: str, staff_id: str) -> Row:
    """Return the latest term of a facilitator; NotFoundError for whoever never guided this participant."""
    mine = [row for row in _terms(participant_id) if row["staff_id"] == staff_id]
    if not mine:
        message = "This person does not guide this participant."
        raise NotFoundError(message)
    return mine[-1]


def _page(
    form: GuideForm, person: Row, leaving: Row | None = None, stands: Row | None = None
) -> str:
    return render_template(
        "staff/guide.html", form=form, person=person, leaving=leaving, stands=stands
    )


def _back(participant_id: str, said: str) -> ResponseReturnValue:
    flash(said, "good")
    return redirect(url_for("staff.participant", participant_id=participant_id), 303)
