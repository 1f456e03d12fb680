"""An instrument's structure: every kind of item, its codes and labels, and a score's headline and bands."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from server.catalog.instrument_checks import problems as instrument_problems
from server.catalog.score_checks import problems as score_problems
from server.domain.answers import _READERS, validate
from server.domain.instrument import ItemKind
from server.domain.plain import parse_number, parse_truth, parse_whole
from server.domain.scoring import score
from tests.domain.sitting import CATALOG
from tests.domain.synthetic import instrument_of_every_kind, wording_of_every_kind

EVERY, WORDS = instrument_of_every_kind(), wording_of_every_kind()


def test_all_nine_kinds_of_items_can_be_defined(tmp_path: Path):
    assert {item.kind for item in EVERY.items} == set(get_args(ItemKind))
    assert list(instrument_problems(EVERY, tmp_path / "every-kind" / "1.0.0.yaml")) == []
    assert list(score_problems(EVERY)) == []


def test_every_kind_that_asks_can_be_answered_and_the_others_cannot():
    asking = {item.kind for item in EVERY.items if item.asks}
    assert asking == _READERS.keys()
    assert [item.id for item in EVERY.items if not item.asks] == ["part_one", "hello"]


def test_items_keep_the_order_of_their_file():
    assert [item.id for item in EVERY.questions] == [
        "mood",
        "drove",
        "helped",
        "weight",
        "calm",
        "words",
        "since",
    ]


def test_codes_come_in_the_order_shown():
    assert EVERY.codes(EVERY.item("mood")) == (3, 2, 1)
    assert EVERY.codes(EVERY.item("drove")) == (1, 0)
    assert EVERY.codes(EVERY.item("words")) == ()


def test_each_code_has_a_label_by_set_and_code():
    for item in EVERY.questions:
        for code in EVERY.codes(item):
            assert item.label_set is not None
            assert WORDS.options[item.label_set][code]


def test_an_unknown_item_or_score_is_a_key_error():
    with pytest.raises(KeyError):
        EVERY.item("nobody")
    with pytest.raises(KeyError):
        EVERY.score("nobody")


def test_the_headline_stands_for_the_instrument_and_bands_hold_both_their_ends():
    headline = EVERY.headline
    assert headline is not None
    assert headline.id == "both"
    band = headline.band(2.0)
    assert band is not None
    assert band.label == "little"
    assert headline.band(2.5) is None


@pytest.mark.parametrize(
    ("total", "label"),
    [(14, "moderate"), (14.625, "moderate"), (15, "moderately severe"), (4.5, "minimal")],
)
def test_a_total_that_was_partly_filled_is_in_the_band_whose_upper_neighbour_it_has_not_reached(
    total: float, label: str
):
    found = CATALOG.instrument("phq-9").score("total").band(total)
    assert found is not None
    assert found.label == label


def test_below_the_first_band_and_above_the_last_there_is_none():
    cut = CATALOG.instrument("ies-r").score("total")
    assert cut.band(32.9) is None
    assert CATALOG.instrument("who-5").score("percent").band(50.5) is None


def test_scores_over_every_kind_that_counts():
    said = {"mood": 3, "drove": 1, "calm": 25}
    raw = {name: {"state": "answered", "value": value} for name, value in said.items()}
    results = {each.score_id: each.value for each in score(EVERY, validate(EVERY, raw))}
    assert results == {"both": 4, "ease": 25, "less": 75}


def test_a_wording_names_itself_as_it_is_stored():
    assert WORDS.id == "every-kind/en/1.0.0"


@pytest.mark.parametrize("text", ["010", "1_000", "+3", "3.0", "", " 3", "٣", "99999999999"])
def test_a_whole_number_has_one_spelling(text: str):
    with pytest.raises(ValueError, match="whole number"):
        parse_whole(text)


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e3", ".5", "1.", "010", "1,5", ""])
def test_a_number_has_one_spelling(text: str):
    with pytest.raises(ValueError, match="no number"):
        parse_number(text)


def test_numbers_and_truth_that_are_spelt_so_are_read():
    assert [parse_whole(text) for text in ("0", "-2", "42")] == [0, -2, 42]
    assert [parse_number(text) for text in ("0", "-2.25", "42")] == [0, -2.25, 42]
    assert [parse_truth("true"), parse_truth("false")] == [True, False]
    with pytest.raises(ValueError, match="neither"):
        parse_truth("no")
