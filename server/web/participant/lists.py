"""What was sent, what comes, who reads what: the rooms around the questions as plain pages."""

from __future__ import annotations

from typing import Any

from flask import g, render_template

from server.clock import from_text
from server.web import rooms
from server.web.access import context, device
from server.web.participant import blueprint
from server.web.participant.today import moment, shown
from server.web.private_list import person, private_list

_HOME = {"home": "/today", "help": "/help/plain"}


@blueprint.get("/sent/plain")
@device
def sent_list() -> str:
    """Return what this participant sent, by title and time; never an answer."""
    here, who = context(), person(context(), g.device)
    rows = [
        {**row, "when": moment(from_text(row["at"]), who.row["zone"])}
        for row in rooms.done_of(here.db, here.catalog, g.device)
    ]
    return render_template(
        "participant/sent_plain.html", rows=rows, pin=who.protocol.pin == "asked", **_HOME
    )


@blueprint.get("/coming/plain")
@device
def coming_list() -> str:
    """Return what will be asked in the next weeks, and when."""
    known = private_list(context(), g.device)
    rows = [row for row in shown(known) if row["state"] == "upcoming"]
    return render_template("participant/coming_plain.html", rows=rows, **_HOME)


@blueprint.get("/about/plain")
@device
def about_study() -> str:
    """Return who reads what, where it lies, and whom to ask."""
    return render_template(
        "participant/about_plain.html", known=_known(private_list(context(), g.device)), **_HOME
    )


def _known(told: dict[str, Any]) -> dict[str, Any]:
    outside = told["outside"]
    return {
        **told["study"],
        "guides": told["words"]["guides"],
        "outside": ", ".join(each for each in (outside["name"], outside["role"]) if each),
        "ethics": outside["ethics"],
        "team": told["help"]["team"],
    }
