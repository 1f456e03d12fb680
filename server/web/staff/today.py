"""Today: who needs me now, before anything else."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from server.web.access import staff
from server.web.staff import blueprint


@blueprint.get("/")
@staff()
def today() -> ResponseReturnValue:
    """Show alerts, overdue and due assessments, and messages that did not arrive."""
    return render_template("staff/today.html")
