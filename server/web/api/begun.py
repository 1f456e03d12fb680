"""The phone's word on which forms were begun on it, so that half-done and unopened are told apart."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Response, g, jsonify

from server.actions.note_begun import MOST, note_begun
from server.errors import BadInputError
from server.web.access import context, device
from server.web.api import blueprint
from server.web.api.body import json_object


@blueprint.put("/begun")
@device
def begun() -> Response:
    """Note `{"begun": {assessment: instant}}`; what is said again, or is not theirs, changes nothing."""
    told = json_object().get("begun")
    if not isinstance(told, dict) or len(told) > MOST:
        raise BadInputError(f"Send at most {MOST} forms under begun.")
    note_begun(context(), g.device, {name: _instant(at) for name, at in told.items()})
    return jsonify(noted=True)


def _instant(text: object) -> datetime:
    try:
        moment = datetime.fromisoformat(str(text))
        if moment.tzinfo is None:
            raise BadInputError("An instant carries its offset from UTC.")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadInputError(
            "Send each form's instant, for example 2027-03-01T09:00:00Z."
        ) from error
