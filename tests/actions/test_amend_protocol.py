"""A version is approved, then put in force: for whom it was said, at once, and with a history."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from server.actions.amend_protocol import AmendmentEntry, amend_protocol
from server.actions.approve_protocol import ApprovalEntry, approve_protocol
from server.actions.change_participant import Change, change_participant
from server.actions.enrol_participant import Enrolment, enrol_participant
from server.actions.preview_amendment import outlook
from server.actions.reconcile import reconcile
from server.actions.record_visit import VisitEntry, record_visit
from server.clock import FixedClock
from server.domain.assessment import state
from server.domain.people import Staff
from server.errors import BadInputError, ConflictError, ForbiddenError, NotFoundError
from server.store import amendments, approvals, assessments, participants, studies
from server.store.verification import verify
from tests.cast import ENROLLED, EVERYTHING, PREPARED, TESTER, Cast

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


# ---------------------------------------------------------------- approving


def test_an_approval_names_who_when_and_the_very_file(cast: Cast):
    approve(cast)
    digest = cast.context.catalog.digest("alliance-core", NEW)
    row = approvals.standing(cast.context.db, cast.study_id, "alliance-core", NEW, digest)
    assert row is not None
    assert (row["approved_by"], row["approved_on"], row["reference"], row["recorded_name"]) == (
        "Ethics committee", "2027-02-20", "EC-17", "Ines Investigator",
    )  # fmt: skip


def test_a_changed_file_voids_it(cast: Cast):
    approve(cast)
    catalog = cast.context.catalog
    changed = replace(catalog, digests={**catalog.digests, ("alliance-core", NEW): "other"})
    cast = replace(cast, context=replace(cast.context, catalog=changed))
    with pytest.raises(ConflictError, match="not approved as its file stands"):
        amend(cast)


def test_what_was_looked_at_must_be_what_is_there(cast: Cast):
    given = ApprovalEntry(NEW, "0" * 64, "Somebody", date(2027, 2, 20))
    with pytest.raises(ConflictError, match="changed since you looked"):
        approve_protocol(cast.context, TESTER, cast.investigator, given)


@pytest.mark.parametrize(
    ("place", "change"),
    [
        ("approved_by", {"approved_by": " "}),
        ("approved_on", {"approved_on": None}),
        ("approved_on", {"approved_on": date(2027, 3, 2)}),
    ],
)
def test_an_approval_wants_a_name_and_a_day_that_is_past(cast: Cast, place: str, change: dict):
    digest = cast.context.catalog.digest("alliance-core", NEW)
    given = replace(ApprovalEntry(NEW, digest, "Somebody", date(2027, 2, 20)), **change)
    with pytest.raises(BadInputError) as refused:
        approve_protocol(cast.context, TESTER, cast.investigator, given)
    assert set(refused.value.places) == {place}


def test_only_those_who_lead_approve_and_amend(cast: Cast):
    for viewer in (cast.coordinator, cast.monitor, cast.rated):
        with pytest.raises(ForbiddenError):
            approve(cast, viewer=viewer)
        with pytest.raises(ForbiddenError):
            amend_protocol(cast.context, TESTER, viewer, AmendmentEntry(NEW, "all", "", "why"))


# ---------------------------------------------------------------- putting in force


def test_r22_nothing_is_put_in_force_without_its_approval(cast: Cast):
    with pytest.raises(ConflictError, match="not approved"):
        amend(cast)
    assert follows(cast) == {"SYN-001": "", "SYN-002": ""}
    assert studies.one(cast.context.db, cast.study_id)["protocol_version"] == "1.0.0"


def test_for_all_everybody_is_planned_anew_in_one_transaction(cast: Cast):
    approve(cast)
    assert "safety-prep" not in asked(cast, cast.ada.id)
    amend(cast)
    assert follows(cast) == {"SYN-001": NEW, "SYN-002": NEW}
    for person in (cast.ada, cast.ben):
        assert {"safety-prep", "safety-baseline", "quality-baseline"} <= asked(cast, person.id)
        rows = assessments.of(cast.context.db, EVERYTHING, person.id)
        assert {row["protocol_version"] for row in rows} == {NEW}
    assert verify(cast.context.db).audit_seq > 0


def test_for_new_ones_those_who_are_there_keep_theirs(cast: Cast):
    approve(cast)
    ada, ben = asked(cast, cast.ada.id), asked(cast, cast.ben.id)
    amend(cast, "new")
    assert follows(cast) == {"SYN-001": "1.0.0", "SYN-002": "1.0.0"}
    later = enrol_participant(
        cast.context, cast.actor(cast.coordinator), cast.coordinator,
        Enrolment("SYN-003", "Europe/Berlin", "en", "immediate", "none", "", "", "", ENROLLED),
    )  # fmt: skip
    assert "safety-baseline" in asked(cast, later)
    # Whatever makes them be planned anew, they stay on the version that they are pinned to.
    with cast.context.write(TESTER, "planned anew") as tx:
        for person in (cast.ada, cast.ben):
            reconcile(tx, cast.context, person.id)
    assert (asked(cast, cast.ada.id), asked(cast, cast.ben.id)) == (ada, ben)


def test_before_a_visit_takes_along_whoever_has_not_had_it(cast: Cast):
    approve(cast)
    hold_bens_dosing(cast)
    amend(cast, "before", "dosing-1")
    assert follows(cast) == {"SYN-001": NEW, "SYN-002": "1.0.0"}
    assert "safety-prep" in asked(cast, cast.ada.id)
    assert "safety-prep" not in asked(cast, cast.ben.id)


def test_answers_keep_their_place_whatever_the_new_version_asks(cast: Cast):
    approve(cast)
    amend(cast)
    answered = cast.assessment(cast.ada, "safety-baseline")
    cast.send(cast.ada, cast.payload(answered))
    before = cast.context.db.one("SELECT * FROM assessments WHERE id = ?", [answered])
    # Back to the version that knows no safety check.
    approve(cast, "1.0.0")
    amend(cast, version="1.0.0")
    after = cast.context.db.one("SELECT * FROM assessments WHERE id = ?", [answered])
    assert after == before
    assert after is not None
    assert state(after, cast.context.clock.now()) == "answered"
    assert "quality-baseline" not in asked(cast, cast.ada.id)


def test_what_is_asked_for_too_late_is_excused_and_nobody_missed_it(cast: Cast, clock: FixedClock):
    approve(cast)
    clock.move(timedelta(days=10))
    amend(cast)
    row = next(
        row
        for row in assessments.of(cast.context.db, EVERYTHING, cast.ada.id)
        if row["definition"] == "quality-baseline"
    )
    assert state(row, clock.now()) == "excused"
    said = cast.context.db.one(
        "SELECT reason FROM assessment_facts WHERE assessment_id = ?", [row["id"]]
    )
    assert said is not None
    assert NEW in said["reason"]
    # What had been asked in time and missed stays missed.
    missed = cast.assessment(cast.ada, "wellbeing-baseline")
    told = assessments.one(cast.context.db, EVERYTHING, missed)
    assert state(told, clock.now()) == "unopened"


def test_somebody_who_withdrew_keeps_the_version_that_asked_last(cast: Cast):
    approve(cast)
    change_participant(
        cast.context, cast.actor(cast.coordinator), cast.coordinator, cast.ben.id,
        Change(status="withdrawn"),
    )  # fmt: skip
    amend(cast)
    assert follows(cast) == {"SYN-001": NEW, "SYN-002": "1.0.0"}


def test_the_history_says_which_version_held_since_when_and_why(cast: Cast):
    approve(cast)
    amend(cast)
    rows = amendments.versions_followed(cast.context.db, cast.coordinator, cast.ada.id)
    assert [(row["version"], row["from_on"], row["reason"]) for row in rows] == [
        ("1.0.0", ENROLLED.isoformat(), ""),
        (NEW, "2027-03-01", "The committee asked for it"),
    ]
    assert amendments.versions_followed(cast.context.db, cast.outsider, cast.ada.id) == []
    (row,) = amendments.of(cast.context.db, cast.study_id)
    assert (row["from_version"], row["to_version"], row["scope"]) == ("1.0.0", NEW, "all")
    assert row["recorded_name"] == "Ines Investigator"


@pytest.mark.parametrize(
    ("given", "place"),
    [
        (AmendmentEntry(NEW, "some", "", "why"), "scope"),  # type: ignore[arg-type]
        (AmendmentEntry(NEW, "before", "", "why"), "before_visit"),
        (AmendmentEntry(NEW, "before", "enrolment-1", "why"), "before_visit"),
        (AmendmentEntry(NEW, "all", "", " "), "reason"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    cast: Cast, given: AmendmentEntry, place: str
):
    approve(cast)
    with pytest.raises(BadInputError) as refused:
        amend_protocol(cast.context, TESTER, cast.investigator, given)
    assert set(refused.value.places) == {place}
    assert amendments.of(cast.context.db, cast.study_id) == []


def test_the_same_again_is_no_amendment(cast: Cast):
    approve(cast)
    amend(cast)
    with pytest.raises(BadInputError, match="in force for them already"):
        amend(cast)
    assert len(amendments.of(cast.context.db, cast.study_id)) == 1


def test_first_for_new_ones_and_later_for_all(cast: Cast):
    approve(cast)
    amend(cast, "new")
    amend(cast, "all")
    assert follows(cast) == {"SYN-001": NEW, "SYN-002": NEW}


def test_a_version_that_is_not_there_is_not_found(cast: Cast):
    with pytest.raises(NotFoundError):
        amend(cast, version="9.9.9")


def test_a_version_without_somebodys_arm_takes_nobody_along(cast: Cast):
    approve(cast)
    catalog = cast.context.catalog
    armless = [
        each.model_copy(update={"arms": {"delayed": "Delayed"}}) if each.version == NEW else each
        for each in catalog.protocols
    ]
    context = replace(cast.context, catalog=replace(catalog, protocols=tuple(armless)))
    with pytest.raises(ConflictError, match="an arm"):
        amend(replace(cast, context=context))
    assert follows(cast) == {"SYN-001": "", "SYN-002": ""}


# ---------------------------------------------------------------- looking ahead


def test_what_is_shown_beforehand_is_what_then_happens(cast: Cast):
    approve(cast)
    hold_bens_dosing(cast)
    context, study = cast.context, studies.one(cast.context.db, cast.study_id)
    new = context.catalog.protocol("alliance-core", NEW)
    shown = {
        each.code: each
        for each in outlook(context, cast.investigator, study, new, "before", "dosing-1")
    }
    assert (shown["SYN-001"].moves, shown["SYN-002"].moves) == (True, False)
    assert not shown["SYN-002"].effect
    before = assessments.stored(context.db, cast.ada.id)
    amend(cast, "before", "dosing-1")
    after = assessments.stored(context.db, cast.ada.id)
    added = [row for key, row in after.items() if key not in before]
    assert shown["SYN-001"].effect.added == len(added) > 3
    again = outlook(
        context, cast.investigator, studies.one(context.db, cast.study_id), new, "all", ""
    )
    assert [each.moves for each in again] == [False, True]


def test_counts_do_not_tell_a_rated_person_what_was_said_of_them(cast: Cast):
    both = Staff(cast.rated.id, cast.study_id, frozenset({"investigator", "facilitator"}))
    context = cast.context
    new = context.catalog.protocol("alliance-core", NEW)
    study = studies.one(context.db, cast.study_id)
    before = outlook(context, both, study, new, "all", "")
    cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "alliance-prep", cast.rated)))
    assert outlook(context, both, study, new, "all", "") == before
    seen = outlook(context, cast.investigator, study, new, "all", "")
    assert seen[0].effect.answered == 1
    # Nor is what they do not see counted as if it were new.
    stood = {row["id"] for row in assessments.of(context.db, both, cast.ada.id)}
    approve(cast)
    amend(cast)
    found = {row["id"] for row in assessments.of(context.db, both, cast.ada.id)}
    assert before[0].effect.added == len(found - stood)


def test_counts_do_not_tell_an_arm_to_whom_it_is_concealed_from(cast: Cast):
    """Two people alike but for the arm look alike to somebody who may not know it (A25)."""
    catalog = cast.context.catalog
    new = catalog.protocol("alliance-core", NEW)
    stands = {name: getattr(new, name) for name in type(new).model_fields}
    only = new.assessments[0].model_copy(
        update={"when": new.assessments[0].when.model_copy(update={"arm": ("delayed",)})}
    )
    armed = type(new).model_validate(
        {**stands, "assessments": (only, *new.assessments[1:]), "allocation": {"known_to": ["administrator"]}}
    )  # fmt: skip
    with cast.context.write(TESTER, "allocated") as tx:
        participants.record(tx, cast.ada.id, "arm", "delayed", ENROLLED)
    study = studies.one(cast.context.db, cast.study_id)
    seen = [
        outlook(cast.context, viewer, study, armed, "all", "")[0].effect
        for viewer in (cast.investigator, cast.administrator)
    ]
    with cast.context.write(TESTER, "allocated otherwise") as tx:
        participants.record(tx, cast.ada.id, "arm", "immediate", ENROLLED)
    otherwise = [
        outlook(cast.context, viewer, study, armed, "all", "")[0].effect
        for viewer in (cast.investigator, cast.administrator)
    ]
    assert seen[0] == otherwise[0]
    assert seen[1] != otherwise[1]
