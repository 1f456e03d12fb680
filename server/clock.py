"""The only place that reads the time; everywhere else time is an argument."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

_FORMAT = "%Y-%m-%dT%H:%M:%S.%f"


class Clock(Protocol):
    """Something that knows the present instant."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class ShiftedClock:
    """A clock set off by a movable amount: the demo's, never a live study's."""

    shift: Callable[[], timedelta]

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift()


@dataclass
class FixedClock:
    """A clock that stands still until a test moves it."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def move(self, by: timedelta) -> None:
        """Move the clock's hand by the given amount, forwards or back."""
        self.at += by


def stopwatch() -> float:
    """Return seconds on a clock that never jumps; only differences mean anything."""
    return time.perf_counter()


def to_text(moment: datetime) -> str:
    """Write an aware instant as ISO-8601 UTC text with milliseconds, so that text order is time order.

    Raises:
        ValueError: the moment carries no zone, so nobody could say when it was.

    """
    if moment.tzinfo is None:
        message = f"{moment!r} carries no time zone; only aware instants are stored"
        raise ValueError(message)
    return moment.astimezone(UTC).strftime(_FORMAT)[:-3] + "Z"


def from_text(text: str) -> datetime:
    """Read an instant that `to_text` wrote (any ISO-8601 text with an offset will do)."""
    return datetime.fromisoformat(text).astimezone(UTC)
