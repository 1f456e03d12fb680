"""Say who rates a participant: an independent rater finds nobody whom they were not assigned to."""

from __future__ import annotations

from server.actions.context import Context
from server.domain.people import Actor, Staff
from server.errors import BadInputError, ConflictError
from server.store import facilitators, participants, raters


def assign_rater(
    context: Context, actor: Actor, viewer: Staff, participant_id: str, staff_id: str
) -> None:
    """Let somebody rate this participant from now on.

    Raises:
        NotFoundError: there is no such participant.
        BadInputError: this is no rater of the study.
        ConflictError: they rate them already, or guide or guided them: then they are not independent.

    """
    with context.write(actor, "Assigned a rater") as tx:
        person = participants.one(tx.db, viewer, participant_id)
        if staff_id not in {each["id"] for each in raters.candidates(tx.db, person["study_id"])}:
            raise BadInputError("Choose somebody who is a rater in this study.")
        if raters.rates(tx.db, staff_id, participant_id):
            raise ConflictError("They rate this participant already.")
        if staff_id in {term.staff_id for term in facilitators.terms(tx.db, participant_id)}:
            raise ConflictError("Whoever guides or guided somebody cannot rate them.")
        raters.record(tx, participant_id, staff_id, "assigned")


def end_rater(
    context: Context, actor: Actor, viewer: Staff, participant_id: str, staff_id: str
) -> None:
    """Let somebody rate this participant no longer; what they entered stays.

    Raises:
        NotFoundError: there is no such participant.
        ConflictError: they do not rate them.

    """
    with context.write(actor, "Ended a rater's assignment") as tx:
        participants.one(tx.db, viewer, participant_id)
        if not raters.rates(tx.db, staff_id, participant_id):
            raise ConflictError("They do not rate this participant.")
        raters.record(tx, participant_id, staff_id, "ended")
