"""`show_if` in Python: the casebook that it shares with the phone, and what its errors say."""

from __future__ import annotations

import json
from typing import Any

import pytest

from server.config import ROOT
from server.domain.expression import evaluate, shown
from server.domain.grammar import RESERVED, Expression, ExpressionError, parse

CASES = json.loads((ROOT / "tests/casebook/show_if.json").read_text(encoding="utf-8"))


def named(case: dict[str, Any]) -> str:
    return f"{case['show_if'][:60]}|{json.dumps(case.get('answers', ''))}"


def test_the_casebook_is_as_large_as_promised_and_holds_no_case_twice():
    every = [json.dumps(case) for part in CASES.values() for case in part]
    assert len(CASES["truths"]) >= 150
    assert len(set(every)) == len(every)


@pytest.mark.parametrize("case", CASES["truths"], ids=named)
def test_an_expression_is_true_false_or_unknown(case: dict[str, Any]):
    assert evaluate(parse(case["show_if"]), case["answers"]) is case["is"]


@pytest.mark.parametrize("case", CASES["errors"], ids=named)
def test_what_is_not_in_the_language_is_refused_at_its_character(case: dict[str, Any]):
    with pytest.raises(ExpressionError) as caught:
        parse(case["show_if"])
    assert caught.value.position == case["at"]


@pytest.mark.parametrize("case", CASES["forms"], ids=lambda case: json.dumps(case["items"]))
def test_a_form_shows_what_those_above_decide(case: dict[str, Any]):
    conditions = [(item, parse(text) if text else None) for item, text in case["items"]]
    assert sorted(shown(conditions, case["answers"])) == sorted(case["shown"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a", "expected one of = != < <= > >=, `is` or `includes`, found the end (at character 2)"),
        ("a == 1", "found '=' (at character 4)"),
        ("a AND b", "'A' has no meaning here (at character 3)"),
        ("a = 2027-02-30", "2027-02-30 is not in the calendar"),
        ("a = 01", "'01' is no item, number or date"),
        ("(a = 1", "expected `)`, `and` or `or`, found the end"),
        ("a is empty", "expected `answered` or `not answered`, found 'empty'"),
        ("a includes 'x'", "expected the number of an option"),
        ("1 is answered", "expected one of = != < <= > >=, found 'is'"),
        ("a = 1 b = 2", "expected `and`, `or` or the end, found 'b'"),
        ("not " * 31 + "a = 1", "nested deeper than 30"),
    ],
)
def test_an_error_says_what_was_expected(text: str, told: str):
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert told in str(caught.value)


def test_an_expression_knows_which_items_it_looks_at():
    found = parse("b = 1 and not (a includes 2 or c is answered) or b < d")
    assert found.items == ("b", "a", "c", "d")
    assert isinstance(found, Expression)


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_a_word_of_the_language_is_no_item(word: str):
    with pytest.raises(ExpressionError):
        parse(f"{word} = 1")
