"""Let a participant join a group: its dates from today on become visits of their own."""

from __future__ import annotations

from server.actions.context import Context
from server.actions.enrol_participant import require_care
from server.actions.shared_dates import write_copy
from server.actions.visit_rules import person, settle
from server.domain.people import Actor, Staff
from server.errors import ConflictError
from server.store import groups, participants


def join_group(
    context: Context, actor: Actor, viewer: Staff, participant_id: str, group_id: str
) -> tuple[str, ...]:
    """Put somebody into a group and return what is doubtful about their dates now.

    Dates that are past are not theirs: they were not there. Joining again changes nothing.

    Raises:
        BadInputError: a date of the group cannot be theirs; `places` says why.
        ConflictError: they are in another group, or a visit of their own stands in a date's place.
        NotFoundError: no such participant or group for this viewer.

    """
    require_care(viewer)
    who = person(context, viewer, participant_id)
    group = groups.one(context.db, viewer.study_id, group_id)
    with context.write(actor, f"Joined the group {group['label']}") as tx:
        present = participants.present(tx.db, participant_id)["group"]
        if present and present != group_id:
            raise ConflictError("They are in a group already. Let them leave it first.")
        if not present:
            participants.record(tx, participant_id, "group", group_id, who.today)
            for shared in groups.dates(tx.db, group_id):
                ahead = shared["on_day"] >= who.today.isoformat()
                if ahead and shared["status"] == "planned":
                    write_copy(tx, who, shared, groups.copy_of(tx.db, shared["id"], who.id))
        return tuple(text for each in settle(tx, context, who).values() for text in each)
