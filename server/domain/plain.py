"""How a definition writes numbers, truth and times of day: one spelling each, none of YAML's guesses."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

_WHOLE = re.compile(r"-?(0|[1-9]\d{0,9})")
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,9})(\.\d{1,9})?")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class Frozen(BaseModel):
    """A definition never changes after it is read, and holds nothing nobody asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def parse_whole(text: str) -> int:
    """Read `3` or `-2`. `010` and `1_000` are refused: nobody could say what was meant."""
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"{text!r} is no whole number; write for example 3 or -2")
    return int(text)


def parse_number(text: str) -> float:
    """Read `4` or `0.25`. `nan`, `inf` and `1e3` are refused."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is no number; write for example 4 or 0.25")
    return float(text)


def parse_truth(text: str) -> bool:
    """Read `true` or `false`; `no`, `on` and `1` are words and numbers here."""
    if text not in {"true", "false"}:
        raise ValueError(f"{text!r} is neither true nor false")
    return text == "true"


def parse_time(text: str) -> time:
    """Read a time of day, `18:00`."""
    if not _TIME.fullmatch(text):
        raise ValueError(f"{text!r} is no time of day; write for example 18:00")
    return time.fromisoformat(text)


def parsed(parse: Callable[[str], Any]) -> BeforeValidator:
    """Let a field be written as text in the file and held as an object here."""
    return BeforeValidator(lambda value: parse(value) if isinstance(value, str) else value)


Whole = Annotated[int, parsed(parse_whole)]
Number = Annotated[float, parsed(parse_number)]
Truth = Annotated[bool, parsed(parse_truth)]
TimeOfDay = Annotated[time, parsed(parse_time)]
Text = Annotated[str, StringConstraints(min_length=1)]
