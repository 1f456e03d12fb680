"""Guessing slows to a crawl; nobody locks anybody else out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.actions.context import Context
from server.clock import FixedClock
from server.store import sign_ins
from tests.cast import TESTER

MARA = sign_ins.account_digest("mara@example.org")
DESK, ELSEWHERE = "10.0.0.1", "203.0.113.9"


def _try(
    context: Context, address: str = DESK, *, right: bool = False, account: str = MARA
) -> None:
    with context.write(TESTER, "a try") as tx:
        sign_ins.record(tx, account, address, succeeded=right)


def _wait(context: Context, address: str = DESK, account: str = MARA) -> int:
    return sign_ins.wait(context.db, account, address, context.clock.now())


def test_a_few_mistakes_cost_nothing_and_each_more_doubles_the_wait(
    context: Context, clock: FixedClock
) -> None:
    waits = []
    for _ in range(sign_ins.PAIR.free + 4):
        _try(context)
        waits.append(_wait(context))

    assert waits == [0, 0, 0, 0, 2, 4, 8, 16, 32]
    clock.move(timedelta(seconds=32))
    assert _wait(context) == 0


def test_the_wait_is_never_longer_than_a_quarter_of_an_hour(context: Context) -> None:
    for _ in range(60):
        _try(context)

    assert _wait(context) == sign_ins.LONGEST_WAIT


def test_signing_in_clears_ones_own_mistakes(context: Context, clock: FixedClock) -> None:
    for _ in range(6):
        _try(context)
        clock.move(timedelta(seconds=1))
    _try(context, right=True)

    assert _wait(context) == 0


def test_a_stranger_who_hammers_an_account_does_not_lock_its_owner_out(
    context: Context, clock: FixedClock
) -> None:
    _try(context, right=True)
    clock.move(timedelta(hours=1))
    for _ in range(200):
        _try(context, ELSEWHERE)

    assert _wait(context, ELSEWHERE) > 0
    assert _wait(context, DESK) == 0


def test_many_addresses_guessing_at_one_account_are_slowed_together(context: Context) -> None:
    for place in range(sign_ins.ACCOUNT.free + 8):
        _try(context, f"203.0.113.{place}")

    assert _wait(context, "198.51.100.1") > 60


def test_one_address_guessing_at_many_accounts_is_slowed(context: Context) -> None:
    for number in range(sign_ins.ADDRESS.free + 8):
        _try(context, ELSEWHERE, account=sign_ins.account_digest(f"nobody{number}@example.org"))

    assert _wait(context, ELSEWHERE, sign_ins.account_digest("fresh@example.org")) > 60
    assert _wait(context, DESK) == 0


@pytest.mark.parametrize("typed", ["Mara@Example.org ", "mara@example.org"])
def test_an_account_is_one_however_it_is_typed(typed: str) -> None:
    assert sign_ins.account_digest(typed) == MARA


def test_what_was_typed_is_not_kept(context: Context) -> None:
    _try(context, account=sign_ins.account_digest("my-secret-password"))

    stored = "".join(
        str(row)
        for table in ("sign_ins", "audit_values")
        for row in context.db.all(f"SELECT * FROM {table}")
    )
    assert "my-secret-password" not in stored
