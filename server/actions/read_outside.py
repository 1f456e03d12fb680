"""Read what participants wrote to the person outside the treatment team, and note what was read."""

from __future__ import annotations

from server.actions.context import Context
from server.domain.people import Actor, Staff
from server.store import outside
from server.store.database import Row


def read_outside(context: Context, actor: Actor, viewer: Staff) -> list[Row]:
    """Return what was written to this viewer, the newest first; that it was looked at is noted.

    Nothing for anybody else.
    """
    rows = outside.of(context.db, context.keys, viewer)
    if rows:
        with context.write(actor, "Looked at words for nobody else") as tx:
            tx.note("studies", viewer.study_id, "outside words", "looked at")
    return rows


def mark_read(context: Context, actor: Actor, viewer: Staff, message_id: str) -> None:
    """Note that one was read; NotFoundError when it is not there or not for this person."""
    with context.write(actor, "Marked words as read") as tx:
        outside.mark_read(tx, viewer, message_id)
