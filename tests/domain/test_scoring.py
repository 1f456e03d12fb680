"""Scores: against third parties' scorers, by the authors' keys, and when answers are missing."""

from __future__ import annotations

from typing import get_args

import pytest

from server.domain.answers import Answer, AnswerState
from server.domain.instrument import Instrument, Score
from server.domain.scoring import METHODS, score
from server.errors import BadInputError
from tests.domain.sitting import CATALOG, SCORED, VECTORS, answered, scored

WAI, IES, WHO = (CATALOG.instrument(name) for name in ("wai-sr", "ies-r", "who-5"))
WHOQOL, QIDS, RAND = (CATALOG.instrument(name) for name in ("whoqol-bref", "qids-sr16", "rand-36"))
PCL, PHQ, MEQ = (CATALOG.instrument(name) for name in ("pcl-5", "phq-9", "meq30"))
PROMIS, EQ, CSSRS = (CATALOG.instrument(n) for n in ("promis-gh", "eq-5d-5l", "c-ssrs-screener"))


@pytest.mark.skipif(not VECTORS, reason="no scoring_vectors.json: set ATTUNE_SHARED to its folder")
@pytest.mark.parametrize("name", VECTORS or ["none"])
def test_scores_equal_those_of_a_third_party(name: str):
    # A block may say after its instrument's id by which rule it was scored.
    instrument = CATALOG.instrument(name.partition(" ")[0])
    records = VECTORS[name]["records"]
    assert records
    for record in records:
        results = scored(instrument, record["answers"])
        complete = None not in record["answers"]
        for score_id, expected in record["expected"].items():
            result = results[score_id]
            if expected is None:
                assert result.value is None, (record["answers"], score_id)
                assert result.reason
                continue
            # Third parties round to four decimals at most.
            assert result.value == pytest.approx(float(expected), abs=1e-3), (record, score_id)
            if complete:
                assert not result.prorated
                assert not result.reason


def test_every_block_of_the_third_parties_is_of_an_instrument_that_we_ship():
    if VECTORS:
        assert len(VECTORS) == 18
        assert {name.partition(" ")[0] for name in VECTORS} <= {each.id for each in SCORED}


# ---------------------------------------------------------------- keys


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


def test_pcl_clusters_are_those_of_dsm_5():
    # The seventh item is avoidance (C), the eighth and the fourteenth are D, the fifteenth is E.
    for number, letter in [(5, "b"), (6, "c"), (7, "c"), (8, "d"), (14, "d"), (15, "e")]:
        results = scored(PCL, [4 if place == number else 0 for place in range(1, 21)])
        assert [name for name in "bcde" if results[name].value == 4] == [letter]


def test_whoqol_turns_three_items_around_and_stores_what_was_answered():
    pain, joy = [3] * 26, [3] * 26
    pain[2], joy[4] = 5, 5
    assert scored(WHOQOL, pain)["physical"].value == pytest.approx(50 - 100 * 2 / 4 / 7)
    assert scored(WHOQOL, joy)["psychological"].value == pytest.approx(50 + 100 * 2 / 4 / 6)


def test_rand_counts_pain_and_limits_by_their_tables():
    best = [1] * 36
    for place in (*range(3, 13),):
        best[place - 1] = 3
    results = scored(RAND, best)
    assert results["physical_functioning"].value == 100
    assert results["pain"].value == 100
    assert results["role_physical"].value == 0


def test_promis_tells_t_with_its_standard_error():
    results = scored(PROMIS, [3, 3, 3, 3, 3, 3, 5, 3, 3, 3])
    assert (results["physical_raw"].value, results["physical_t"].value) == (12, 39.8)
    assert results["physical_t"].error == 4.1
    assert (results["mental_t"].value, results["mental_t"].error) == (43.5, 3.6)
    assert results["physical_raw"].error is None


def test_eq_5d_writes_a_profile():
    results = scored(EQ, [2, 1, 1, 4, 3, 70])
    assert [results[name].value for name in ("profile", "level_sum", "vas")] == [21143, 11, 70]


def test_the_screeners_most_serious_yes_decides_its_triage():
    assert scored(CSSRS, [0] * 7)["triage"].value == 0
    assert scored(CSSRS, [1, 1, 0, 0, 0, 0, 0])["triage"].value == 1
    assert scored(CSSRS, [0, 0, 0, 0, 0, 1, 0])["triage"].value == 2
    assert scored(CSSRS, [1, 1, 1, 0, 1, 0, 0])["triage"].value == 3
    assert scored(CSSRS, [0, 0, 0, 0, 0, 1, 1])["triage"].value == 3


@pytest.mark.parametrize(
    ("answers", "triage"),
    [
        ([1, 1, None, 1, None, None, None], 3),
        ([None, None, None, None, None, 1, 1], 3),
        ([1, 1, 1, 0, None, 0, None], None),
        ([1, 0, None, None, None, None, None], None),
        ([None] * 7, None),
    ],
)
def test_the_most_serious_yes_decides_whatever_else_was_left_empty(
    answers: list[int | None], triage: int | None
):
    result = scored(CSSRS, answers)["triage"]
    assert result.value == triage
    assert bool(result.reason) == (triage is None)
    assert not result.prorated


