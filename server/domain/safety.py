"""Answers → what a person must look at: safety items that were reached, or were left empty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from server.domain.answers import Answers, AnswerState
from server.domain.instrument import Instrument
from server.domain.reading import LEVELS, Level, SafetyRule

_SILENT: frozenset[AnswerState] = frozenset({"skipped", "unanswered", "not-done"})


@dataclass(frozen=True, slots=True)
class Trigger:
    """One safety item that needs a person, and how soon.

    `reached`: the answer is at or above the rule's mark. `skipped`: it was left empty or not done,
    whatever the reason; silence is no reassurance. `value` is the answer's code, None where there is none.
    """

    item: str
    topic: str
    kind: Literal["reached", "skipped"]
    level: Level
    value: float | None
    asks_call: bool = False


def triggers(instrument: Instrument, answers: Answers) -> tuple[Trigger, ...]:
    """Return one trigger for each safety item that needs a person, the most pressing first.

    Marks and levels stand in the instrument's file; which ones a study uses is its own decision. An
    item that the form itself kept back triggers nothing.
    """
    found: dict[str, Trigger] = {}
    for rule in instrument.safety:
        trigger = _trigger(instrument, rule, answers)
        held = found.get(rule.item)
        if trigger and (held is None or _rank(trigger) < _rank(held)):
            found[rule.item] = trigger
    return tuple(sorted(found.values(), key=_rank))


def has_safety_items(instrument: Instrument) -> bool:
    """Whether a study that asks this instrument needs someone on duty."""
    return bool(instrument.safety)


def _trigger(instrument: Instrument, rule: SafetyRule, answers: Answers) -> Trigger | None:
    topic = instrument.item(rule.item).topic
    answer = answers.get(rule.item)
    code = instrument.not_done(instrument.item(rule.item))
    if answer is None or answer.state in _SILENT or (code is not None and answer.value == code):
        return Trigger(rule.item, topic, "skipped", rule.when_skipped, None)
    if not isinstance(answer.value, int | float) or answer.value < rule.at_least:
        return None
    return Trigger(
        rule.item, topic, "reached", rule.level, float(answer.value), asks_call=rule.asks_call
    )


def _rank(trigger: Trigger) -> int:
    return LEVELS.index(trigger.level)
