"""Make a group: people who go through a programme on the same dates."""

from __future__ import annotations

from server.actions.context import Context
from server.actions.enrol_participant import require_care
from server.actions.reconcile import design
from server.domain import entry
from server.domain.people import Actor, Staff
from server.errors import BadInputError, ConflictError
from server.store import groups, studies


def create_group(context: Context, actor: Actor, viewer: Staff, label: str) -> str:
    """Make a group in the viewer's study and return its id; members and dates follow.

    Raises:
        BadInputError: no usable label, or the study's protocol has no visit with shared dates.
        ConflictError: a group of the study is called this already.

    """
    require_care(viewer)
    protocol, _instruments = design(context, studies.one(context.db, viewer.study_id))
    checks = entry.Checks()
    tidy = checks.field("label", lambda: entry.name(label, 60), "")
    checks.require("label", tidy, "Give the group a name, for example Spring 2027.")
    shared = any(kind.group for kind in protocol.visits.values())
    checks.require("label", shared, "No visit of this study's protocol has dates that are shared.")
    if checks.places:
        raise BadInputError("No group was made: please mend what is marked.", checks.places)
    with context.write(actor, "Made a group") as tx:
        if groups.label_taken(tx.db, viewer.study_id, tidy):
            raise ConflictError(f"There is a group called {tidy} already.")
        return groups.add(tx, viewer.study_id, tidy)
