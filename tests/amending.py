"""What tests of amendments do again and again: approve a version, put it in force, see who follows what."""

from __future__ import annotations

from datetime import date

from server.actions.amend_protocol import AmendmentEntry, amend_protocol
from server.actions.approve_protocol import ApprovalEntry, approve_protocol
from server.actions.record_visit import VisitEntry, record_visit
from server.domain.people import Staff
from server.store import amendments, assessments
from tests.cast import EVERYTHING, PREPARED, Cast

NEW = "1.1.0"


def approve(cast: Cast, version: str = NEW, viewer: Staff | None = None) -> None:
    lead = viewer or cast.investigator
    digest = cast.context.catalog.digest("alliance-core", version)
    given = ApprovalEntry(version, digest, "Ethics committee", date(2027, 2, 20), "EC-17")
    approve_protocol(cast.context, cast.actor(lead), lead, given)


def amend(cast: Cast, scope: str = "all", before: str = "", version: str = NEW) -> None:
    lead = cast.investigator
    given = AmendmentEntry(version, scope, before, "The committee asked for it")  # type: ignore[arg-type]
    amend_protocol(cast.context, cast.actor(lead), lead, given)


def follows(cast: Cast) -> dict[str, str]:
    return {
        row["code"]: row["version"] or ""
        for row in amendments.followers(cast.context.db, cast.study_id)
    }


def asked(cast: Cast, participant_id: str) -> set[str]:
    rows = assessments.of(cast.context.db, EVERYTHING, participant_id)
    return {row["definition"] for row in rows if row["retired_at"] is None}


def hold_bens_dosing(cast: Cast) -> None:
    visit = cast.context.db.value(
        "SELECT id FROM visits WHERE participant_id = ? AND kind = 'dosing'", [cast.ben.id]
    )
    entry = VisitEntry("dosing", PREPARED, None, "held", visit_id=visit)
    record_visit(cast.context, cast.actor(cast.coordinator), cast.coordinator, cast.ben.id, entry)
