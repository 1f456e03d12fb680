"""What every response carries and every unsafe request must prove, whatever the view."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from server.actions.context import Context
from server.errors import ForbiddenError, said
from server.store import settings
from server.web.access import context

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # `no-referrer` would break Flask-WTF's own check; nothing secret stands in a path anyway.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


def install(app: Flask) -> None:
    """Put the checks before and the headers after every view."""
    app.before_request(_note_demo)
    app.before_request(_same_origin)
    app.after_request(_headers)


def _note_demo() -> None:
    g.demo = settings.mode(context().db) == "demo"


def _same_origin() -> None:
    """Refuse an unsafe request that another site's page sent (browsers name where it came from)."""
    if request.method in SAFE:
        return
    here: Context = context()
    origin = request.headers.get("Origin")
    if origin is None:
        # Not a browser's form or fetch (those name themselves), unless the fetch metadata says so.
        if request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}:
            return
    elif origin in _own_origins(here):
        return
    message = said("This request came from another site and was not carried out.")
    raise ForbiddenError(message)


def _own_origins(here: Context) -> set[str]:
    """Return the configured origin and, on this machine, its other local names at the same port."""
    own = {here.config.origin}
    if here.config.secure and here.config.origin.startswith("http://"):
        parts = urlsplit(here.config.origin)
        port = f":{parts.port}" if parts.port else ""
        own |= {f"http://localhost{port}", f"http://127.0.0.1{port}"}
    return own


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if context().config.url.startswith("https://"):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    # Whatever does not say otherwise may be about somebody: no cache may keep it.
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response
