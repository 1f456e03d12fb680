"""A call asked for without any script: the same wish as from the phone, sealed here, by the same door."""

from __future__ import annotations

from flask import g, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from server.ids import new_id
from server.web import rooms
from server.web.access import context, device
from server.web.participant import blueprint, wishes
from server.web.participant.today import at_any_hour
from server.web.private_list import help_of, person


@blueprint.get("/call")
@device
def calling() -> str:
    """Return when we call back, and the button that asks for it."""
    here = context()
    who, now = person(here, g.device), here.clock.now()
    call = rooms.call_of(here.db, who.study, who.protocol, who.row, now)
    return render_template(
        "participant/call_plain.html",
        asked=rooms.asked_lately(here.db, g.device, now),
        call=call,
        first=at_any_hour(call, now, who.row["zone"]),
        contacts_of=help_of(who.study, who.row),
        token=FlaskForm().hidden_tag(),
        home="/today",
        help="/help/plain",
    )


@blueprint.post("/call")
@device
def called() -> ResponseReturnValue:
    """Ask for a call, and show that it was asked for."""
    wishes.send(person(context(), g.device), "call", new_id())
    return redirect("/call", 303)
