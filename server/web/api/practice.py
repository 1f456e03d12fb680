"""The last steps of joining: a test reminder, and the word that it came."""

from __future__ import annotations

from flask import Response, g, jsonify

from server.actions.confirm_test_reminder import confirm_test_reminder
from server.actions.send_test_reminder import send_test_reminder
from server.web.access import context, device
from server.web.api import blueprint
from server.web.api.body import json_object


@blueprint.post("/practice/reminder")
@device
def reminder() -> Response:
    """Send a test reminder to this participant's own address."""
    json_object()
    send_test_reminder(context(), g.actor, g.device, g.device.participant_id)
    return jsonify(sent=True)


@blueprint.post("/practice/confirmed")
@device
def confirmed() -> Response:
    """Note that it came."""
    json_object()
    confirm_test_reminder(context(), g.actor, g.device)
    return jsonify(confirmed=True)
