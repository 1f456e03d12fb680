"""What putting a version of the protocol in force would do, for whom: looked at, nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass

from server.actions.context import Context
from server.clock import from_text
from server.domain.amendment import Effect, Scope, Stored, effect, moves
from server.domain.concealment import arm_known_to, may_know
from server.domain.facts import Facts
from server.domain.instrument import Instrument
from server.domain.people import Staff
from server.domain.protocol import Protocol
from server.domain.timeline import PlannedAssessment, plan
from server.store import amendments, assessments, study_facts
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
    look = _Look(context, viewer, new)
    facts = study_facts.of(context.db, study["id"], new.asks_results_of())
    stored = assessments.outlines(context.db, viewer)
    found = []
    for row in amendments.followers(context.db, study["id"]):
        version = row["version"] or study["protocol_version"]
        known = facts[row["id"]]
        taken = version != new.version and moves(scope, known, before)
        does = look.effect(version, known, stored.get(row["id"], [])) if taken else Effect()
        found.append(Outlook(row["id"], row["code"], row["status"], version, taken, does))
    return found


class _Look:
    """One viewer's look at what a version would do to one participant after another."""

    def __init__(self, context: Context, viewer: Staff, new: Protocol) -> None:
        self.context, self.viewer, self.new = context, viewer, new
        self.now = context.clock.now()
        self.instruments = _instruments(context, new)
        self.conceals = dict[str, frozenset[str]]()

    def effect(self, version: str, facts: Facts, stored: list[Row]) -> Effect:
        """Return what the new version changes for somebody who follows this one."""
        telling = self._telling(version)
        return effect(
            [_stored(each) for each in stored if each["definition"] not in telling],
            [
                each
                for each in plan(self.new, self.instruments, facts)
                if _shown(self.viewer, each) and each.definition not in telling
            ],
            self.now,
        )

    def _telling(self, version: str) -> frozenset[str]:
        """Return what would tell this viewer an arm, in either version: worked out once for each."""
        if version not in self.conceals:
            old = self.context.catalog.protocol(self.new.id, version)
            self.conceals[version] = _telling(self.viewer, old, self.new)
        return self.conceals[version]


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
