"""Whether a question is shown: `show_if` evaluated over what was answered, the unknown kept apart.

static/app/expression.js does the same on the phone; tests/casebook/show_if.json and a fuzz test hold
the two against each other.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping

from server.domain.grammar import (
    All,
    Answered,
    Comparison,
    Expression,
    Includes,
    Name,
    Node,
    Not,
    Sign,
    Some,
    trimmed,
)

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def evaluate(expression: Expression, values: Mapping[str, object]) -> bool | None:
    """Say whether it holds; None when that hangs on an answer that is not there.

    `values` holds what was answered, by item: a number, a text, a date as text, a list of codes. What
    is absent, None, blank, an empty list or no number counts as not answered.
    """
    return _truth(expression.tree, values)


def shown(
    conditions: Iterable[tuple[str, Expression | None]], values: Mapping[str, object]
) -> frozenset[str]:
    """Return the items of a form that are shown, given its items in order and what was answered.

    An item is shown when its condition holds; unknown is not enough. What an item says that is
    itself not shown counts as not answered, so each is decided by those above it.
    """
    seen: dict[str, object] = {}
    found: list[str] = []
    for item, condition in conditions:
        if condition is None or evaluate(condition, seen) is True:
            found.append(item)
            seen[item] = values.get(item)
    return frozenset(found)


def _truth(node: Node, values: Mapping[str, object]) -> bool | None:
    match node:
        case Not(part):
            inner = _truth(part, values)
            return None if inner is None else not inner
        case All(parts):
            return _decided([_truth(part, values) for part in parts], by=False)
        case Some(parts):
            return _decided([_truth(part, values) for part in parts], by=True)
        case Answered(item):
            return _given(values.get(item)) is not None
        case Includes(item, code):
            chosen = _given(values.get(item))
            return _holds(chosen, code) if isinstance(chosen, list | tuple) else None
    return _compared(node, values)


def _decided(truths: list[bool | None], *, by: bool) -> bool | None:
    """One part may decide; otherwise all must be known."""
    if by in truths:
        return by
    return None if None in truths else not by


def _given(value: object) -> object | None:
    """Return an answer, or None for what says nothing: blank, empty, no number, of no known kind."""
    match value:
        case bool():
            return None
        case int() | float():
            return value if math.isfinite(value) else None
        case str():
            return trimmed(value) or None
        case list() | tuple():
            return value or None
    return None


def _holds(chosen: Iterable[object], code: float) -> bool:
    # True is 1 to Python, and nowhere else.
    return any(each == code for each in chosen if not isinstance(each, bool))


def _compared(node: Comparison, values: Mapping[str, object]) -> bool | None:
    left, right = (
        _given(values.get(side.item)) if isinstance(side, Name) else side.value
        for side in (node.left, node.right)
    )
    if isinstance(left, int | float) and isinstance(right, int | float):
        return _ordered((left > right) - (left < right), node.sign)
    if not isinstance(left, str) or not isinstance(right, str):
        return None
    if node.sign in {"=", "!="}:
        return (left == right) == (node.sign == "=")
    if not _DAY.fullmatch(left) or not _DAY.fullmatch(right):
        return None
    return _ordered((left > right) - (left < right), node.sign)


def _ordered(order: int, sign: Sign) -> bool:
    """Say what a sign makes of an order: -1 for less, 0 for the same, 1 for more."""
    match sign:
        case "=":
            return order == 0
        case "!=":
            return order != 0
        case "<":
            return order < 0
        case "<=":
            return order <= 0
        case ">":
            return order > 0
    return order >= 0
