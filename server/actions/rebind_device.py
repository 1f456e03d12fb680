"""Bind a browser again by its place and its owner's PIN: iOS keeps the installed app apart from Safari."""

from __future__ import annotations

from server.actions.bind_device import Bound, add_phone, limit
from server.actions.check_pin import check_pin
from server.actions.context import Context
from server.domain.people import Actor
from server.errors import BadInputError, NotFoundError, said
from server.store import answered, invitations, pins
from server.store.database import Row

_NOBODY = Actor("device", "unbound")
_UNKNOWN = said("This phone's place is not known any more. Ask your study team for a new code.")


def salt_of(context: Context, locator: str) -> str:
    """Return what a phone mixes with the PIN before it proves it; NotFoundError: no such place.

    A place is 96 random bits and opens nothing: whoever names it has had the phone, or its link.
    """
    return str(_known(context, locator)["salt"])


def rebind_device(context: Context, *, locator: str, proof: str, address: str, agent: str) -> Bound:
    """Bind this browser to whoever holds the phone of this place: never a second participant.

    Raises:
        NotFoundError: no such place, or its phone was disconnected, or its owner has left.
        BadInputError: the PIN does not fit.
        TooManyTriesError: too many wrong tries for this phone, or from this address.

    """
    row = _known(context, locator)
    with context.write(_NOBODY, "a phone asks to be bound again") as tx:
        limit(tx, address)
    try:
        check_pin(context, _NOBODY, row, proof)
    except BadInputError:
        with context.write(_NOBODY, "a wrong PIN") as tx:
            invitations.note_try(tx, address, succeeded=False)
        raise
    with context.write(_NOBODY, "a phone was bound again by its PIN") as tx:
        bound = add_phone(tx, row["participant_id"], agent)
        # The same PIN opens this one too: it is the same person's, perhaps the very same phone.
        pins.keep(tx, bound.device_id, row["salt"], row["verifier"])
    return bound


def _known(context: Context, locator: str) -> Row:
    row = pins.by_locator(context.db, locator)
    if row is None or answered.withdrawn(context.db, row["participant_id"]):
        raise NotFoundError(_UNKNOWN)
    return row
