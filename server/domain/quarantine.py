"""Why a delivered answer may have to be kept apart; it is never refused and never thrown away."""

from __future__ import annotations

from typing import Literal, get_args

Reason = Literal[
    "conflict", "unknown-device", "revoked-device", "unreadable", "unknown-assessment",
    "not-theirs", "withdrawn", "unknown-form", "wrong-form", "unknown-person", "second-response",
    "invalid-answers", "closed",
]  # fmt: skip
REASONS: tuple[Reason, ...] = get_args(Reason)

_WORDS: dict[Reason, str] = {
    "conflict": "another content had come under the same id before",
    "unknown-device": "it came from a phone that is not connected",
    "revoked-device": "it came from a phone that was disconnected before",
    "unreadable": "its content cannot be read",
    "unknown-assessment": "it belongs to no form of this study",
    "not-theirs": "it belongs to a form of another participant",
    "withdrawn": "the participant had withdrawn before it came",
    "unknown-form": "it was given to a form that this server never published",
    "wrong-form": "it was given to another questionnaire than the one asked for",
    "unknown-person": "it names a person who was not to be asked about",
    "second-response": "this form had been answered before",
    "invalid-answers": "its answers do not fit the form",
    "closed": "it was begun after the form had closed",
}


class Quarantine(Exception):
    """Raised while an envelope is opened: keep it apart, for this reason, and go on."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail

    @property
    def words(self) -> str:
        """What staff read: the reason, with item and rule; it tells nothing of what was answered."""
        why = f" ({self.detail})" if self.detail else ""
        return f"An answer was kept apart: {_WORDS[self.reason]}{why}."
