"""Can answers be taken? `/healthz` says so to a balancer; `?all` tells of the worker too."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, jsonify, request

from server.clock import SystemClock
from server.store import leases
from server.web.access import context, public

blueprint = Blueprint("health", __name__)

# The worker beats at every tick; after this long without one, somebody should look (F20).
SILENT = timedelta(minutes=2)


@blueprint.get("/healthz")
@public
def healthz() -> tuple[Response, int]:
    """200 when web and database can take answers; a dead worker only shows with `?all`."""
    here = context()
    here.db.value("SELECT count(*) FROM settings")
    report: dict[str, object] = {"web": "ok", "database": "ok"}
    if "all" not in request.args:
        return jsonify(report), 200
    # By the machine's own clock: a demo's may have been moved.
    age = leases.beat_age(here.db, leases.WORKER, SystemClock().now())
    well = age is not None and age < SILENT
    report |= {"worker": "ok" if well else "silent", "worker_last_seen": leases.last_beat(here.db)}
    return jsonify(report), 200 if well else 503
