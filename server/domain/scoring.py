"""Answers → scores by named methods; a score that cannot be had says why, and none is guessed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from server.domain.answers import Answer, Answers
from server.domain.instrument import Instrument, Score


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """One computed score. `value` is None when it could not be had, and `reason` then says why.

    `prorated`: some answers were missing and filled by the score's stated rule; `reason` says which.
    """

    score_id: str
    value: float | None
    method: str
    reason: str
    prorated: bool
    scoring_version: str


@dataclass(frozen=True, slots=True)
class _Outcome:
    value: float | None
    reason: str = ""
    prorated: bool = False


_Done = Mapping[str, _Outcome]


def score(instrument: Instrument, answers: Answers) -> tuple[ScoreResult, ...]:
    """Compute every score of the instrument, in its order. An item that is absent is unanswered.

    Values are in the unit of the score (`Score.minimum` to `Score.maximum`), never rounded. The
    source of each method and its rule for missing answers stand in the instrument's file.
    """
    done: dict[str, _Outcome] = {}
    for each in instrument.scores:
        done[each.id] = METHODS[each.method](each, answers, done)
    return tuple(
        ScoreResult(
            score_id=each.id,
            value=done[each.id].value,
            method=each.method,
            reason=done[each.id].reason,
            prorated=done[each.id].prorated,
            scoring_version=instrument.scoring_version,
        )
        for each in instrument.scores
    )


def _sum(rule: Score, answers: Answers, _done: _Done) -> _Outcome:
    """Add up the items; prorated, it is their mean times the number of items."""
    return _over_items(rule, answers, lambda total, answered, asked: total * asked / answered)


def _mean(rule: Score, answers: Answers, _done: _Done) -> _Outcome:
    """Take the mean of the items; prorated, it is the mean of those answered."""
    return _over_items(rule, answers, lambda total, answered, _asked: total / answered)


def _sum_of(rule: Score, _answers: Answers, done: _Done) -> _Outcome:
    """Add up other scores; it cannot be had unless each of them can."""
    return _over_scores(rule, done, math.fsum)


def _linear(rule: Score, _answers: Answers, done: _Done) -> _Outcome:
    """Rescale one other score: times the factor, plus the offset."""
    return _over_scores(rule, done, lambda values: values[0] * rule.factor + rule.offset)


# The next method is one function, one line here, one name in `Score.method`, and its tests.
METHODS: dict[str, Callable[[Score, Answers, _Done], _Outcome]] = {
    "sum": _sum,
    "mean": _mean,
    "sum_of": _sum_of,
    "linear": _linear,
}


def _over_items(
    rule: Score, answers: Answers, combine: Callable[[float, int, int], float]
) -> _Outcome:
    given = [_given(answers, item) for item in rule.items]
    values = [float(answer.value) for answer in given if isinstance(answer.value, int | float)]
    lost = [answer for answer in given if answer.value is None]
    if not lost:
        return _Outcome(combine(math.fsum(values), len(values), len(given)))
    if rule.missing.fill == "none" or len(lost) > rule.missing.allow or not values:
        return _Outcome(None, _too_few(rule, lost))
    value = combine(math.fsum(values), len(values), len(given))
    return _Outcome(value, _filled(rule, lost), prorated=True)


def _over_scores(rule: Score, done: _Done, combine: Callable[[list[float]], float]) -> _Outcome:
    parts = {name: done[name] for name in rule.scores}
    values = [part.value for part in parts.values() if part.value is not None]
    if len(values) < len(parts):
        told = "; ".join(f"{name}: {part.reason}" for name, part in parts.items() if part.reason)
        return _Outcome(None, f"built on a score that could not be had ({told})")
    reasons = "; ".join(f"{name}: {part.reason}" for name, part in parts.items() if part.prorated)
    return _Outcome(combine(values), reasons, prorated=bool(reasons))


def _given(answers: Answers, item: str) -> Answer:
    return answers.get(item) or Answer(item, "unanswered")


def _listed(lost: list[Answer]) -> str:
    return ", ".join(f"{answer.item} {answer.state}" for answer in lost)


def _too_few(rule: Score, lost: list[Answer]) -> str:
    needed = len(rule.items) - (rule.missing.allow if rule.missing.fill != "none" else 0)
    answered = len(rule.items) - len(lost)
    return (
        f"{answered} of {len(rule.items)} items answered, {needed} needed"
        f" ({_whose(rule)}): {_listed(lost)}"
    )


def _filled(rule: Score, lost: list[Answer]) -> str:
    return (
        f"{len(lost)} of {len(rule.items)} items filled with the mean of those answered"
        f" ({_whose(rule)}): {_listed(lost)}"
    )


def _whose(rule: Score) -> str:
    return "the authors' rule" if rule.missing.rule == "authors" else "local rule"
