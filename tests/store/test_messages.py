"""Claiming and settling: one row in one hand, the index asked, a late worker fenced off (F7)."""

from __future__ import annotations

from datetime import timedelta

from server.actions.context import Context
from server.clock import FixedClock, to_text
from server.domain.people import Actor
from server.store import messages
from server.store.messages import CLAIMABLE, Claim
from tests.cast import Cast

LEASE = timedelta(minutes=5)


def claim(context: Context, worker: str, limit: int = 1) -> list[Claim]:
    with context.write(Actor("system", worker), "claimed") as tx:
        return messages.claim(tx, worker, tx.at + LEASE, limit, "it may have left")


def settle(context: Context, claim: Claim, state: messages.State) -> bool:
    with context.write(Actor("system", claim.worker), "settled") as tx:
        return messages.settle(tx, claim, state)


def test_the_due_query_uses_the_partial_index(context: Context, cast: Cast) -> None:
    plan = context.db.all(
        f"EXPLAIN QUERY PLAN SELECT m.* FROM messages m WHERE {CLAIMABLE}"
        " ORDER BY m.due_at, m.id LIMIT 20",
        {"now": to_text(context.clock.now())},
    )
    assert any("USING INDEX messages_due" in row["detail"] for row in plan), plan


def test_f7_a_claimed_message_is_in_nobody_elses_hands(context: Context, cast: Cast) -> None:
    first, second = claim(context, "one", 100), claim(context, "two", 100)
    assert first
    assert second == []


def test_f7_a_zombie_comes_back_too_late_to_write_anything(
    context: Context, cast: Cast, clock: FixedClock
) -> None:
    (zombie,) = claim(context, "one")
    clock.move(LEASE)
    (live,) = claim(context, "two")
    assert (live.id, live.attempt, live.abandoned) == (zombie.id, 2, True)
    assert not settle(context, zombie, "failed")
    assert settle(context, live, "sent")
    assert not settle(context, zombie, "due")
    row = messages.one(context.db, live.id)
    assert row is not None
    assert row["state"] == "sent"


def test_f7_the_same_worker_does_not_settle_an_older_try(
    context: Context, cast: Cast, clock: FixedClock
) -> None:
    (old,) = claim(context, "one")
    clock.move(LEASE)
    (new,) = claim(context, "one")
    assert not settle(context, old, "sent")
    assert settle(context, new, "sent")


def test_what_is_not_yet_due_is_not_claimed(
    context: Context, cast: Cast, clock: FixedClock
) -> None:
    assert messages.any_claimable(context.db, clock.now())
    while claimed := claim(context, "one", 100):
        for each in claimed:
            settle(context, each, "sent")
    assert not messages.any_claimable(context.db, clock.now())
    clock.move(timedelta(days=30))
    assert messages.any_claimable(context.db, clock.now())
