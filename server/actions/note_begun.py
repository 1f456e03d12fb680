"""Note which forms somebody has begun on their phone: that and when, never what they answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from server.actions.context import Context
from server.domain.people import Actor, Device
from server.errors import NotFoundError
from server.store import assessment_facts, assessments, participants
from server.store.database import Database

MOST = 100


def note_begun(context: Context, device: Device, begun: Mapping[str, datetime]) -> None:
    """Keep the first word on each; said again, or about a form of nobody's, it changes nothing."""
    if not _news(context.db, device, begun):
        return
    with context.write(Actor("device", device.id, "participant"), "a form was begun") as tx:
        zone = ZoneInfo(participants.present(tx.db, device.participant_id)["zone"])
        for assessment_id in _news(tx.db, device, begun):
            # A phone's clock may be ahead; nothing was begun after we heard of it.
            when = min(begun[assessment_id], tx.at)
            assessment_facts.record(tx, assessment_id, "begun", when.astimezone(zone).date())


def _news(db: Database, device: Device, begun: Mapping[str, datetime]) -> list[str]:
    return [each for each in list(begun)[:MOST] if _is_news(db, device, each)]


def _is_news(db: Database, device: Device, assessment_id: str) -> bool:
    try:
        row = assessments.one(db, device, assessment_id)
    except NotFoundError:
        return False
    theirs = row["respondent"] == "participant" and row["response_id"] is None
    return theirs and not assessment_facts.begun(db, assessment_id)
