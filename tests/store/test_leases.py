"""One worker has the turn; another takes it over when the first falls silent (F20)."""

from __future__ import annotations

from datetime import timedelta

from server.clock import FixedClock
from server.domain.people import Actor
from server.store import leases
from server.store.database import Database
from server.store.transaction import transaction

LEASE = timedelta(seconds=90)


def take(db: Database, clock: FixedClock, holder: str) -> bool:
    with transaction(db, Actor("system", holder), "heartbeat", clock.now()) as tx:
        return leases.take(tx, leases.WORKER, holder, clock.now() + LEASE)


def test_the_turn_stays_with_one_until_it_falls_silent(db: Database, clock: FixedClock) -> None:
    assert leases.beat_age(db, leases.WORKER, clock.now()) is None
    assert take(db, clock, "one")
    clock.move(timedelta(seconds=60))
    assert not take(db, clock, "two")
    assert take(db, clock, "one")
    clock.move(LEASE)
    assert leases.beat_age(db, leases.WORKER, clock.now()) == LEASE
    assert take(db, clock, "two")
    assert not take(db, clock, "one")


def test_who_goes_off_duty_lets_the_next_one_in(db: Database, clock: FixedClock) -> None:
    assert take(db, clock, "one")
    with transaction(db, Actor("system", "one"), "off duty", clock.now()) as tx:
        leases.release(tx, leases.WORKER, "one")
    assert take(db, clock, "two")


def test_heartbeats_do_not_fill_the_audit_trail(db: Database, clock: FixedClock) -> None:
    before = db.value("SELECT COUNT(*) FROM audit")
    take(db, clock, "one")
    assert db.value("SELECT COUNT(*) FROM audit") == before
