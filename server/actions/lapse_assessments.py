"""Put aside what has closed unanswered, so that asking what is due costs what is due."""

from __future__ import annotations

from server.actions.context import Context
from server.domain.people import Actor
from server.store import lapses

# A first sweep after years of answers takes several ticks instead of holding everybody up in one.
MOST_AT_ONCE = 2_000
_SWEEPER = Actor("system", "sweeper", "worker")


def lapse_assessments(context: Context, most: int = MOST_AT_ONCE) -> int:
    """Set aside up to so many, and take back what a clock that stepped back had set aside too early.

    Returns how many rows changed. Nothing follows from this for anybody: whether a form was missed is
    told by its dates.
    """
    if not lapses.any_due(context.db, context.clock.now()):
        return 0
    with context.write(_SWEEPER, "Put aside what has closed") as tx:
        return lapses.put_aside(tx, most)
