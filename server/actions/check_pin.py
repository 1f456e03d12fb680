"""Whether somebody knows a phone's PIN: five tries, then one an hour. The PIN itself never comes here."""

from __future__ import annotations

import math
import re

from server.actions.context import Context
from server.clock import from_text
from server.domain.people import Actor
from server.errors import BadInputError, TooManyTriesError, said
from server.store import passwords, pins
from server.store.database import Row
from server.store.transaction import Transaction

# What the phone derives from PIN and salt: 32 bytes, URL-safe base64 without padding.
_PROOF = re.compile(r"[A-Za-z0-9_-]{43}")
_SALT = re.compile(r"[A-Za-z0-9_-]{22}")
_WRONG = said("That PIN does not fit.")


def check_pin(context: Context, actor: Actor, row: Row, proof: str) -> None:
    """Return if the proof fits the verifier `row`; the try is counted in a transaction of its own.

    Raises:
        BadInputError: it does not.
        TooManyTriesError: too many did not; says for how many seconds to wait.

    """
    right = passwords.matches(row["verifier"], readable(proof))
    with context.write(actor, "a PIN was checked") as tx:
        # Asked again where nobody comes between: of many guesses at once, none may slip by.
        fresh = pins.of(tx.db, row["device_id"]) or row
        wait = _wait(tx, fresh)
        if not wait:
            (pins.matched if right else pins.missed)(tx, fresh)
    if wait:
        message = said("Too many wrong PINs. Please wait, or ask your study team for a new code.")
        raise TooManyTriesError(message, wait)
    if not right:
        raise BadInputError(_WRONG, {"pin": _WRONG})


def readable(proof: str) -> str:
    """Return a proof of the right shape; BadInputError otherwise."""
    if not _PROOF.fullmatch(proof):
        raise BadInputError("This is no proof of a PIN.", {"proof": "must be 32 bytes, base64url"})
    return proof


def readable_salt(salt: str) -> str:
    """Return a salt of the right shape; BadInputError otherwise."""
    if not _SALT.fullmatch(salt):
        raise BadInputError("This is no salt.", {"salt": "must be 16 bytes, base64url"})
    return salt


def _wait(tx: Transaction, row: Row) -> int:
    if row["locked_until"] is None:
        return 0
    left = from_text(row["locked_until"]) - tx.at
    return max(0, math.ceil(left.total_seconds()))
