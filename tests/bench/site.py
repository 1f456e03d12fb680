"""The real application with two more routes that do nothing: what a request costs before any work."""

from __future__ import annotations

import hashlib

from flask import request

from server.actions import receive_envelope
from server.app import create_app
from server.domain.people import Actor
from server.web.access import context, device_here, public

app = create_app()


@app.get("/bench/nothing")
@public
def nothing() -> tuple[str, int, dict[str, str]]:
    """Answer a few bytes."""
    return "nothing", 200, {"Cache-Control": "private, max-age=60"}


@app.put("/bench/json")
@public
def json_only() -> dict[str, object]:
    """Read the JSON and answer; store nothing."""
    return {"id": request.get_json()["id"], "stored": False}


@app.put("/bench/kept/<envelope_id>")
@public
def kept(envelope_id: str) -> dict[str, object]:
    """Keep an envelope durably, as the real route does first, and leave it closed."""
    body = request.get_data()
    digest = hashlib.sha256(body).hexdigest()
    device = device_here()
    assert device is not None, "the bench has a connected phone"
    row = receive_envelope._keep(
        context(),
        Actor("device", device.id, "participant"),
        {"id": envelope_id, "digest": digest, "body": body, "device_id": device.id, "via": "phone"},
    )
    return {"id": row["id"], "digest": digest}


# The check of a form's token is made for pages; the real envelope route is exempt as well.
for each in (json_only, kept):
    app.extensions["csrf"].exempt(each)
