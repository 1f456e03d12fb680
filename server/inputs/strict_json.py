"""JSON from outside, read strictly: no NaN, no infinity, no key twice, no bottomless nesting."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from server.errors import BadInputError

DEEPEST = 12


def read(data: bytes, *, largest: int, deepest: int = DEEPEST) -> Any:
    """Read JSON bytes.

    Raises:
        BadInputError: too large, too deep, no UTF-8, no JSON, or JSON that means two things.

    """
    if len(data) > largest:
        message = f"{len(data)} bytes were sent; at most {largest} are read"
        raise BadInputError(message)
    try:
        found = json.loads(
            data.decode("utf-8"),
            parse_constant=_refuse_constant,
            parse_float=_finite,
            object_pairs_hook=_without_doubles,
        )
        _refuse_depth(found, deepest, deepest)
    except (ValueError, RecursionError) as error:
        message = f"this is not the JSON that was expected ({error})"
        raise BadInputError(message) from error
    return found


def _refuse_depth(value: Any, left: int, deepest: int) -> None:
    """Keep our own bound; the parser itself stops (RecursionError) long before the stack does."""
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return
    if left == 0:
        message = f"nested more than {deepest} deep"
        raise ValueError(message)
    for inner in value:
        if isinstance(inner, dict | list):
            _refuse_depth(inner, left - 1, deepest)


def _refuse_constant(text: str) -> NoReturn:
    message = f"{text} is no number"
    raise ValueError(message)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        message = f"{text} is no finite number"
        raise ValueError(message)
    return number


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        message = "a key stands twice"
        raise ValueError(message)
    return found
