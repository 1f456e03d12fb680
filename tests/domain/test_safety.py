"""Safety items: what was reached or left empty needs a person, and how soon."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.answers import Answer, AnswerState, validate
from server.domain.instrument import Instrument
from server.domain.reading import LEVELS
from server.domain.safety import Trigger, has_safety_items, triggers
from tests.domain.sitting import CATALOG, NEWEST, answered

PHQ, QIDS, CHECK = (CATALOG.instrument(name) for name in ("phq-9", "qids-sr16", "safety-check"))
CSSRS, EVENTS = CATALOG.instrument("c-ssrs-screener"), CATALOG.instrument("adverse-events")
WATCHED = [each for each in NEWEST if each.safety]


def told(found: tuple[Trigger, ...]) -> list[tuple[str, str, str]]:
    return [(each.item, each.kind, each.level) for each in found]


def test_thoughts_of_death_in_the_phq_need_a_person_on_the_same_day():
    assert triggers(PHQ, answered(PHQ, [3] * 8 + [0])) == ()
    found = triggers(PHQ, answered(PHQ, [0] * 8 + [1]))
    assert found == (Trigger("phq09", "death or self-harm", "reached", "same day", 1),)


@pytest.mark.parametrize("state", ["skipped", "unanswered"])
def test_an_empty_safety_item_is_told_as_well(state: AnswerState):
    answers = answered(PHQ, [0] * 9)
    answers["phq09"] = Answer("phq09", state)
    assert told(triggers(PHQ, answers)) == [("phq09", "skipped", "same day")]
    del answers["phq09"]
    assert told(triggers(PHQ, answers)) == [("phq09", "skipped", "same day")]


def test_of_two_rules_on_one_item_the_more_pressing_holds():
    values = [0] * 16
    values[11] = 1
    assert told(triggers(QIDS, answered(QIDS, values))) == [("qids12", "reached", "same day")]
    values[11] = 2
    assert told(triggers(QIDS, answered(QIDS, values))) == [("qids12", "reached", "urgent")]


def test_a_wish_to_be_called_and_thoughts_of_harm_come_in_order_of_urgency():
    raw = {"worse": 1, "harm": 1, "call_me": 1, "coping": 1, "call_when": 1}
    answers = validate(CHECK, {k: {"state": "answered", "value": v} for k, v in raw.items()})
    assert told(triggers(CHECK, answers)) == [
        ("harm", "reached", "urgent"),
        ("call_me", "reached", "same day"),
        ("worse", "reached", "next working day"),
    ]


def test_questions_that_the_screener_kept_back_alarm_nobody():
    raw = {name: {"state": "answered", "value": 0} for name in ("css1", "css2", "css6")}
    answers = validate(CSSRS, raw)
    assert answers["css4"].state == "not-shown"
    assert triggers(CSSRS, answers) == ()
    raw["css6"] = {"state": "answered", "value": 1}
    raw["css6_recent"] = {"state": "answered", "value": 1}
    found = triggers(CSSRS, validate(CSSRS, raw))
    assert told(found) == [("css6_recent", "reached", "urgent"), ("css6", "reached", "same day")]


def test_an_event_that_was_not_asked_about_is_not_an_event_and_no_reassurance_either():
    answers = answered(EVENTS, [-1] * 16 + [None])
    assert told(triggers(EVENTS, answers)) == [
        ("suicidal", "skipped", "same day"),
        ("perception", "skipped", "next working day"),
        ("suspicion", "skipped", "next working day"),
    ]


def test_what_staff_say_they_did_not_do_is_silence_too():
    raw = {item.id: {"state": "answered", "value": 0} for item in EVENTS.questions[:-1]}
    raw["suicidal"] = {"state": "not-done", "reason": "left before the end"}
    assert told(triggers(EVENTS, validate(EVENTS, raw))) == [("suicidal", "skipped", "same day")]


@pytest.mark.parametrize("instrument", WATCHED, ids=lambda each: each.id)
def test_every_watched_item_alarms_when_the_form_comes_empty(instrument: Instrument):
    assert has_safety_items(instrument)
    found = triggers(instrument, {})
    assert {each.item for each in found} == {rule.item for rule in instrument.safety}
    assert {each.kind for each in found} == {"skipped"}


def test_what_watches_nothing_alarms_nobody():
    assert not has_safety_items(CATALOG.instrument("who-5"))
    assert triggers(CATALOG.instrument("who-5"), {}) == ()


@given(st.lists(st.none() | st.integers(0, 3), min_size=16, max_size=16))
def test_a_higher_answer_is_never_less_pressing(values: list[int | None]):
    found = {each.item: each for each in triggers(QIDS, answered(QIDS, values))}
    mark = values[11]
    if mark == 0:
        assert not found
    else:
        assert LEVELS.index(found["qids12"].level) <= (0 if mark and mark >= 2 else 1)
