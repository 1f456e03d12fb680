"""Move, hold or call off a date that a group shares: everybody who shares it follows, in one transaction."""

from __future__ import annotations

from server.actions.context import Context
from server.actions.enrol_participant import require_care
from server.actions.shared_dates import GroupDate, Shared, checked_date, members, write_copies
from server.actions.visit_rules import Person, clock
from server.domain.people import Actor, Staff
from server.store import groups
from server.store.database import Row
from server.store.transaction import Transaction


def move_group_visit(
    context: Context, actor: Actor, viewer: Staff, group_visit_id: str, when: GroupDate
) -> Shared:
    """Record what stands of the date from now on. Whoever has a day of their own keeps it.

    Raises:
        BadInputError: something cannot be used; `places` names each field, or the code of a member
            who cannot have this date, with its remedy.
        NotFoundError: the viewer's study has no such date.

    """
    require_care(viewer)
    before = groups.date_of(context.db, group_visit_id)
    groups.one(context.db, viewer.study_id, before["group_id"])
    tidy = checked_date(context, viewer, before["kind"], before["course"], when)
    what = "Changed a date of a group"
    with context.write(actor, f"{what}: {tidy.reason}" if tidy.reason else what) as tx:
        before = groups.date_of(tx.db, group_visit_id)
        people = members(tx, context, viewer, before["group_id"])
        sharing, apart = _sharing(tx, before, people)
        stands = (before["status"], before["on_day"], before["at_time"])
        if stands == (tidy.status, tidy.on.isoformat(), clock(tidy.at)):
            return Shared(group_visit_id, (), apart)
        groups.record(tx, group_visit_id, tidy.status, tidy.on, tidy.at, tidy.reason)
        shared = groups.date_of(tx.db, group_visit_id)
        return Shared(
            group_visit_id, tuple(sharing), apart, write_copies(tx, context, shared, sharing)
        )


def _sharing(
    tx: Transaction, before: Row, people: dict[str, Person]
) -> tuple[dict[str, tuple[Person, str | None]], tuple[str, ...]]:
    """Return code → person and visit of those who share the date, and the codes of who deviates."""
    mine = {row["participant_id"]: row for row in groups.copies(tx.db, before["id"])}
    sharing: dict[str, tuple[Person, str | None]] = {}
    apart = []
    for code, who in people.items():
        copy = mine.get(who.id)
        if copy is not None and groups.follows(copy, before):
            sharing[code] = (who, copy["id"])
        elif copy is not None:
            apart.append(code)
    return sharing, tuple(apart)
