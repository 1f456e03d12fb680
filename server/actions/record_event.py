"""Record the event that some forms are about, as staff hear it from the participant."""

from __future__ import annotations

from server.actions.context import Context
from server.actions.enrol_participant import require_care
from server.actions.reconcile import reconcile
from server.domain.people import Actor, Staff
from server.errors import BadInputError
from server.store import events, participants

LONGEST_WORDS, LONGEST_WHEN = 300, 60


def record_event(
    context: Context, actor: Actor, viewer: Staff, participant_id: str, words: str, when: str
) -> None:
    """Keep it sealed, and plan what waited for it. Forms answered before keep the event they named.

    Raises:
        NotFoundError: there is no such participant for this viewer.
        ForbiddenError: the viewer's role does not change participants' records.
        BadInputError: there are no words, or too many; `places` says where.

    """
    require_care(viewer)
    participants.one(context.db, viewer, participant_id)
    told, day = " ".join(words.split()), " ".join(when.split())
    places = {}
    if not 1 <= len(told) <= LONGEST_WORDS:
        places["words"] = f"A few words of the participant's own, up to {LONGEST_WORDS} characters."
    if len(day) > LONGEST_WHEN:
        places["when"] = "A month or a year is enough."
    if places:
        raise BadInputError("Nothing was recorded.", places)
    with context.write(actor, "Recorded the event that forms are about") as tx:
        events.record(tx, context.keys, participant_id, told, day)
        reconcile(tx, context, participant_id)
