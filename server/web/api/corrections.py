"""Mending a response that was about the wrong person, right after it was sent."""

from __future__ import annotations

import uuid

from flask import Response, g, jsonify

from server.actions.correct_about import correct_about
from server.web.access import context, device
from server.web.api import blueprint
from server.web.api.body import json_object, text


@blueprint.post("/assessments/<uuid:assessment>/about")
@device
def about(assessment: uuid.UUID) -> Response:
    """Let what was answered to this assessment be about another of this participant's guides."""
    other = text(json_object(), "about")
    correct_about(context(), g.device, str(assessment), other)
    return jsonify(about=other)
