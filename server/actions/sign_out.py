"""Sign a staff member out of this browser, or of all others."""

from __future__ import annotations

from server.actions.context import Context
from server.domain.people import Actor
from server.ids import token_digest
from server.store import sessions


def sign_out(context: Context, actor: Actor, token: str) -> None:
    """End the session of this token; ending one that is over changes nothing."""
    with context.write(actor, "Signed out") as tx:
        sessions.end(tx, token_digest(token))


def sign_out_elsewhere(context: Context, actor: Actor, token: str) -> int:
    """End all of the actor's other sessions and return how many there were."""
    with context.write(actor, "Signed out of other browsers") as tx:
        return sessions.end_all(tx, actor.id, but=token_digest(token))
