"""Change: the published arithmetic, each figure with what it rests on, and none where there is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.change import RELIABLE, difference, reliable_threshold, standard_error
from tests.domain.sitting import CATALOG, SCORED

# Instrument, score, SD, r, and the threshold that our facts worked out by hand to one decimal.
COMPUTED = [
    ("pcl-5", "total", 12.4, 0.82, 14.6),
    ("phq-9", "total", 5.5, 0.84, 6.1),
    ("gad-7", "total", 4.5, 0.83, 5.1),
    ("qids-sr16", "total", 3.6, 0.86, 3.7),
    ("bdi-ii", "total", 10.5, 0.93, 7.7),
    ("whoqol-bref", "physical", 18.1, 0.82, 21.3),
    ("whoqol-bref", "psychological", 14.0, 0.81, 16.9),
    ("whoqol-bref", "social", 18.2, 0.68, 28.5),
    ("whoqol-bref", "environment", 13.0, 0.80, 16.1),
    ("promis-gh", "physical_t", 10, 0.81, 12.1),
    ("promis-gh", "mental_t", 10, 0.86, 10.4),
    ("rand-36", "physical_functioning", 27.42, 0.93, 20.1),
    ("rand-36", "role_physical", 40.78, 0.84, 45.2),
    ("rand-36", "role_emotional", 40.71, 0.83, 46.5),
    ("rand-36", "energy_fatigue", 22.39, 0.86, 23.2),
    ("rand-36", "emotional_wellbeing", 21.97, 0.90, 19.3),
    ("rand-36", "social_functioning", 25.43, 0.85, 27.3),
    ("rand-36", "pain", 25.46, 0.78, 33.1),
    ("rand-36", "general_health", 21.11, 0.78, 27.5),
    ("q-les-q-sf", "percent", 11.3, 0.93, 8.3),
]


@pytest.mark.parametrize("case", COMPUTED, ids=lambda case: f"{case[0]} {case[1]}")
def test_reliable_change_is_what_jacobson_and_truax_make_of_r_and_sd(
    case: tuple[str, str, float, float, float],
):
    name, score, sd, r, threshold = case
    assert reliable_threshold(sd, r) == pytest.approx(threshold, abs=0.06)
    instrument = CATALOG.instrument(name)
    middle = instrument.score(score).minimum + 1
    yardstick = difference(instrument, score, middle, middle).yardsticks[0]
    assert yardstick.means == RELIABLE
    assert (yardstick.sd, yardstick.r) == (sd, r)
    assert yardstick.least == pytest.approx(threshold, abs=0.06)
    assert yardstick.source
    assert "Jacobson & Truax 1991" in yardstick.method
    assert yardstick.verdict == "not reached"


def test_with_alpha_the_gad_threshold_is_smaller():
    assert reliable_threshold(4.5, 0.92) == pytest.approx(3.5, abs=0.06)


def test_the_error_of_measurement_is_the_textbooks():
    assert standard_error(10, 0.91) == pytest.approx(3)
    # IES-R: 0.68 times the SD of one's own sample.
    assert reliable_threshold(1, 0.94) == pytest.approx(0.68, abs=0.005)


@given(st.floats(0.1, 100), st.floats(0.01, 0.98), st.floats(0.001, 0.01))
def test_a_better_measure_needs_less_change_and_a_wider_one_more(sd: float, r: float, step: float):
    assert reliable_threshold(sd, r + step) < reliable_threshold(sd, r)
    assert reliable_threshold(sd * 2, r) == pytest.approx(2 * reliable_threshold(sd, r))


def test_a_range_that_sources_name_is_reached_in_between_or_not():
    pcl = CATALOG.instrument("pcl-5")
    verdicts = {}
    for drop in (14, 16, 18):
        found = difference(pcl, "total", 50, 50 - drop)
        assert found.amount == -drop
        verdicts[drop] = [each.verdict for each in found.yardsticks[:2]]
    assert verdicts == {
        14: ["not reached", "not reached"],  # 14.6 computed; 15 to 18 published
        16: ["reached", "between"],
        18: ["reached", "reached"],
    }


def test_a_percentage_is_of_the_first_value_and_of_a_drop_only():
    hamd = CATALOG.instrument("grid-hamd-17")

    def response(first: float, latest: float) -> tuple[str, float]:
        found = difference(hamd, "total", first, latest)
        each = next(each for each in found.yardsticks if each.means == "response")
        return each.verdict, each.least

    assert response(24, 12) == ("reached", 12)
    assert response(24, 13) == ("not reached", 12)
    assert response(24, 48) == ("not reached", 12)
    assert response(0, 0) == ("not reached", 0)


@pytest.mark.parametrize(("name", "score"), [("wai-sr", "total"), ("ies-r", "total")])
def test_where_the_field_agreed_on_nothing_only_the_difference_stands(name: str, score: str):
    found = difference(CATALOG.instrument(name), score, 40, 30)
    assert found.amount == -10
    assert found.yardsticks == ()
    assert found.none


def test_a_score_without_any_word_about_change_says_so():
    found = difference(CATALOG.instrument("wai-sr"), "task", 8, 12)
    assert (found.amount, found.yardsticks) == (4, ())
    assert "no figure" in found.none


@pytest.mark.parametrize(
    ("name", "score"),
    [("meq30", "total"), ("11d-asc", "bliss"), ("c-ssrs-screener", "triage"),
     ("pcl-5", "provisional_ptsd"), ("eq-5d-5l", "profile")],
)  # fmt: skip
def test_what_tells_of_one_session_or_is_no_amount_is_compared_with_nothing(name: str, score: str):
    instrument = CATALOG.instrument(name)
    assert not instrument.compares(instrument.score(score))


def test_whatever_looks_back_on_a_session_stands_alone_and_nothing_else_with_a_total_does():
    alone = {each.id for each in SCORED if each.stands_alone}
    assert alone == {each.id for each in SCORED if "session" in each.recall} | {"c-ssrs-screener"}


def test_every_figure_names_its_source_and_how_well_it_was_checked():
    for instrument in SCORED:
        for name in instrument.change:
            low, high = instrument.score(name).minimum, instrument.score(name).maximum
            found = difference(instrument, name, low, high)
            assert bool(found.yardsticks) != bool(found.none)
            for each in found.yardsticks:
                assert each.source
                assert each.evidence in {"read", "secondary", "recalled"}
                assert 0 <= each.least < high - low or each.most
