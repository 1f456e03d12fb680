"""Go live: everything that is seen to before a study begins, on one page, and the button at its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.actions.go_live import go_live as bring_to_life
from server.actions.prepare_study import choose_languages, confirm_recovery, tick_crisis_numbers
from server.actions.try_mail import confirm_mail_test, send_mail_test
from server.errors import BadInputError
from server.web.access import context, staff
from server.web.staff import blueprint, steps

PLACE = "staff.go_live"


@blueprint.get("/study/go-live")
@staff("administrator", "investigator", "coordinator")
def go_live() -> ResponseReturnValue:
    """Show what is seen to and what is still to do."""
    return _shown({}, {})


@blueprint.post("/study/go-live")
@staff("administrator", "investigator")
def went_live() -> ResponseReturnValue:
    """Bring the study to life."""
    bring_to_life(context(), g.actor, g.staff)
    flash(gettext("The study is live. People can be enrolled."), "good")
    return redirect(url_for(PLACE), 303)


@blueprint.post("/study/go-live/languages")
@staff("administrator", "investigator")
def languages_chosen() -> ResponseReturnValue:
    """Choose in which languages the study asks."""
    chosen = request.form.getlist("languages")
    return _done(
        lambda: choose_languages(context(), g.actor, g.staff, chosen),
        gettext("Chosen."),
        "wordings",
    )


@blueprint.post("/study/go-live/crisis")
@staff("administrator", "investigator", "coordinator")
def crisis_checked() -> ResponseReturnValue:
    """Note that the crisis numbers were dialled."""
    on = _day(request.form.get("on", ""))
    return _done(
        lambda: tick_crisis_numbers(context(), g.actor, g.staff, on), gettext("Noted."), "crisis"
    )


@blueprint.post("/study/go-live/mail")
@staff("administrator", "investigator")
def mail_tried() -> ResponseReturnValue:
    """Send a mail with a code."""
    address = request.form.get("address", "")[:300]
    return _done(
        lambda: send_mail_test(context(), g.actor, g.staff, address),
        gettext("Sent. Type in the code that stands in it."), "mail",
    )  # fmt: skip


@blueprint.post("/study/go-live/mail/arrived")
@staff("administrator", "investigator")
def mail_arrived() -> ResponseReturnValue:
    """Take the code from the mail."""
    code = request.form.get("code", "")[:40]
    return _done(
        lambda: confirm_mail_test(context(), g.actor, g.staff, code),
        gettext("Mail leaves, and arrives."), "mail",
    )  # fmt: skip


@blueprint.post("/study/go-live/recovery")
@staff("administrator", "investigator")
def recovery_confirmed() -> ResponseReturnValue:
    """Note where the recovery file lies."""
    digest, place = request.form.get("file", "")[:64], request.form.get("place", "")[:400]
    return _done(
        lambda: confirm_recovery(context(), g.actor, g.staff, digest, place),
        gettext("Noted."), "recovery",
    )  # fmt: skip


def _done(act: Callable[[], None], said: str, step: str) -> ResponseReturnValue:
    """Do it and come back to its step; or show the page with what is wrong beside the field."""
    try:
        act()
    except BadInputError as error:
        return _shown(error.places, request.form.to_dict()), 422
    flash(said, "good")
    return redirect(f"{url_for(PLACE)}#{step}", 303)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _shown(places: dict[str, str], given: dict[str, str]) -> str:
    page = steps.gather(context(), g.staff)
    return render_template("staff/go_live.html", page=page, places=places, given=given)
