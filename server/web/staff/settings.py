"""My password and my sessions; for administrators, how the system is."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms.fields import PasswordField
from wtforms.validators import InputRequired, Length

from server.actions.change_password import change_password
from server.actions.sign_out import sign_out_elsewhere
from server.errors import BadInputError
from server.ids import token_digest
from server.store import sessions
from server.web.access import context, staff
from server.web.staff import blueprint, entry, moments, system, words
from server.web.staff.sign_in import session_token


class PasswordForm(FlaskForm):
    """The old password and the new one."""

    old = PasswordField(
        validators=[InputRequired(lazy_gettext("Give your present password.")), Length(max=1000)]
    )
    new = PasswordField(
        validators=[InputRequired(lazy_gettext("Give a new password.")), Length(max=1000)]
    )


@blueprint.get("/settings")
@staff()
def settings() -> ResponseReturnValue:
    """Show them."""
    return _page(PasswordForm())


@blueprint.post("/settings/password")
@staff()
def password_changed() -> ResponseReturnValue:
    """Change my password; my other browsers are signed out."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        change_password(
            context(), g.actor, form.old.data or "", form.new.data or "", session_token()
        )
    except BadInputError as error:
        entry.complain(form, error)
        return _page(form), 422
    flash(gettext("Your password is changed. Other browsers are signed out."), "good")
    return redirect(url_for("staff.settings"), 303)


@blueprint.post("/settings/sessions/end")
@staff()
def sessions_ended() -> ResponseReturnValue:
    """Sign me out everywhere else."""
    sign_out_elsewhere(context(), g.actor, session_token())
    flash(gettext("Signed out everywhere else."), "good")
    return redirect(url_for("staff.settings"), 303)


def _page(form: PasswordForm) -> str:
    here = context()
    now = here.clock.now()
    mine = token_digest(session_token())
    found = [
        {
            "browser": words.browser(row["agent"]),
            "address": row["address"],
            "began": moments.moment(row["created_at"], "UTC"),
            "seen": moments.ago(row["seen_at"], now),
            "here": row["id_digest"] == mine,
        }
        for row in sessions.open_for(here.db, g.staff.id, now)
    ]
    health = system.health(here) if "administrator" in g.staff.roles else []
    return render_template("staff/settings.html", form=form, sessions=found, health=health)
