"""What the phone's scripts ask: JSON in, JSON out. Every unsafe request proves its origin.

A stored CSRF token would refuse the answers of a phone that was offline for a week; instead the origin
check stands before every request, and a body must be JSON, which no foreign form can send.
"""

from __future__ import annotations

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

blueprint = Blueprint("api", __name__, url_prefix="/api")


@blueprint.record_once
def _no_token(state: BlueprintSetupState) -> None:
    csrf = state.app.extensions.get("csrf")
    if csrf is not None:
        csrf.exempt(blueprint)


# At the end: each module hangs its views on the blueprint above.
from server.web.api import (  # noqa: E402, F401
    begun,
    corrections,
    counts,
    envelopes,
    join,
    mine,
    pins,
    practice,
    private,
)
