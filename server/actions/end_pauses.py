"""End the pauses whose last day is over: reminders begin again by themselves, as was asked for."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from server.actions.context import Context
from server.actions.reconcile import reconcile
from server.domain.people import Actor
from server.store import participants, pauses

_SWEEPER = Actor("system", "sweeper", "worker")


def end_pauses(context: Context) -> int:
    """Let everybody go on whose day has come, by their own calendar; return how many."""
    now = context.clock.now()
    over = [
        row["id"]
        for row in pauses.running(context.db)
        if now.astimezone(ZoneInfo(row["zone"])).date() >= date.fromisoformat(row["paused_until"])
    ]
    for participant_id in over:
        with context.write(_SWEEPER, "A pause ended on the day that was asked for") as tx:
            row = participants.present(tx.db, participant_id)
            # Asked again inside: somebody may have ended it, or left, a moment ago.
            if row["paused_until"]:
                day = date.fromisoformat(row["paused_until"])
                participants.record(
                    tx, participant_id, "status", "active", day, "The pause is over"
                )
                reconcile(tx, context, participant_id)
    return len(over)
