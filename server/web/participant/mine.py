"""My settings as a plain page: language, reminders, a pause, leaving; for browsers without scripts."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, g, get_flashed_messages, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from server.actions.change_my_settings import Wish, change_my_settings, go_on, pause
from server.actions.leave_study import REASONS, leave_study
from server.errors import BadInputError, ConflictError, said
from server.web import troubles
from server.web.access import context, device
from server.web.api.mine import day
from server.web.participant import blueprint
from server.web.private_list import person
from server.web.settings_of import settings_of

_AGAIN = said("Please choose one of those that are offered.")


@blueprint.get("/mine/plain")
@device
def mine() -> str:
    """Show what stands, ready to be changed."""
    return _page("")


@blueprint.post("/mine/plain")
@device
def mine_changed() -> ResponseReturnValue:
    """Do what one of the page's buttons asks for; leaving is asked about once more."""
    wanted = request.form.get("do", "")
    if wanted == "leave" and "sure" not in request.form:
        return _page("", leaving=request.form.get("afterwards", "keep"))
    try:
        _WORK.get(wanted, _nothing)()
    except (BadInputError, ConflictError) as error:
        return _page(troubles.told(str(error))), error.status
    flash("kept")
    return redirect("/mine/plain", 303)


def _change() -> None:
    given = {name: request.form.get(name) for name in ("language", "channel", "hour")}
    change_my_settings(context(), g.actor, g.device, Wish(**given))


def _pause() -> None:
    pause(context(), g.actor, g.device, day(request.form.get("until", "")))


def _go_on() -> None:
    go_on(context(), g.actor, g.device)


def _leave() -> None:
    for known in REASONS:
        if request.form.get("afterwards") == known:
            return leave_study(context(), g.actor, g.device, known)
    raise BadInputError(_AGAIN)


def _nothing() -> None:
    raise BadInputError(_AGAIN)


_WORK: dict[str, Callable[[], None]] = {
    "change": _change, "pause": _pause, "go on": _go_on, "leave": _leave,
}  # fmt: skip


def _page(error: str, leaving: str = "") -> str:
    return render_template(
        "participant/mine_plain.html",
        mine=settings_of(context(), g.device),
        error=error,
        leaving=leaving,
        pin=person(context(), g.device).protocol.pin == "asked",
        kept="kept" in get_flashed_messages(),
        token=FlaskForm().hidden_tag(),
        home="/today",
        help="/help/plain",
    )
