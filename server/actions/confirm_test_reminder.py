"""The participant says that the test reminder came: the third tick."""

from __future__ import annotations

from server.actions.context import Context
from server.domain.people import Actor, Device
from server.store import devices


def confirm_test_reminder(context: Context, actor: Actor, device: Device) -> None:
    """Note that reminders reach this person where this phone is. Saying it twice changes nothing."""
    row = devices.one(context.db, device.id)
    if row is None or row["reminder_confirmed_at"] is not None:
        return
    with context.write(actor, "the test reminder came") as tx:
        devices.reminder_confirmed(tx, device.id)
