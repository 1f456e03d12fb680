"""Scores made of other scores: sums, rescaling, look-up tables, and whether each reaches a mark."""

from __future__ import annotations

import math
from collections.abc import Callable

from server.domain.score import Score
from server.domain.scoring.outcome import Outcome, Work

# Sums of sums may differ from a mark in their last binary digit.
_HAIR = 1e-9


def total(rule: Score, work: Work) -> Outcome:
    """Add up other scores; it cannot be had unless each of them can."""
    return _over(rule, work, math.fsum)


def linear(rule: Score, work: Work) -> Outcome:
    """Rescale one other score: times the factor, plus the offset."""
    return _over(rule, work, lambda values: values[0] * rule.factor + rule.offset)


def percent(rule: Score, work: Work) -> Outcome:
    """Say where one other score lies between its lowest (0) and its highest value (100)."""
    base = work.instrument.score(rule.scores[0])
    width = base.maximum - base.minimum
    return _over(rule, work, lambda values: 100 * (values[0] - base.minimum) / width)


def lookup(rule: Score, work: Work) -> Outcome:
    """Read one other score off the authors' table, with the standard error that stands there."""
    raw = _over(rule, work, lambda values: values[0])
    if raw.value is None:
        return raw
    found = rule.table.get(round(raw.value)) if raw.value == round(raw.value) else None
    if found is None:
        return Outcome(None, f"{raw.value:g} does not stand in the table")
    return Outcome(found[0], raw.reason, raw.prorated, error=found[1])


def every(rule: Score, work: Work) -> Outcome:
    """Say whether each of the scores reaches the mark; one that does not decides it alone."""
    parts = [work.done[name].value for name in rule.scores]
    mark = (rule.at_least or 0.0) - _HAIR
    if any(part is not None and part < mark for part in parts):
        return Outcome(0.0)
    return _over(rule, work, lambda _values: 1.0)


def _over(rule: Score, work: Work, combine: Callable[[list[float]], float]) -> Outcome:
    parts = {name: work.done[name] for name in rule.scores}
    values = [part.value for part in parts.values() if part.value is not None]
    if len(values) < len(parts):
        told = "; ".join(
            f"{name}: {part.reason}" for name, part in parts.items() if part.value is None
        )
        return Outcome(None, f"built on a score that could not be had ({told})")
    reasons = "; ".join(f"{name}: {part.reason}" for name, part in parts.items() if part.prorated)
    return Outcome(combine(values), reasons, prorated=bool(reasons))
