"""Put an approved version of the protocol in force: for new participants, for all, or for some."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from server.actions.check_readiness import study_readiness
from server.actions.context import Context
from server.actions.prepare_study import require_lead
from server.actions.reconcile import reconcile
from server.clock import to_text
from server.domain import entry
from server.domain.amendment import Scope, milestones, moves
from server.domain.localtime import zone_at
from server.domain.people import Actor, Staff
from server.domain.protocol import Protocol
from server.errors import BadInputError, ConflictError
from server.store import (
    amendments,
    approvals,
    assessment_facts,
    assessments,
    participants,
    studies,
)
from server.store.amendments import Amendment
from server.store.database import Row
from server.store.transaction import Transaction

SCOPES: tuple[Scope, ...] = ("new", "all", "before")
# What an added form is called whose time was over when the amendment came: nobody missed it.
TOO_LATE = "Asked for only since version {version} of the protocol, when its time was over."


@dataclass(frozen=True)
class AmendmentEntry:
    """What staff enter. `before_visit` (like dosing-1) is needed for the scope `before`."""

    version: str
    scope: Scope
    before_visit: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Amended:
    """How many were put on the version, and how many stay on the one they had."""

    moved: int
    stayed: int


def amend_protocol(context: Context, actor: Actor, viewer: Staff, given: AmendmentEntry) -> Amended:
    """Put a version in force, in one transaction for the whole study; whoever enrols later follows it.

    Everybody who is there already is from then on pinned to one version, with the day it holds from.

    Raises:
        BadInputError: the scope or the visit makes no sense, no reason, or nothing would change.
        ConflictError: the version is not approved as it stands; a live study lacks what it needs for it;
            or somebody's arm is not in it.
        NotFoundError: there is no such version.

    """
    require_lead(viewer)
    with context.write(actor, f"Amended the protocol to {given.version}") as tx:
        study = studies.one(tx.db, viewer.study_id)
        new = context.catalog.protocol(study["protocol"], given.version)
        old = context.catalog.protocol(study["protocol"], study["protocol_version"])
        tidy = _checked(given, old, new)
        _require_fit(context, study, new)
        people = amendments.followers(tx.db, study["id"])
        moved = sum(_carry(tx, context, study, row, new, tidy) for row in people)
        if not moved and old.version == new.version:
            message = f"Nobody would change: version {new.version} is in force for them already."
            raise BadInputError(message, {"scope": message})
        if old.version != new.version:
            studies.change(tx, study["id"], {"protocol_version": new.version})
        amendments.add(tx, study["id"], tidy)
    return Amended(moved, len(people) - moved)


def _checked(given: AmendmentEntry, old: Protocol, new: Protocol) -> Amendment:
    checks = entry.Checks()
    checks.require("scope", given.scope in SCOPES, "Say for whom it holds.")
    limits = {*milestones(old), *milestones(new)}
    named = given.scope != "before" or given.before_visit in limits
    checks.require("before_visit", named, "Choose the visit that must not have been held.")
    reason = checks.field("reason", lambda: entry.name(given.reason, 500), "")
    checks.require("reason", reason, "Say why; it stands in every participant's history.")
    if checks.places:
        raise BadInputError("Nothing was changed.", checks.places)
    before = given.before_visit if given.scope == "before" else ""
    return Amendment(new.id, old.version, new.version, given.scope, before, reason)


def _require_fit(context: Context, study: Row, new: Protocol) -> None:
    digest = context.catalog.digest(new.id, new.version)
    if approvals.standing(context.db, study["id"], new.id, new.version, digest) is None:
        message = f"Version {new.version} is not approved as its file stands now. Approve it first."
        raise ConflictError(message)
    if study["live_at"] is None:
        return
    found = study_readiness(context, study, new.version)
    if not found.check("wordings").passes:
        forms = ", ".join(dict.fromkeys(each.title for each in found.wordings if not each.fit))
        raise ConflictError(f"These forms have sample sentences only: {forms}. Load their wording.")
    if not found.check("duty").passes:
        raise ConflictError(
            "This version asks about safety, and nobody is on duty. Enter somebody."
        )


def _carry(
    tx: Transaction, context: Context, study: Row, row: Row, new: Protocol, amendment: Amendment
) -> bool:
    """Pin somebody to the version that they follow now, or move them; return whether they moved."""
    present = row["version"] or study["protocol_version"]
    if row["version"] is None:
        since = date.fromisoformat(row["enrolled_on"])
        participants.record(tx, row["id"], "protocol", present, since)
    facts = participants.facts(tx.db, row["id"])
    if present == new.version or not moves(amendment.scope, facts, amendment.before_visit):
        return False
    if facts.arm and facts.arm not in new.arms:
        message = (
            f"Somebody is in an arm that version {new.version} does not have. Nothing changed."
        )
        raise ConflictError(message)
    today = tx.at.astimezone(ZoneInfo(zone_at(facts.zones, tx.at))).date()
    participants.record(tx, row["id"], "protocol", new.version, today, amendment.reason)
    before = assessments.stored(tx.db, row["id"])
    reconcile(tx, context, row["id"])
    _excuse_the_late(tx, row["id"], before, new.version, today)
    return True


def _excuse_the_late(
    tx: Transaction, participant_id: str, before: dict[str, Row], version: str, today: date
) -> None:
    """Excuse what was added when it was over already: nobody could have answered, so nobody missed it."""
    for key, row in assessments.stored(tx.db, participant_id).items():
        stood = key in before and before[key]["retired_at"] is None
        waits = row["response_id"] is None and row["retired_at"] is None
        if waits and not stood and row["closes_at"] <= to_text(tx.at):
            reason = TOO_LATE.format(version=version)
            assessment_facts.record(tx, key, "excused", today, reason)
