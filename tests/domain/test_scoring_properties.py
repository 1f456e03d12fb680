"""What holds for every score of every form, whatever is answered: bounds, direction, missing answers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.instrument import Instrument, Score
from server.domain.scoring import score
from tests.domain.sitting import Value, answered, built, filled, scored, values_of

Case = tuple[Instrument, list[Value]]


def has_ceiling(rule: Score) -> bool:
    """A rule with an upper limit turns to no when there is too much of it."""
    return any(cluster.most is not None for cluster in rule.clusters)


def is_amount(rule: Score) -> bool:
    return rule.method != "digits" and not has_ceiling(rule)


@settings(deadline=None)
@given(filled(gaps=True))
def test_every_score_lies_in_its_stated_range_or_says_why_there_is_none(case: Case):
    instrument, values = case
    results = score(instrument, answered(instrument, values))
    assert [each.score_id for each in results] == [each.id for each in instrument.scores]
    for result in results:
        rule = instrument.score(result.score_id)
        if result.value is None:
            assert result.reason
            assert not result.prorated
        else:
            assert rule.minimum - 1e-9 <= result.value <= rule.maximum + 1e-9
            assert result.prorated == bool(result.reason)


@settings(deadline=None)
@given(filled(gaps=False), st.data())
def test_an_answer_that_counts_more_never_lowers_a_score(case: Case, data: st.DataObject):
    instrument, values = case
    place = data.draw(st.integers(0, len(values) - 1))
    item = instrument.questions[place]
    other = data.draw(values_of(instrument, item))
    now = values[place]
    if now is None or other is None:
        return
    less, more = sorted((now, other), key=lambda each: instrument.counts(item, each))
    low, high = list(values), list(values)
    low[place], high[place] = less, more
    before, after = scored(instrument, low), scored(instrument, high)
    for name, result in before.items():
        if is_amount(instrument.score(name)):
            assert after[name].value >= result.value - 1e-9  # type: ignore[operator]


@settings(deadline=None)
@given(filled(gaps=False))
def test_complete_answers_always_score_and_are_never_marked_filled(case: Case):
    for result in score(case[0], answered(*case)):
        assert result.value is not None
        assert not result.prorated
        assert not result.reason


@settings(deadline=None)
@given(filled(gaps=True))
def test_filling_keeps_the_mean_of_what_was_answered(case: Case):
    instrument, values = case
    answers = answered(instrument, values)
    for result in score(instrument, answers):
        rule = instrument.score(result.score_id)
        if result.value is None or not result.prorated or rule.method not in {"sum", "mean"}:
            continue
        items = [instrument.item(name) for name in rule.items]
        numbers = [
            instrument.counts(item, value)
            for item in items
            if isinstance(value := answers[item.id].value, int | float)
        ]
        lost = len(items) - len(numbers)
        assert 0 < lost <= rule.missing.allow
        value = (result.value - rule.offset) / rule.factor
        share = value / len(items) if rule.method == "sum" else value
        assert share == pytest.approx(sum(numbers) / len(numbers))


@settings(deadline=None)
@given(filled(gaps=False), st.data())
def test_losing_an_answer_never_turns_a_rule_that_was_decided(case: Case, data: st.DataObject):
    instrument, values = case
    whole = scored(instrument, values)
    gone = data.draw(st.sets(st.integers(0, len(values) - 1), max_size=4))
    partly = [None if place in gone else value for place, value in enumerate(values)]
    for name, result in scored(instrument, partly).items():
        if instrument.score(name).decides and result.value is not None and not result.prorated:
            assert result.value == whole[name].value


# ---------------------------------------------------------------- each method by itself

ITEMS = """\
options:
  how: {values: [0, 1, 2, 3]}
recodes:
  steep: {0: 0, 1: 1, 2: 4, 3: 9}
items:
  - {id: a, kind: choice, options: how}
  - {id: b, kind: choice, options: how, reversed: true}
  - {id: c, kind: choice, options: how, recode: steep}
scores:
"""


@given(st.tuples(*[st.integers(0, 3)] * 3))
def test_turned_and_recoded_answers_count_as_told(values: tuple[int, int, int]):
    text = "  - {id: s, label: S, method: sum, items: [a, b, c], minimum: 0, maximum: 15, "
    instrument = built(ITEMS + text + "higher_is: more, headline: true}\n")
    a, b, c = values
    assert scored(instrument, values)["s"].value == a + (3 - b) + c * c


@given(st.tuples(*[st.integers(0, 3)] * 3))
def test_methods_agree_with_plain_arithmetic(values: tuple[int, int, int]):
    text = """\
  - {id: m, label: M, method: mean, items: [a, b], factor: 2, offset: 1, minimum: 1, maximum: 7, higher_is: more}
  - {id: top, label: T, method: max_of, items: [a, c], minimum: 0, maximum: 9, higher_is: more}
  - {id: both, label: B, method: sum_of, scores: [m, top], minimum: 1, maximum: 16, higher_is: more}
  - {id: less, label: L, method: linear, scores: [top], factor: -1, offset: 9, minimum: 0, maximum: 9, higher_is: less}
  - {id: part, label: P, method: percent, scores: [both], minimum: 0, maximum: 100, higher_is: more, headline: true}
  - {id: code, label: C, method: digits, items: [a, b], minimum: 0, maximum: 33, higher_is: none}
  - {id: yes, label: Y, method: every, scores: [m, top], at_least: 3, minimum: 0, maximum: 1, higher_is: met}
"""
    a, b, c = values
    results = {name: each.value for name, each in scored(built(ITEMS + text), values).items()}
    mean, top = (a + (3 - b)) / 2 * 2 + 1, max(a, c * c)
    assert results["m"] == pytest.approx(mean)
    assert (results["top"], results["less"]) == (top, 9 - top)
    assert results["both"] == pytest.approx(mean + top)
    assert results["part"] == pytest.approx((mean + top - 1) / 15 * 100)
    assert results["code"] == a * 10 + (3 - b)
    assert results["yes"] == float(mean >= 3 and top >= 3)


@given(st.lists(st.none() | st.integers(0, 3), min_size=3, max_size=3))
def test_a_rule_is_what_all_completions_agree_on(values: list[int | None]):
    text = """\
  - id: r
    label: R
    method: clusters
    clusters:
      - {items: [a, b, c], at_least: 2, own: {c: 4}, count: 1, most: 2}
      - {items: [a, b], at_least: 1, count: 1}
    minimum: 0
    maximum: 1
    higher_is: met
    headline: true
"""
    instrument = built(ITEMS + text)
    verdicts = set()
    for place in range(4**3):
        guess = (place % 4, place // 4 % 4, place // 16)
        whole = [g if v is None else v for g, v in zip(guess, values, strict=True)]
        worth = (whole[0], 3 - whole[1], whole[2] ** 2)
        endorsed = sum((worth[0] >= 2, worth[1] >= 2, worth[2] >= 4))
        verdicts.add(1 <= endorsed <= 2 and (worth[0] >= 1 or worth[1] >= 1))
    told = scored(instrument, values)["r"].value
    # Certain exactly where every completion agrees, though the clusters share items.
    assert verdicts == ({True, False} if told is None else {bool(told)})
