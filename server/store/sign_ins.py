"""Tries at signing in: counted by account and by address, so that guessing slows to a crawl.

Whoever has signed in from an address before is only slowed by their own mistakes made there:
strangers who hammer an account, or a colleague behind the same address, lock nobody out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.clock import from_text, to_text
from server.ids import new_id, token_digest
from server.store.database import Database
from server.store.staff import normal_email
from server.store.transaction import Transaction

WINDOW = timedelta(minutes=30)
KNOWN_FOR = timedelta(days=30)
LONGEST_WAIT = 900
# More than a forgetful owner: somebody should hear of it (R29).
ALARMING = 10

_RECENT = (
    "SELECT COUNT(*) AS tries, MAX(at) AS latest FROM sign_ins WHERE succeeded = 0 AND at > :since"
)
_SINCE_SUCCESS = (
    " AND at > COALESCE((SELECT MAX(at) FROM sign_ins WHERE account = :account"
    " AND address = :address AND succeeded = 1), '')"
)


@dataclass(frozen=True)
class Limit:
    """How many wrong tries are free, and where they are counted."""

    free: int
    where: str


PAIR = Limit(5, " AND account = :account AND address = :address" + _SINCE_SUCCESS)
ACCOUNT = Limit(20, " AND account = :account")
ADDRESS = Limit(40, " AND address = :address")


def account_digest(email: str) -> str:
    """Return what is kept of an address typed: people type passwords into that field."""
    return token_digest("sign-in\x1f" + normal_email(email))


def wait(db: Database, account: str, address: str, now: datetime) -> int:
    """Return for how many seconds nobody may try this account from this address; 0 is free."""
    known = _known(db, account, address, now)
    limits = (PAIR,) if known else (PAIR, ACCOUNT, ADDRESS)
    return max(_wait(db, limit, account, address, now) for limit in limits)


def record(tx: Transaction, account: str, address: str, *, succeeded: bool) -> None:
    """Keep one try, right or wrong (R10)."""
    row_id = new_id()
    row = {"account": account, "address": address[:100], "succeeded": int(succeeded)}
    tx.insert("sign_ins", {"id": row_id, "at": tx.at_text, **row})
    tx.note("sign_ins", row_id, "try", row)


def wrong_lately(db: Database, account: str, now: datetime) -> int:
    """Return how often this account was tried in vain within the window, from anywhere."""
    sql = "SELECT COUNT(*) FROM sign_ins WHERE account = ? AND succeeded = 0 AND at > ?"
    return int(db.value(sql, [account, to_text(now - WINDOW)]))


def _known(db: Database, account: str, address: str, now: datetime) -> bool:
    return bool(
        db.value(
            "SELECT 1 FROM sign_ins WHERE account = ? AND address = ? AND succeeded = 1 AND at > ?",
            [account, address, to_text(now - KNOWN_FOR)],
        )
    )


def _wait(db: Database, limit: Limit, account: str, address: str, now: datetime) -> int:
    found = db.one(
        _RECENT + limit.where,
        {"since": to_text(now - WINDOW), "account": account, "address": address},
    )
    if found is None or found["tries"] < limit.free:
        return 0
    # Each wrong try beyond the free ones doubles the wait: 2 s, 4 s, 8 s … a quarter of an hour.
    pause = min(LONGEST_WAIT, 2 ** min(found["tries"] - limit.free + 1, 20))
    left = (from_text(found["latest"]) + timedelta(seconds=pause) - now).total_seconds()
    return max(0, -int(-left // 1))
