"""A participant's own settings, a pause, leaving, and their data as a file: asked by their phone alone."""

from __future__ import annotations

import json
from datetime import date

from flask import Response, g, jsonify, request

from server.actions.change_my_settings import Wish, change_my_settings, go_on, pause
from server.actions.export_my_data import export_my_data
from server.actions.leave_study import REASONS, leave_study
from server.errors import BadInputError, LockedError, said
from server.ids import token_digest
from server.store import pins
from server.web.access import context, cookie, device
from server.web.api import blueprint
from server.web.api.body import json_object, text
from server.web.settings_of import settings_of

_NO_DAY = said("Please choose a day from tomorrow on, within a year.")


@blueprint.get("/mine")
@device
def settings() -> Response:
    """Return what stands and what may be chosen."""
    return _settings()


@blueprint.put("/mine")
@device
def settings_changed() -> Response:
    """Change language, channel or hour; a name that is left out stays as it is."""
    body = json_object()
    given = {name: text(body, name) for name in ("language", "channel", "hour") if name in body}
    change_my_settings(context(), g.actor, g.device, Wish(**given))
    return _settings()


@blueprint.put("/mine/pause")
@device
def paused() -> Response:
    """Pause, until a day or (with an empty one) until they say so."""
    pause(context(), g.actor, g.device, day(text(json_object(), "until")))
    return _settings()


@blueprint.delete("/mine/pause")
@device
def went_on() -> Response:
    """End a pause."""
    go_on(context(), g.actor, g.device)
    return _settings()


@blueprint.post("/mine/leave")
@device
def left() -> Response:
    """Leave the study; `afterwards` says what becomes of what was sent."""
    afterwards = text(json_object(), "afterwards")
    for known in REASONS:
        if afterwards == known:
            leave_study(context(), g.actor, g.device, known)
            return _settings()
    raise BadInputError("Something is missing.", {"afterwards": "must be keep or call"})


@blueprint.get("/mine/data")
@device
def data() -> Response:
    """Return their own data as a file, while reading back is open."""
    here = context()
    token = request.cookies.get(cookie("reading"), "")
    if not pins.reads(here.db, token_digest(token), g.device.id, here.clock.now()):
        raise LockedError(said("Please give your PIN again."))
    whole = export_my_data(here, g.actor, g.device)
    response = Response(
        json.dumps(whole, ensure_ascii=False, indent=2) + "\n", mimetype="application/json"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


def day(given: str) -> date | None:
    """Return a day as a date field sends it, None for none; BadInputError for anything else."""
    try:
        return date.fromisoformat(given) if given else None
    except ValueError as error:
        raise BadInputError(_NO_DAY, {"until": _NO_DAY}) from error


def _settings() -> Response:
    response = jsonify(settings_of(context(), g.device))
    response.headers["Cache-Control"] = "no-store"
    return response
