"""Send one test message, so that everyone knows before the first real one whether they arrive."""

from __future__ import annotations

from datetime import timedelta

from server.actions.context import Context
from server.clock import to_text
from server.domain.people import Actor, Viewer
from server.domain.reminders import PlannedMessage, local_minute
from server.errors import BadInputError, TooManyTriesError, said
from server.ids import derived_id
from server.store import contacts, messages, participants
from server.store.database import Row

VALID_FOR = timedelta(hours=1)
MOST_PER_DAY = 5


def send_test_reminder(context: Context, actor: Actor, viewer: Viewer, participant_id: str) -> str:
    """Put a test message in line and return its id; the worker sends it at its next round.

    Asked twice within a minute it is one message.

    Raises:
        BadInputError: this participant has no address, wants no messages, or nobody has said go yet.
        NotFoundError: no such participant for this viewer.
        TooManyTriesError: five test messages went out within a day.

    """
    person = _reachable(context, viewer, participant_id)
    zones = participants.facts(context.db, participant_id).zones
    with context.write(actor, "Asked for a test message") as tx:
        minute = local_minute(zones, tx.at)
        message_id = derived_id(participant_id, "test", person["channel"], minute)
        if messages.one(tx.db, message_id) is not None:
            return message_id
        since = to_text(tx.at - timedelta(days=1))
        if messages.tests_since(tx.db, participant_id, since) >= MOST_PER_DAY:
            raise TooManyTriesError(
                said("Five test messages went out today. Try again tomorrow."), 86_400
            )
        messages.add(
            tx,
            participant_id,
            PlannedMessage(
                id=message_id,
                kind="test",
                channel=person["channel"],
                due_at=tx.at,
                expires_at=tx.at + VALID_FOR,
                local_moment=minute,
                assessment_ids=(),
            ),
        )
    return message_id


def _reachable(context: Context, viewer: Viewer, participant_id: str) -> Row:
    person = participants.one(context.db, viewer, participant_id)
    if person["status"] == "prepared":
        raise BadInputError("This participant was imported: say go first, under Participants.")
    if person["channel"] == "none":
        raise BadInputError("This participant gets no messages: choose email as the channel first.")
    if not contacts.read(context.db, context.keys, participant_id).email:
        raise BadInputError("There is no mail address yet: enter one first.")
    return person
