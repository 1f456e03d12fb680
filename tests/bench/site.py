"""The real application with two more routes that do nothing: what a request costs before any work."""

from __future__ import annotations

from flask import request

from server.app import create_app
from server.web.access import public

app = create_app()


@app.get("/bench/nothing")
@public
def nothing() -> tuple[str, int, dict[str, str]]:
    """Answer a few bytes."""
    return "nothing", 200, {"Cache-Control": "private, max-age=60"}


@app.put("/bench/json")
@public
def json_only() -> dict[str, object]:
    """Read the JSON and answer; store nothing."""
    return {"id": request.get_json()["id"], "stored": False}


# The check of a form's token is made for pages; the real envelope route is exempt as well.
app.extensions["csrf"].exempt(json_only)
