"""Who rates a participant: assigned and ended on the participant's page."""

from __future__ import annotations

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.actions.assign_rater import assign_rater, end_rater
from server.web.access import context, staff
from server.web.staff import blueprint


@blueprint.post("/participants/<participant_id>/raters")
@staff("administrator", "investigator", "coordinator")
def rater(participant_id: str) -> ResponseReturnValue:
    """Let somebody rate this participant."""
    assign_rater(context(), g.actor, g.staff, participant_id, request.form.get("rater", ""))
    return _back(
        participant_id, gettext("Assigned. They find this participant's forms for raters.")
    )


@blueprint.post("/participants/<participant_id>/raters/<staff_id>/end")
@staff("administrator", "investigator", "coordinator")
def rater_ended(participant_id: str, staff_id: str) -> ResponseReturnValue:
    """Let somebody rate this participant no longer."""
    end_rater(context(), g.actor, g.staff, participant_id, staff_id)
    return _back(participant_id, gettext("The assignment has ended."))


def _back(participant_id: str, said: str) -> ResponseReturnValue:
    flash(said, "good")
    return redirect(url_for("staff.participant", participant_id=participant_id), 303)
