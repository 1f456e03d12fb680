"""What putting a version of the protocol in force would do, for whom: looked at, nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass

from server.actions.context import Context
from server.clock import from_text
from server.domain.amendment import Effect, Scope, Stored, effect, moves
from server.domain.concealment import arm_known_to, may_know
from server.domain.instrument import Instrument
from server.domain.people import Staff
from server.domain.protocol import Protocol
from server.domain.timeline import PlannedAssessment, plan
from server.store import amendments, assessments, participants
from server.store.database import Row


@dataclass(frozen=True)
class Outlook:
    """One participant: the version followed now, whether they would be moved, and what that changes."""

    id: str
    code: str
    status: str
    version: str
    moves: bool
    effect: Effect


def outlook(
    context: Context, viewer: Staff, study: Row, new: Protocol, scope: Scope, before: str
) -> list[Outlook]:
    """Return everybody in the study by code, withdrawn ones too.

    Counts hold only what this viewer may see: neither what is hidden from them nor what tells the arm.
    """
    return [
        _of(context, viewer, study, row, new, scope, before)
        for row in amendments.followers(context.db, study["id"])
    ]


def _of(
    context: Context, viewer: Staff, study: Row, row: Row, new: Protocol, scope: Scope, before: str
) -> Outlook:
    facts = participants.facts(context.db, row["id"], new.asks_results_of())
    version = row["version"] or study["protocol_version"]
    taken = version != new.version and moves(scope, facts, before)
    found = Effect()
    if taken:
        old = context.catalog.protocol(new.id, version)
        telling = _telling(viewer, old, new)
        seen = assessments.of(context.db, viewer, row["id"])
        planned = plan(new, _instruments(context, new), facts)
        found = effect(
            [_stored(each) for each in seen if each["definition"] not in telling],
            [each for each in planned if _shown(viewer, each) and each.definition not in telling],
            context.clock.now(),
        )
    return Outlook(row["id"], row["code"], row["status"], version, taken, found)


def _instruments(context: Context, protocol: Protocol) -> dict[str, Instrument]:
    wanted = {each.instrument for each in protocol.assessments}
    return {each: context.catalog.instrument(each) for each in wanted}


def _telling(viewer: Staff, old: Protocol, new: Protocol) -> frozenset[str]:
    """Return the definitions that would tell this viewer an arm by being asked."""
    return frozenset().union(
        *(
            each.follows_arm()
            for each in (old, new)
            if not may_know(arm_known_to(each), viewer.roles)
        )
    )


def _shown(viewer: Staff, planned: PlannedAssessment) -> bool:
    """Whether this viewer will see it once it is stored: the rule of `assessments_seen`."""
    rated = viewer.id in planned.hidden_from
    return not planned.alliance or (viewer.sees_alliance and not rated)


def _stored(row: Row) -> Stored:
    return Stored(
        row["id"],
        row["instrument"],
        from_text(row["opens_at"]),
        from_text(row["target_at"]),
        from_text(row["closes_at"]),
        answered=row["response_id"] is not None,
        retired=row["retired_at"] is not None,
    )
