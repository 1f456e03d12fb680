"""Answers to questions that are not shown: apart from unanswered and skipped (R20), never scored, not lost."""

from __future__ import annotations

import pytest

from server.catalog.build import build
from server.catalog.tree import read
from server.domain.answers import Answer, kept_aside, validate
from server.domain.instrument import Instrument
from server.domain.scoring import score
from server.errors import BadInputError
from tests.domain.synthetic import STRUCTURE

BRANCHING = (
    STRUCTURE.replace(b"id: drove,", b"id: drove, show_if: mood < 3,")
    .replace(b"id: weight,", b"id: weight, show_if: drove = 1,")
    .replace(b"id: since,", b"id: since, show_if: weight is not answered,")
)


@pytest.fixture(scope="module")
def form() -> Instrument:
    built = build(Instrument, read(BRANCHING))
    assert built is not None
    return built


def said(value: object) -> dict[str, object]:
    return {"state": "answered", "value": value}


def test_a_question_whose_condition_does_not_hold_is_not_shown(form: Instrument):
    answers = validate(form, {"mood": said(3)})
    assert answers["drove"] == Answer("drove", "not-shown")
    assert answers["helped"].state == "unanswered"


def test_what_is_said_to_a_hidden_question_hides_and_shows_nothing_below(form: Instrument):
    answers = validate(form, {"mood": said(3), "drove": said(1), "weight": said(80)})
    assert [answers[item].state for item in ("drove", "weight", "since")] == [
        "not-shown",
        "not-shown",
        "unanswered",
    ]


def test_a_shown_question_is_read_as_ever(form: Instrument):
    answers = validate(form, {"mood": said(1), "drove": said(1), "weight": {"state": "skipped"}})
    assert answers["drove"].value == 1
    assert answers["weight"].state == "skipped"
    assert answers["since"].state == "unanswered"


def test_the_unknown_is_not_enough_to_show(form: Instrument):
    assert validate(form, {})["drove"].state == "not-shown"
    assert validate(form, {"mood": {"state": "skipped"}})["drove"].state == "not-shown"


def test_a_hidden_answer_is_kept_aside_and_not_scored(form: Instrument):
    raw = {"mood": said(3), "drove": said(1)}
    answers = validate(form, raw)
    assert kept_aside(raw, answers) == {"drove": 1}
    both = next(each for each in score(form, answers) if each.score_id == "both")
    assert both.value is None
    assert "drove not-shown" in both.reason


@pytest.mark.parametrize("raw", [said("much"), said([[1]]), said(None), {"state": "not-shown"}, 7])
def test_what_lies_in_a_hidden_answer_holds_nothing_back(form: Instrument, raw: object):
    answers = validate(form, {"mood": said(3), "drove": raw})
    assert answers["drove"] == Answer("drove", "not-shown")


def test_nothing_is_kept_aside_where_nothing_was_said(form: Instrument):
    raw = {"mood": said(3), "drove": {"state": "skipped"}, "weight": 3}
    assert kept_aside(raw, validate(form, raw)) == {}


def test_a_mistake_above_is_still_told(form: Instrument):
    with pytest.raises(BadInputError) as caught:
        validate(form, {"mood": said(9), "drove": said(1)})
    assert list(caught.value.places) == ["mood"]


def test_what_the_phone_did_not_show_stays_not_shown(form: Instrument):
    answers = validate(form, {"mood": said(1), "drove": {"state": "not-shown"}, "weight": said(80)})
    assert [answers[item].state for item in ("drove", "weight")] == ["not-shown", "not-shown"]
