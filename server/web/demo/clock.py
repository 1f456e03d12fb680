"""The demo's clock: move it on, and watch reminders come."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.actions.move_clock import move_clock
from server.clock import to_text
from server.errors import BadInputError
from server.store import settings
from server.web.access import context, demo, staff
from server.web.demo import blueprint
from server.web.staff import moments

STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


@blueprint.get("/clock")
@demo
@staff()
def clock() -> ResponseReturnValue:
    """Show what time the demo takes it to be."""
    here = context()
    shift = settings.clock_shift(here.db)
    return render_template(
        "demo/clock.html",
        now=moments.moment(to_text(here.clock.now()), "UTC"),
        shift=moments.span(abs(shift)) if shift else "",
        back=shift < timedelta(0),
        steps=_steps(),
    )


@blueprint.post("/clock")
@demo
@staff()
def clock_moved() -> ResponseReturnValue:
    """Move it by a step, or back to now."""
    step = request.form.get("step", "")
    if step not in {*STEPS, "now"}:
        raise BadInputError(gettext("Choose by how much."))
    move_clock(context(), g.actor, STEPS.get(step))
    flash(gettext("The demo's clock is moved. Reminders follow within seconds."), "good")
    return redirect(url_for("demo.clock"), 303)


def _steps() -> list[tuple[str, str]]:
    return [
        ("hour", gettext("One hour on")),
        ("day", gettext("One day on")),
        ("week", gettext("One week on")),
    ]
