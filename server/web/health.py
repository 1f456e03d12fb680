"""Can answers be taken? `/healthz` says so to a balancer; `?all` tells of the worker too."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from server.clock import from_text
from server.store import leases
from server.web.access import context, public

blueprint = Blueprint("health", __name__)

# The worker beats at every tick; after this long without one, somebody should look (F20).
SILENT_SECONDS = 120


@blueprint.get("/healthz")
@public
def healthz() -> tuple[Response, int]:
    """200 when web and database can take answers; a dead worker only shows with `?all`."""
    here = context()
    here.db.value("SELECT count(*) FROM settings")
    report: dict[str, object] = {"web": "ok", "database": "ok"}
    if "all" not in request.args:
        return jsonify(report), 200
    beat = leases.last_beat(here.db)
    silent = None if beat is None else (here.clock.now() - from_text(beat)).total_seconds()
    well = silent is not None and silent < SILENT_SECONDS
    report |= {"worker": "ok" if well else "silent", "worker_last_seen": beat}
    return jsonify(report), 200 if well else 503
