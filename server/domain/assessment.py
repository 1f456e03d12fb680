"""What state an assessment is in: it follows from its row and the present instant, and is not stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

State = Literal["upcoming", "open", "missed", "answered", "unscheduled", "retired"]


def state(row: Mapping[str, Any], now: datetime) -> State:
    """Return the state of a row with `opens_at, closes_at, response_id, retired_at` at this instant.

    unscheduled: answered, but what it hung on is no longer in the plan. The answer stays.
    """
    if row["response_id"] is not None:
        return "answered" if row["retired_at"] is None else "unscheduled"
    if row["retired_at"] is not None:
        return "retired"
    if now < _moment(row["opens_at"]):
        return "upcoming"
    return "open" if now < _moment(row["closes_at"]) else "missed"


def overdue(row: Mapping[str, Any], now: datetime) -> bool:
    """Whether it is open and more than half of the time from its target to its closing is gone."""
    target, closes = _moment(row["target_at"]), _moment(row["closes_at"])
    return state(row, now) == "open" and now >= target + (closes - target) / 2


def _moment(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
