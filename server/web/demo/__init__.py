"""What only a demo has: the mailbox of what would have gone out, and a clock that can be moved."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("demo", __name__, url_prefix="/demo")

# The pages' modules add their routes to the blueprint above, so they come after it.
from server.web.demo import clock, mailbox  # noqa: E402, F401
