"""The door: sign in, sign out, turn to another study."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import (
    Response,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField
from wtforms.validators import InputRequired, Length

from server.actions.sign_in import Browser
from server.actions.sign_in import sign_in as let_in
from server.actions.sign_out import sign_out as let_out
from server.actions.switch_study import switch_study
from server.domain.people import Actor
from server.errors import BadInputError, ForbiddenError, TooManyTriesError
from server.store import staff as people
from server.web.access import context, cookie, public, staff, staff_here
from server.web.staff import blueprint


class SignInForm(FlaskForm):
    """An address and a password."""

    email = EmailField(validators=[InputRequired(), Length(max=200)])
    password = PasswordField(validators=[InputRequired(), Length(max=1000)])


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Ask for address and password."""
    if staff_here() is not None:
        return redirect(url_for("staff.today"), 303)
    return _page(SignInForm(), 200)


@blueprint.post("/sign-in")
@public
def sign_in_sent() -> ResponseReturnValue:
    """Let in, or say why not without saying whether there is such an account."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _page(form, 422, gettext("Please give your address and your password."))
    email, password = form.email.data or "", form.password.data or ""
    try:
        token = let_in(context(), email, password, _browser())
    except (BadInputError, ForbiddenError) as error:
        return _page(form, error.status, str(error))
    except TooManyTriesError as error:
        response = _page(form, error.status, str(error), wait=error.retry_after)
        response.headers["Retry-After"] = str(error.retry_after)
        return response
    # What anybody put into the browser's session before somebody signed in is not kept (A6).
    session.clear()
    return _with_session(redirect(_first_page(email), 303), token)


@blueprint.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """Public, so that signing out of a session that has run out is no error."""
    viewer = staff_here()
    if viewer is not None:
        actor = Actor("staff", viewer.id, "+".join(sorted(viewer.roles)))
        let_out(context(), actor, session_token())
    session.clear()
    response = make_response(redirect(url_for("staff.sign_in"), 303))
    _set(response, "", max_age=0)
    return response


@blueprint.post("/look-at")
@staff()
def look_at() -> ResponseReturnValue:
    """Turn to another study."""
    switch_study(context(), g.actor, session_token(), request.form.get("study", ""))
    return redirect(url_for("staff.today"), 303)


def session_token() -> str:
    """Return the token of this browser's staff session, empty when it has none."""
    return request.cookies.get(cookie("session"), "")


def _page(form: SignInForm, status: int, problem: str = "", wait: int = 0) -> Response:
    page = render_template(
        "staff/sign_in.html", form=form, problem=problem, wait=wait, onward=_onward()
    )
    return make_response(page, status)


def _browser() -> Browser:
    agent = request.headers.get("User-Agent", "")
    return Browser(request.remote_addr or "", agent, session_token())


def _first_page(email: str) -> str:
    """Return where to go now: whoever came in with a starting password is asked for one of their own."""
    db = context().db
    person = people.by_email(db, email)
    if person is None or not people.starting_password(db, person["id"]):
        return _onward()
    flash(
        gettext("Your password was given to you by somebody else. Choose one of your own."), "care"
    )
    return url_for("staff.settings", _anchor="password")


def _onward() -> str:
    """Return the page that was asked for, if it is one of ours."""
    wanted = request.values.get("next", "")
    parts = urlsplit(wanted)
    ours = wanted.startswith(("/staff/", "/demo/")) and not parts.netloc and "\\" not in wanted
    return wanted if ours else url_for("staff.today")


def _with_session(response: ResponseReturnValue, token: str) -> Response:
    made = make_response(response)
    _set(made, token)
    return made


def _set(response: Response, token: str, max_age: int | None = None) -> None:
    response.set_cookie(
        cookie("session"), token, max_age=max_age, path="/", httponly=True, samesite="Lax",
        secure=context().config.secure,
    )  # fmt: skip
