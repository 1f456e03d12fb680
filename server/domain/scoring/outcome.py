"""What scoring works on, and what one method hands back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.domain.answers import Answer, Answers
from server.domain.instrument import Instrument


@dataclass(frozen=True, slots=True)
class Outcome:
    """A score's value, or None and the reason; `prorated` where answers were filled."""

    value: float | None
    reason: str = ""
    prorated: bool = False
    error: float | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """One sitting: the answers, the study's choices, and the scores computed so far."""

    instrument: Instrument
    answers: Answers
    settings: Mapping[str, str]
    done: dict[str, Outcome]

    def counted(self, item_id: str) -> float | None:
        """Return what an item's answer counts; None where there is no number to count."""
        value = given(self.answers, item_id).value
        if not isinstance(value, int | float):
            return None
        return float(self.instrument.counts(self.instrument.item(item_id), value))


def given(answers: Answers, item_id: str) -> Answer:
    """Return an item's answer; one that is absent is unanswered."""
    return answers.get(item_id) or Answer(item_id, "unanswered")
