"""Changing what is known of a participant: where they live, how they are reached, whether they go on."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms.fields import BooleanField, DateField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from server.actions.change_participant import Change, change_participant
from server.errors import BadInputError, ConflictError
from server.store import participants
from server.store.database import Row
from server.web.access import context, staff
from server.web.staff import blueprint, entry
from server.web.staff.participants import channels, languages


class ChangeForm(FlaskForm):
    """Where somebody lives, which language they read, how they are reminded."""

    zone = entry.zone_field()
    on = DateField(validators=[Optional()])
    language = SelectField()
    channel = SelectField()
    reason = entry.reason()


class StatusForm(FlaskForm):
    """Whether somebody goes on, pauses or withdraws."""

    status = RadioField(validators=[InputRequired()])
    sure = BooleanField()
    reason = entry.reason()


@blueprint.get("/participants/<participant_id>/change")
@staff("administrator", "investigator", "coordinator")
def change(participant_id: str) -> ResponseReturnValue:
    """Show zone, language and channel as they stand."""
    person = participants.one(context().db, g.staff, participant_id)
    form = _change_form()
    form.process(data={name: person[name] for name in ("zone", "language", "channel")})
    form = _with_choices(form)
    return render_template("staff/change.html", form=form, person=person)


@blueprint.post("/participants/<participant_id>/change")
@staff("administrator", "investigator", "coordinator")
def change_sent(participant_id: str) -> ResponseReturnValue:
    """Record what changed, from which day."""
    person = participants.one(context().db, g.staff, participant_id)
    form = _change_form()
    if form.validate_on_submit():
        moved = form.zone.data != person["zone"]
        wanted = Change(
            zone=form.zone.data if moved else None,
            language=form.language.data,
            channel=form.channel.data,
            on=form.on.data if moved else None,
            reason=form.reason.data or "",
        )
        try:
            change_participant(context(), g.actor, g.staff, participant_id, wanted)
        except (BadInputError, ConflictError) as error:
            entry.complain(form, error)
        else:
            return _back(participant_id, gettext("Changed."))
    return render_template("staff/change.html", form=form, person=person), 422


@blueprint.get("/participants/<participant_id>/status")
@staff("administrator", "investigator", "coordinator")
def status(participant_id: str) -> ResponseReturnValue:
    """Ask whether the participant goes on, pauses or withdraws."""
    person = participants.one(context().db, g.staff, participant_id)
    form = _status_form()
    form.status.data = person["status"]
    return _status_page(form, person)


@blueprint.post("/participants/<participant_id>/status")
@staff("administrator", "investigator", "coordinator")
def status_sent(participant_id: str) -> ResponseReturnValue:
    """Record the status; withdrawing needs a second, deliberate mark."""
    person = participants.one(context().db, g.staff, participant_id)
    form = _status_form()
    if not form.validate_on_submit():
        return _status_page(form, person), 422
    if form.status.data == "withdrawn" and not form.sure.data:
        form.sure.errors = [gettext("Tick this if the participant really withdraws.")]
        return _status_page(form, person), 422
    wanted = Change(status=form.status.data, reason=form.reason.data or "")
    change_participant(context(), g.actor, g.staff, participant_id, wanted)
    return _back(participant_id, gettext("Recorded."))


def _change_form() -> ChangeForm:
    return _with_choices(ChangeForm())


def _with_choices(form: ChangeForm) -> ChangeForm:
    form.language.choices = entry.choices(languages())
    form.channel.choices = entry.choices(channels())
    return form


def _status_form() -> StatusForm:
    form = StatusForm()
    form.status.choices = entry.choices(
        [
            ("active", gettext("goes on: forms open, reminders go out")),
            ("paused", gettext("pauses: forms stay open, no reminders")),
            ("withdrawn", gettext("withdraws: nothing is asked any more, no message goes out")),
        ]
    )
    return form


def _status_page(form: StatusForm, person: Row) -> str:
    return render_template("staff/status.html", form=form, person=person)


def _back(participant_id: str, said: str) -> ResponseReturnValue:
    flash(said, "good")
    return redirect(url_for("staff.participant", participant_id=participant_id), 303)
