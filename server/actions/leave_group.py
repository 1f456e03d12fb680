"""Let a participant leave their group: its dates to come are called off for them, or become their own."""

from __future__ import annotations

from server.actions.context import Context
from server.actions.enrol_participant import require_care
from server.actions.shared_dates import write_copy
from server.actions.visit_rules import Person, person, refuse, settle
from server.domain import entry
from server.domain.people import Actor, Staff
from server.errors import ConflictError
from server.store import groups, participants
from server.store.transaction import Transaction


def leave_group(
    context: Context,
    actor: Actor,
    viewer: Staff,
    participant_id: str,
    *,
    keep_dates: bool = False,
    reason: str = "",
) -> tuple[str, ...]:
    """Take somebody out of their group and return what is doubtful about their dates now.

    What was held, and every day of their own, stays as it is. `keep_dates`: the dates to come stay
    too, and no longer move with the group.

    Raises:
        BadInputError: the reason cannot be used.
        ConflictError: they are in no group.
        NotFoundError: no such participant for this viewer.

    """
    require_care(viewer)
    who = person(context, viewer, participant_id)
    checks = entry.Checks()
    tidy = checks.field("reason", lambda: entry.name(reason, 300), "")
    refuse(checks)
    with context.write(actor, f"Left a group: {tidy}" if tidy else "Left a group") as tx:
        group_id = participants.present(tx.db, participant_id)["group"]
        if not group_id:
            raise ConflictError("They are in no group.")
        participants.record(tx, participant_id, "group", "", who.today, tidy)
        if not keep_dates:
            _call_off(tx, who, group_id, tidy or "left the group")
        return tuple(text for each in settle(tx, context, who).values() for text in each)


def _call_off(tx: Transaction, who: Person, group_id: str, reason: str) -> None:
    for shared in groups.dates(tx.db, group_id):
        for copy in groups.copies(tx.db, shared["id"]):
            ahead = copy["status"] == "planned" and copy["on_day"] >= who.today.isoformat()
            if copy["participant_id"] == who.id and ahead and groups.follows(copy, shared):
                off = {**shared, "status": "cancelled", "reason": reason}
                write_copy(tx, who, off, copy["id"])
