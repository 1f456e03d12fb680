"""The only wiring: settings, store, definitions and views become one Flask application."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from server import config as settings
from server.actions.context import Context, open_context
from server.config import Config
from server.web import (
    access,
    api,
    assets,
    definitions,
    demo,
    errors,
    health,
    language,
    participant,
    security,
    staff,
)

# An envelope may hold 2 MiB; a form posted without JavaScript writes what is not ASCII at length.
LARGEST_REQUEST = 4 * 1024 * 1024


def create_app(config: Config | None = None, context: Context | None = None) -> Flask:
    """Build the application. It starts no scheduler: the worker is a process of its own."""
    here = context or open_context(config or settings.load())
    app = Flask(__name__, static_folder=None, template_folder="templates")
    app.extensions["attune"] = here
    _configure(app, here)
    definitions.install(app, here)
    # Where a request came from is asked first, and its refusal needs no session.
    language.install(app)
    security.install(app)
    CSRFProtect(app)
    errors.register(app)
    assets.install(app, here.config)
    _know_visitors(app, here.config)
    for area in (participant, api, staff, demo, health):
        app.register_blueprint(area.blueprint)
    _refuse_undeclared(app)
    return app


def _configure(app: Flask, here: Context) -> None:
    # Flask escapes by file name (.html, .xml); a template named otherwise must not slip through.
    app.jinja_options = {**app.jinja_options, "autoescape": True}
    app.config.update(
        SECRET_KEY=here.keys.secret,
        SESSION_COOKIE_NAME="__Host-form" if here.config.secure else "form",
        SESSION_COOKIE_SECURE=here.config.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=timedelta(days=120),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        TRUSTED_HOSTS=_hosts(here.config),
        # A form opened in the morning may be sent at night; the token dies with its session.
        WTF_CSRF_TIME_LIMIT=None,
        # Our own origin check is stricter and does not need a Referer.
        WTF_CSRF_SSL_STRICT=False,
    )


def _know_visitors(app: Flask, config: Config) -> None:
    """Take a visitor's address from our own proxies: else all visitors would share one, and its limits."""
    if config.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's documented place for it
            app.wsgi_app, x_for=config.proxies, x_proto=0, x_host=0
        )


def _hosts(config: Config) -> list[str]:
    """Return the host names that may stand in a request: a forged one could poison a link."""
    hosts = {urlsplit(config.url).hostname or "localhost"}
    if config.secure and config.url.startswith("http://"):
        hosts |= {"localhost", "127.0.0.1"}
    return sorted(hosts)


def _refuse_undeclared(app: Flask) -> None:
    """Stop the start when a view does not say who may use it."""
    bare = [name for name, view in app.view_functions.items() if access.declared(view) is None]
    if bare:
        message = f"views without an access mark (see server/web/access.py): {', '.join(bare)}"
        raise RuntimeError(message)
