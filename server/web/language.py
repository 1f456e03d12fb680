"""In which language a page speaks, and which way it runs: the same for every page."""

from __future__ import annotations

from flask import Flask, g
from flask_babel import Babel, get_locale

from server.outputs.forms import direction


def install(app: Flask) -> None:
    """Let templates translate, and know `lang`, `dir` and whether this is a demo."""
    Babel(app, default_locale="en")
    app.context_processor(_page)


def _page() -> dict[str, object]:
    language = str(get_locale() or "en").replace("_", "-")
    return {"lang": language, "dir": direction(language), "demo": g.get("demo", False)}
