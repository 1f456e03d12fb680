"""Every page that staff can open by GET, filled with something: for tests that walk them all."""

from __future__ import annotations

from datetime import time

from server.actions.record_visit import VisitEntry, record_visit
from server.store import alerts, groups, participants, responses, visits
from tests.actions.importing import row, write
from tests.cast import EVERYTHING, PREPARED, TESTER, Cast


def pages(cast: Cast) -> list[str]:
    """Let somebody answer, somebody be needed and two be imported, and return the paths."""
    cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "wellbeing-baseline")))
    response = responses.of(cast.context.db, EVERYTHING, cast.ada.id)[0]["id"]
    visit = visits.of(cast.context.db, EVERYTHING, cast.ada.id)[0]["id"]
    with cast.context.write(TESTER, "somebody is needed") as tx:
        alerts.add(tx, cast.study_id, cast.ada.id, "call-me", "please call")
        group = groups.add(tx, cast.study_id, "Spring")
        shared = groups.add_date(tx, group, "integration")
        groups.record(tx, shared, "planned", PREPARED, time(17))
        participants.record(tx, cast.ben.id, "group", group, PREPARED)
    # Its day is over, and nobody has said whether it was held: Today asks.
    over = VisitEntry("integration", PREPARED, time(17))
    record_visit(cast.context, cast.actor(cast.coordinator), cast.coordinator, cast.ben.id, over)
    write(cast.context, row(), row(code="P-002", dosing_2=""))
    one = f"/staff/participants/{cast.ada.id}"
    asked = cast.assessment(cast.ada, "distress-baseline")
    return [
        f"/staff/assessments/{asked}", f"/staff/assessments/{asked}/transcribe",
        "/staff/", "/staff/participants", "/staff/participants?code=1", "/staff/participants?code=nobody",
        "/staff/participants/enrol", "/staff/participants/imported", one, f"{one}/change", f"{one}/facilitators", f"{one}/phone",
        f"{one}/facilitators/{cast.rated.id}/replace", f"{one}/dates", f"{one}/allocation",
        "/staff/groups", f"/staff/groups/{group}", f"/staff/participants/{cast.ben.id}",
        f"{one}/status", f"{one}/visits/new", f"{one}/visits/{visit}", f"/staff/responses/{response}",
        "/staff/forms", "/staff/forms/whoqol-bref", "/staff/forms/since-last-time", "/staff/settings", "/staff/study", "/staff/study/activities", "/staff/study/simulate",
        "/staff/study/simulate?tried=1&arm=no-such-arm", "/staff/study/help", "/staff/study/new",
        "/staff/study/go-live", "/staff/study/amendments", "/staff/study/amendments/1.1.0",
        "/staff/study/amendments/1.0.0", f"{one}/versions",
        "/staff/study/people", f"/staff/study/people/{cast.monitor.id}", "/demo/mailbox", "/demo/clock",
        "/staff/nothing-here",
    ]  # fmt: skip
