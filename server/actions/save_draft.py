"""Save and go on later: the plain page's answers are kept here, for it has no other memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.actions.context import Context
from server.domain.people import Actor, Device
from server.store import assessments, drafts


def save_draft(
    context: Context,
    actor: Actor,
    device: Device,
    assessment_id: str,
    response_id: str,
    answers: Mapping[str, Any],
) -> None:
    """Keep what was answered so far; the trail learns that, not what.

    What is told once and kept sealed is not kept in the open meanwhile.

    Raises:
        NotFoundError: this participant has no such assessment.

    """
    asked = assessments.one(context.db, device, assessment_id)["instrument"]
    sealed = set(context.catalog.instrument(asked).giving.values())
    kept = {item: answer for item, answer in answers.items() if item not in sealed}
    with context.write(actor, "saved to go on later") as tx:
        drafts.save(tx, device, assessment_id, response_id, kept)


def move_draft(
    context: Context, actor: Actor, device: Device, here: str, there: str, response_id: str,
    answers: Mapping[str, Any],
) -> None:  # fmt: skip
    """Give what was answered so far to another assessment: "I meant the other one"."""
    with context.write(actor, "moved to another person before sending") as tx:
        drafts.save(tx, device, there, response_id, answers)
        drafts.drop(tx, here)
