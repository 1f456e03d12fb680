"""One participant: everything that staff may see of them, on one page."""

from __future__ import annotations

from flask import g, render_template
from flask.typing import ResponseReturnValue

from server.web.access import context, staff
from server.web.staff import blueprint, record


@blueprint.get("/participants/<participant_id>")
@staff()
def participant(participant_id: str) -> ResponseReturnValue:
    """Show the participant as this viewer may see them."""
    page = record.gather(context(), g.staff, participant_id)
    return render_template("staff/participant.html", page=page)
