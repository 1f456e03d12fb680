"""Disconnect a phone: its credential opens nothing any more; what it still sends is kept apart."""

from __future__ import annotations

from server.actions.context import Context
from server.actions.reconcile import reconcile
from server.domain.people import CARES, Actor, Staff
from server.errors import ForbiddenError, NotFoundError
from server.store import devices


def revoke_device(
    context: Context, actor: Actor, viewer: Staff, participant_id: str, device_id: str
) -> None:
    """Disconnect one of a participant's phones; doing it again changes nothing.

    Raises:
        NotFoundError: this participant has no such phone, or is not for this viewer.
        ForbiddenError: the viewer's role does not look after participants.

    """
    if not viewer.roles & CARES:
        message = "Your role in this study does not include disconnecting phones."
        raise ForbiddenError(message)
    with context.write(actor, "a phone was disconnected") as tx:
        mine = {row["id"]: row for row in devices.of(tx.db, viewer, participant_id)}
        if device_id not in mine:
            message = "This participant has no such phone."
            raise NotFoundError(message)
        if mine[device_id]["revoked_at"] is None:
            devices.revoke(tx, device_id)
            reconcile(tx, context, participant_id)
