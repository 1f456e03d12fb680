"""Add a date to a group: each member gets it as a visit of their own, and their plans follow."""

from __future__ import annotations

from server.actions.context import Context
from server.actions.enrol_participant import require_care
from server.actions.shared_dates import GroupDate, Shared, checked_date, members, write_copies
from server.actions.visit_rules import clock
from server.domain.people import Actor, Staff
from server.errors import ConflictError
from server.store import groups


def add_group_visit(
    context: Context,
    actor: Actor,
    viewer: Staff,
    group_id: str,
    kind: str,
    when: GroupDate,
    course: int = 1,
) -> Shared:
    """Add the date for everybody in the group, or (when one of them cannot have it) for nobody.

    Raises:
        BadInputError: something cannot be used; `places` names each field, or the code of a member
            who cannot have this date, with its remedy.
        ConflictError: the group has this date already.
        NotFoundError: the viewer's study has no such group.

    """
    require_care(viewer)
    groups.one(context.db, viewer.study_id, group_id)
    tidy = checked_date(context, viewer, kind, course, when)
    with context.write(actor, "Added a date of a group") as tx:
        for row in groups.dates(tx.db, group_id):
            twin = (row["kind"], row["course"], row["on_day"], row["at_time"]) == (
                kind, course, tidy.on.isoformat(), clock(tidy.at),
            )  # fmt: skip
            if twin and row["status"] != "cancelled":
                raise ConflictError("The group has this date already.")
        shared_id = groups.add_date(tx, group_id, kind, course)
        groups.record(tx, shared_id, tidy.status, tidy.on, tidy.at, tidy.reason)
        shared = groups.date_of(tx.db, shared_id)
        people = members(tx, context, viewer, group_id)
        fresh = {code: (who, None) for code, who in people.items()}
        return Shared(shared_id, tuple(fresh), (), write_copies(tx, context, shared, fresh))
