"""Raw answers into Answers: what fits, what is refused with its place, what was never said (R20)."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.answers import LONGEST_TEXT, Answer, validate
from server.domain.instrument import Instrument
from server.errors import BadInputError
from tests.domain.synthetic import instrument_of_every_kind

EVERY = instrument_of_every_kind()


def say(value: object) -> dict[str, object]:
    return {"state": "answered", "value": value}


def one(item: str, raw: object) -> Answer:
    return validate(EVERY, {item: raw})[item]


def refusal(item: str, raw: object) -> str:
    with pytest.raises(BadInputError) as caught:
        validate(EVERY, {item: raw})
    assert list(caught.value.places) == [item]
    assert item in str(caught.value)
    return caught.value.places[item]


def test_every_question_comes_back_in_order_and_what_only_speaks_does_not():
    answers = validate(EVERY, {})
    assert list(answers) == [item.id for item in EVERY.questions]
    assert "hello" not in answers
    assert {answer.state for answer in answers.values()} == {"unanswered"}


@pytest.mark.parametrize("state", ["skipped", "unanswered", "not-shown"])
def test_the_three_ways_of_saying_nothing_stay_apart_r20(state: str):
    assert one("mood", {"state": state}) == Answer("mood", state, None)  # type: ignore[arg-type]
    assert one("mood", {"state": state, "value": None}).state == state


@pytest.mark.parametrize(
    ("item", "value", "kept"),
    [
        ("mood", 3, 3),
        ("drove", 1, 1),
        ("drove", 0, 0),
        ("helped", [3, 1], (1, 3)),
        ("weight", 71.5, 71.5),
        ("weight", 71, 71),
        ("calm", 0, 0),
        ("calm", 100, 100),
        ("words", " two words ", " two words "),
        ("since", "2028-02-29", "2028-02-29"),
    ],
)
def test_what_fits_is_kept_as_it_was_given(item: str, value: object, kept: object):
    assert one(item, say(value)) == Answer(item, "answered", kept)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("item", "value", "told"),
    [
        ("mood", 9, "one of 3, 2, 1"),
        ("mood", "3", "one of"),
        ("mood", 3.0, "one of"),
        ("mood", True, "one of"),
        ("mood", None, "one of"),
        ("mood", [3], "one of"),
        ("drove", True, "one of 1, 0"),
        ("drove", 2, "one of 1, 0"),
        ("helped", 1, "list of codes"),
        ("helped", [1, 1], "twice"),
        ("helped", [1, 9], "one of"),
        ("weight", math.nan, "finite"),
        ("weight", math.inf, "finite"),
        ("weight", -math.inf, "finite"),
        ("weight", 10**400, "finite"),
        ("weight", "71", "a number"),
        ("weight", True, "a number"),
        ("weight", 19.5, "between 20 and 300"),
        ("weight", 71.25, "steps of 0.5"),
        ("calm", 101, "between 0 and 100"),
        ("words", 7, "text"),
        ("words", "x" * (LONGEST_TEXT + 1), "20,001 characters"),
        ("since", "2027-02-29", "calendar"),
        ("since", "20270301", "a day"),
        ("since", "2027-03-01T10:00", "a day"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(item: str, value: object, told: str):
    assert told in refusal(item, say(value))


@pytest.mark.parametrize(
    "raw", ["3", 3, [], {"state": "maybe"}, {"value": 3}, {"state": ["answered"]}, {"state": "answered", "value": 3, "extra": 1}]
)  # fmt: skip
def test_an_answer_of_another_shape_is_refused(raw: object):
    assert refusal("mood", raw)


def test_a_state_of_silence_with_a_value_contradicts_itself():
    assert "has a value" in refusal("mood", {"state": "skipped", "value": 3})


ASKED_OF_STAFF = Instrument.model_validate(
    {
        **EVERY.model_dump(),
        "respondent": "rater",
        "options": {"well": {"values": [1, 0, -1], "not_done": -1}},
        "items": [
            {"id": "total", "kind": "number", "minimum": 0, "maximum": 80, "required": True},
            {"id": "walks", "kind": "choice", "options": "well", "required": True},
            {"id": "notes", "kind": "text"},
        ],
        "scores": [],
    }
)
WALKS = {"state": "answered", "value": 1}


def test_what_staff_must_answer_is_answered_or_said_to_be_not_done_with_the_reason():
    raw = {"total": {"state": "not-done", "reason": " went home\n early "}, "walks": WALKS}
    assert validate(ASKED_OF_STAFF, raw)["total"] == Answer(
        "total", "not-done", None, "went home early"
    )
    for missing in ({}, {"total": {"state": "skipped"}}, {"total": {"state": "not-done"}}):
        with pytest.raises(BadInputError) as caught:
            validate(ASKED_OF_STAFF, {**missing, "walks": WALKS})
        assert list(caught.value.places) == ["total"]


def test_a_reason_stands_only_beside_what_was_not_done():
    raw = {"total": say(40), "walks": {"state": "answered", "value": -1, "reason": "no time"}}
    assert validate(ASKED_OF_STAFF, raw)["walks"] == Answer("walks", "answered", -1, "no time")
    for wrong in (
        {"total": say(40), "walks": {**WALKS, "reason": "no time"}},
        {"total": say(40), "walks": WALKS, "notes": {"state": "not-done", "reason": "why"}},
        {"total": {"state": "not-done", "reason": "x" * 501}, "walks": WALKS},
    ):
        with pytest.raises(BadInputError):
            validate(ASKED_OF_STAFF, wrong)


def test_blank_text_and_no_choice_at_all_are_unanswered_not_refused():
    assert one("words", say(" \n")) == Answer("words", "unanswered")
    assert one("helped", say([])) == Answer("helped", "unanswered")


def test_half_an_emoji_and_nul_are_replaced_and_never_cost_the_answer():
    assert (
        one("words", say("a\ud83d b\x00 c😀")).value
        == "a\N{REPLACEMENT CHARACTER} b\N{REPLACEMENT CHARACTER} c😀"
    )


def test_unknown_and_speaking_items_are_named_with_all_other_problems():
    with pytest.raises(BadInputError) as caught:
        validate(EVERY, {"mood": say(9), "nobody": say(1), "hello": say(1)})
    assert set(caught.value.places) == {"mood", "nobody", "hello"}


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([item.id for item in EVERY.items]) | st.text(max_size=5),
        JSON | st.builds(say, JSON),
    )
)
def test_anything_at_all_is_stored_safely_or_refused_by_its_own_error(raw: dict[str, object]):
    answers = None
    with suppress(BadInputError):
        answers = validate(EVERY, raw)
    for answer in (answers or {}).values():
        assert (answer.value is None) == (answer.state != "answered")
        json.dumps(answer.value, allow_nan=False).encode()


def test_an_instrument_with_one_open_end_says_so():
    item = {"id": "n", "kind": "number", "minimum": 0}
    instrument = Instrument.model_validate({**EVERY.model_dump(), "items": [item], "scores": []})
    with pytest.raises(BadInputError, match="at or above 0"):
        validate(instrument, {"n": say(-1)})
