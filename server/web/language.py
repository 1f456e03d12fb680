"""In which language a page speaks, and which way it runs: the same for every page."""

from __future__ import annotations

from flask import Flask, g, request
from flask_babel import Babel, get_locale

from server.outputs.forms import direction
from server.outputs.translations import SPOKEN, spoken
from server.store import participants
from server.web.access import context, device_here


def install(app: Flask) -> None:
    """Let templates translate, and know `lang`, `dir` and whether this is a demo."""
    Babel(app, default_locale="en", locale_selector=chosen)
    app.context_processor(_page)


def chosen() -> str:
    """Return the language of this request's page.

    A connected phone speaks its participant's language, whatever its own menus speak; a phone that
    nobody knows yet is asked what it reads. A shell that the phone keeps names its language in its
    address. Staff pages are English.
    """
    if request.path.startswith(("/staff", "/demo")):
        return "en"
    asked = request.args.get("language", "")
    if asked in SPOKEN:
        return asked
    device = g.get("device") or device_here()
    if device is not None:
        return spoken(participants.present(context().db, device.participant_id)["language"])
    return request.accept_languages.best_match(SPOKEN) or "en"


def _page() -> dict[str, object]:
    language = str(get_locale() or "en").replace("_", "-")
    return {"lang": language, "dir": direction(language), "demo": g.get("demo", False)}
