"""What tests of sending share: one round of a worker, and what a dead one leaves."""

from __future__ import annotations

from datetime import timedelta

from server.actions.change_participant import Change, change_participant
from server.actions.context import Context
from server.actions.send_due_messages import send_due_messages
from server.clock import to_text
from server.store import messages
from server.store.database import Row
from tests.cast import EVERYTHING, TESTER, Cast, Person

MINUTE = timedelta(minutes=1)


def run(context: Context, worker: str = "worker-1") -> dict[str, int]:
    return dict(send_due_messages(context, worker))


def all_of(context: Context, person: Person) -> list[Row]:
    return messages.of(context.db, EVERYTHING, person.id)


def only_ada(context: Context, cast: Cast) -> None:
    change_participant(context, TESTER, cast.coordinator, cast.ben.id, Change(status="paused"))


def leave_claimed(context: Context, person: Person) -> None:
    """Plant what a sender leaves that died with this person's due messages in hand."""
    now = to_text(context.clock.now())
    with context.write(TESTER, "planted") as tx:
        tx.execute(
            "UPDATE messages SET state = 'claimed', claimed_by = 'gone', attempts = 1, lease_until = ?"
            " WHERE participant_id = ? AND due_at <= ?",
            [now, person.id, now],
        )
        tx.note("messages", "all", "state", "claimed")
