"""What an amendment would do is shown beforehand: as it then happens, and to nobody who may not know."""

from __future__ import annotations

from typing import Any

import pytest

from server.actions import preview_amendment
from server.actions.preview_amendment import outlook
from server.domain.facts import Facts
from server.domain.instrument import Instrument
from server.domain.people import Staff
from server.domain.protocol import Protocol
from server.domain.timeline import plan
from server.store import assessments, participants, studies
from tests.amending import NEW, amend, approve, hold_bens_dosing
from tests.cast import ENROLLED, TESTER, Cast
from tests.counting import counted, enrol_more


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


def test_a_larger_study_takes_no_more_queries_and_one_plan_each(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    context, plans = cast.context, list[str]()
    study = studies.one(context.db, cast.study_id)
    new = context.catalog.protocol("alliance-core", NEW)

    def planned(protocol: Protocol, instruments: dict[str, Instrument], facts: Facts) -> Any:
        plans.append(facts.participant_id)
        return plan(protocol, instruments, facts)

    def looked() -> int:
        plans.clear()
        with counted(context.db) as run:
            outlook(context, cast.investigator, study, new, "all", "")
        return len(run)

    monkeypatch.setattr(preview_amendment, "plan", planned)
    few = looked()
    more = enrol_more(cast, 3)
    assert looked() == few
    assert sorted(plans) == sorted([cast.ada.id, cast.ben.id, *more])
