"""Read a participant's name and address: by those who may, and noted each time (R39, R43)."""

from __future__ import annotations

from server.actions.context import Context
from server.domain.people import Actor, Staff
from server.errors import ForbiddenError
from server.store import contacts, participants
from server.store.contacts import Contact

# Whoever calls participants and posts letters. Reading answers needs no name.
READS_CONTACT = frozenset({"administrator", "coordinator"})


def read_contact(context: Context, actor: Actor, viewer: Staff, participant_id: str) -> Contact:
    """Return name, e-mail and phone; that they were read is in the audit trail, what they say not.

    Raises:
        NotFoundError: there is no such participant for this viewer.
        ForbiddenError: the viewer's role does not include contact data.

    """
    participants.one(context.db, viewer, participant_id)
    if not viewer.roles & READS_CONTACT:
        raise ForbiddenError("Only coordinators and administrators see contact data.")
    with context.write(actor, "Read contact data") as tx:
        tx.note("contacts", participant_id, "read", True)  # noqa: FBT003 - the stored value
    return contacts.read(context.db, context.keys, participant_id)
