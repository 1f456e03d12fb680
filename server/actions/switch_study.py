"""Turn a staff member's session to another of their studies."""

from __future__ import annotations

from server.actions.context import Context
from server.domain.people import Actor
from server.errors import NotFoundError
from server.ids import token_digest
from server.store import sessions, staff


def switch_study(context: Context, actor: Actor, token: str, study_id: str) -> None:
    """Look at this study from now on.

    Raises:
        NotFoundError: there is no such study, or this person holds no role in it.

    """
    if not staff.roles(context.db, actor.id, study_id):
        raise NotFoundError("There is no such study among yours.")
    with context.write(actor, "Looked at another study") as tx:
        sessions.look_at(tx, token_digest(token), study_id)
