"""The participant's pages: shells that the phone fills, and plain pages that need no script."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("participant", __name__)

# At the end: each module hangs its views on the blueprint above.
from server.web.participant import (  # noqa: E402, F401
    answering,
    calling,
    joining,
    lists,
    mine,
    outside,
    pages,
    shells,
    today,
)
