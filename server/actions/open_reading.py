"""Let a phone read back what was sent from it, for some minutes, after its PIN; or end that."""

from __future__ import annotations

from datetime import datetime

from server.actions.check_pin import check_pin
from server.actions.context import Context
from server.domain.people import Actor, Device
from server.errors import ForbiddenError, said
from server.ids import new_token, token_digest
from server.store import pins

_NO_PIN = said("This phone has no PIN, so it cannot show what you wrote. Your study team can.")


def open_reading(
    context: Context, actor: Actor, device: Device, proof: str
) -> tuple[str, datetime]:
    """Return the token of a reading session and when it ends.

    Raises:
        ForbiddenError: this phone has no PIN.
        BadInputError: the PIN does not fit.
        TooManyTriesError: too many wrong ones.

    """
    row = pins.of(context.db, device.id)
    if row is None:
        raise ForbiddenError(_NO_PIN)
    check_pin(context, actor, row, proof)
    token = new_token()
    with context.write(actor, "reading back was opened") as tx:
        ends = pins.begin_reading(tx, token_digest(token), device.id)
    return token, ends


def end_reading(context: Context, actor: Actor, device: Device) -> None:
    """End reading back; doing so again changes nothing."""
    with context.write(actor, "reading back was ended") as tx:
        pins.end_reading(tx, device.id)
