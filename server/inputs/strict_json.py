"""JSON from outside, read strictly: no NaN, no infinity, no key twice, no bottomless nesting."""

from __future__ import annotations

import json
import math
from typing import Any

from server.errors import BadInputError

DEEPEST = 12
_LONGEST_NAME = 40
# Python reads no whole number of more.
_MOST_DIGITS = 4_000


def read(data: bytes, *, largest: int, deepest: int = DEEPEST) -> Any:
    """Read JSON bytes.

    Raises:
        BadInputError: too large, too deep, no UTF-8, no JSON, or JSON that means two things; the
            message names the place where it is known.

    """
    if len(data) > largest:
        message = f"{len(data)} bytes were sent; at most {largest} are read"
        raise BadInputError(message)
    try:
        found = json.loads(
            data.decode("utf-8"),
            parse_constant=_Odd,
            parse_float=_finite,
            parse_int=_countable,
            object_pairs_hook=_paired,
        )
        _refuse_odd(found, (), deepest)
    except (ValueError, RecursionError) as error:
        message = f"this is not the JSON that was expected ({_why(error)})"
        raise BadInputError(message) from error
    return found


def _why(error: Exception) -> str:
    """Say what was wrong and at which character, of which line where there are several."""
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start + 1} is not UTF-8"
    if not isinstance(error, json.JSONDecodeError):
        return str(error)
    line = f"line {error.lineno}, " if "\n" in error.doc.strip() else ""
    return f"{line}character {error.colno}: {error.msg}"


class _Odd:
    """Stands where there was no number, until it is known where that is."""

    def __init__(self, text: str) -> None:
        self.text = text


class _Doubled(dict[str, Any]):
    """An object in which a key stood twice, until it is known where that is."""

    key = ""


def _refuse_odd(value: Any, path: tuple[str, ...], deepest: int) -> None:
    """Refuse what means two things or nothing, with its place; and our own bound of nesting.

    The parser itself stops (RecursionError) long before the stack does.
    """
    if isinstance(value, _Odd):
        raise _odd(path, f"{value.text} is no number")
    if isinstance(value, _Doubled):
        raise _odd((*path, value.key), "stands twice")
    if not isinstance(value, dict | list):
        return
    if len(path) == deepest:
        raise _odd((), f"nested more than {deepest} deep")
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for name, inner in pairs:
        if isinstance(inner, dict | list | _Odd):
            _refuse_odd(inner, (*path, str(name)), deepest)


def _odd(path: tuple[str, ...], why: str) -> ValueError:
    """Say what is wrong at a place, which is written shortly: it may be called anything."""
    parts = [part if len(part) <= _LONGEST_NAME else f"{part[:_LONGEST_NAME]}…" for part in path]
    text = ".".join(part if part.isprintable() else ascii(part)[1:-1] for part in parts)
    return ValueError(f"{text}: {why}" if text else why)


def _countable(text: str) -> int | _Odd:
    """Read a whole number; Python itself stumbles over thousands of digits."""
    return int(text) if len(text) <= _MOST_DIGITS else _Odd(f"{text[:_LONGEST_NAME]}…")


def _finite(text: str) -> float | _Odd:
    number = float(text)
    return number if math.isfinite(number) else _Odd(text[:_LONGEST_NAME])


def _paired(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    doubled = _Doubled(found)
    seen: set[str] = set()
    for name, _value in pairs:
        if name in seen:
            doubled.key = name
        seen.add(name)
    return doubled
