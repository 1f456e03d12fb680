"""Keep a staff session in use: mark it as seen, at most once a minute."""

from __future__ import annotations

from server.actions.context import Context
from server.domain.people import Actor
from server.errors import BusyError
from server.ids import token_digest
from server.store import sessions


def keep_session(context: Context, actor: Actor, token: str) -> None:
    """Mark the session as seen now, if that was last done a while ago.

    A busy or full disk does not stop anybody from reading: then it stays unmarked.
    """
    digest = token_digest(token)
    if not sessions.needs_touch(context.db, digest, context.clock.now()):
        return
    try:
        with context.write(actor, "Session in use") as tx:
            sessions.touch(tx, digest)
    except BusyError:
        return
