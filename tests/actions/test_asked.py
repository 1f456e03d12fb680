"""What a study asks while not everybody follows the same version: nobody's forms are forgotten."""

from __future__ import annotations

from datetime import date

import pytest

from server.actions import asked
from server.actions.choose_scoring import choose_scoring
from server.actions.context import Context
from server.actions.duty import watching
from server.actions.print_summary import gather
from server.actions.reconcile import reconcile
from server.store import participants, studies
from tests.cast import TESTER, Cast


@pytest.fixture
def apart(cast: Cast, context: Context) -> Cast:
    """Ada alone follows the newer version, which asks the WHOQOL-BREF."""
    with context.write(TESTER, "a version apart") as tx:
        tx.change("studies", cast.study_id, {"protocol_version": "1.0.0"})
        participants.record(tx, cast.ada.id, "protocol", "1.2.0", date(2027, 3, 1))
        reconcile(tx, context, cast.ada.id)
    return cast


def test_what_one_person_is_asked_the_study_asks(apart: Cast, context: Context):
    study = studies.one(context.db, apart.study_id)
    assert [each.version for each in asked.in_force(context, study)] == ["1.0.0", "1.2.0"]
    assert "whoqol-bref" in asked.instruments(context, study)


def test_its_scoring_can_be_chosen_though_most_are_never_asked_it(apart: Cast, context: Context):
    actor = apart.actor(apart.coordinator)
    choices = {"missing_rule": "syntax"}
    choose_scoring(context, actor, apart.coordinator, "whoqol-bref", choices)
    study = studies.one(context.db, apart.study_id)
    assert study["scoring"]["whoqol-bref"]["missing_rule"] == "syntax"


def test_who_has_withdrawn_holds_no_version_in_force(apart: Cast, context: Context):
    with context.write(TESTER, "withdrew") as tx:
        participants.record(tx, apart.ada.id, "status", "withdrawn", date(2027, 3, 1))
    study = studies.one(context.db, apart.study_id)
    assert [each.version for each in asked.in_force(context, study)] == ["1.0.0"]


def test_a_study_that_is_not_stored_yet_asks_what_its_own_version_asks(context: Context):
    new = {"id": "not-stored", "protocol": "alliance-core", "protocol_version": "1.2.0"}
    assert [each.version for each in asked.in_force(context, new)] == ["1.2.0"]
    assert watching(context, new) == ["Safety check"]


def test_somebody_must_be_on_duty_while_anybody_is_asked_about_safety(
    apart: Cast, context: Context
):
    assert watching(context, studies.one(context.db, apart.study_id)) == ["Safety check"]


def test_a_summary_names_visits_as_the_participants_own_version_does(
    apart: Cast, context: Context, monkeypatch: pytest.MonkeyPatch
):
    newest = context.catalog.protocol("alliance-core", "1.2.0")
    kind = newest.visits["preparation"].model_copy(update={"label": "Making ready"})
    renamed = newest.model_copy(update={"visits": {**newest.visits, "preparation": kind}})
    protocol = context.catalog.protocol
    monkeypatch.setattr(
        type(context.catalog),
        "protocol",
        lambda _self, id_, version=None: renamed if version == "1.2.0" else protocol(id_, version),
    )
    for person, said in ((apart.ada, "Making ready 1"), (apart.ben, "Preparation 1")):
        reader = apart.coordinator
        record = gather(context, reader, reader, person.id, research_copy=False)
        assert {line.label for line in record.visits if line.kind == "preparation"} <= {said}
        assert record.visits or person is apart.ben
