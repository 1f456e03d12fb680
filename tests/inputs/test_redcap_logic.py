"""Branching logic into show_if: the same questions shown, whatever was answered or left."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from server.domain.expression import evaluate
from server.domain.grammar import parse
from server.inputs.conditions import UntranslatableError, said
from server.inputs.redcap_logic import translate
from server.inputs.single_tests import Known

KNOWN = {
    "sex": Known("sex", "choice", {"0": 0, "1": 1}),
    "letters": Known("letters", "choice", {"M": 1, "F": 2}, same_codes=False),
    "born": Known("born", "yes-no", {"1": 1, "0": 0}),
    "gym": Known("gym", "multi-choice", {"0": 0, "3": 3, "x": 4}, same_codes=False),
    "age": Known("age", "number"),
    "limit": Known("limit", "number"),
    "name": Known("name", "text"),
    "day": Known("day", "date"),
    "dk": Known("dk", "yes-no", {"999": 1}, same_codes=False, only=True),
}


def look(name: str) -> Known:
    if name not in KNOWN:
        raise UntranslatableError(f"{name} stands below")
    return KNOWN[name]


def shown(logic: str) -> str:
    node, why = translate(logic, look)
    assert why == []
    assert node is not None
    text = said(node)
    assert parse(text).tree == node
    return text


@pytest.mark.parametrize(
    ("logic", "text"),
    [
        ('[sex] = "0"', "sex = 0"),
        ("[sex]='0' AND [born] = \"1\"", "sex = 0 and born = 1"),
        ("[sex] <> '0'", "sex is not answered or sex != 0"),
        ("[sex] != ''", "sex is answered"),
        ("[name] = ''", "name is not answered"),
        ("[name] = 'it is'", "name = 'it is'"),
        ("[letters] = 'F'", "letters = 2"),
        ("[gym(3)] = '1'", "gym includes 3"),
        ("[gym(x)] = '1'", "gym includes 4"),
        ("[gym(3)] = 0", "gym is not answered or not gym includes 3"),
        ("[age] >= 18 and [age] < '65.5'", "age >= 18 and age < 65.5"),
        ("18 <= [age]", "age >= 18"),
        ("[age] > [limit]", "age > limit"),
        ("[age] = [limit]", "age = limit or age is not answered and limit is not answered"),
        ("[day] > '2027-03-01'", "day > 2027-03-01"),
        ("[dk] = '999'", "dk = 1"),
        ("[dk] = ''", "dk is not answered or dk = 0"),
        ("not ([sex] = '0')", "sex is not answered or sex != 0"),
        ("!([age] > 5 or [born] = 1)", "(age is not answered or age <= 5) and (born is not answered or born != 1)"),
        ("([sex] = 0 or [sex] = 1) and [age] = 3", "(sex = 0 or sex = 1) and age = 3"),
        ("[sex] = 0 or [born] = 1 and [age] = 3", "sex = 0 or born = 1 and age = 3"),
    ],
)  # fmt: skip
def test_logic_is_said_in_ours(logic: str, text: str):
    assert shown(logic) == text


@pytest.mark.parametrize(
    ("logic", "why"),
    [
        ("[below] = 1", "below stands below"),
        ("[event_1_arm_1][sex] = 1", "another event"),
        ("[event-name] = 'x'", "REDCap's own"),
        ("datediff([day], 'today', 'd') > 3", r"it calls datediff\(\)"),
        ("[age] + 1 > 3", "calculation"),
        ("[age] > 3 * 2", "it calculates"),
        ("[sex] = '7'", "'7' is no answer of sex"),
        ("[letters] > 'A'", "no numbers to be more or less"),
        ("[gym] = '3'", "several answers"),
        ("[gym(9)] = '1'", "'9' is no answer of gym"),
        ("[gym(3)] > 0", "a tick of gym"),
        ("[name] > 'b'", "neither more nor less"),
        ("[age] = 'many'", "'many' is none"),
        ("[day] = '01-03-2027'", "day is a day"),
        ("[name] = [age]", "different kinds"),
        ("[sex] = 1 and (", "is not understood"),
        ("1 = 1", "nobody answered"),
        ("[sex] = 1 ;", "';' is not understood"),
        ("(" * 30 + "[sex] = 1" + ")" * 30, "nested deeper"),
        ("[sex] = 1 or " * 2000 + "[sex] = 1", "characters"),
    ],
)
def test_what_cannot_be_said_says_why(logic: str, why: str):
    node, reasons = translate(logic, look)
    assert node is None
    with pytest.raises(AssertionError, match=why):
        raise AssertionError(reasons[0])


def test_a_part_that_cannot_be_said_is_left_out_so_that_more_is_shown():
    node, why = translate("[sex] = 0 and [below] = '' and [age] > 3", look)
    assert node is not None
    assert said(node) == "sex = 0 and age > 3"
    assert why == ["below stands below"]


def test_a_choice_of_parts_is_not_cut_short():
    node, why = translate("[sex] = 0 or [below] = 1", look)
    assert (node, why) == (None, ["below stands below"])


def _redcap(logic: Any, answers: dict[str, str]) -> bool:
    """REDCap's own two truths, written down from its documentation: a blank is an empty text."""
    match logic:
        case ("not", part):
            return not _redcap(part, answers)
        case ("and", one, other):
            return _redcap(one, answers) and _redcap(other, answers)
        case ("or", one, other):
            return _redcap(one, answers) or _redcap(other, answers)
        case (name, sign, value):
            held = answers[name]
            if sign == "=":
                return bool(held == value)
            if sign == "<>":
                return bool(held != value)
            return bool(held) and float(held) > float(value)
    raise AssertionError


def _written(logic: Any) -> str:
    match logic:
        case ("not", part):
            return f"not ({_written(part)})"
        case (("and" | "or") as word, one, other):
            return f"({_written(one)}) {word} ({_written(other)})"
        case (name, sign, value):
            return f"[{name}] {sign} '{value}'"
    raise AssertionError


_TESTS = [
    ("sex", "=", "1"),
    ("sex", "<>", "0"),
    ("born", "=", ""),
    ("age", ">", "2"),
    ("age", "<>", ""),
]
_LOGICS = [
    *_TESTS,
    *[("not", test) for test in _TESTS],
    *[(word, one, other) for word in ("and", "or") for one, other in product(_TESTS, _TESTS)],
    *[("not", (word, one, ("not", other))) for word in ("and", "or") for one, other in product(_TESTS, _TESTS)],
]  # fmt: skip


@pytest.mark.parametrize("logic", _LOGICS, ids=_written)
def test_the_same_is_shown_for_every_combination_of_answers(logic: Any):
    ours = parse(shown(_written(logic)))
    for sex, born, age in product(("", "0", "1"), ("", "0", "1"), ("", "1", "2", "3")):
        theirs = {"sex": sex, "born": born, "age": age}
        values = {name: float(held) for name, held in theirs.items() if held}
        assert (evaluate(ours, values) is True) == _redcap(logic, theirs), theirs
