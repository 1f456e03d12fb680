"""What a person answered, item by item; unanswered, skipped and not shown are three things (R20)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

AnswerState = Literal["answered", "skipped", "unanswered", "not-shown"]
AnswerValue = int | float | str | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One item's answer. `value` is None unless the state is `answered`.

    skipped: seen and deliberately left empty. unanswered: never decided about (seen or not reached).
    not-shown: the form itself kept it back.
    """

    item: str
    state: AnswerState
    value: AnswerValue | None = None


Answers = dict[str, Answer]
