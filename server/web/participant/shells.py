"""Pages that are the same for everybody and that the phone fills: start, help, worker, manifest."""

from __future__ import annotations

import json

from flask import Response, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.store import devices, drafts
from server.web import assets, rooms
from server.web.access import context, device_here, public
from server.web.language import chosen
from server.web.participant import blueprint
from server.web.participant.today import at_any_hour
from server.web.private_list import Person, help_of, person

# Pages that are the same for everybody: the worker keeps each, the phone fills it.
SHELLS = {
    "/": "participant/today.html",
    "/help": "participant/help.html",
    "/sent": "participant/sent.html",
    "/coming": "participant/coming.html",
    "/more": "participant/more.html",
    "/recorded": "participant/recorded.html",
    "/aside": "participant/aside.html",
    "/mine": "participant/mine.html",
    "/about": "participant/about.html",
    "/outside": "participant/outside.html",
    "/install": "participant/install.html",
}
# What decides the language where the address does not name it (server/web/language.py).
WHO_READS = "Cookie, Accept-Language"


@public
def shell() -> Response:
    """Return the shell that belongs to this address: nobody's data, filled on the phone, also offline."""
    return _shell(SHELLS[request.path])


for _path in SHELLS:
    blueprint.add_url_rule(_path, endpoint=f"shell{_path.replace('/', '_')}", view_func=shell)


@blueprint.get("/favicon.ico")
@public
def favicon() -> ResponseReturnValue:
    """Send whoever asks for an icon by its old name to ours."""
    return redirect(assets.url(assets.version(context().config), "icons/icon-192.png"))


@blueprint.get("/help/plain")
@public
def help_plain() -> str:
    """Return whom to call, without any script; without a known phone only what holds everywhere."""
    here, device = context(), device_here()
    who = person(here, device) if device else None
    return render_template(
        "participant/help_plain.html",
        contacts_of=help_of(who.study, who.row) if who else None,
        first=_first(who) if who else None,
        begun=drafts.begun(here.db, device) if device else False,
        left=who is not None and who.row["status"] == "withdrawn",
        home="/today",
        help="/help/plain",
    )


def _first(who: Person) -> dict[str, str] | None:
    here = context()
    now = here.clock.now()
    call = rooms.call_of(here.db, who.study, who.protocol, who.row, now)
    return at_any_hour(call, now, who.row["zone"])


@blueprint.get("/sw.js")
@public
def worker() -> Response:
    """Return the service worker, told which version it is, its language and which files belong to it.

    It fetches its shells without a cookie, and under an address that names the language: so they are
    the same bytes for everybody, and a phone whose own menus speak another language gets the
    participant's. A changed language is another worker, and takes over as a new release does.
    """
    config, language = context().config, chosen()
    shelf = {
        "version": assets.version(config),
        "language": language,
        "shells": list(SHELLS),
        "files": [*assets.files(config, "app", "icons"), *_styles()],
    }
    script = (config.static / "sw.js").read_text(encoding="utf-8")
    response = Response(f"self.ATTUNE = {json.dumps(shelf)};\n{script}", mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = WHO_READS
    return response


@blueprint.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """Return how the page installs. Its start names the phone's place, which opens nothing by itself."""
    here, device = context(), device_here()
    row = devices.one(here.db, device.id) if device else None
    version = assets.version(here.config)
    response = jsonify(
        # For ever: by it a browser knows that a changed start address is still the same app.
        id="/",
        name=gettext("My forms"),
        short_name=gettext("Forms"),
        lang=chosen(),
        start_url=f"/#{row['locator']}" if row else "/",
        scope="/",
        display="standalone",
        background_color="#FBF9F5",
        theme_color="#FBF9F5",
        icons=[
            {"src": assets.url(version, f"icons/{name}-{size}.png"), "sizes": f"{size}x{size}",
             "type": "image/png", "purpose": purpose}
            for name, purpose in (("icon", "any"), ("maskable", "maskable"))
            for size in (192, 512)
        ],
        shortcuts=[{"name": gettext("Help now"), "url": "/help"}],
    )  # fmt: skip
    response.mimetype = "application/manifest+json"
    return response


def _styles() -> list[str]:
    version = assets.version(context().config)
    return [assets.url(version, f"css/{name}.css") for name in ("phone", "rooms", "scale")]


def _shell(template: str) -> Response:
    response = Response(render_template(template))
    if "language" not in request.args:
        response.headers["Vary"] = WHO_READS
    # The worker decides when a shell is renewed; without one, each visit asks.
    response.headers["Cache-Control"] = "no-cache"
    return response
