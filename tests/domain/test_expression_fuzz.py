"""Python and JavaScript held against each other: thousands of made-up expressions, the same verdict."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections import Counter
from typing import Any

import pytest

from server.config import ROOT
from server.domain.expression import evaluate, shown
from server.domain.grammar import ExpressionError, parse

ITEMS = ("a", "b", "c", "other", "begun", "constructor")
NUMBERS = ("0", "1", "2", "3", "-1", "0.5", "2.5", "9999999999", "7")
DAYS = ("2027-03-01", "2027-02-28", "2024-02-29", "1999-12-31")
TEXTS = ("'x'", '"x"', "' x '", "''", "'ä'", "'😀'", "'and'", "'2027-03-01'")
SIGNS = ("=", "!=", "<", "<=", ">", ">=")
# What somebody may type who does not know the language, or wants to break it.
SOUP = (
    *ITEMS, *NUMBERS, *DAYS, *TEXTS, *SIGNS, "and", "or", "not", "is", "answered", "includes", "(", ")",
    "AND", "==", "<>", "!", "&&", "'", '"', "2027-02-30", "01", "1e5", ".5", "[a]", ";", "\n", "\t",
    "\u00a0", "\ufeff", "é", "😀", "__proto__", "null", "true", "--", "2027-1-1", "", "\x00", "\\",
)  # fmt: skip
ANSWERS: tuple[Any, ...] = (
    None, 0, 1, 2, 3, -1, 0.5, 2.5, -0.0, 9999999999, 1e12, True, False, "", " ", "\u00a0", "\ufeff", "\x1c",
    "\x85", "x", " x\n", "ä", "a\u0308", "😀", "2027-03-01", "2027-02-28", "2024-02-29 ", "1", "and",
    [], [0], [1, 2], [3], [2.5], ["1"], [True], [[1]], {}, {"value": 1}, "\ud83d", "12027-01-01",
)  # fmt: skip
CASES = 6_000


def test_python_and_javascript_agree_on_made_up_expressions():
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node here")
    rng = random.Random(20270301)
    cases = [_case(rng) for _ in range(CASES)]
    mine = [_verdict(case) for case in cases]
    theirs = _asked(node, cases)
    for case, here, there in zip(cases, mine, theirs, strict=True):
        assert here == there, json.dumps(case)
    kinds = Counter(_kind(verdict) for verdict in mine)
    # A fuzz test that is refused all the time, or never, compares nothing.
    assert all(kinds[kind] > CASES / 40 for kind in ("true", "false", "null", "error", "form")), (
        kinds
    )


def _asked(node: str, cases: list[dict[str, Any]]) -> list[Any]:
    done = subprocess.run(
        [node, str(ROOT / "tests/js/expression_peer.js")],
        input="".join(json.dumps(case) + "\n" for case in cases),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def _verdict(case: dict[str, Any]) -> Any:
    if "items" in case:
        conditions = [(item, None if text is None else parse(text)) for item, text in case["items"]]
        found = shown(conditions, case["answers"])
        return [item for item, _text in case["items"] if item in found]
    try:
        return evaluate(parse(case["show_if"]), case["answers"])
    except ExpressionError as error:
        return {"at": error.position}


def _kind(verdict: Any) -> str:
    if isinstance(verdict, list):
        return "form"
    return "error" if isinstance(verdict, dict) else json.dumps(verdict)


def _case(rng: random.Random) -> dict[str, Any]:
    answers = {item: rng.choice(ANSWERS) for item in ITEMS if rng.random() < 0.8}
    kind = rng.random()
    if kind < 0.15:
        items = [(item, _expression(rng, 2) if rng.random() < 0.6 else None) for item in ITEMS]
        return {"items": items, "answers": answers}
    if kind < 0.4:
        between = rng.choice(("", " ", " "))
        soup = [rng.choice(SOUP) for _ in range(rng.randint(0, 9))]
        return {"show_if": between.join(soup), "answers": answers}
    text = _expression(rng, 4)
    if kind < 0.5:
        text = _damaged(rng, text)
    return {"show_if": text, "answers": answers}


def _expression(rng: random.Random, depth: int) -> str:
    kind = rng.random() if depth else 1.0
    if kind < 0.2:
        return f"{_expression(rng, depth - 1)} and {_expression(rng, depth - 1)}"
    if kind < 0.4:
        return f"{_expression(rng, depth - 1)} or {_expression(rng, depth - 1)}"
    if kind < 0.55:
        return f"not {_expression(rng, depth - 1)}"
    if kind < 0.7:
        return f"({_expression(rng, depth - 1)})"
    return _test(rng)


def _test(rng: random.Random) -> str:
    item = rng.choice(ITEMS)
    kind = rng.random()
    if kind < 0.15:
        return f"{item} is {rng.choice(('', 'not '))}answered"
    if kind < 0.3:
        return f"{item} includes {rng.choice(NUMBERS)}"
    other = rng.choice((*ITEMS, *NUMBERS, *NUMBERS, *DAYS, *TEXTS))
    sides = [item, other]
    rng.shuffle(sides)
    return rng.choice((" ", "\t", "  ")).join([sides[0], rng.choice(SIGNS), sides[1]])


def _damaged(rng: random.Random, text: str) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(SOUP) + text[at + rng.randint(0, 2) :]
