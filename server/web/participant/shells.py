"""Pages that are the same for everybody and that the phone fills: start, help, worker, manifest."""

from __future__ import annotations

import json

from flask import Response, jsonify, render_template
from flask_babel import gettext

from server.store import devices
from server.web import assets
from server.web.access import context, device_here, public
from server.web.participant import blueprint
from server.web.private_list import help_of, person


@blueprint.get("/")
@public
def start() -> Response:
    """Return the shell of "Today": nobody's data, filled on the phone."""
    return _shell("participant/today.html")


@blueprint.get("/help")
@public
def help_shell() -> Response:
    """Return the shell of "Help now"; it works offline, filled from the private list."""
    return _shell("participant/help.html")


@blueprint.get("/help/plain")
@public
def help_plain() -> str:
    """Return whom to call, without any script; without a known phone only what holds everywhere."""
    here, device = context(), device_here()
    known = help_of(person(here, device).study) if device else None
    return render_template(
        "participant/help_plain.html", contacts_of=known, home="/today", help="/help/plain"
    )


@blueprint.get("/sw.js")
@public
def worker() -> Response:
    """Return the service worker, told which version it is and which files belong to it."""
    config = context().config
    shelf = {
        "version": assets.version(config),
        "files": ["/", "/help", *assets.files(config, "app", "icons"), _style()],
    }
    script = (config.static / "sw.js").read_text(encoding="utf-8")
    response = Response(f"self.ATTUNE = {json.dumps(shelf)};\n{script}", mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """Return how the page installs. Its start names the phone's place, which opens nothing by itself."""
    here, device = context(), device_here()
    row = devices.one(here.db, device.id) if device else None
    version = assets.version(here.config)
    response = jsonify(
        name=gettext("My forms"),
        short_name=gettext("Forms"),
        start_url=f"/#{row['locator']}" if row else "/",
        scope="/",
        display="standalone",
        background_color="#FBF9F5",
        theme_color="#FBF9F5",
        icons=[
            {"src": assets.url(version, f"icons/icon-{size}.png"), "sizes": f"{size}x{size}",
             "type": "image/png", "purpose": "any maskable"}
            for size in (192, 512)
        ],
    )  # fmt: skip
    response.mimetype = "application/manifest+json"
    return response


def _style() -> str:
    return assets.url(assets.version(context().config), "css/phone.css")


def _shell(template: str) -> Response:
    response = Response(render_template(template))
    # The worker decides when a shell is renewed; without one, each visit asks.
    response.headers["Cache-Control"] = "no-cache"
    return response
