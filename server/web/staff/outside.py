"""What participants wrote to one named person outside the treatment team. Nobody else finds this page."""

from __future__ import annotations

from typing import Any

from flask import abort, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from server.actions.read_outside import mark_read, read_outside
from server.store import outside as messages
from server.store import participants
from server.web.access import context, staff
from server.web.staff import blueprint, moments


@blueprint.get("/outside")
@staff()
def outside() -> ResponseReturnValue:
    """Show what was written to whoever looks; to anybody else no such page exists."""
    here = context()
    if not messages.receives(here.db, g.staff):
        abort(404)
    rows = [_shown(row) for row in read_outside(here, g.actor, g.staff)]
    return render_template("staff/outside.html", rows=rows)


@blueprint.post("/outside/<message_id>/read")
@staff()
def outside_read(message_id: str) -> ResponseReturnValue:
    """Put one aside as read."""
    here = context()
    if not messages.receives(here.db, g.staff):
        abort(404)
    mark_read(here, g.actor, g.staff, message_id)
    return redirect(url_for("staff.outside"), 303)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    zone = participants.present(context().db, row["participant_id"])["zone"]
    return {
        **row,
        "received": moments.moment(row["received_at"], zone),
        "read": moments.moment(row["read_at"], zone),
    }
