"""Settling an alert, with a word on what was done."""

from __future__ import annotations

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.actions.settle_alert import settle_alert
from server.web.access import context, staff
from server.web.staff import blueprint


@blueprint.post("/alerts/<alert_id>/settle")
@staff("administrator", "investigator", "coordinator")
def settle(alert_id: str) -> ResponseReturnValue:
    """Put one alert down as looked after."""
    settle_alert(context(), g.actor, g.staff, alert_id, request.form.get("note", ""))
    flash(gettext("Settled."), "good")
    return redirect(url_for("staff.today"), 303)
