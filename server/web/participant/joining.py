"""Joining: one page where a code connects this phone; with scripts it goes on to PIN and practice."""

from __future__ import annotations

import re

from flask import Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField

from server.actions.bind_device import Bound, bind_device
from server.errors import BadInputError, TooManyTriesError
from server.web import troubles
from server.web.access import context, cookie, public
from server.web.participant import blueprint

# Renewed at every contact; browsers keep no cookie longer than this.
COOKIE_SECONDS = 400 * 86_400
_TOKEN = re.compile(r"#t=([\w-]+)")


class JoinForm(FlaskForm):
    """A code, and at home the token of a link: from its fragment, which only a script can read, or typed."""

    code = StringField()
    token = HiddenField()
    link = StringField()

    def invited(self) -> str | None:
        """Return the token of the link that came with the code; None without one, as at the clinic."""
        found = _TOKEN.search(self.link.data or "")
        return self.token.data or (found[1] if found else None)


@blueprint.get("/join")
@public
def join() -> str:
    """Return the page where the code is typed. Looking at it uses nothing up."""
    return render_template("participant/join.html", form=JoinForm(), error="")


@blueprint.post("/join")
@public
def join_plain() -> ResponseReturnValue:
    """Connect this browser without any script, then show what is due."""
    form = JoinForm()
    if not form.validate_on_submit():
        return _again(form, gettext("Please send the code again."), 400)
    try:
        bound = connect(form.code.data or "", form.invited())
    except (BadInputError, TooManyTriesError) as error:
        return _again(form, troubles.told(str(error)), error.status)
    return with_credential(make_response(redirect("/today", 303)), bound.token)


def connect(code: str, token: str | None) -> Bound:
    """Bind this browser with the code typed."""
    return bind_device(
        context(),
        code=code,
        token=token,
        address=request.remote_addr or "",
        agent=request.user_agent.string[:200],
    )


def with_credential(response: Response, token: str) -> Response:
    """Hand the credential to the browser, where no script can read it."""
    response.set_cookie(
        cookie("device"),
        token,
        max_age=COOKIE_SECONDS,
        secure=context().config.secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def renewed(response: Response) -> Response:
    """Let the credential's cookie live on from now: a phone in use is not to fall out."""
    token = request.cookies.get(cookie("device"))
    return with_credential(response, token) if token else response


def _again(form: JoinForm, error: str, status: int) -> ResponseReturnValue:
    page = render_template("participant/join.html", form=form, error=error)
    return page, status
