"""Enter many dates of one participant at once: all of them are recorded, or none."""

from __future__ import annotations

from collections.abc import Sequence

from server.actions.context import Context
from server.actions.enrol_participant import require_care
from server.actions.visit_rules import (
    Recorded,
    VisitEntry,
    checked,
    person,
    refuse,
    settle,
    write,
)
from server.domain import entry
from server.domain.people import Actor, Staff
from server.errors import BadInputError, ConflictError, NotFoundError


def record_dates(
    context: Context,
    actor: Actor,
    viewer: Staff,
    participant_id: str,
    dates: Sequence[VisitEntry],
) -> tuple[Recorded, ...]:
    """Record them in one transaction and plan once; return each visit, in the order entered.

    Each is planned, or (on a day that is past) held as planned; with `visit_id` it changes one that is
    there. The same new dates sent twice are refused the second time.

    Raises:
        BadInputError: something cannot be used; `places` names each field as `2.on` (the third date's
            day), with its remedy.
        NotFoundError: no such participant for this viewer.

    """
    require_care(viewer)
    who = person(context, viewer, participant_id)
    checks = entry.Checks()
    tidy = [
        checked(each, who, checks, f"{number}.") for number, each in enumerate(dates)
    ]  # fmt: skip
    refuse(checks)
    with context.write(actor, "Entered the dates of a course") as tx:
        ids = []
        for number, each in enumerate(tidy):
            try:
                ids.append(write(tx, who, each, f"{number}."))
            except (ConflictError, NotFoundError) as error:
                checks.require(f"{number}.on", holds=False, remedy=str(error))
            except BadInputError as error:
                for place, remedy in error.places.items():
                    checks.require(place, holds=False, remedy=remedy)
        # Raised only now, so that every remedy shows at once; nothing of it stays written.
        refuse(checks)
        warnings = settle(tx, context, who)
    return tuple(Recorded(each, warnings.get(each, ())) for each in ids)
