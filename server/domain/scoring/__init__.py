"""Answers → scores by named methods; a score that cannot be had says why, and none is guessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from server.domain.answers import Answers
from server.domain.instrument import Instrument, Score
from server.domain.scoring import clusters, over_items, over_scores
from server.domain.scoring.outcome import Outcome, Work, given
from server.domain.scoring.settings import chosen, version
from server.domain.scoring.words import rule_in_words

__all__ = ["METHODS", "ScoreResult", "rule_in_words", "score"]


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """One computed score. `value` is None when it could not be had, and `reason` then says why.

    `prorated`: some answers were missing and filled by the score's stated rule; `reason` says which.
    `error` is the value's standard error where the authors' table gives one. `rule` is the rule for
    missing answers that held, in words. `scoring_version` names choices that differ from the default.
    """

    score_id: str
    value: float | None
    method: str
    reason: str
    prorated: bool
    scoring_version: str
    error: float | None = None
    rule: str = ""


# The next method is one function, one line here, one name in `Score.method`, and its tests.
METHODS: dict[str, Callable[[Score, Work], Outcome]] = {
    "sum": over_items.total,
    "mean": over_items.mean,
    "max_of": over_items.largest,
    "digits": over_items.digits,
    "sum_of": over_scores.total,
    "linear": over_scores.linear,
    "percent": over_scores.percent,
    "lookup": over_scores.lookup,
    "every": over_scores.every,
    "clusters": clusters.rule,
}


def score(
    instrument: Instrument, answers: Answers, settings: Mapping[str, str] | None = None
) -> tuple[ScoreResult, ...]:
    """Compute every score of the instrument, in its order. An item that is absent is unanswered.

    Values are in the unit of the score (`Score.minimum` to `Score.maximum`), never rounded; yes and
    no are 1 and 0. The source of each method and its rule for missing answers stand in the
    instrument's file. `settings` are a study's choices where sources disagree.

    Raises:
        BadInputError: a setting or a choice that the instrument does not have.

    """
    work = Work(instrument, answers, chosen(instrument, settings or {}), {})
    closed = _gate(work)
    for each in instrument.scores:
        work.done[each.id] = closed or METHODS[each.method](each, work)
    return tuple(_result(work, each) for each in instrument.scores)


def _gate(work: Work) -> Outcome | None:
    """Return why nothing is scored, if more is unanswered than the authors allow."""
    gate = work.instrument.gate
    asked = work.instrument.questions
    lost = sum(given(work.answers, item.id).value is None for item in asked)
    if gate is None or lost <= gate.most_missing:
        return None
    whose = "the authors' rule" if gate.rule == "authors" else "local rule"
    return Outcome(
        None, f"{lost} of {len(asked)} questions unanswered, {gate.most_missing} allowed ({whose})"
    )


def _result(work: Work, rule: Score) -> ScoreResult:
    outcome = work.done[rule.id]
    return ScoreResult(
        score_id=rule.id,
        value=outcome.value,
        method=rule.method,
        reason=outcome.reason,
        prorated=outcome.prorated,
        scoring_version=version(work.instrument, work.settings),
        error=outcome.error,
        rule=rule_in_words(rule, work.settings),
    )