def test_the_phq_algorithm_lets_item_9_count_from_one_on():
    four_and_nine = [2, 2, 2, 2, 0, 0, 0, 0, 1]
    assert scored(PHQ, four_and_nine)["major_syndrome"].value == 1
    assert scored(PHQ, [2, 2, 2, 2, 1, 0, 0, 0, 0])["major_syndrome"].value == 0
    assert scored(PHQ, [2, 2, 2, 2, 1, 0, 0, 0, 0])["other_syndrome"].value == 1
    # Five, but neither interest nor mood.
    assert scored(PHQ, [1, 1, 3, 3, 3, 3, 3, 0, 0])["major_syndrome"].value == 0


def test_a_complete_mystical_experience_needs_sixty_percent_of_every_part():
    assert scored(MEQ, [3] * 30)["complete_mystical"].value == 1
    words_too_easy: list[int | None] = [5] * 30
    words_too_easy[2] = words_too_easy[9] = words_too_easy[28] = 2
    assert scored(MEQ, words_too_easy)["complete_mystical"].value == 0


# ---------------------------------------------------------------- missing answers


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


def test_whoqol_follows_the_rule_that_the_study_chose():
    lost: list[int | None] = [4] * 26
    lost[2] = lost[3] = None  # two of the physical domain
    text = scored(WHOQOL, lost)["physical"]
    syntax = scored(WHOQOL, lost, {"missing_rule": "syntax"})["physical"]
    assert text.value == 75
    assert text.prorated
    assert (text.scoring_version, syntax.scoring_version) == ("1", "1 missing_rule=syntax")
    assert syntax.value is None
    assert "5 of 7 items answered, 6 needed" in syntax.reason


@pytest.mark.parametrize("choice", [{"missing_rule": "mine"}, {"rule": "prose"}])
def test_an_unknown_setting_or_choice_is_refused(choice: dict[str, str]):
    with pytest.raises(BadInputError, match=r"whoqol-bref"):
        scored(WHOQOL, [3] * 26, choice)


def test_with_a_fifth_of_whoqol_missing_nothing_is_scored():
    # Overall questions, social and environment: the physical domain itself is complete.
    lost: list[int | None] = [3] * 26
    for place in (1, 2, 8, 9, 20):
        lost[place - 1] = None
    assert scored(WHOQOL, lost)["physical"].value == 50
    lost[20] = None
    results = scored(WHOQOL, lost)
    assert {each.value for each in results.values()} == {None}
    assert "6 of 26 questions unanswered, 5 allowed" in results["physical"].reason


def test_qids_alternatives_stay_empty_without_being_missing():
    # Appetite down (6) and weight up (9) answered; 7 and 8 left empty, as the form asks.
    values: list[int | None] = [1] * 16
    values[5], values[6], values[7], values[8] = 2, None, None, 1
    results = scored(QIDS, values)
    assert (results["appetite_weight"].value, results["appetite_weight"].prorated) == (2, False)
    assert not results["total"].prorated
    values[0] = None
    results = scored(QIDS, values)
    assert results["sleep"].prorated
    assert "1 of 4 items left out" in results["sleep"].reason
    values[9] = None  # concentration is a domain of its own
    assert scored(QIDS, values)["total"].value is None


def test_rand_averages_what_was_answered():
    values: list[int | None] = [1] * 36
    values[20] = None  # one of the two about pain
    pain = scored(RAND, values)["pain"]
    assert (pain.value, pain.prorated) == (100, True)
    assert "the authors' rule" in pain.reason


def test_promis_has_no_t_from_a_partial_sum():
    results = scored(PROMIS, [3, 3, None, 3, 3, 3, 5, 3, 3, 3])
    assert results["physical_t"].value is None
    assert results["mental_t"].value == 43.5


def test_a_rule_is_decided_as_soon_as_no_missing_answer_could_turn_it():
    yes: list[int | None] = [2] * 20
    yes[0] = yes[19] = None
    assert scored(PCL, yes)["provisional_ptsd"].value == 1
    no: list[int | None] = [0] * 20
    no[0] = None
    assert scored(PCL, no)["provisional_ptsd"].value == 0
    open_: list[int | None] = [2] * 20
    open_[5], open_[6] = 0, None  # avoidance hangs on the missing one
    result = scored(PCL, open_)["provisional_ptsd"]
    assert result.value is None
    assert "pcl07 unanswered" in result.reason
    mystical: list[int | None] = [5] * 30
    mystical[3] = None
    assert scored(MEQ, mystical)["complete_mystical"].value is None
    mystical[2] = mystical[9] = mystical[28] = 0
    assert scored(MEQ, mystical)["complete_mystical"].value == 0


def test_an_answer_that_two_parts_of_a_rule_share_is_one_answer_to_both():
    # Were the first endorsed, there would be five; were it not, neither of the first two: not "two to four".
    results = scored(PHQ, [None, 1, 1, 1, 0, 2, 2, 3, 3])
    assert results["other_syndrome"].value == 0
    assert results["major_syndrome"].value is None


def test_a_form_without_any_answer_has_no_score_and_no_zero():
    for instrument in SCORED:
        for result in score(instrument, {}):
            assert result.value is None
            assert result.reason
            assert not result.prorated


@pytest.mark.parametrize("instrument", SCORED, ids=lambda each: each.id)
def test_every_score_says_its_rule_in_words(instrument: Instrument):
    for result in score(instrument, {}):
        assert result.rule
        assert result.method in METHODS
        assert result.scoring_version


def test_open_questions_have_no_scores():
    assert score(CATALOG.instrument("followup-open"), {}) == ()


def test_every_method_that_a_definition_may_name_is_a_function():
    assert set(get_args(Score.model_fields["method"].annotation)) == METHODS.keys()
