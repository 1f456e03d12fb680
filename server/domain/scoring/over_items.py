"""Scores made of items: their sum, mean or largest, with what may be missing; a profile of digits."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from server.domain.answers import Answer
from server.domain.score import Missing, Score
from server.domain.scoring.outcome import Outcome, Work, given
from server.domain.scoring.words import whose

# Combines what was answered; the second argument is how many items there are.
_Combine = Callable[[Sequence[float], int], float]


def total(rule: Score, work: Work) -> Outcome:
    """Add up the items; prorated, it is their mean times the number of items."""
    return _over(rule, work, lambda values, asked: math.fsum(values) * asked / len(values))


def mean(rule: Score, work: Work) -> Outcome:
    """Take the mean of the items; prorated, it is the mean of those answered."""
    return _over(rule, work, lambda values, _asked: math.fsum(values) / len(values))


def largest(rule: Score, work: Work) -> Outcome:
    """Take the largest of the items: a domain whose items are sides of one thing.

    Where an answer counts as much as any could, no missing one can change the score.
    """
    found = _over(rule, work, lambda values, _asked: max(values))
    if found.value is not None or rule.factor <= 0:
        return found
    values = [value for item in rule.items if (value := work.counted(item)) is not None]
    top = max(values, default=-math.inf) * rule.factor + rule.offset
    return Outcome(top) if top >= rule.maximum else found


def digits(rule: Score, work: Work) -> Outcome:
    """Write the answers one after the other as digits, 2 1 1 4 3 → 21143: a profile, no amount."""
    return _over(rule, work, lambda values, _asked: float("".join(f"{v:.0f}" for v in values)))


def _over(rule: Score, work: Work, combine: _Combine) -> Outcome:
    missing = rule.missing_under(work.settings)
    counted = {item: work.counted(item) for item in _asked(rule, missing, work)}
    values = [value for value in counted.values() if value is not None]
    lost = [given(work.answers, item) for item, value in counted.items() if value is None]
    if len(lost) > missing.allow or not values:
        return Outcome(None, _too_few(rule, missing, lost))
    value = combine(values, len(counted)) * rule.factor + rule.offset
    if len(lost) <= missing.expected:
        return Outcome(value)
    return Outcome(value, _filled(rule, missing, lost), prorated=True)


def _asked(rule: Score, missing: Missing, work: Work) -> list[str]:
    """Return the items that are part of the score this time."""
    if missing.not_shown == "missing":
        return list(rule.items)
    return [item for item in rule.items if given(work.answers, item).state != "not-shown"]


def _listed(lost: list[Answer]) -> str:
    return ", ".join(f"{answer.item} {answer.state}" for answer in lost)


def _too_few(rule: Score, missing: Missing, lost: list[Answer]) -> str:
    asked = len(rule.items)
    return (
        f"{asked - len(lost)} of {asked} items answered, {asked - missing.allow} needed"
        f" ({whose(missing)}): {_listed(lost)}"
    )


def _filled(rule: Score, missing: Missing, lost: list[Answer]) -> str:
    filled = missing.fill == "mean of answered"
    how = "filled with the mean of those answered" if filled else "left out"
    return f"{len(lost)} of {len(rule.items)} items {how} ({whose(missing)}): {_listed(lost)}"
