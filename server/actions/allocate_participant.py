"""Enter the arm that somebody was allocated to: only by who may know it, seen by nobody else."""

from __future__ import annotations

from server.actions.context import Context
from server.actions.enrol_participant import require_care
from server.actions.reconcile import reconcile
from server.actions.visit_rules import person
from server.domain import entry
from server.domain.concealment import arm_known_to, may_know
from server.domain.people import Actor, Staff
from server.domain.protocol import Protocol
from server.errors import BadInputError, ForbiddenError
from server.store import participants


def allocate_participant(
    context: Context,
    actor: Actor,
    viewer: Staff,
    participant_id: str,
    arm: str,
    reason: str = "",
) -> None:
    """Record the arm and plan what follows from it. The same arm again changes nothing.

    Raises:
        BadInputError: no such arm, or another stands and no reason is given; `places` says which.
        ForbiddenError: the viewer's role may not know who is in which arm.
        NotFoundError: no such participant for this viewer.

    """
    who = person(context, viewer, participant_id)
    require_knowing(viewer, who.protocol)
    checks = entry.Checks()
    arms = ", ".join(who.protocol.arms)
    checks.require("arm", arm in who.protocol.arms, f"Choose one of: {arms}.")
    tidy = checks.field("reason", lambda: entry.name(reason, 300), "")
    with context.write(actor, "Allocated a participant") as tx:
        stands = participants.present(tx.db, participant_id)["arm"]
        if stands and stands != arm:
            checks.require("reason", tidy, "Another arm stands. Say why it is changed.")
        if checks.places:
            raise BadInputError("Nobody was allocated: please mend what is marked.", checks.places)
        if stands != arm:
            participants.record(tx, participant_id, "arm", arm, who.today, tidy)
            reconcile(tx, context, participant_id)


def require_knowing(viewer: Staff, protocol: Protocol) -> None:
    """Refuse whoever may not know the arm; where everybody may, whoever does not care for participants."""
    if protocol.allocation is None:
        require_care(viewer)
    elif not may_know(arm_known_to(protocol), viewer.roles):
        raise ForbiddenError("Your role in this study does not enter who is in which arm.")
