"""One row at least in every table of the record that the cast leaves empty."""

from __future__ import annotations

from datetime import time

from server.actions.context import Context
from server.store import (
    amendments,
    approvals,
    assessment_facts,
    groups,
    raters,
    readiness,
    scorings,
)
from server.store.amendments import Amendment
from server.store.approvals import Approval
from tests.cast import DOSED, ENROLLED, Cast


def fill(context: Context, cast: Cast) -> None:
    """Say of everything that can be said about a study at least one thing."""
    with context.write(cast.actor(cast.coordinator), "a group and its date") as tx:
        group = groups.add(tx, cast.study_id, "Spring")
        shared = groups.add_date(tx, group, "integration")
        groups.record(tx, shared, "planned", DOSED, time(10), "as agreed")
    with context.write(cast.actor(cast.coordinator), "an excuse and a rater") as tx:
        asked = cast.assessment(cast.ada, "distress-baseline")
        assessment_facts.record(tx, asked, "excused", ENROLLED, "was ill")
        raters.record(tx, cast.ada.id, cast.rater.id, "assigned")
    with context.write(cast.actor(cast.administrator), "what goes before going live") as tx:
        approval = Approval("alliance-core", "1.0.0", "0" * 64, "The committee", ENROLLED, "EC-7")
        approvals.add(tx, cast.study_id, approval)
        amendment = Amendment("alliance-core", "1.0.0", "1.1.0", "before", "dosing-1", "asks less")
        amendments.add(tx, cast.study_id, amendment)
        readiness.record(tx, cast.study_id, "crisis numbers", ENROLLED, {"numbers": ["112"]})
    scored = context.db.one("SELECT response_id, scoring_version FROM scores LIMIT 1")
    if scored is not None:
        with context.write(cast.actor(cast.coordinator), "scored anew") as tx:
            scorings.count(tx, scored["response_id"], scored["scoring_version"], "a try")
    with context.write(cast.actor(cast.coordinator), "words for somebody outside") as tx:
        row = {"id": "outside", "study_id": cast.study_id, "participant_id": cast.ada.id,
               "sealed": b"sealed", "received_at": tx.at_text}  # fmt: skip
        tx.add("outside_messages", row)
