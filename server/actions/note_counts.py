"""Keep what a phone says it holds, so that staff can see whether everything arrived."""

from __future__ import annotations

from server.actions.context import Context
from server.domain.people import Actor, Device
from server.errors import BadInputError
from server.store import devices

# No phone seals more in a lifetime; beyond it somebody is playing.
_MOST = 100_000


def note_counts(
    context: Context, actor: Actor, device: Device, sealed: object, waiting: object
) -> None:
    """Keep the phone's two counts; the last word stands.

    Raises:
        BadInputError: they are no counts, or more wait than were ever sealed.

    """
    for count in (sealed, waiting):
        if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= _MOST:
            raise BadInputError("Send sealed and waiting as whole numbers.")
    if waiting > sealed:  # type: ignore[operator]  # both are numbers by now
        raise BadInputError("More cannot wait than was ever sealed.")
    with context.write(actor, "a phone told its counts") as tx:
        devices.told(tx, device.id, int(str(sealed)), int(str(waiting)))
