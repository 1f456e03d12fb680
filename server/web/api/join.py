"""Joining from the phone's own page: link token and code in one POST, the credential as a cookie."""

from __future__ import annotations

from flask import Response, jsonify, request

from server.ids import token_digest
from server.store import devices
from server.web.access import context, cookie, device_here, public
from server.web.api import blueprint
from server.web.api.body import json_object, text
from server.web.participant.joining import connect, with_credential


@blueprint.post("/join")
@public
def join() -> Response:
    """Connect this phone."""
    body = json_object()
    bound = connect(text(body, "code"), text(body, "token") if body.get("token") else None)
    return with_credential(jsonify(locator=bound.locator), bound.token)


@blueprint.get("/standing")
@public
def standing() -> Response:
    """Tell a phone that was turned away why: revoked (it wipes itself), or just not known."""
    token = request.cookies.get(cookie("device"))
    known = devices.known(context().db, token_digest(token)) if token else None
    bound = device_here() is not None
    return jsonify(bound=bound, revoked=known is not None and not bound)
