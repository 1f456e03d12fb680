"""Delivery of sealed answers: whatever is an envelope is kept and receipted, whoever sends it."""

from __future__ import annotations

import uuid

from flask import Response, jsonify, request

from server.actions.receive_envelope import receive
from server.domain.people import Device
from server.ids import token_digest
from server.store import devices
from server.web.access import context, cookie, public
from server.web.api import blueprint


@blueprint.put("/envelopes/<uuid:envelope_id>")
@public
def deliver(envelope_id: uuid.UUID) -> Response:
    """Keep an envelope and return its receipt; the same again gets the same receipt."""
    receipt = receive(context(), _sender(), str(envelope_id), request.get_data(), via="phone")
    return jsonify(receipt.as_json())


def _sender() -> Device | None:
    """Return the phone that this cookie names, revoked or not: its answers are kept either way."""
    token = request.cookies.get(cookie("device"))
    return devices.known(context().db, token_digest(token)) if token else None
