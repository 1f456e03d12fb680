"""What is in is scored anew by what holds now: old results stay, new ones count, twice changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from server.actions.choose_scoring import choose_scoring
from server.actions.context import Context
from server.actions.correct_about import correct_about
from server.actions.rescore import Rescored, rescore
from server.catalog.catalog import Catalog
from server.domain.instrument import Instrument
from server.store import responses, scorings, verification
from server.store.database import Row
from tests.actions.test_raise_alerts import safety_check
from tests.cast import EVERYTHING, TESTER, Cast


@pytest.fixture(autouse=True)
def full_set(cast: Cast, context: Context) -> None:
    """The newer protocol, which asks the WHOQOL-BREF."""
    with context.write(TESTER, "the full set") as tx:
        tx.change("studies", cast.study_id, {"protocol_version": "1.1.0"})


def gaps(cast: Cast) -> None:
    """Send a form with two of the physical domain empty: one rule scores it, the other does not."""
    answers = cast.answers("whoqol-bref", 3)
    for item in ("whoqol03", "whoqol04"):
        answers[item] = {"state": "skipped"}
    cast.send(cast.ada, cast.payload(safety_check(cast, "whoqol-bref"), answers))


def choose(cast: Cast, value: str, name: str = "missing_rule") -> int:
    viewer = cast.coordinator
    return choose_scoring(cast.context, cast.actor(viewer), viewer, "whoqol-bref", {name: value})


def physical(cast: Cast) -> Row:
    rows = responses.scores(cast.context.db, EVERYTHING, cast.ada.id)
    (row,) = [each for each in rows if each["score"] == "physical"]
    return row


def exported(cast: Cast) -> list[Any]:
    rows = responses.export(cast.context.db, EVERYTHING)
    return [row["value"] for row in rows if (row["what"], row["name"]) == ("score", "physical")]


def test_a_choice_scores_anew_what_is_in_and_the_old_results_stay(cast: Cast, context: Context):
    gaps(cast)
    assert physical(cast)["value"] is not None
    assert choose(cast, "syntax") == 1
    now = physical(cast)
    assert (now["value"], now["scoring_version"]) == (None, "1 missing_rule=syntax")
    assert exported(cast) == [None], "an export holds what counts, once"
    stored = "SELECT COUNT(*) FROM scores WHERE score = 'physical'"
    assert context.db.value(stored) == 2
    verification.verify(context.db)


def test_whoever_chooses_back_gets_the_first_results_back(cast: Cast, context: Context):
    gaps(cast)
    before = physical(cast)["value"]
    assert (choose(cast, "syntax"), choose(cast, "prose")) == (1, 1)
    assert physical(cast)["value"] == before
    assert context.db.value("SELECT COUNT(*) FROM scores WHERE score = 'physical'") == 2
    assert choose(cast, "prose") == 0
    verification.verify(context.db)


def test_which_score_heads_the_list_changes_no_score_and_no_other_choice(
    cast: Cast, context: Context
):
    gaps(cast)
    choose(cast, "syntax")
    assert choose(cast, "social", "headline") == 0
    assert physical(cast)["scoring_version"] == "1 missing_rule=syntax"


def test_running_it_again_changes_nothing(cast: Cast, context: Context):
    gaps(cast)
    assert run(cast, context).anew == 0
    entries = context.db.value("SELECT COUNT(*) FROM audit")
    again = run(cast, context)
    assert (again.looked_at, again.anew, again.disagreeing) == (1, 0, [])
    assert context.db.value("SELECT COUNT(*) FROM audit") == entries


def run(cast: Cast, context: Context, *, only_look: bool = False) -> Rescored:
    return rescore(context, TESTER, cast.study_id, only_look=only_look)


def mended(context: Context, **changes: Any) -> Context:
    """The same installation, but the WHO-5's percentages count by fives, as a mended file would say."""
    old = context.catalog.instrument("who-5")
    scores = [
        each.model_copy(update={"factor": 5.0, "maximum": 125.0}) if each.id == "percent" else each
        for each in old.scores
    ]
    whole = old.model_dump(exclude={"items", "scores"}) | changes
    new = Instrument.model_validate(whole | {"items": old.items, "scores": scores})
    others = tuple(each for each in context.catalog.instruments if each.id != "who-5")
    catalog = Catalog((*others, new), context.catalog.wordings, context.catalog.protocols)
    return replace(context, catalog=catalog)


def who5(cast: Cast) -> float:
    rows = responses.scores(cast.context.db, EVERYTHING, cast.ada.id)
    (value,) = [row["value"] for row in rows if row["score"] == "percent"]
    return float(value)


def test_a_mended_scoring_counts_once_its_version_was_raised(cast: Cast, context: Context):
    cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "wellbeing-baseline")))
    assert who5(cast) == 60
    silent = run(cast, mended(context))
    assert silent.anew == 0
    assert len(silent.disagreeing) == 1, "the same version must not mean two things"
    assert who5(cast) == 60
    raised = mended(context, scoring_version="2")
    assert run(cast, raised, only_look=True).anew == 1
    assert who5(cast) == 60, "looking writes nothing"
    assert run(cast, raised).anew == 1
    assert who5(cast) == 75
    verification.verify(context.db)


def test_a_definition_that_is_gone_leaves_its_scores_as_they_are(cast: Cast, context: Context):
    cast.send(cast.ada, cast.payload(cast.assessment(cast.ada, "wellbeing-baseline")))
    others = tuple(each for each in context.catalog.instruments if each.id != "who-5")
    bare = replace(context, catalog=replace(context.catalog, instruments=others))
    assert run(cast, bare).unknown == 1
    assert who5(cast) == 60


def test_a_correction_carries_over_what_counts(cast: Cast, context: Context):
    asked = cast.assessment(cast.ada, "alliance-prep", cast.rated)
    cast.send(cast.ada, cast.payload(asked))
    (row,) = responses.of(context.db, EVERYTHING, cast.ada.id)
    with context.write(TESTER, "scored anew") as tx:
        tx.execute(
            "INSERT INTO scores SELECT response_id, score, '2', value + 1, method, reason, prorated,"
            " scored_at, error FROM scores WHERE response_id = ?", [row["id"]],
        )  # fmt: skip
        tx.note("scores", row["id"], "scoring_version", "2")
        scorings.count(tx, row["id"], "2", "a try")
    correct_about(context, cast.ada.device, asked, cast.second.id)
    rows = responses.scores(context.db, EVERYTHING, cast.ada.id)
    assert {each["scoring_version"] for each in rows} == {"2"}
    assert len(rows) == 4
