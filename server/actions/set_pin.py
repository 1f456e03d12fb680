"""Keep what a phone's PIN is checked against, when it is chosen; changing it takes the old one."""

from __future__ import annotations

from server.actions.check_pin import check_pin, readable, readable_salt
from server.actions.context import Context
from server.domain.people import Actor, Device
from server.errors import ForbiddenError, said
from server.store import passwords, pins

_NEEDS_OLD = said(
    "This phone has a PIN already. To read back what you sent, use that one, "
    "or ask your study team for a new code."
)


def set_pin(
    context: Context, actor: Actor, device: Device, *, salt: str, proof: str, was: str | None = None
) -> None:
    """Keep a PIN's verifier for this phone; `was` proves the PIN that it replaces.

    Whoever merely holds the phone must not choose a PIN of their own and read back with it: a PIN
    that was forgotten takes a new code from the study team, which binds anew.

    Raises:
        ForbiddenError: there is a PIN already, and it was not proven.
        BadInputError: salt or proof have the wrong shape, or the old PIN does not fit.
        TooManyTriesError: too many wrong ones.

    """
    readable_salt(salt)
    stands = pins.of(context.db, device.id)
    if stands is not None:
        if was is None:
            raise ForbiddenError(_NEEDS_OLD)
        check_pin(context, actor, stands, was)
    verifier = passwords.keep(readable(proof))
    with context.write(actor, "a phone's PIN was set") as tx:
        pins.keep(tx, device.id, salt, verifier)
