"""A participant's name and address: shown on request, each time noted; changed here too."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm

from server.actions.change_participant import Change, change_participant
from server.actions.read_contact import read_contact
from server.errors import BadInputError, ConflictError
from server.store import participants
from server.web.access import context, staff
from server.web.staff import blueprint, entry


class ContactForm(FlaskForm):
    """How to reach a participant."""

    name = entry.text(200)
    email = entry.text(200)
    phone = entry.text(50)


@blueprint.post("/participants/<participant_id>/contact")
@staff("administrator", "coordinator")
def contact(participant_id: str) -> ResponseReturnValue:
    """Show contact data. A POST, because asking for them is an act that is noted."""
    person = participants.one(context().db, g.staff, participant_id)
    found = read_contact(context(), g.actor, g.staff, participant_id)
    form = ContactForm(formdata=None, obj=found)
    return render_template("staff/contact.html", form=form, person=person)


@blueprint.post("/participants/<participant_id>/contact/change")
@staff("administrator", "coordinator")
def contact_changed(participant_id: str) -> ResponseReturnValue:
    """Change contact data."""
    person = participants.one(context().db, g.staff, participant_id)
    form = ContactForm()
    if form.validate_on_submit():
        wanted = Change(
            name=form.name.data or "", email=form.email.data or "", phone=form.phone.data or ""
        )
        try:
            change_participant(context(), g.actor, g.staff, participant_id, wanted)
        except (BadInputError, ConflictError) as error:
            entry.complain(form, error)
        else:
            flash(gettext("Contact data changed."), "good")
            return redirect(url_for("staff.participant", participant_id=participant_id), 303)
    return render_template("staff/contact.html", form=form, person=person), 422
