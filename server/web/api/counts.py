"""The phone's count of what it sealed and what still waits: staff compare it with ours."""

from __future__ import annotations

from flask import Response, g, jsonify

from server.actions.note_counts import note_counts
from server.web.access import context, device
from server.web.api import blueprint
from server.web.api.body import json_object


@blueprint.put("/counts")
@device
def counts() -> Response:
    """Note `{"sealed": n, "waiting": n}`."""
    body = json_object()
    note_counts(context(), g.actor, g.device, body.get("sealed"), body.get("waiting"))
    return jsonify(noted=True)
