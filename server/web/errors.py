"""Where an error becomes a page or JSON: once, here, in words for whoever reads them."""

from __future__ import annotations

import logging

from flask import (
    Flask,
    Response,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import HTTPException, SecurityError

from server.errors import AttuneError, BadInputError, SignInNeededError, TooManyTriesError

log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Hand every error of this app to the translations below."""
    app.register_error_handler(AttuneError, _ours)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def _ours(error: AttuneError) -> ResponseReturnValue:
    if isinstance(error, SignInNeededError) and _for_staff() and request.method in {"GET", "HEAD"}:
        return redirect(url_for("staff.sign_in", next=request.full_path.rstrip("?")), 303)
    if error.status >= 500:
        log.error("request failed", exc_info=error)
        # What went wrong inside is for the log; a busy store alone speaks for itself.
        message = str(error) if error.status == 503 else ""
        return answer(error.status, message)
    response = answer(
        error.status, str(error), error.places if isinstance(error, BadInputError) else None
    )
    if isinstance(error, TooManyTriesError):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or (error.code or 500) < 400:
        return error
    if isinstance(error, SecurityError):
        # A host that is not ours: no link of a page could be built, and none should.
        return Response("This name is not served here.\n", 400, mimetype="text/plain")
    # Werkzeug's own sentences are for programmers; only those of our own making go out.
    response = answer(error.code or 500, "")
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _unforeseen(error: Exception) -> ResponseReturnValue:
    log.error("request failed unforeseen", exc_info=error)
    return answer(500, "")


def answer(status: int, message: str, places: dict[str, str] | None = None) -> Response:
    """Return the page (or, under /api, the JSON) that tells of an error."""
    title, remedy = _words(status)
    message = message or title
    # A request may be refused before anybody asked what this installation is.
    g.setdefault("demo", False)
    if request.path.startswith("/api/"):
        body = {"error": message, "remedy": remedy, **({"places": places} if places else {})}
        response = jsonify(body)
    else:
        name = "staff/error.html" if _for_staff() else "participant/error.html"
        response = make_response(
            render_template(
                name,
                status=status,
                title=title,
                message=message,
                remedy=remedy,
                places=places or {},
            )
        )
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    if status == 503:
        response.headers["Retry-After"] = "2"
    return response


def _for_staff() -> bool:
    return request.path.startswith(("/staff", "/demo"))


def _words(status: int) -> tuple[str, str]:
    """Return the heading and the remedy of a status, for staff or for a participant."""
    if _for_staff():
        return _staff_words(status)
    return _participant_words(status)


def _staff_words(status: int) -> tuple[str, str]:
    words = {
        400: (gettext("That did not come from this page"),
              gettext("Go back, load the page again and repeat what you did.")),
        401: (gettext("Please sign in"), gettext("Nothing was changed. Sign in and try again.")),
        403: (gettext("Not for your role"),
              gettext("Ask an administrator of the study if you need this.")),
        404: (gettext("Nothing here"),
              gettext("It does not exist, or it is not in the study you are looking at.")),
        405: (gettext("That does not work here"), gettext("Go back and use the page's buttons.")),
        409: (gettext("Something changed meanwhile"), gettext("Load the page again and look.")),
        413: (gettext("Too much at once"), gettext("Send less.")),
        422: (gettext("Please check what you entered"), gettext("Nothing was changed.")),
        429: (gettext("Too many tries"), gettext("Wait a little, then try again.")),
        503: (gettext("Busy just now"), gettext("Nothing was changed. Try again in a moment.")),
    }  # fmt: skip
    last = gettext("Nothing was half done. Try again; if it stays, tell whoever runs this server.")
    return words.get(status, (gettext("Something went wrong"), last))


def _participant_words(status: int) -> tuple[str, str]:
    words = {
        400: (gettext("Please try again"), gettext("Go back, reload the page, and send it again.")),
        401: (gettext("This phone is not connected"),
              gettext("Ask your study team for a new code. What you have sent is safe.")),
        403: (gettext("This page is not for you"), gettext("Go back to your start page.")),
        404: (gettext("There is nothing here"),
              gettext("The page may have moved. Go back to your start page.")),
        413: (gettext("That was too long"), gettext("Please shorten your text and send it again.")),
        422: (gettext("Something is missing"), gettext("Nothing is lost. Please look again.")),
        429: (gettext("Too many tries"), gettext("Wait a little, then try again.")),
        503: (gettext("We could not take this just now"),
              gettext("Your answers are safe on this phone. Try again in a moment.")),
    }  # fmt: skip
    last = gettext("Nothing you sent before is lost. Please try again in a moment.")
    return words.get(status, (gettext("Something went wrong on our side"), last))
