"""The private list of the phone that asks."""

from __future__ import annotations

from flask import Response, g, jsonify

from server.web.access import context, device
from server.web.api import blueprint
from server.web.participant.joining import renewed
from server.web.private_list import private_list


@blueprint.get("/list")
@device
def mine() -> Response:
    """Return what this phone may answer; no cache keeps it."""
    response = jsonify(private_list(context(), g.device))
    response.headers["Cache-Control"] = "no-store"
    return renewed(response)
