"""The event that some forms are about, told to staff, who enter it and never read it back."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm

from server.actions.record_event import LONGEST_WHEN, LONGEST_WORDS, record_event
from server.errors import BadInputError
from server.store import events, participants
from server.web.access import context, staff
from server.web.staff import blueprint, entry


class EventForm(FlaskForm):
    """What happened and when, in the participant's words."""

    words = entry.text(LONGEST_WORDS, lazy_gettext("Write a few words of theirs."))
    when = entry.text(LONGEST_WHEN)


@blueprint.get("/participants/<participant_id>/event")
@staff("administrator", "investigator", "coordinator")
def event(participant_id: str) -> ResponseReturnValue:
    """Ask which event it is; one that is known is not shown."""
    return _page(participant_id, EventForm())


@blueprint.post("/participants/<participant_id>/event")
@staff("administrator", "investigator", "coordinator")
def event_told(participant_id: str) -> ResponseReturnValue:
    """Keep it."""
    form = EventForm()
    if form.validate_on_submit():
        try:
            record_event(
                context(), g.actor, g.staff, participant_id,
                form.words.data or "", form.when.data or "",
            )  # fmt: skip
        except BadInputError as error:
            entry.complain(form, error)
        else:
            flash(gettext("Kept. The forms that are about it are planned now."), "good")
            return redirect(url_for("staff.participant", participant_id=participant_id), 303)
    return _page(participant_id, form), 422


def _page(participant_id: str, form: EventForm) -> str:
    person = participants.one(context().db, g.staff, participant_id)
    told = len(events.history(context().db, participant_id))
    return render_template("staff/event.html", form=form, person=person, told=told)
