"""Scores: against third parties' scorers, at their bounds, and when answers are missing."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.catalog.catalog import Catalog
from server.catalog.load import load
from server.config import ROOT
from server.domain.answers import Answer, Answers, AnswerState
from server.domain.instrument import Instrument, Score
from server.domain.scoring import METHODS, ScoreResult, score

CATALOG: Catalog = load(ROOT / "forms", ROOT / "schedules")
SCORED = [each for each in CATALOG.instruments if each.scores]
WAI, IES, WHO = (CATALOG.instrument(name) for name in ("wai-sr", "ies-r", "who-5"))


def _vectors() -> dict[str, Any]:
    folder = Path(os.environ.get("ATTUNE_SHARED", ROOT.parent / "shared"))
    file = folder / "instruments" / "scoring_vectors.json"
    if not file.is_file():
        return {}
    found: dict[str, Any] = json.loads(file.read_text())["instruments"]
    return found


VECTORS = _vectors()


def answered(instrument: Instrument, values: list[int | None]) -> Answers:
    pairs = zip(instrument.questions, values, strict=True)
    return {
        item.id: Answer(item.id, "unanswered")
        if value is None
        else Answer(item.id, "answered", value)
        for item, value in pairs
    }


def scored(instrument: Instrument, values: list[int | None]) -> dict[str, ScoreResult]:
    return {each.score_id: each for each in score(instrument, answered(instrument, values))}


@pytest.mark.skipif(not VECTORS, reason="no scoring_vectors.json: set ATTUNE_SHARED to its folder")
@pytest.mark.parametrize("name", ["wai-sr", "ies-r", "who-5"])
def test_scores_equal_those_of_a_third_party(name: str):
    instrument = CATALOG.instrument(name)
    records = VECTORS[name]["records"]
    assert records
    for record in records:
        results = scored(instrument, record["answers"])
        for score_id, expected in record["expected"].items():
            assert results[score_id].value == pytest.approx(expected), (record["answers"], score_id)
            assert not results[score_id].prorated
            assert not results[score_id].reason


def test_wai_keys_tell_every_item_apart():
    # One item at 5, the others at 1: exactly one subscale rises, by 4.
    keys = {"task": {1, 2, 10, 12}, "bond": {3, 5, 7, 9}, "goal": {4, 6, 8, 11}}
    for number in range(1, 13):
        results = scored(WAI, [5 if place == number else 1 for place in range(1, 13)])
        risen = {name for name in keys if results[name].value == 8}
        assert risen == {name for name, items in keys.items() if number in items}
        assert results["total"].value == 16


def test_ies_item_14_belongs_to_intrusion():
    results = scored(IES, [4 if place == 14 else 0 for place in range(1, 23)])
    assert results["intrusion_sum"].value == 4
    assert results["hyperarousal_sum"].value == 0
    assert results["intrusion"].value == 0.5
    assert results["total"].value == 4


def test_ies_reaches_its_published_maxima():
    results = scored(IES, [4] * 22)
    wanted = {"intrusion_sum": 32, "avoidance_sum": 32, "hyperarousal_sum": 24, "total": 88}
    assert {name: results[name].value for name in wanted} == wanted
    assert [results[n].value for n in ("intrusion", "avoidance", "hyperarousal")] == [4, 4, 4]


def test_a_wai_subscale_with_a_missing_item_is_not_guessed_and_says_why():
    results = scored(WAI, [None, *[3] * 11])
    assert results["task"].value is None
    assert (
        results["task"].reason == "3 of 4 items answered, 4 needed (local rule): wai01 unanswered"
    )
    assert results["bond"].value == 12
    assert results["total"].value is None
    assert "task: 3 of 4 items answered" in results["total"].reason


def test_the_reason_tells_skipped_unanswered_and_not_shown_apart():
    states: list[AnswerState] = ["skipped", "unanswered", "not-shown"]
    answers = answered(WHO, [5] * 5)
    answers.update({f"who0{i}": Answer(f"who0{i}", state) for i, state in enumerate(states, 1)})
    raw = score(WHO, answers)[0]
    assert raw.reason == (
        "2 of 5 items answered, 5 needed (the authors' rule):"
        " who01 skipped, who02 unanswered, who03 not-shown"
    )


def test_ies_fills_a_quarter_and_no_more():
    two_lost: list[int | None] = [None, None, *[2] * 20]  # items 1 and 2, both Intrusion
    results = scored(IES, two_lost)
    assert (results["intrusion_sum"].value, results["intrusion_sum"].prorated) == (16, True)
    assert "2 of 8 items filled with the mean" in results["intrusion_sum"].reason
    assert results["total"].prorated
    assert "intrusion_sum: 2 of 8" in results["total"].reason
    assert not results["avoidance_sum"].prorated
    three_lost: list[int | None] = [None, None, None, *[2] * 19]
    results = scored(IES, three_lost)
    assert results["intrusion_sum"].value is None
    assert results["intrusion"].value is None
    assert results["total"].value is None
    assert results["avoidance_sum"].value == 16


def test_a_form_without_any_answer_has_no_score_and_no_zero():
    for instrument in SCORED:
        for result in score(instrument, {}):
            assert result.value is None
            assert result.reason
            assert not result.prorated


def test_open_questions_have_no_scores():
    assert score(CATALOG.instrument("followup-open"), {}) == ()


def test_every_method_that_a_definition_may_name_is_a_function():
    assert set(get_args(Score.model_fields["method"].annotation)) == METHODS.keys()


# ---------------------------------------------------------------- properties

INSTRUMENTS = st.sampled_from(SCORED)


@st.composite
def filled(draw: st.DrawFn, *, gaps: bool) -> tuple[Instrument, list[int | None]]:
    instrument = draw(INSTRUMENTS)
    values: list[int | None] = []
    for item in instrument.questions:
        code = st.sampled_from(instrument.codes(item))
        values.append(draw(st.none() | code if gaps else code))
    return instrument, values


@settings(deadline=None)
@given(filled(gaps=True))
def test_every_score_lies_in_its_stated_range_or_says_why_there_is_none(
    case: tuple[Instrument, list[int | None]],
):
    instrument, values = case
    results = score(instrument, answered(instrument, values))
    assert [each.score_id for each in results] == [each.id for each in instrument.scores]
    for result in results:
        rule = instrument.score(result.score_id)
        if result.value is None:
            assert result.reason
            assert not result.prorated
        else:
            assert rule.minimum <= result.value <= rule.maximum
            assert result.prorated == bool(result.reason)


@settings(deadline=None)
@given(filled(gaps=False), st.data())
def test_a_higher_answer_never_lowers_a_score(
    case: tuple[Instrument, list[int | None]], data: st.DataObject
):
    instrument, values = case
    place = data.draw(st.integers(0, len(values) - 1))
    before_it = values[place] or 0  # no gaps here; 0 is the code 0
    codes = instrument.codes(instrument.questions[place])
    higher = [code for code in codes if code > before_it]
    raised = list(values)
    raised[place] = max(higher, default=values[place])
    before, after = scored(instrument, values), scored(instrument, raised)
    for name, result in before.items():
        assert after[name].value >= result.value  # type: ignore[operator]
    assert (raised == values) == (
        [each.value for each in before.values()] == [each.value for each in after.values()]
    )


@settings(deadline=None)
@given(filled(gaps=False))
def test_complete_answers_always_score_and_are_never_marked_filled(
    case: tuple[Instrument, list[int | None]],
):
    for result in score(case[0], answered(*case)):
        assert result.value is not None
        assert not result.prorated


@settings(deadline=None)
@given(filled(gaps=True))
def test_filling_keeps_the_mean_of_what_was_answered(case: tuple[Instrument, list[int | None]]):
    instrument, values = case
    answers = answered(instrument, values)
    for result in score(instrument, answers):
        rule = instrument.score(result.score_id)
        if result.value is None or not result.prorated or not rule.items:
            continue
        given_values = [answers[item].value for item in rule.items]
        numbers = [value for value in given_values if isinstance(value, int)]
        lost = len(rule.items) - len(numbers)
        assert 0 < lost <= rule.missing.allow
        share = result.value / len(rule.items) if rule.method == "sum" else result.value
        assert share == pytest.approx(sum(numbers) / len(numbers))
