"""Bind a phone by a code (and, at home, the invitation's link); only ever called for a POST."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta

from server.actions.context import Context
from server.actions.reconcile import reconcile
from server.clock import from_text, to_text
from server.domain.people import Actor
from server.errors import BadInputError, TooManyTriesError, said
from server.ids import new_id, new_token, token_digest
from server.store import alerts, answered, devices, invitations
from server.store.database import Row
from server.store.transaction import Transaction

# A clinic's phones share one address, and thumbs slip: the limit is on wrong codes only.
MOST_MISSES, MISSES_WITHIN = 10, timedelta(minutes=15)
_LOCATOR_LENGTH = 16
_NOBODY = Actor("device", "unbound")
_REFUSAL = said(
    "This code does not open anything, or not any more. "
    "Check it letter by letter, or ask your study team for a new one."
)
_EMPTY = said(
    "Please type your code first. It is made of letters and numbers, and your study team gives it to you."
)


@dataclass(frozen=True, slots=True)
class Bound:
    """A phone just bound. `token` goes into its cookie and is stored nowhere; only its digest is.

    `locator` names the phone's place in the installed app's start address; it opens nothing.
    """

    token: str
    locator: str
    device_id: str
    participant_id: str


def bind_device(
    context: Context, *, code: str, token: str | None = None, address: str, agent: str
) -> Bound:
    """Use an invitation up and bind this phone; wrong, used and expired codes look the same.

    Raises:
        BadInputError: nothing is opened by this code, or none was typed, which counts as no try.
        TooManyTriesError: too many wrong codes came from this address.

    """
    if not plain_code(code):
        raise BadInputError(_EMPTY, {"code": _EMPTY})
    typed = token_digest(plain_code(code))
    with context.write(_NOBODY, "a phone was bound, or tried to be") as tx:
        limit(tx, address)
        invitation = _find(tx, typed, token)
        invitations.note_try(tx, address, succeeded=invitation is not None)
        bound = _bind(tx, invitation, agent) if invitation else None
        if bound is not None:
            # From now on reminders have somewhere to lead to.
            reconcile(tx, context, bound.participant_id)
    # Raised only now: the miss that was counted must not be rolled back with it.
    if bound is None:
        raise BadInputError(_REFUSAL, {"code": _REFUSAL})
    return bound


def plain_code(code: str) -> str:
    """Return a code as it was made: case, blanks and hyphens are how people type."""
    return "".join(sign for sign in code.upper() if sign.isalnum())


def limit(tx: Transaction, address: str) -> None:
    """Refuse another try from an address that many wrong ones came from: TooManyTriesError."""
    since = to_text(tx.at - MISSES_WITHIN)
    misses = invitations.misses_since(tx.db, address, since)
    if len(misses) >= MOST_MISSES:
        free = from_text(misses[-MOST_MISSES]) + MISSES_WITHIN - tx.at
        message = said(
            "Too many wrong codes came from here. Wait a quarter of an hour, then try again."
        )
        raise TooManyTriesError(message, retry_after=max(1, int(free.total_seconds()) + 1))


def _find(tx: Transaction, typed: str, token: str | None) -> Row | None:
    """Return the invitation that this opens; a wrong code for a link costs it one of its tries."""
    if token is None:
        return _usable(tx, invitations.by_code(tx.db, typed, tx.at_text))
    found = _usable(tx, invitations.by_token(tx.db, token_digest(token), tx.at_text))
    if found is None or hmac.compare_digest(found["code_digest"], typed):
        return found
    invitations.miss(tx, found)
    return None


def _usable(tx: Transaction, invitation: Row | None) -> Row | None:
    if invitation is None or answered.withdrawn(tx.db, invitation["participant_id"]):
        return None
    return invitation


def _bind(tx: Transaction, invitation: Row, agent: str) -> Bound:
    participant_id = str(invitation["participant_id"])
    _tell_of_another(tx, participant_id)
    invitations.consume(tx, invitation)
    return add_phone(tx, participant_id, agent)


def add_phone(tx: Transaction, participant_id: str, agent: str) -> Bound:
    """Bind a browser to a participant and return its credential, which is stored nowhere."""
    token = new_token()
    bound = Bound(token, new_token()[:_LOCATOR_LENGTH], new_id(), participant_id)
    devices.add(
        tx,
        {
            "id": bound.device_id,
            "participant_id": participant_id,
            "credential_digest": token_digest(token),
            "locator": bound.locator,
            "agent": agent[:200],
        },
    )
    return bound


def _tell_of_another(tx: Transaction, participant_id: str) -> None:
    """A second phone is common (a new one), and worth a look: the old one may be lost."""
    study = answered.study_of(tx.db, participant_id)
    if study and devices.bound(tx.db, participant_id):
        words = "Another phone was connected. Disconnect the old one if it is lost or was replaced."
        alerts.add(tx, study, participant_id, "other-device", words)
