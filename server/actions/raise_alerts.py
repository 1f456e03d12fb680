"""Tell staff, in the transaction that files a response, which of its answers a person must look at."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from server.domain.answers import Answers
from server.domain.instrument import Instrument
from server.domain.reading import Level
from server.domain.safety import Trigger, triggers
from server.store import alerts, messages, participants
from server.store.database import Row
from server.store.transaction import Transaction

# Somebody who cannot be reached by mail for a week is not on duty; Today has told of it long since.
CALLS_FOR = timedelta(days=7)
_RULES: dict[Level, str] = {
    "urgent": "look at it at once",
    "same day": "look at it the same day",
    "next working day": "look at it by the next working day",
}


def raise_alerts(
    tx: Transaction,
    assessment: Row,
    response_id: str,
    instrument: Instrument,
    answers: Answers,
    answered_at: datetime,
) -> None:
    """Raise one alert for each answer that needs a person, the most pressing first, and call one.

    They stand or fall with the response. An alert says which question, never in the participant's words;
    one mail goes out however many there are, and says nothing of either.
    """
    participant_id = assessment["participant_id"]
    zone = participants.present(tx.db, participant_id)["zone"]
    local = answered_at.astimezone(ZoneInfo(zone))
    when = f"{local.day} {local:%B %Y, %H:%M} ({zone})"
    raised = [
        alerts.add(
            tx, assessment["study_id"], participant_id, _kind(each),
            _words(instrument, each, when), alliance=bool(assessment["alliance"]),
            cause=alerts.Cause(each.level, response_id),
        )
        for each in triggers(instrument, answers)
    ]  # fmt: skip
    if raised:
        messages.add_call(tx, participant_id, raised[0], "email", tx.at + CALLS_FOR)


def _kind(trigger: Trigger) -> str:
    return "call-me" if trigger.asks_call and trigger.kind == "reached" else "safety"


def _words(instrument: Instrument, trigger: Trigger, when: str) -> str:
    silent = "left empty" if instrument.respondent == "participant" else "left empty or not done"
    what = f"was {silent}" if trigger.kind == "skipped" else "reached the study's mark"
    return (
        f"{instrument.short_title}, question about {trigger.topic}: {what}, {when}. "
        f"The study's rule: {_RULES[trigger.level]}."
    )
