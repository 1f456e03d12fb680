"""Put an alert down as looked after, with a word on what was done."""

from __future__ import annotations

from server.actions.context import Context
from server.domain.people import CARES, Actor, Staff
from server.errors import BadInputError, ForbiddenError
from server.store import alerts


def settle_alert(context: Context, actor: Actor, viewer: Staff, alert_id: str, note: str) -> None:
    """Settle it; the note stands in the audit trail beside the name.

    Raises:
        NotFoundError: there is no such open alert for this viewer.
        ForbiddenError: this role reads alerts and settles none.
        BadInputError: no note, or one too long.

    """
    if not viewer.roles & CARES:
        raise ForbiddenError("Your role in this study reads alerts and does not settle them.")
    words = " ".join(note.split())
    if not 1 <= len(words) <= 500:
        raise BadInputError("Say in a few words what was done.", {"note": "Up to 500 characters."})
    with context.write(actor, "Settled an alert") as tx:
        alerts.settle(tx, viewer, alert_id)
        tx.note("alerts", alert_id, "note", words)
