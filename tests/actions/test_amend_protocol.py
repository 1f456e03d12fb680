"""A version is put in force: for whom it was said, at once, and with a history."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from server.actions.amend_protocol import AmendmentEntry, amend_protocol
from server.actions.change_participant import Change, change_participant
from server.actions.enrol_participant import Enrolment, enrol_participant
from server.actions.reconcile import reconcile
from server.clock import FixedClock
from server.domain.assessment import state
from server.errors import BadInputError, ConflictError, NotFoundError
from server.store import amendments, assessments, studies
from server.store.verification import verify
from tests.amending import NEW, amend, approve, asked, follows, hold_bens_dosing
from tests.cast import ENROLLED, EVERYTHING, TESTER, Cast


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
