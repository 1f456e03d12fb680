"""What became of an assessment: one table of states, each with its word and its rule.

A state follows from the row, what was said about it since (`server.store.assessment_facts`), whether a
draft was begun, and the present instant. It is never stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

State = Literal[
    "unscheduled", "late", "transcribed", "answered", "on-paper", "retired", "excused",
    "upcoming", "awaiting", "open", "half-done", "missed",
    "unopened",
]  # fmt: skip
Row = Mapping[str, Any]

# An answer is here.
ANSWERED: frozenset[State] = frozenset({"unscheduled", "late", "transcribed", "answered"})
# It may still be answered by whoever it is for.
COMING: frozenset[State] = frozenset({"upcoming", "awaiting", "open"})
# Its time is over and nothing came.
LAPSED: frozenset[State] = frozenset({"half-done", "missed", "unopened"})


@dataclass(frozen=True, slots=True)
class Rule:
    """A state: its word for people, its rule in a sentence, and the rule itself."""

    state: State
    word: str
    meaning: str
    holds: Callable[[Row, datetime], bool]


def _answered(row: Row) -> bool:
    return row["response_id"] is not None


def _opened(row: Row, now: datetime) -> bool:
    return now >= _moment(row["opens_at"])


def _closed(row: Row, now: datetime) -> bool:
    return now >= _moment(row["closes_at"])


# The first whose rule holds is the state; so each rule may take for granted that those above do not.
RULES: tuple[Rule, ...] = (
    Rule(
        "unscheduled", "answered, unscheduled",
        "Answered, but what it hung on is no longer in the plan, or its window had not opened yet.",
        lambda row, _: _answered(row)
        and (row["retired_at"] is not None or bool(row.get("answered_early"))),
    ),
    Rule(
        "late", "answered late",
        "Answered after its window had closed, by the clock of whoever answered.",
        lambda row, _: _answered(row) and bool(row.get("answered_late")),
    ),
    Rule(
        "transcribed", "answered on paper, transcribed",
        "Answered on paper in its window; staff entered it from there.",
        lambda row, _: _answered(row) and row.get("source") == "paper",
    ),
    Rule("answered", "answered", "Answered in its window.", lambda row, _: _answered(row)),
    Rule(
        "on-paper", "on paper, to be transcribed",
        "Staff noted that it was answered on paper; nobody has entered it yet.",
        lambda row, _: row.get("became") == "on paper",
    ),
    Rule(
        "retired", "no longer planned",
        "What it hung on has left the plan, and nobody had answered.",
        lambda row, _: row["retired_at"] is not None,
    ),
    Rule(
        "excused", "excused",
        "Staff excused it, with a reason: it is not asked, and nobody is reminded.",
        lambda row, _: row.get("became") == "excused",
    ),
    Rule(
        "upcoming", "upcoming",
        "Its window has not opened.",
        lambda row, now: not _opened(row, now),
    ),
    Rule(
        "awaiting", "awaiting confirmation",
        "Its window has opened, but nobody has confirmed that the visit it is about was held.",
        lambda row, _: row.get("awaits_visit_id") is not None,
    ),
    Rule(
        "open", "open",
        "Its window is open, and no answer has come.",
        lambda row, now: not _closed(row, now),
    ),
    Rule(
        "half-done", "expired half-done",
        "Its window has closed. It had been begun, as the phone or its page told, and was never sent.",
        lambda row, _: bool(row.get("begun")),
    ),
    Rule(
        "missed", "missed",
        "Its window has closed unanswered, and nobody could tell whether it was begun: so in trying out.",
        lambda row, _: "begun" not in row,
    ),
    Rule(
        "unopened", "expired unopened",
        "Its window has closed, and as far as we were told nobody had begun it.",
        lambda _row, _now: True,
    ),
)  # fmt: skip
_BY_STATE = {rule.state: rule for rule in RULES}


def state(row: Row, now: datetime) -> State:
    """Return the state at this instant.

    A row needs `opens_at, closes_at, response_id, retired_at`. What else the store tells of it counts
    where it is there: `awaits_visit_id, became` (what was last said of it: see the store), `begun,
    answered_late, answered_early, source`.
    """
    return next(rule.state for rule in RULES if rule.holds(row, now))


def rule(state: State) -> Rule:
    """Return a state's word and rule."""
    return _BY_STATE[state]


def overdue(row: Row, now: datetime) -> bool:
    """Whether it is open and more than half of the time from its target to its closing is gone."""
    target, closes = _moment(row["target_at"]), _moment(row["closes_at"])
    return state(row, now) == "open" and now >= target + (closes - target) / 2


def _moment(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
