"""Move a demo's clock, to watch reminders come; a live installation refuses."""

from __future__ import annotations

from datetime import timedelta

from server.actions.context import Context
from server.domain.people import Actor
from server.errors import BadInputError, NotFoundError
from server.store import sessions, settings

FARTHEST = timedelta(days=2 * 366)


def move_clock(context: Context, actor: Actor, by: timedelta | None) -> timedelta:
    """Move the clock by this much (None: back to now) and return the whole shift.

    Raises:
        NotFoundError: this installation is live; its time is nobody's to move.
        BadInputError: that would be more than two years away.

    """
    if settings.mode(context.db) != "demo":
        raise NotFoundError("This page exists in the demo only.")
    with context.write(actor, "Moved the demo's clock") as tx:
        now_by = settings.clock_shift(tx.db)
        step = -now_by if by is None else by
        if abs(now_by + step) > FARTHEST:
            raise BadInputError("The demo's clock can be moved by two years at most.")
        if step == timedelta(0):
            tx.note("settings", "clock_shift_seconds", "asked", "unchanged")
            return now_by
        sessions.shift(tx, step)
        return settings.move_clock(tx, step)
